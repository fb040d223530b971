// The keyboard: single keys act where no field has the focus and no dialog is open.

import { mapRegions } from '../../projections/region-map.ts';
import type { Session } from '../../browser/session-types.ts';
import { askWhy } from '../client/ask-why.tsx';
import { FAULT_KEYS, putDown } from '../faults/fault-keys.ts';
import { pointAtNumber } from '../faults/touch.ts';
import { lookAtPrevious, runToNext } from '../tape/run-on.ts';
import { share } from '../shell/share.tsx';
import { undoNewest } from '../shell/undo-toast.tsx';
import { stepped } from '../tape/speed.ts';
import { moveByKey } from '../tape/tape-scrub.tsx';
import type { Live } from './live.ts';
import { TIMER_GESTURES, timeOutNow } from '../raft/timers.ts';
import { firstRegion, nodesOf } from './readings.ts';
import { act } from './tools.ts';
import { setTheme, setViewer, useViewer, type StageView } from './viewer-store.ts';

export interface KeyHelp {
  readonly shown: string;
  readonly does: string;
}

/** What help says; the table below does it. */
export const KEYS: readonly KeyHelp[] = [
  { shown: 'Space', does: 'Run or stop time' },
  { shown: '.', does: 'One event forward' },
  { shown: ',', does: 'Look back one event' },
  { shown: 'N', does: 'Run to the next event worth seeing; Shift N looks back at the one before' },
  { shown: '← →', does: 'Look back, and forward again, by 100 ms; with Shift 1 s' },
  { shown: 'Home End', does: 'To the beginning of what is kept; back to now' },
  { shown: 'Ctrl Z', does: 'Take the newest fault back' },
  { shown: '− +', does: 'Slower, faster' },
  { shown: 'Shift S', does: 'Hurry while nothing is under way' },
  { shown: '1 … 7', does: 'Choose a store, or point the tool at it' },
  { shown: 'K', does: 'Kill: power cut' },
  { shown: 'F', does: 'Pause, or resume' },
  { shown: 'R', does: 'Kill the leader; again: start it from its disk. Or the chosen one' },
  { shown: 'X', does: 'Cut a link, or a store off from all' },
  { shown: 'D', does: 'Drop a message: the chosen one, or one of the list' },
  { shown: 'S O', does: 'Slow link, lossy link: two stores by their numbers' },
  { shown: 'U J', does: 'Slow disk; skew a clock' },
  { shown: 'Q', does: 'Keep the tool in hand, or not' },
  { shown: 'A T', does: 'Align, or spread, the election timers' },
  { shown: 'E', does: 'The chosen store’s time-out is over now' },
  { shown: 'H', does: 'Heal the network' },
  { shown: 'Shift H', does: 'Heal everything' },
  { shown: 'V', does: 'Messages under way, as a list' },
  { shown: 'Menu', does: 'What can be done with the thing in focus (also Shift F10)' },
  { shown: 'Y', does: 'Why is the chosen thing as it is' },
  { shown: 'C', does: 'Copy a link to the moment that is shown' },
  { shown: 'W', does: 'What client c1 asks for' },
  { shown: '/', does: 'Type a command' },
  { shown: '\\', does: 'Open or close the guide' },
  { shown: 'L', does: 'Event log, with a column for each node' },
  { shown: 'G', does: 'Legend' },
  { shown: 'Shift D', does: 'Dark or light' },
  { shown: 'Alt 1, 2', does: 'Ring, Weave' },
  { shown: '[ ]', does: 'The Region before, the next one' },
  { shown: '?', does: 'Help' },
  { shown: 'Esc', does: 'Put the tool down, close what is open' },
];

type Act = (live: Live) => void;

const toggle = (session: Session) => (session.state().playing ? session.stop() : session.play());

/** RaftScope's letters; its R is in faults/fault-keys.ts. */
const TIMER_KEYS: Readonly<Record<string, Act>> = {
  ...Object.fromEntries(
    TIMER_GESTURES.map(({ key, command }): [string, Act] => [
      key.toLowerCase(),
      ({ session, source }) => void act(session, command(source.world, firstRegion(source.world))),
    ]),
  ),
  e: ({ session, source }) => {
    const { selection } = useViewer.getState();
    if (selection?.type !== 'node' || source.world.nodes[selection.node]?.kind !== 'store') return;
    void act(session, timeOutNow(selection.node, firstRegion(source.world)));
  },
};

