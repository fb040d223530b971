// What the viewer does: chosen things, open panels, the tool in hand. Nothing that the journal says lives here.

import { create } from 'zustand';
import type { Bytes } from '../../base/bytes.ts';
import { focusOn } from './focus.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';

export type Selection =
  | { readonly type: 'node'; readonly node: NodeId }
  | { readonly type: 'message'; readonly id: string }
  | { readonly type: 'entry'; readonly index: number }
  /** A transactional key: its versions. */
  | { readonly type: 'key'; readonly key: Bytes }
  | { readonly type: 'event'; readonly key: string }
  | { readonly type: 'operation'; readonly op: number }
  | { readonly type: 'region'; readonly region: RegionId }
  /** One direction. */
  | { readonly type: 'link'; readonly from: NodeId; readonly to: NodeId };

/** A tool that waits for a target. */
export type Tool =
  | 'kill'
  | 'pause'
  | 'restart'
  | 'cut'
  | 'drop'
  | 'slow'
  | 'lossy'
  | 'disk-slow'
  | 'disk-full'
  | 'disk-stuck'
  | 'disk-lying'
  | 'skew';

/** What can be touched: a node, one direction of a link or both, a message under way. */
export type Target =
  | { readonly type: 'node'; readonly node: NodeId }
  | { readonly type: 'link'; readonly from: NodeId; readonly to: NodeId; readonly both: boolean }
  | { readonly type: 'message'; readonly id: string };

/** A menu or the settings of a link, opened at a point of the window. */
export interface Opened {
  readonly what: 'menu' | 'link';
  readonly target: Target;
  readonly x: number;
  readonly y: number;
}

/** What the stage shows. */
export type StageView = 'ring' | 'weave';

export type Sheet = 'stage' | 'client' | 'events' | 'faults';

/** What the line under the stage says: the command that a button was, and what came of it. */
export interface SaidLine {
  readonly line: string;
  readonly answer: string;
  readonly refused: boolean;
  /** The operation that it began: its end is said when it comes. */
  readonly op: number | null;
}

export interface ViewerState {
  readonly theme: 'light' | 'dark';
  readonly selection: Selection | null;
  /** The Region that all views look at; null: the first one. */
  readonly region: RegionId | null;
  /** Null: the ring while there is one Region, the Weave from the first split on. */
  readonly view: StageView | null;
  /** The log column under the pointer. */
  readonly hoveredIndex: number | null;
  /** The mark of the legend under the pointer. */
  readonly pointedMark: string | null;
  readonly tool: Tool | null;
  /** It stays in hand after a touch. */
  readonly toolKept: boolean;
  /** The first of two stores that a tool for links was pointed at by their numbers. */
  readonly toolEnd: NodeId | null;
  readonly opened: Opened | null;
  /** The list of messages under way. */
  readonly messagesOpen: boolean;
  /** Null: as the size of the window suggests. */
  readonly railOpen: boolean | null;
  readonly panelOpen: boolean;
  /** Null: as the room suggests. */
  readonly legendOpen: boolean | null;
  /** The event log with its columns. */
  readonly logOpen: boolean;
  readonly helpOpen: boolean;
  readonly consoleOpen: boolean;
  readonly sheet: Sheet;
  readonly said: SaidLine | null;
  /** An error of ours outside of React: the page says so instead of standing still. */
  readonly failure: string | null;
}

const THEME_KEY = 'loom.theme';

function firstTheme(): ViewerState['theme'] {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    if (kept === 'light' || kept === 'dark') return kept;
  } catch {
    // Without storage the system decides.
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export const useViewer = create<ViewerState>()(() => ({
  theme: firstTheme(),
  selection: null,
  region: null,
  view: null,
  hoveredIndex: null,
  pointedMark: null,
  tool: null,
  toolKept: false,
  toolEnd: null,
  opened: null,
  messagesOpen: false,
  railOpen: null,
  panelOpen: false,
  legendOpen: null,
  logOpen: false,
  helpOpen: false,
  consoleOpen: false,
  sheet: 'stage',
  said: null,
  failure: null,
}));

useViewer.subscribe((viewer) => focusOn(viewer.region));

/** Changes some of it. */
export const setViewer = useViewer.setState;

export function select(selection: Selection | null): void {
  setViewer({ selection, panelOpen: selection !== null });
}

/** Something of ours threw: the first report stands. */
export function reportFailure(error: unknown): void {
  if (useViewer.getState().failure !== null) return;
  const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  setViewer({ failure });
}

export function setTheme(theme: ViewerState['theme']): void {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // It holds until the page is left.
  }
  setViewer({ theme });
}
