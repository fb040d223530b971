// One node over a window of virtual time: arrivals from the conductor, its own timers, its own disk completions, in the
// one total order. The same code runs in every host; only the disk under it differs. (determinism: rules 1, 4, 8, 9, 24)

import { assert } from '../base/assert.ts';
import { newChance } from '../base/chance.ts';
import { clonePlain, type Plain } from '../base/plain.ts';
import { microsOf } from '../tikv/config.ts';
import type { Micros } from '../tikv/ids.ts';
import { createNode } from '../tikv/node/create-node.ts';
import type { DiskImage, DiskOp, Node, NodeInput, NodeOutput } from '../tikv/node/node.ts';
import { instantOf, readClock, setClock, type Clock } from './clock.ts';
import {
  complete,
  faultDisk,
  newDisk,
  nextCompletion,
  submit,
  type DiskState,
  type PendingWrite,
} from './disk.ts';
import { compareKeys, KIND, keyOf, type InputKey } from './key.ts';
import { imageDigest } from './memory-disk.ts';
import type { Arrival, Boot, DiskBackend, RunRequest, RunResult, StepResult } from './host.ts';
import type { SimEvent } from './record.ts';
import type { RecordId } from './record-id.ts';

interface Timer {
  readonly name: string;
  /** In the node's own time, and the virtual instant at which its clock will show it. */
  readonly at: Micros;
  readonly due: Micros;
  readonly n: number;
  readonly cause: RecordId | null;
}

/** Everything of a loop but its node and its disk's image: plain data. */
interface LoopState {
  clock: Clock;
  timers: Timer[];
  timersSet: number;
  disk: DiskState;
  nextRecord: number;
  paused: boolean;
  /** Writes that finished while the node was paused. */
  finished: PendingWrite[];
}

export interface LoopOptions {
  /** Stands between the loop and its node: test hosts clone or freeze what passes. */
  readonly wrap?: (node: Node) => Node;
  readonly create?: typeof createNode;
}

type Due =
  | { readonly type: 'arrival'; readonly key: InputKey; readonly arrival: Arrival }
  | { readonly type: 'timer'; readonly key: InputKey; readonly timer: Timer }
  | { readonly type: 'durable'; readonly key: InputKey; readonly pending: PendingWrite };

export class NodeLoop {
  readonly #boot: Boot;
  readonly #backend: DiskBackend;
  readonly #options: LoopOptions;
  #node: Node | null = null;
  #state: LoopState;
  /** Due inside the running window: durable once the window is committed. */
  #ops: DiskOp[] = [];
  #steps: StepResult[] = [];
  #last: InputKey | null = null;
  #panic: RunResult['panic'] = null;