const ACTIONS: Readonly<Record<string, Act>> = {
  ' ': ({ session, source }) =>
    source.looking === null ? toggle(session) : source.lookBack.toggleReplay(),
  '.': ({ session, source }) =>
    source.looking === null ? void session.step() : source.lookBack.step(1),
  ',': ({ source }) => source.lookBack.step(-1),
  n: (live) => void runToNext(live),
  N: (live) => lookAtPrevious(live),
  ArrowLeft: ({ source }) => void moveByKey(source, 'ArrowLeft', false),
  ArrowRight: ({ source }) => void moveByKey(source, 'ArrowRight', false),
  'Shift ArrowLeft': ({ source }) => void moveByKey(source, 'ArrowLeft', true),
  'Shift ArrowRight': ({ source }) => void moveByKey(source, 'ArrowRight', true),
  Home: ({ source }) => void moveByKey(source, 'Home', false),
  End: ({ source }) => void moveByKey(source, 'End', false),
  '-': ({ session }) => session.setSpeed(stepped(session.state().speed, -1)),
  '−': ({ session }) => session.setSpeed(stepped(session.state().speed, -1)),
  '+': ({ session }) => session.setSpeed(stepped(session.state().speed, 1)),
  '=': ({ session }) => session.setSpeed(stepped(session.state().speed, 1)),
  S: ({ session }) => session.setAutoPace(!session.state().autoPace),
  ...FAULT_KEYS,
  ...TIMER_KEYS,
  c: ({ session }) => void share(session),
  y: askWhy,
  w: () => document.getElementById('client-key')?.focus(),
  '/': () => setViewer({ consoleOpen: true }),
  '\\': () => setViewer({ railOpen: !railIsOpen() }),
  l: () => setViewer({ logOpen: !useViewer.getState().logOpen }),
  g: () => setViewer({ legendOpen: document.getElementById('legend-marks') === null }),
  D: () => setTheme(useViewer.getState().theme === 'dark' ? 'light' : 'dark'),
  '[': (live) => turnRegion(live, -1),
  ']': (live) => turnRegion(live, 1),
  '?': () => setViewer({ helpOpen: true }),
  Escape: putDown,
};

const railIsOpen = (): boolean =>
  useViewer.getState().railOpen ?? document.querySelector('.rail') !== null;

function chooseNumber(live: Live, digit: string): void {
  const node = `s${digit}`;
  if (!nodesOf(live.source.world, 'store').some((store) => store.id === node)) return;
  pointAtNumber(live, node);
}

/** Where arrows move something else than time. */
const MOVES_BY_ARROWS =
  '[role="slider"], [role="tree"], [role="grid"], [role="tablist"], [role="radiogroup"], [role="toolbar"], [role="feed"], .event-rows';

/** True where a key belongs to the element that has the focus. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement) && !(target instanceof SVGElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return true;
  if (target.closest('input, textarea, select, [contenteditable="true"]') !== null) return true;
  if (/^(?:Arrow|Home|End)/.test(key) && target.closest(MOVES_BY_ARROWS) !== null) return true;
  // A button's own keys, a slider's own keys.
  if (key === ' ') return target.closest('button, [role="button"], [role="combobox"]') !== null;
  return target.closest('[role="slider"]') !== null && (key === '+' || key === '-');
}

const isUndo = (event: KeyboardEvent): boolean =>
  event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;

/** In a field Ctrl Z is the field's own. */
function takeBack(live: Live, event: KeyboardEvent): void {
  if (event.defaultPrevented || isTaken(event.target, event.key)) return;
  event.preventDefault();
  void undoNewest(live);
}

/** To the Region before or behind, in the order of the keyspace. */
function turnRegion({ source }: Live, by: 1 | -1): void {
  const ids = mapRegions(source.world).map(({ id }) => id);
  if (ids.length < 2) return;
  const { region } = useViewer.getState();
  const at = region === null ? (by > 0 ? -1 : 0) : ids.indexOf(region);
  setViewer({ region: ids[(at + by + ids.length) % ids.length] ?? null });
}

const VIEW_KEYS: Readonly<Record<string, StageView>> = { Digit1: 'ring', Digit2: 'weave' };

/** Alt with a number changes the view. */
function showView(event: KeyboardEvent): boolean {
  const view = VIEW_KEYS[event.code];
  if (view === undefined) return false;
  event.preventDefault();
  setViewer({ view });
  return true;
}

/** Listens until the answer is called. */
export function listenToKeys(live: Live): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (isUndo(event)) return takeBack(live, event);
    if (event.altKey && !event.ctrlKey && !event.metaKey && showView(event)) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTaken(event.target, event.key)) return;
    if (/^[1-9]$/.test(event.key)) return chooseNumber(live, event.key);
    const arrow = event.shiftKey && event.key.startsWith('Arrow') ? `Shift ${event.key}` : null;
    const action =
      ACTIONS[arrow ?? event.key] ?? ACTIONS[event.shiftKey ? '' : event.key.toLowerCase()];
    if (action === undefined) return undefined;
    event.preventDefault();
    action(live);
    return undefined;
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
