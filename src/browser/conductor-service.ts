// What the conductor's thread answers to the page: it moves time for frames, carries out what the lab is asked, and leads
// the page from one cluster to another. Runs in the conductor's worker; where there can be no worker, in the page itself.

import { readRecording } from '../lab/recording-format.ts';
import type { ImportAnswer, RunAnswer, UntilAnswer } from '../lab/page-api.ts';
import { assert } from '../base/assert.ts';
import { readLink } from '../lab/moment-link.ts';
import { ClusterDesk } from './cluster-desk.ts';
import { EngineRoom, type Running } from './engine-room.ts';
import type { NodeThread } from './hosts.ts';
import { browserLocks } from './locks.ts';
import type { Stretch } from './pace.ts';
import type { ConductorCalls, NodePlace, OpenRequest, PumpAnswer } from './protocol.ts';
import { pumpMax, pumpStretch } from './pump.ts';
import { ShownGoal } from './shown-goal.ts';
import { serve, type Answering, type Port } from './rpc.ts';
import type { Done, Given } from './session-types.ts';
import { isQuotaExceeded, reasonOf } from './stored.ts';

export interface ServiceOptions {
  readonly loom: string;
  readonly build: string;
  /** Makes a worker for a node; null: this thread cannot. */
  readonly spawn: (() => NodeThread) | null;
}

const NOT_RUNNING = 'No cluster is running on this page.';

/** Answers the page's calls that come in on `port`. */
export function serveConductor(port: Port, options: ServiceOptions): void {
  const service = new ConductorService(port, options);
  serve<ConductorCalls>(port, service.table());
  service.greet();
}

class ConductorService {
  readonly #room: EngineRoom;
  readonly #desk: ClusterDesk;
  readonly #spawn: (() => NodeThread) | null;
  /** Opening, ending and deleting clusters, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Conditions that wait: meanwhile frames move no time. */
  #waiting = 0;

