// A store's transaction layer over its Raft groups: latches, a read index, the command, its batch as one log entry, and
// once that is applied the answer. What a command decided is told when it has become true: refusals and reads at once,
// the rest when its batch is applied on this store. (TiKV: src/storage/mod.rs, src/storage/txn/scheduler.rs)

import { must } from '../../base/assert.ts';
import { clonePlain, type Plain } from '../../base/plain.ts';
import type { Micros, NodeId, RegionId } from '../ids.ts';
import { encodeKey } from '../mvcc/key.ts';
import type { Sink } from '../outbox.ts';
import { RAFT_INIT_LOG_TERM } from '../raftstore/bootstrap.ts';
import type { RaftstoreEvent } from '../raftstore/event.ts';
import type { RegionError, RequestContext } from '../raftstore/message.ts';
import type { PeerResult } from '../raftstore/peer-parts.ts';
import { regionHolds, type Region } from '../raftstore/region.ts';
import { writeInTermOfRead } from '../raftstore/rules.ts';
import type { Store } from '../raftstore/store.ts';
import {
  loadConcurrencyManager,
  newConcurrencyManager,
  saveConcurrencyManager,
  type ConcurrencyManager,
  type SavedConcurrencyManager,
} from './concurrency.ts';
import { plainOf } from './error.ts';
import { MaxTsSync, type SavedMaxTsSync } from './max-ts-sync.ts';
import type { RegionTxnEvent, TxnAnswer, TxnCall, TxnKvRequest, TxnKvResponse } from './message.ts';
import {
  loadPessimisticLocks,
  newPessimisticLocks,
  savePessimisticLocks,
  splitOff,
  type PessimisticLocks,
  type SavedPessimisticLocks,
} from './pessimistic-locks.ts';
import { keysOf } from './request.ts';
import {
  cancelWaits,
  commandOf,
  finishCommand,
  giveUpCommand,
  loadScheduler,
  newScheduler,
  passTime,
  runCommand,
  saveScheduler,
  schedulerDue,
  submit,
  type Scheduler,
  type SchedulerConfig,
  type SchedulerStep,
  type StoreMemory,
} from './scheduler.ts';

const WAIT_TIMER = 'txn-lock-wait';

/** Teach values of scheduler-concurrency, scheduler-pending-write-threshold, wait-for-lock-timeout, wake-up-delay. */
const SCHEDULER: SchedulerConfig = {
  latchSlots: 64,
  pendingWritesMax: 32,
  waitForLockTimeout: 800_000,
  wakeUpDelay: 20_000,
};
/** Reads and writes that one store holds at a time. */
const COMMANDS_MAX = 256;

export type TxnSink = Sink<TxnKvResponse, RegionTxnEvent | RaftstoreEvent>;

export interface TxnStorageOptions {
  readonly sink: TxnSink;
  readonly store: Store;
  /** A fresh id for a call to PD. */
  readonly nextCall: () => number;
  /** Asks PD for one timestamp; the answer comes through `onTimestamp`, or not at all. */
  readonly askTimestamp: (call: number) => void;
  /** Rules that are broken on purpose, now. */
  readonly broken: { readonly rules: readonly string[] };
  /** How long an unanswered call to PD is waited for. */
  readonly pdRetry: Micros;
}

interface Owner {
  readonly client: NodeId;
  readonly call: number;
  readonly context: RequestContext;
}

/** What a tag of the store below stands for: a snapshot or a write that is under way. */
interface Pending {
  readonly task: number;
  readonly cookie: number;
  /** What becomes true when the write is applied. */
  readonly events: readonly RegionTxnEvent[];
}

interface Saved {
  readonly next: number;
  readonly owners: readonly (readonly [number, Owner])[];
  readonly pending: readonly (readonly [number, Pending])[];
  readonly scheduler: Scheduler;
  readonly concurrency: SavedConcurrencyManager;
  readonly memoryLocks: readonly (readonly [RegionId, SavedPessimisticLocks])[];
  readonly maxTs: SavedMaxTsSync;
}

type Outcome = TxnKvResponse['result'];