  constructor(boot: Boot, backend: DiskBackend, options: LoopOptions = {}) {
    this.#boot = boot;
    this.#backend = backend;
    this.#options = options;
    this.#state = {
      clock: { ...boot.clock },
      timers: [],
      timersSet: 0,
      disk: newDisk(
        {
          fsync: microsOf(boot.settings['disk.fsync']),
          jitter: microsOf(boot.settings['disk.fsync-jitter']),
          chance: newChance(boot.seed, `disk ${boot.node}#${boot.incarnation}`),
        },
        boot.diskFault,
      ),
      nextRecord: boot.nextRecord,
      paused: false,
      finished: [],
    };
  }

  /** A loop that goes on from what `save` answered. */
  static resumeFrom(
    boot: Boot,
    backend: DiskBackend,
    saved: Plain,
    options: LoopOptions = {},
  ): NodeLoop {
    const loop = new NodeLoop(boot, backend, options);
    const { state, node } = clonePlain(saved) as unknown as { state: LoopState; node: Plain };
    loop.#state = state;
    loop.#node = loop.#create(node);
    return loop;
  }

  #create(saved?: Plain): Node {
    const { node, seed, incarnation, settings, stores, labels, broken, diskFault } = this.#boot;
    const create = this.#options.create ?? createNode;
    const made = create({
      id: node,
      seed,
      incarnation,
      settings,
      stores,
      labels,
      broken,
      diskFull: diskFault.type === 'full',
      ...(saved === undefined ? {} : { saved }),
    });
    return this.#options.wrap === undefined ? made : this.#options.wrap(made);
  }

  /** Answers at once over a disk that answers at once. */
  run(request: RunRequest): RunResult | Promise<RunResult> {
    this.#steps = [];
    this.#last = null;
    switch (request.type) {
      case 'boot':
        return this.#runBoot(request.cause);
      case 'window':
        this.#runWindow(request.until, request.arrivals);
        return this.#committed({ from: request.from, to: request.until });
      case 'command': {
        const now = this.#read(request.key);
        this.#step(request.key, request.cause, { type: 'command', now, command: request.command });
        return this.#result();
      }
      case 'pause':
        this.#state.paused = true;
        return this.#result();
      case 'skew':
        this.#skew(request.at, request);
        return this.#result();
      case 'disk':
        faultDisk(this.#state.disk, request.at, request.fault);
        return this.#result();
      case 'resume':
        this.#resume(request.key, request.arrivals);
        return this.#result();
      case 'save':
        assert(this.#node !== null, 'a node is saved after its boot');
        return {
          ...this.#result(),
          saved: clonePlain({ state: this.#state, node: this.#node.save() }) as unknown as Plain,
        };
    }
  }

  #runBoot(cause: RecordId): RunResult | Promise<RunResult> {
    const image = this.#backend.load();
    return image instanceof Promise
      ? image.then((disk) => this.#bootFrom(disk, cause))
      : this.#bootFrom(image, cause);
  }

  #bootFrom(disk: DiskImage, cause: RecordId): RunResult {
    this.#node = this.#create();
    const digest = imageDigest(disk);
    const key = keyOf(this.#boot.at, KIND.command, this.#boot.node, 0);
    this.#step(key, cause, { type: 'boot', now: this.#read(key), disk });
    return { ...this.#result(), digest };
  }

  #runWindow(until: InputKey, arrivals: readonly Arrival[]): void {
    let next = 0;
    for (;;) {
      const due = this.#first(arrivals[next]);
      if (due === null || compareKeys(due.key, until) >= 0 || this.#panic !== null) return;
      if (due.type === 'arrival') next += 1;
      this.#take(due);
    }
  }

  /** The first of: the next arrival, the first timer, the first disk completion. A paused node's timers wait. */
  #first(arrival: Arrival | undefined): Due | null {
    let first: Due | null =
      arrival === undefined ? null : { type: 'arrival', key: arrival.key, arrival };
    const pending = nextCompletion(this.#state.disk);
    if (pending !== undefined) {
      const key = keyOf(pending.dueAt, KIND.disk, this.#boot.node, pending.write.n);
      if (first === null || compareKeys(key, first.key) < 0)
        first = { type: 'durable', key, pending };
    }
    const timer = this.#state.paused ? undefined : this.#firstTimer();
    if (timer !== undefined) {
      const key = keyOf(timer.due, KIND.timer, this.#boot.node, timer.n);
      if (first === null || compareKeys(key, first.key) < 0) first = { type: 'timer', key, timer };
    }
    return first;
  }

  #firstTimer(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#state.timers) {
      if (
        first === undefined ||
        timer.due < first.due ||
        (timer.due === first.due && timer.n < first.n)
      )
        first = timer;
    }
    return first;
  }

  #take(due: Due): void {
    if (due.type === 'arrival') return this.#arrive(due.key, due.arrival);
    if (due.type === 'timer') return this.#fire(due.key, due.timer);
    this.#ops.push(...complete(this.#state.disk, due.pending));
    if (due.pending.flushed) {
      this.#last = due.key;
    } else if (this.#state.paused) {
      this.#state.finished.push(due.pending);
      this.#last = due.key;
    } else {
      this.#persisted(due.key, due.pending);
    }
  }

  #arrive(key: InputKey, arrival: Arrival): void {
    const now = this.#read(key);
    const { message, peer } = arrival;
    if (arrival.type === 'message')
      this.#step(key, arrival.sent, { type: 'message', now, from: peer, message });
    else this.#step(key, arrival.sent, { type: 'send-failed', now, to: peer, message });
  }

  #fire(key: InputKey, timer: Timer): void {
    this.#state.timers = this.#state.timers.filter((other) => other !== timer);
    this.#step(key, timer.cause, { type: 'timer', now: this.#read(key), name: timer.name });
  }

  #persisted(key: InputKey, pending: PendingWrite): void {
    const { queue, n, sync } = pending.write;
    const durable: SimEvent[] = sync ? [{ type: 'disk/durable', queue, write: n }] : [];
    this.#step(key, pending.cause, { type: 'persisted', now: this.#read(key), queue, n }, durable);
  }

  /** All that waited is taken in at this instant: finished writes, due timers, arrivals, each in its order. */
  #resume(key: InputKey, arrivals: readonly Arrival[]): void {
    const { node } = this.#boot;
    const at = key[0];
    this.#state.paused = false;
    const finished = this.#state.finished;
    this.#state.finished = [];
    for (const pending of finished)
      this.#persisted(keyOf(at, KIND.disk, node, pending.write.n), pending);
    for (const timer of this.#state.timers
      .filter((each) => each.due <= at)
      .toSorted((a, b) => a.due - b.due || a.n - b.n)) {
      // An earlier input of this very moment may have replaced it.
      if (this.#state.timers.includes(timer))
        this.#fire(keyOf(at, KIND.timer, node, timer.n), timer);
    }
    for (const arrival of arrivals)
      this.#arrive(keyOf(at, KIND.message, node, arrival.key[3]), arrival);
  }

  /** One input in, one output out; what it led to is told as one step. */
  #step(
    key: InputKey,
    cause: RecordId | null,
    input: NodeInput,
    before: readonly SimEvent[] = [],
  ): void {
    this.#last = key;
    if (this.#panic !== null) return;
    assert(this.#node !== null, 'a node boots first');
    let output: NodeOutput;
    try {
      output = this.#node.step(input);
      const past = output.timers.find((timer) => timer.at !== null && timer.at <= input.now);
      assert(past === undefined, `timer ${past?.name} is set to a moment that has passed`);
    } catch (error) {
      this.#panic = { key, cause, message: error instanceof Error ? error.message : String(error) };
      return;
    }
    const firstRecord = this.#state.nextRecord;
    const events = [...before, ...output.events];
    // What this input's timers and writes lead to is caused by its first record; without one, by its own cause.
    const silent =
      events.length + output.messages.length === 0 && !output.writes.some((write) => write.sync);
    const told = silent ? cause : { node: this.#boot.node, n: firstRecord };
    for (const write of output.writes) {
      const pending = submit(this.#state.disk, write, key[0], told);
      if (!write.sync) continue;
      const { queue, n, ops } = write;
      events.push({
        type: 'disk/write-started',
        queue,
        write: n,
        ops: ops.length,
        durableAt: pending.dueAt,
      });
    }
    this.#setTimers(key[0], output, told);
    if (events.length + output.messages.length === 0) return;
    this.#state.nextRecord += events.length + output.messages.length;
    this.#steps.push({ key, cause, firstRecord, events, messages: output.messages });
  }

  #setTimers(now: Micros, output: NodeOutput, cause: RecordId | null): void {
    for (const { name, at } of output.timers) {
      this.#state.timers = this.#state.timers.filter((timer) => timer.name !== name);
      if (at === null) continue;
      const due = instantOf(this.#state.clock, at, now + 1);
      this.#state.timers.push({ name, at, due, n: this.#state.timersSet++, cause });
    }
  }

  /** The node's own time at an input. */
  #read(key: InputKey): Micros {
    return readClock(this.#state.clock, key[0]);
  }

  /** The clock is set, and every timer falls due when it will show the timer's moment. */
  #skew(at: Micros, skew: { offset: Micros; ppm: number }): void {
    const { clock, timers } = this.#state;
    setClock(clock, at, skew);
    this.#state.timers = timers.map((timer) => ({
      ...timer,
      due: instantOf(clock, timer.at, at + 1),
    }));
  }

  #committed(window: { from: InputKey; to: InputKey }): RunResult | Promise<RunResult> {
    if (this.#ops.length === 0) return this.#result();
    const ops = this.#ops;
    this.#ops = [];
    const committed = this.#backend.commit(ops, window);
    const result = this.#result();
    return committed instanceof Promise ? committed.then(() => result) : result;
  }

  #result(): RunResult {
    return {
      steps: this.#steps,
      next: this.#panic === null ? (this.#first(undefined)?.key ?? null) : null,
      last: this.#last,
      panic: this.#panic,
      nextRecord: this.#state.nextRecord,
    };
  }
}
