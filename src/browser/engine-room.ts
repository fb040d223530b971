// The cluster that runs in this thread: opened in one of several ways, with a lab and a fresh journal each time, and ended
// as closing the tab would end it. What the page shows of it is said here. (determinism: rules 13 to 16)

import { Lab, type Linking } from '../lab/lab.ts';
import { readRecording } from '../lab/recording-format.ts';
import type { ImportAnswer } from '../lab/page-api.ts';
import type { Recording } from '../sim/recording.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { ClusterEntry } from './cluster-list.ts';
import { CannotStart, type NodeThread } from './hosts.ts';
import {
  disksOf,
  startAgain,
  startFromDisks,
  startNew,
  type Found,
  type Home,
  type LiveCluster,
  type Plan,
  type Surroundings,
} from './live-cluster.ts';
import { Judging } from './judging.ts';
import type { Locks } from './locks.ts';
import { Outbox } from './outbox.ts';
import type { Playback } from './playback.ts';
import type { EngineState, News } from './protocol.ts';
import type { ShownGoal } from './shown-goal.ts';
import type { StoredSession } from './session-db.ts';
import type { Notice } from './session-types.ts';
import { DamagedData } from './stored.ts';
import { UnderWay } from './under-way.ts';

export interface Running {
  readonly lab: Lab;
  readonly live: LiveCluster;
  readonly underWay: UnderWay;
  readonly judging: Judging;
  /** The recording that is followed. */
  playback: Playback | null;
  /** What frames move time towards. */
  shown: ShownGoal | null;
}

export interface EngineOptions {
  readonly post: (news: News) => void;
  readonly locks: Locks;
  readonly loom: string;
  readonly build: string;
  readonly wallMs: () => number;
  /** Opens a recording for the lab. */
  readonly open: (recording: Recording) => Promise<ImportAnswer>;
}

/** How a cluster comes to a new generation. Until it is flipped to, complete, the old one is the cluster. */
export interface NextGeneration {
  readonly prepare: () => Promise<Home>;
  readonly flip: () => Promise<void>;
}

/** The new generation that starts is flipped to before anything happens in it; or it is ended. */
export async function whole(
  starting: Promise<LiveCluster>,
  flip: () => Promise<void>,
): Promise<LiveCluster> {
  const live = await starting;
  try {
    await flip();
    return live;
  } catch (error) {
    await live.stop();
    throw error;
  }
}

type NoticeFacts = Notice extends infer Each
  ? Each extends Notice
    ? Omit<Each, 'id'>
    : never
  : never;

const PROGRESS_EVERY_MS = 80;