export class TxnStorage {
  readonly #sink: TxnSink;
  readonly #store: Store;
  readonly #broken: TxnStorageOptions['broken'];
  readonly #scheduler: Scheduler;
  readonly #concurrency: ConcurrencyManager;
  readonly #memoryLocks: Map<RegionId, PessimisticLocks>;
  readonly #maxTs: MaxTsSync;
  readonly #owners: Map<number, Owner>;
  readonly #pending: Map<number, Pending>;
  #next: number;

  constructor(options: TxnStorageOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#sink = options.sink;
    this.#store = options.store;
    this.#broken = options.broken;
    this.#next = state?.next ?? 1;
    this.#owners = new Map(state?.owners);
    this.#pending = new Map(state?.pending);
    this.#scheduler =
      state === undefined ? newScheduler(SCHEDULER) : loadScheduler(state.scheduler);
    this.#concurrency =
      state === undefined ? newConcurrencyManager() : loadConcurrencyManager(state.concurrency);
    this.#memoryLocks = new Map(
      state?.memoryLocks.map(([id, table]) => [id, loadPessimisticLocks(table)]),
    );
    this.#maxTs = new MaxTsSync({ ...options, concurrency: this.#concurrency }, state?.maxTs);
  }

  // ---- inputs ----------------------------------------------------------------------------------------------

  onRequest(client: NodeId, { id: call, context, request }: TxnKvRequest): void {
    const owner: Owner = { client, call, context };
    const admission = this.#store.admit(context);
    if (!admission.ok) return this.#send(owner, admission);
    const cookie = this.#next++;
    this.#owners.set(cookie, owner);
    const isFull = this.#owners.size > COMMANDS_MAX;
    const step = isFull ? null : submit(this.#scheduler, request, cookie);
    if (step === null) return this.#answer(cookie, refused(BUSY));
    this.#carryOut(step, context.regionId);
  }

  /** True where the result with this tag is for a command of this layer. */
  owns(tag: number): boolean {
    return this.#pending.has(tag);
  }

  onResult(result: PeerResult): void {
    const pending = must(this.#pending.get(result.tag), `the command behind ${result.tag}`);
    this.#pending.delete(result.tag);
    if (result.type === 'readable') this.#run(pending, result);
    else if (result.type === 'applied') this.#applied(pending);
    else if (this.#isWriting(pending)) this.#writeFailed(pending, result.error);
    else this.#giveUp(pending, result.error);
  }

  /** True where the timer is this layer's. */
  onTimer(name: string): boolean {
    if (this.#maxTs.onTimer(name)) return true;
    if (name !== WAIT_TIMER) return false;
    const [region] = this.#memoryLocks.keys();
    this.#carryOut(passTime(this.#scheduler, this.#sink.now), region ?? 0);
    return true;
  }

  /** Whether this store leads a Region now, and in which term; null: it does not. */
  onLeadership(regionId: RegionId, term: number | null): void {
    const change = this.#maxTs.onLeadership(regionId, term);
    if (change === 'lost') this.#stepDown(regionId);
    else if (change === 'won' && !this.#inherits(regionId, term))
      this.#memoryLocks.set(regionId, newPessimisticLocks(0));
    if (change !== 'same') this.#setTimer();
  }

  /** Locks that a split has handed on are good while nobody else can have led the new Region. */
  #inherits(regionId: RegionId, term: number | null): boolean {
    return this.#memoryLocks.has(regionId) && term === RAFT_INIT_LOG_TERM + 1;
  }

  /** A Region that this store leads has been split: locks in memory go with their keys. (txn_ext.rs group_by_regions) */
  onSplit(parent: RegionId, regions: readonly Region[]): void {
    const table = this.#memoryLocks.get(parent);
    if (table === undefined) return;
    for (const region of regions)
      if (region.id !== parent)
        this.#memoryLocks.set(
          region.id,
          splitOff(table, (key) => regionHolds(region, encodeKey(key))),
        );
  }

  onTimestamp(call: number, timestamp: number): void {
    const raised = this.#maxTs.onTimestamp(call, timestamp);
    for (const event of raised) this.#sink.emit(event);
  }

  // ---- a command's way -------------------------------------------------------------------------------------

  /** Does what a step of the scheduler asks for. Nothing here detects circles of waiting yet: such waits time out. */
  #carryOut(step: SchedulerStep, region: RegionId): void {
    for (const event of step.events) this.#sink.emit({ ...event, region });
    this.#followUp(step);
  }

  #followUp(step: SchedulerStep): void {
    for (const { cookie, response } of step.answers)
      this.#answer(cookie, { ok: true, response: plainOf(response) as TxnAnswer });
    for (const task of step.run) this.#begin(task);
    this.#setTimer();
  }

  #setTimer(): void {
    const due = schedulerDue(this.#scheduler);
    if (due !== null) this.#sink.timer(WAIT_TIMER, Math.max(due, this.#sink.now + 1));
  }

  /** The command holds its latches: asks for a state that may be read. */
  #begin(task: number): void {
    const { cookie } = commandOf(this.#scheduler, task);
    const tag = this.#store.nextTag();
    const pending: Pending = { task, cookie, events: [] };
    this.#pending.set(tag, pending);
    const error = this.#store.asyncSnapshot(this.#owner(cookie).context, tag);
    if (error === null) return;
    this.#pending.delete(tag);
    this.#giveUp(pending, error);
  }

  #run(pending: Pending, read: PeerResult & { readonly type: 'readable' }): void {
    const { task, cookie } = pending;
    const { client, call, context } = this.#owner(cookie);
    const { regionId } = context;
    const region = must(this.#store.region(regionId), 'the Region of a confirmed read');
    const request = commandOf(this.#scheduler, task).request as TxnCall;
    const outside = keysAskedFor(request).find((key) => !regionHolds(region, encodeKey(key)));
    if (outside !== undefined)
      return this.#giveUp(pending, { type: 'KeyNotInRegion', key: outside, region });
    const { readIndex } = read;
    const served = { region: regionId, path: 'read-index' as const, readIndex, client };
    this.#sink.emit({ type: 'raftstore/read-served', ...served, request: call });
    const snapshot = this.#store.data;
    const memory = { ...this.#memory(region, read.term), snapshot };
    const step = runCommand(this.#scheduler, task, memory);
    const writes = step.propose.find(({ id }) => id === task);
    const events = step.events.map((event) => ({ ...event, region: regionId }));
    const isHeld = (event: RegionTxnEvent) => writes !== undefined && BECOMES_TRUE.has(event.type);
    for (const event of events) if (!isHeld(event)) this.#sink.emit(event);
    if (writes !== undefined)
      this.#write({ ...pending, events: events.filter(isHeld) }, writes.batch, read.term);
    this.#followUp(step);
  }

  #memory(region: Region, term: number): Omit<StoreMemory, 'snapshot'> {
    return {
      concurrency: this.#concurrency,
      pessimisticLocks: this.#memoryLocks.get(region.id) ?? newPessimisticLocks(0),
      context: {
        range: { from: region.startKey, to: region.endKey === '' ? null : region.endKey },
        isMaxTsSynced: this.#maxTs.isSynced(region.id, term),
        now: this.#sink.now,
        broken: this.#broken.rules,
      },
    };
  }

  /** The batch goes into the term of the read or nowhere: latches hold off only the writers of this leader. */
  #write(pending: Pending, batch: Parameters<Store['asyncWrite']>[1], readTerm: number): void {
    const { client, call, context } = this.#owner(pending.cookie);
    const admission = this.#store.admit(context);
    if (!admission.ok) return this.#writeFailed(pending, admission.error);
    if (!writeInTermOfRead(readTerm, admission.peer.term).holds)
      return this.#writeFailed(pending, { type: 'StaleCommand' });
    const tag = this.#store.nextTag();
    this.#pending.set(tag, pending);
    const proposed = this.#store.asyncWrite(context, batch, tag);
    if (!proposed.ok) {
      this.#pending.delete(tag);
      return this.#writeFailed(pending, proposed.error);
    }
    if (proposed.place === null) return;
    const region = context.regionId;
    const told = { region, client, request: call, ...proposed.place };
    this.#sink.emit({ type: 'raftstore/proposed', ...told });
  }

  #isWriting({ task }: Pending): boolean {
    return this.#scheduler.tasks.some(({ id, writing }) => id === task && writing !== null);
  }

  #applied({ task, cookie, events }: Pending): void {
    const { regionId } = this.#owner(cookie).context;
    for (const event of events) this.#sink.emit(event);
    this.#carryOut(this.#finish(task, regionId, true), regionId);
  }

  #writeFailed({ task, cookie }: Pending, error: RegionError): void {
    const { regionId } = this.#owner(cookie).context;
    const step = this.#finish(task, regionId, false);
    this.#answer(cookie, refused(error));
    this.#carryOut(step, regionId);
  }

  #finish(task: number, regionId: RegionId, isApplied: boolean): SchedulerStep {
    const region = must(this.#store.region(regionId), 'the Region of a command');
    return finishCommand(this.#scheduler, task, { isApplied, memory: this.#memory(region, 0) });
  }

  /** It has changed nothing. */
  #giveUp({ task, cookie }: Pending, error: RegionError): void {
    const { regionId } = this.#owner(cookie).context;
    const step = giveUpCommand(this.#scheduler, task);
    this.#answer(cookie, refused(error));
    this.#carryOut(step, regionId);
  }

  /** Who waits for locks is sent to the new leader; locks that lived in memory are gone. */
  #stepDown(regionId: RegionId): void {
    this.#memoryLocks.delete(regionId);
    const region = this.#store.region(regionId);
    if (region === null) return;
    const isOfRegion = (key: string) => regionHolds(region, encodeKey(key));
    const { cookies, step } = cancelWaits(this.#scheduler, isOfRegion);
    for (const cookie of cookies)
      this.#answer(cookie, refused({ type: 'NotLeader', regionId, leader: null }));
    this.#carryOut(step, regionId);
  }

  // ---- answers ---------------------------------------------------------------------------------------------

  #owner(cookie: number): Owner {
    return must(this.#owners.get(cookie), `who asked for command ${cookie}`);
  }

  #answer(cookie: number, result: Outcome): void {
    const owner = this.#owner(cookie);
    this.#owners.delete(cookie);
    this.#send(owner, result);
  }

  #send({ client, call, context }: Owner, result: Outcome): void {
    const { regionId } = context;
    if (!result.ok) {
      const { error } = result;
      const told = { region: regionId, client, request: call, error };
      this.#sink.emit({ type: 'raftstore/request-refused', ...told });
    }
    this.#sink.send(client, { type: 'txn-response', id: call, regionId, result });
  }

  save(): Plain {
    const saved: Saved = {
      next: this.#next,
      owners: [...this.#owners],
      pending: [...this.#pending],
      scheduler: saveScheduler(this.#scheduler),
      concurrency: saveConcurrencyManager(this.#concurrency),
      memoryLocks: [...this.#memoryLocks].map(([id, table]) => [id, savePessimisticLocks(table)]),
      maxTs: this.#maxTs.save(),
    };
    return clonePlain(saved) as unknown as Plain;
  }
}

const BUSY: RegionError = {
  type: 'ServerIsBusy',
  reason: 'too many commands are under way',
  backoffMs: 0,
};

const refused = (error: RegionError): Outcome => ({ ok: false, error });

/** What a command with a batch has decided is true when the batch is applied, and not before. */
const BECOMES_TRUE: ReadonlySet<string> = new Set<RegionTxnEvent['type']>([
  'txn/prewritten',
  'txn/committed',
  'txn/rolled-back',
  'txn/status-checked',
  'txn/secondaries-checked',
  'txn/locks-resolved',
  'txn/keys-locked',
  'txn/keys-unlocked',
  'txn/ttl-extended',
  'txn/versions-collected',
]);

/** The user keys that have to lie in the Region. Walks are clipped to it instead. */
function keysAskedFor(request: TxnCall): readonly string[] {
  if (request.type === 'get' || request.type === 'mvcc-get-by-key') return [request.key];
  return request.type === 'batch-get' ? request.keys : keysOf(request);
}
