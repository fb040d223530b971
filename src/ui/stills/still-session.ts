// A session that stands still: records that somebody hands over, at one instant. For pictures in tests.

import type { RecordListener, Session, SessionState } from '../../browser/session-types.ts';
import type { JournalRecord } from '../../sim/record.ts';
import type { Micros } from '../../tikv/ids.ts';

/** What a still picture is made of. */
export interface Still {
  readonly records: readonly JournalRecord[];
  readonly at: Micros;
  readonly state?: Partial<SessionState>;
}

const QUIET: SessionState = {
  phase: { name: 'running' },
  cluster: {
    id: 'still',
    name: 'First steps',
    created: 0,
    seed: 7,
    stores: 3,
    clients: 1,
    settings: {},
    canUndo: false,
  },
  deleted: null,
  storage: { kind: 'indexeddb' },
  host: 'workers',
  playing: false,
  speed: 40_000,
  autoPace: true,
  behind: 1,
  notices: [],
  violations: [],
};

const REFUSED = { ok: false, reason: 'This is a still picture: nothing moves here.' } as const;
const refuse = () => Promise.resolve(REFUSED);

export function stillSession(still: Still): Session {
  const state = { ...QUIET, ...still.state };
  const nothing = () => undefined;
  return {
    state: () => state,
    subscribe: () => nothing,
    onRecords(listener: RecordListener) {
      listener.reset();
      listener.records(still.records, still.at);
      return nothing;
    },
    kept: () => still.records,
    frame: nothing,
    shownAt: () => still.at,
    setVisible: nothing,
    play: nothing,
    stop: nothing,
    step: () => Promise.resolve(false),
    until: () => Promise.resolve({ met: false, at: still.at / 1000, why: REFUSED.reason }),
    cancel: nothing,
    setSpeed: nothing,
    setAutoPace: nothing,
    dismiss: nothing,
    give: refuse,
    check: () => Promise.resolve(REFUSED.reason),
    run: () => Promise.resolve({ ...REFUSED, from: null, to: null, at: still.at / 1000 }),
    clusters: {
      list: () => Promise.resolve({ clusters: [], usage: null, quota: null }),
      create: refuse,
      open: refuse,
      rename: refuse,
      remove: refuse,
      undoRemove: refuse,
      forgetDeleted: refuse,
      startOver: refuse,
      undoStartOver: refuse,
      dump: () => Promise.resolve('{}'),
      freshStart: refuse,
    },
    exportRecording: () => Promise.resolve('{}'),
    importRecording: refuse,
  };
}