  constructor(port: Port, { loom, build, spawn }: ServiceOptions) {
    const locks = browserLocks();
    this.#spawn = spawn;
    this.#room = new EngineRoom({
      post: (news) => port.postMessage(news),
      locks,
      loom,
      build,
      wallMs: () => performance.now(),
      open: (recording) => this.#inTurn(() => this.#desk.openRecording(recording, 'end')),
    });
    this.#desk = new ClusterDesk(this.#room, locks);
  }

  /** Says that the thread is up. */
  greet(): void {
    this.#room.set({});
  }

  table(): Answering<ConductorCalls> {
    const desk = this.#desk;
    const room = this.#room;
    return {
      open: (request) =>
        this.#inTurn(() => {
          room.spawn = request.oneThread ? null : this.#spawn;
          room.set({ host: room.spawn === null ? 'one' : 'workers' });
          return this.#open(request);
        }),
      pump: (stretch, onlyToGoal) => this.#pump(stretch, onlyToGoal),
      leave: () => room.running?.live.noteClock(true),
      dismiss: (notice) => room.dismiss(notice),
      ...this.#labCalls(),
      list: () => this.#inTurn(() => desk.list()),
      create: (plan) => this.#inTurn(() => desk.create(plan)),
      openCluster: (id) => this.#inTurn(() => desk.openCluster(id)),
      rename: (id, name) => this.#inTurn(() => desk.rename(id, name)),
      remove: (id) => this.#inTurn(() => desk.remove(id)),
      undoRemove: () => this.#inTurn(() => desk.undoRemove()),
      forgetDeleted: () => this.#inTurn(() => desk.forgetDeleted()),
      startOver: () => this.#inTurn(() => desk.startOver()),
      undoStartOver: () => this.#inTurn(() => desk.undoStartOver()),
      dump: () => this.#inTurn(() => desk.dump()),
      freshStart: () => this.#inTurn(() => desk.freshStart()),
      nodes: () => this.#nodes(),
      terminate: (node) => room.running?.live.hosts?.terminate(node) ?? false,
    };
  }

  #labCalls() {
    return {
      give: (command) => this.#onLab(async ({ lab }) => givenOf(await lab.give(command)), refused),
      check: (command) => this.#room.running?.lab.conductor.check(command) ?? NOT_RUNNING,
      run: (line) =>
        this.#onLab(
          ({ lab }) => lab.run(line),
          () => {
            return { ok: false, reason: NOT_RUNNING, from: null, to: null, at: 0 };
          },
        ),
      until: (expression, options) =>
        this.#onLab(
          ({ lab }) => lab.until(expression, options),
          () => {
            return { met: false, at: 0, why: NOT_RUNNING };
          },
        ),
      reach: (expression, options) => this.#reach(expression, options),
      hurry: () => this.#hurry(),
      evaluate: (expression) =>
        this.#room.running?.lab.evaluate(expression) ?? { ok: false, reason: NOT_RUNNING },
      bind: (name, value) => this.#room.running?.lab.bind(name, value),
      cancel: () => this.#room.running?.lab.cancel(),
      step: () => this.#step(),
      now: () => this.#room.running?.lab.now() ?? 0,
      state: async () => (await this.#opened()).lab.state(),
      events: async (since) => (await this.#opened()).lab.events(since),
      hash: async () => (await this.#opened()).lab.hash(),
      idle: () => this.#room.running?.lab.idle() ?? { idle: false, why: NOT_RUNNING },
      version: async () => (await this.#opened()).lab.version,
      link: async (past) => {
        const { lab } = await this.#opened();
        return past === null ? lab.link() : lab.linkTo(past);
      },
      openLink: (link) => this.#openLink(link),
      export: async () => (await this.#opened()).lab.export(),
      import: (recording, from) => this.#import(recording, from),
    } satisfies Partial<Answering<ConductorCalls>>;
  }

  /** The cluster, once what is being opened is open. */
  async #opened(): Promise<Running> {
    await this.#turn;
    const { running } = this.#room;
    assert(running !== null, NOT_RUNNING);
    return running;
  }

  /** One after the other; a bug that comes up is the page's phase. */
  async #inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    this.#room.running = null;
    const full =
      'The browser’s storage is full, and the cluster cannot be opened. Make room first.';
    const reason = isQuotaExceeded(error) ? full : reasonOf(error);
    this.#room.set({ phase: { name: 'failed', reason } });
    return error;
  }

  /**
   * What the lab is asked for by a person waits for an opening to end, and ends the following of a recording: from here
   * on, history is theirs.
   */
  async #onLab<T>(work: (running: Running) => Promise<T>, otherwise: () => T): Promise<T> {
    await this.#turn;
    const { running } = this.#room;
    if (running === null) return otherwise();
    running.playback = null;
    this.#waiting += 1;
    try {
      const answer = await work(running);
      this.#flush(running);
      return answer;
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Frames move time until the expression holds. */
  async #reach(
    expression: string,
    { within }: { readonly within?: number | string } = {},
  ): Promise<UntilAnswer> {
    await this.#turn;
    const { running } = this.#room;
    if (running === null) return { met: false, at: 0, why: NOT_RUNNING };
    const { lab } = running;
    const goal = lab.goal(expression, within);
    if (typeof goal === 'string') return { met: false, at: lab.now(), why: goal };
    running.playback = null;
    running.shown?.end();
    const shown = new ShownGoal(lab, goal);
    running.shown = shown.settle() ? null : shown;
    return shown.answer;
  }

  /** What frames move time towards is reached at once. */
  async #hurry(): Promise<void> {
    const { running } = this.#room;
    if (running === null || running.shown === null) return;
    const { shown } = running;
    running.shown = null;
    await this.#onLab(
      () => shown.hurry(),
      () => undefined,
    );
  }

  /** The page is told everything up to where the engine stands, before it hears an answer. */
  #flush(running: Running): void {
    if (this.#room.running !== running) return;
    this.#room.outbox.flush(running.lab.conductor.now);
    running.live.noteClock(false);
  }

  async #pump(stretch: Stretch | 'max', onlyToGoal: boolean): Promise<PumpAnswer> {
    const { running } = this.#room;
    if (running === null || this.#waiting > 0) return { ended: false };
    const { lab, underWay, judging } = running;
    try {
      const ended = await lab.serve(() => {
        if (this.#room.running !== running) return false;
        if (onlyToGoal && running.shown === null) return false;
        const { playback } = running;
        const goal = running.shown?.goal ?? null;
        const pumped = { conductor: lab.conductor, playback, underWay, judging, goal };
        return stretch === 'max'
          ? pumpMax(pumped, () => performance.now())
          : pumpStretch(pumped, stretch);
      });
      if (ended) running.playback = null;
      this.#flush(running);
      if (running.shown?.settle() === true) running.shown = null;
      return { ended };
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #step(): Promise<{ moved: boolean; at: number }> {
    const { running } = this.#room;
    if (running === null) return { moved: false, at: 0 };
    try {
      const { playback, lab } = running;
      const moved =
        playback === null
          ? (await lab.step()).moved
          : await lab.serve(async () => !(await playback.step()));
      if (playback !== null && !moved) running.playback = null;
      this.#flush(running);
      return { moved, at: lab.now() };
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** The address's link first; where it leads nowhere, what there was. */
  async #open(request: OpenRequest): Promise<{ linked: boolean }> {
    const read = request.link === null ? null : readLink(request.link);
    const done = await this.#desk.open(request, read?.ok === true ? read.moment : null);
    if (read === null) return { linked: false };
    const refused = read.ok ? done : read;
    if (!refused.ok) this.#room.notice({ kind: 'link-refused', reason: refused.reason });
    return { linked: refused.ok };
  }

  async #openLink(link: string): Promise<Done> {
    const read = readLink(link);
    const done = read.ok ? await this.#inTurn(() => this.#desk.openMoment(read.moment)) : read;
    if (!done.ok) this.#room.notice({ kind: 'link-refused', reason: done.reason });
    return done.ok ? { ok: true } : { ok: false, reason: done.reason };
  }

  async #import(recording: unknown, from: 'end' | 'beginning'): Promise<ImportAnswer> {
    const read = readRecording(recording);
    if (!read.ok) return read;
    return this.#inTurn(() => this.#desk.openRecording(read.recording, from));
  }

  #nodes(): NodePlace[] {
    const { running } = this.#room;
    if (running === null) return [];
    const workers = running.live.hosts?.workers() ?? [];
    return [...running.lab.conductor.nodes].map(([node, status]) => ({
      node,
      status,
      worker: workers.includes(node),
    }));
  }
}

const refused = (): Given => ({ ok: false, reason: NOT_RUNNING });

function givenOf(answer: RunAnswer): Given {
  if (!answer.ok) return { ok: false, reason: answer.reason };
  return { ok: true, op: answer.kind === 'command' ? answer.op : null };
}
