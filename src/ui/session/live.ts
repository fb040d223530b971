// How components reach the session and the world: two contexts and three hooks. A component asks for a model, a plain
// value made from the world, and is drawn again only when that value has changed.

import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import { equalPlain } from '../../base/plain.ts';
import { must } from '../../base/assert.ts';
import type { Session, SessionState } from '../../browser/session-types.ts';
import type { Line } from '../../projections/words/line.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, RegionId } from '../../tikv/ids.ts';
import { onFrame, type FrameListener } from './frame-loop.ts';
import type { Looking } from './look-back.ts';
import { useViewer } from './viewer-store.ts';
import type { WorldSource } from './world-source.ts';

export interface Live {
  readonly session: Session;
  readonly source: WorldSource;
}

export const LiveContext = createContext<Live | null>(null);

export const useLive = (): Live => must(useContext(LiveContext), 'the session');

export const useSession = (): Session => useLive().session;

export function useSessionState(): SessionState {
  const { session } = useLive();
  const subscribe = useCallback((listener: () => void) => session.subscribe(listener), [session]);
  return useSyncExternalStore(subscribe, () => session.state());
}

/** A value made from the world at the instant shown; `make` must be the same function from render to render. */
export function useModel<T>(make: (world: World, now: Micros) => T): T {
  const { source } = useLive();
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useMade(subscribe, make);
}

/** The same for what stands between moving messages: it changes in the frame in which they do. */
export function useStageModel<T>(make: (world: World, now: Micros) => T): T {
  const { source } = useLive();
  const subscribe = useCallback((heard: () => void) => source.subscribeStage(heard), [source]);
  return useMade(subscribe, make);
}

/** A value made from the newest world, also while somebody looks back: what the tape and the event log are made of. */
export function useLiveModel<T>(make: (world: World, now: Micros) => T): T {
  const { source } = useLive();
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useMade(subscribe, make, true);
}

interface Made<T> {
  readonly version: number;
  readonly make: unknown;
  readonly region: RegionId | null;
  readonly value: T;
}

function useMade<T>(
  subscribe: (listener: () => void) => () => void,
  make: (world: World, now: Micros) => T,
  live = false,
): T {
  const { source } = useLive();
  // The Region in focus is part of what every model is made from.
  const region = useViewer((viewer) => viewer.region);
  const last = useRef<Made<T> | null>(null);
  return useSyncExternalStore(subscribe, () => {
    const kept = last.current;
    const version = live ? source.liveVersion : source.version;
    if (kept !== null && kept.version === version && kept.make === make && kept.region === region)
      return kept.value;
    const made = live ? make(source.live, source.liveAt()) : make(source.world, source.shownAt());
    const value = kept !== null && equalPlain(kept.value, made) ? kept.value : made;
    last.current = { version, make, region, value };
    return value;
  });
}

/** Which past instant is drawn; null: the newest. */
export function useLooking(): Looking | null {
  const { source } = useLive();
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useSyncExternalStore(subscribe, () => source.looking);
}

/** Whether somebody looks back: changes seldom. */
export function useIsPast(): boolean {
  const { source } = useLive();
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useSyncExternalStore(subscribe, () => source.looking !== null);
}

/** Draws once an animation frame, outside React. */
export function useFrame(draw: FrameListener): void {
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  });
  useEffect(() => onFrame((now, wallMs) => latest.current(now, wallMs)), []);
}

/** The newest lines of the event list, oldest first. */
export function useLines(): readonly Line[] {
  const { source } = useLive();
  const kept = useRef<{ version: number; lines: readonly Line[] } | null>(null);
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useSyncExternalStore(subscribe, () => {
    if (kept.current?.version !== source.liveVersion) {
      const lines = source.lines.slice(-LINES_SHOWN);
      const same =
        kept.current !== null &&
        lines.length === kept.current.lines.length &&
        lines.every((line, i) => line === kept.current?.lines[i]);
      kept.current = {
        version: source.liveVersion,
        lines: same ? (kept.current?.lines ?? lines) : lines,
      };
    }
    return kept.current.lines;
  });
}

/** All lines that are kept, oldest first; another list whenever one has come. */
export function useAllLines(): readonly Line[] {
  const { source } = useLive();
  const kept = useRef<{ version: number; lines: readonly Line[] } | null>(null);
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useSyncExternalStore(subscribe, () => {
    if (kept.current?.version === source.liveVersion) return kept.current.lines;
    const before = kept.current?.lines;
    const now = source.lines;
    const same = before?.length === now.length && before.at(-1) === now.at(-1);
    kept.current = { version: source.liveVersion, lines: same ? before : now.slice() };
    return kept.current.lines;
  });
}

/** Lines that a view may look at. */
const LINES_SHOWN = 600;