export class EngineRoom {
  readonly outbox: Outbox;
  /** Makes workers for nodes; null: they run in this thread. */
  spawn: (() => NodeThread) | null = null;
  running: Running | null = null;
  #state: EngineState = {
    phase: { name: 'starting' },
    cluster: null,
    deleted: null,
    storage: { kind: 'indexeddb' },
    host: 'one',
    notices: [],
    linking: null,
    violations: [],
  };
  #notices = 0;
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.outbox = new Outbox(options.post, options.wallMs);
  }

  get state(): EngineState {
    return this.#state;
  }

  set(change: Partial<EngineState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.post({ news: 'state', state: this.#state });
  }

  /** A notice of the same kind about the same node is told once. */
  notice(facts: NoticeFacts): void {
    const same = (notice: Notice) =>
      notice.kind === facts.kind &&
      ('node' in notice ? notice.node : null) === ('node' in facts ? facts.node : null);
    if (this.#state.notices.some(same)) return;
    this.#notices += 1;
    const notice = { ...facts, id: this.#notices } as Notice;
    this.set({ notices: [...this.#state.notices, notice] });
  }

  dismiss(id: number): void {
    this.set({ notices: this.#state.notices.filter((notice) => notice.id !== id) });
  }

  /**
   * Starts a cluster in the way that `start` says, with a fresh lab and journal. Leaves it running, at the instant where
   * it stands. Throws what `start` throws.
   */
  async run(
    start: (surroundings: Surroundings) => Promise<LiveCluster>,
    follow: (live: LiveCluster) => Playback | null = () => null,
  ): Promise<void> {
    const { loom, build, open } = this.#options;
    const toldSeldom = this.#seldom();
    const onLinking = async (linking: Linking | null): Promise<void> => {
      if (linking !== null) return toldSeldom(() => this.set({ linking }));
      return this.set({ linking });
    };
    const lab = new Lab({ loom, build, open, onLinking, paced: true });
    const underWay = new UnderWay();
    const judging = new Judging();
    this.outbox.reset();
    if (this.#state.violations.length > 0) this.set({ violations: [] });
    const live = await start(this.#surroundings({ lab, underWay, judging }));
    lab.attach(live.conductor);
    this.running = { lab, live, underWay, judging, playback: follow(live), shown: null };
    this.outbox.flush(live.conductor.now);
    this.set({ phase: { name: 'running' } });
  }

  #surroundings(hearers: Pick<Running, 'lab' | 'underWay' | 'judging'>): Surroundings {
    const { lab, underWay, judging } = hearers;
    const { locks, build, wallMs } = this.#options;
    const toldSeldom = this.#seldom();
    return {
      locks,
      build,
      wallMs,
      spawn: this.spawn,
      onRecords: (records) => {
        lab.take(records);
        for (const record of records) underWay.add(record);
        this.outbox.take(records);
        if (judging.take(records, () => lab.journal.since(0))) this.#judged(hearers);
      },
      onProgress: (done, of) =>
        toldSeldom(() => this.set({ phase: { name: 'rerunning', done, of } })),
      onDeath: (node, reason, storageFull) => this.#died(node, reason, storageFull),
      onNotStored: (reason) => this.notice({ kind: 'recording-not-stored', reason }),
    };
  }

  /** Long work tells how far it has come, now and then; calls of the page are answered meanwhile. */
  #seldom(): (tell: () => void) => Promise<void> {
    const { wallMs } = this.#options;
    let toldMs = wallMs();
    return async (tell) => {
      if (wallMs() - toldMs < PROGRESS_EVERY_MS) return;
      tell();
      await new Promise((later) => setTimeout(later));
      toldMs = wallMs();
    };
  }

  /** A promise is broken: whatever waits is ended; the page hears of it after the records that prove it. */
  #judged({ lab, judging }: Pick<Running, 'lab' | 'judging'>): void {
    lab.cancel();
    this.outbox.flush(lab.world.at);
    this.set({ violations: judging.violations });
  }

  #died(node: NodeId, reason: string, storageFull: boolean): void {
    this.notice({ kind: storageFull ? 'storage-full' : 'node-died', node, reason });
  }

  /** Ends the cluster that runs, in good order: as far as it came, it is stored. */
  async end(): Promise<void> {
    const { running } = this;
    this.running = null;
    if (running === null) return;
    running.lab.cancel();
    running.shown?.end();
    await running.lab.serve(async () => {
      running.live.noteClock(true);
      await running.live.stop();
    });
  }

  /**
   * Goes on with a stored cluster, or, where its history cannot be run again, with a new generation. Throws DamagedData
   * where the stored data cannot be read, and CannotStart.
   */
  async reopen(entry: ClusterEntry, home: Home, anew: NextGeneration): Promise<void> {
    const stored = await home.session.read(entry.generation);
    if (stored === null) return this.run((around) => startNew(home, planOf(entry), around));
    checkStored(home, stored);
    const found: Found = { stored, disks: await disksOf(home, stored, this.#options.locks) };
    const why = await this.#again(home, found);
    if (why === null) return;
    const next = await anew.prepare();
    await this.run((around) => whole(startFromDisks(next, found, around), anew.flip));
    this.notice({ kind: 'history-begins-anew', why });
  }

  /** Null: history goes on. Else why it cannot. */
  async #again(home: Home, found: Found): Promise<'other-build' | 'disks-differ' | null> {
    if (found.stored.head.build !== this.#options.build) return 'other-build';
    try {
      await this.run((around) => startAgain(home, found, around));
      return null;
    } catch (error) {
      if (error instanceof DamagedData || error instanceof CannotStart) throw error;
      return 'disks-differ';
    }
  }
}

/** What a cluster begins from. */
export const planOf = ({ seed, stores, clients, settings }: ClusterEntry): Plan => ({
  seed,
  cluster: { stores, clients, settings },
});

/** A stored recording is checked as one from outside is. */
function checkStored(home: Home, { head, commands, clock }: StoredSession): void {
  const read = readRecording({ ...head.recording, commands, end: clock });
  if (!read.ok) throw new DamagedData(home.session.name, read.reason);
}
