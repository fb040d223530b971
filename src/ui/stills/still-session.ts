// A session that stands still: records that somebody hands over, at one instant. For pictures in tests. Or one that runs
// over them at its speed, from that instant on: for measuring what a frame costs.

import type { RecordListener, Session, SessionState } from '../../browser/session-types.ts';
import type { JournalRecord } from '../../sim/record.ts';
import type { Micros } from '../../tikv/ids.ts';

/** What a still picture is made of. */
export interface Still {
  readonly records: readonly JournalRecord[];
  readonly at: Micros;
  readonly state?: Partial<SessionState>;
  /** Time goes on from `at`, and the records that are later come when they are due. */
  readonly runs?: boolean;
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
  linking: null,
  violations: [],
};

const REFUSED = { ok: false, reason: 'This is a still picture: nothing moves here.' } as const;
const refuse = () => Promise.resolve(REFUSED);

export function stillSession(still: Still): Session {
  const state = { ...QUIET, ...still.state };
  const nothing = () => undefined;
  const run = still.runs === true ? new Run(still, Number(state.speed)) : null;
  return {
    state: () => state,
    subscribe: () => nothing,
    onRecords(listener: RecordListener) {
      listener.reset();
      if (run === null) listener.records(still.records, still.at);
      else run.begin(listener);
      return nothing;
    },
    kept: () => still.records,
    frame: (wallMs) => run?.frame(wallMs),
    shownAt: () => run?.at ?? still.at,
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
    link: () => Promise.resolve({ ...REFUSED, recording: null }),
    openLink: refuse,
    exportRecording: () => Promise.resolve('{}'),
    importRecording: refuse,
  };
}

/** Records that come when they are due, at so many microseconds for a second of the wall. */
class Run {
  at: Micros;
  readonly #records: readonly JournalRecord[];
  readonly #speed: number;
  #next = 0;
  #began: number | null = null;
  #from: Micros;
  #listener: RecordListener | null = null;

  constructor({ records, at }: Still, speed: number) {
    this.#records = records;
    this.#speed = speed;
    this.#from = at;
    this.at = at;
  }

  begin(listener: RecordListener): void {
    this.#listener = listener;
    this.#hand();
  }

  frame(wallMs: number): void {
    this.#began ??= wallMs;
    this.at = this.#from + Math.floor(((wallMs - this.#began) * this.#speed) / 1000);
    this.#hand();
  }

  #hand(): void {
    const first = this.#next;
    while ((this.#records[this.#next]?.at ?? Number.POSITIVE_INFINITY) <= this.at) this.#next++;
    this.#listener?.records(this.#records.slice(first, this.#next), this.at);
  }
}
