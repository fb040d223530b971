// Runs the commands of one store: latches first, then a snapshot, then the batch through Raft, then the answer. It waits
// for nothing itself: each step says what has to happen outside. All of its state is plain data.
// Invariant: of all commands that touch one key, at most one is between its snapshot and the applying of its batch.
// (TiKV: src/storage/txn/scheduler.rs)

import { must } from '../../base/assert.ts';
import { clonePlain } from '../../base/plain.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { KvSnapshot, WriteBatch } from '../kv/engine.ts';
import type { MvccEvent } from '../mvcc/event.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { ReleasedLock } from '../mvcc/txn.ts';
import { publishLocks, withdrawLocks } from './concurrency.ts';
import type { ConcurrencyManager } from './concurrency.ts';
import type { Deadlock } from './error.ts';
import { plainOf } from './error.ts';
import type { TxnEvent } from './event.ts';
import { executeCommand } from './execute-command.ts';
import { acquire, holderAhead, newLatch, newLatches, release } from './latch.ts';
import type { Latch, Latches } from './latch.ts';
import {
  enqueue,
  newLockWaitQueues,
  nextDue,
  takeTimedOut,
  takeWaiters,
  waitersOf,
  wakeDelayed,
  wakeUp,
} from './lock-waiting-queue.ts';
import type { LockWaitQueues, Waiter, Woken } from './lock-waiting-queue.ts';
import {
  dropReplaced,
  keepInMemory,
  lockOps,
  markLeaving,
  unmarkLeaving,
} from './pessimistic-locks.ts';
import type { PessimisticLocks } from './pessimistic-locks.ts';
import { isReadOnly, keysOf } from './request.ts';
import type { TxnRequest } from './request.ts';
import type { TxnResponse, WaitResponse } from './response.ts';
import type { CommandResult, TxnContext } from './work.ts';

export interface SchedulerConfig {
  readonly latchSlots: number;
  /** Commands that write, under way at once; further ones are told that the server is busy. */
  readonly pendingWritesMax: number;
  /** Microseconds. */
  readonly waitForLockTimeout: number;
  readonly wakeUpDelay: number;
}

interface Task {
  readonly id: number;
  readonly request: TxnRequest;
  /** Whose command it is; the host's. */
  readonly cookie: number;
  readonly latch: Latch;
  /** Set while the batch is on its way. */
  writing: Writing | null;
}

interface Writing {
  readonly batch: WriteBatch;
  readonly response: TxnResponse;
  readonly released: readonly ReleasedLock[];
  readonly published: readonly { readonly key: Bytes; readonly startTs: Ts }[];
  readonly next: TxnRequest | null;
}

export interface Scheduler {
  readonly config: SchedulerConfig;
  nextId: number;
  readonly latches: Latches;
  readonly tasks: Task[];
  readonly waits: LockWaitQueues;
}

/** A wait that the deadlock detector has to hear of, or the end of one. */
export type DetectRequest = {
  readonly type: 'detect' | 'clean-up-wait-for';
  readonly token: number;
  readonly waiter: Ts;
  readonly holder: Ts;
  readonly key: Bytes;
};

/** What has to happen outside after a step. */
export interface SchedulerStep {
  /** Commands that hold their latches: take a snapshot and call `runCommand`. */
  readonly run: number[];
  /** Propose the batch, then call `finishCommand`. */
  readonly propose: { readonly id: number; readonly batch: WriteBatch }[];
  readonly answers: { readonly cookie: number; readonly response: TxnResponse }[];
  readonly detect: DetectRequest[];
  readonly events: (TxnEvent | MvccEvent)[];
}

export function newScheduler(config: SchedulerConfig): Scheduler {
  const latches = newLatches(config.latchSlots);
  return { config, nextId: 1, latches, tasks: [], waits: newLockWaitQueues() };
}

export const saveScheduler = (scheduler: Scheduler): Scheduler => clonePlain(scheduler);
export const loadScheduler = (saved: Scheduler): Scheduler => clonePlain(saved);

const newStep = (): SchedulerStep => ({
  run: [],
  propose: [],
  answers: [],
  detect: [],
  events: [],
});

/** Takes a command in; null: too many are under way. */
export function submit(
  scheduler: Scheduler,
  request: TxnRequest,
  cookie: number,
): SchedulerStep | null {
  const { pendingWritesMax } = scheduler.config;
  if (!isReadOnly(request) && scheduler.tasks.length >= pendingWritesMax) return null;
  const step = newStep();
  begin(scheduler, { request, cookie }, step);
  return step;
}

function begin(
  scheduler: Scheduler,
  { request, cookie }: { readonly request: TxnRequest; readonly cookie: number },
  step: SchedulerStep,
): void {
  const keys = isReadOnly(request) ? [] : keysOf(request);
  const latch = newLatch(scheduler.latches, keys);
  const task: Task = { id: scheduler.nextId++, request, cookie, latch, writing: null };
  scheduler.tasks.push(task);
  if (acquire(scheduler.latches, latch, task.id)) step.run.push(task.id);
  else {
    const behind = must(holderAhead(scheduler.latches, latch), 'the command ahead');
    step.events.push({ type: 'txn/latch-awaited', command: task.id, behind });
  }
}

/** What a command runs on: the Region's snapshot, and the store's memory, which is changed. */
export interface StoreMemory {
  readonly snapshot: KvSnapshot;
  readonly concurrency: ConcurrencyManager;
  readonly pessimisticLocks: PessimisticLocks;
  readonly context: Omit<TxnContext, 'concurrency' | 'pessimisticLocks'>;
}

/** The command has its latches and a snapshot: execute it. */
export function runCommand(scheduler: Scheduler, id: number, memory: StoreMemory): SchedulerStep {
  const step = newStep();
  const task = taskOf(scheduler, id);
  const { concurrency, pessimisticLocks } = memory;
  const result = executeCommand(memory.snapshot, task.request, {
    ...memory.context,
    concurrency,
    pessimisticLocks: pessimisticLocks.locks,
  });
  step.events.push(...result.events);
  concurrency.maxTs = result.maxTs;
  publishLocks(concurrency, result.memoryLocks);
  const batch = placeLocks(pessimisticLocks, result);
  if (result.response.type === 'wait') {
    startWaiting(scheduler, { wait: result.response, task, now: memory.context.now }, step);
  } else {
    markLeaving(pessimisticLocks, batch);
    task.writing = {
      batch,
      response: result.response,
      released: result.released,
      published: result.memoryLocks.map(({ key, lock }) => ({ key, startTs: lock.startTs })),
      next: result.response.type === 'refused' ? null : result.next,
    };
    if (batch.length > 0) step.propose.push({ id, batch });
    else settle(scheduler, { task, isApplied: true }, { memory, step });
  }
  return step;
}

/** Pessimistic locks stay in memory where that is allowed; else they join the batch. */
function placeLocks(table: PessimisticLocks, result: CommandResult): WriteBatch {
  const { pessimisticLocks, batch } = result;
  if (pessimisticLocks.length === 0 || keepInMemory(table, pessimisticLocks)) return batch;
  return [...batch, ...lockOps(pessimisticLocks)];
}

/** The batch is applied, or will never be (then the host answers). */
export function finishCommand(
  scheduler: Scheduler,
  id: number,
  at: { readonly isApplied: boolean; readonly memory: Omit<StoreMemory, 'snapshot'> },
): SchedulerStep {
  const step = newStep();
  const task = taskOf(scheduler, id);
  settle(scheduler, { task, isApplied: at.isApplied }, { memory: at.memory, step });
  return step;
}

/** The command will not run (the Region has moved, the snapshot was refused); the host answers. */
export function giveUpCommand(scheduler: Scheduler, id: number): SchedulerStep {
  const step = newStep();
  dropTask(scheduler, taskOf(scheduler, id), step);
  return step;
}

/** Whose command it is, and what it asks: a finished command may go on as another one of the same owner. */
export function commandOf(
  scheduler: Scheduler,
  id: number,
): { readonly cookie: number; readonly request: TxnRequest } {
  return taskOf(scheduler, id);
}

function settle(
  scheduler: Scheduler,
  { task, isApplied }: { readonly task: Task; readonly isApplied: boolean },
  at: { readonly memory: Omit<StoreMemory, 'snapshot'>; readonly step: SchedulerStep },
): void {
  const { step, memory } = at;
  const writing = must(task.writing, `the result of command ${task.id}`);
  withdrawLocks(memory.concurrency, writing.published);
  dropTask(scheduler, task, step);
  if (!isApplied) return unmarkLeaving(memory.pessimisticLocks, writing.batch);
  dropReplaced(memory.pessimisticLocks, writing.batch);
  if (writing.next === null) step.answers.push({ cookie: task.cookie, response: writing.response });
  else begin(scheduler, { request: writing.next, cookie: task.cookie }, step);
  for (const released of writing.released) {
    const timing = { now: memory.context.now, delay: scheduler.config.wakeUpDelay };
    carryOut(scheduler, wakeUp(scheduler.waits, released, timing), step);
  }
  if (writing.response.type === 'acquire-pessimistic-lock') followNewOwner(scheduler, task, step);
}

function dropTask(scheduler: Scheduler, task: Task, step: SchedulerStep): void {
  scheduler.tasks.splice(scheduler.tasks.indexOf(task), 1);
  for (const id of release(scheduler.latches, task.latch, task.id)) {
    if (acquire(scheduler.latches, taskOf(scheduler, id).latch, id)) step.run.push(id);
  }
}

function taskOf(scheduler: Scheduler, id: number): Task {
  const found = scheduler.tasks.find((task) => task.id === id);
  return must(found, `command ${id}`);
}

function startWaiting(
  scheduler: Scheduler,
  at: { readonly wait: WaitResponse; readonly task: Task; readonly now: number },
  step: SchedulerStep,
): void {
  const { request, lock } = at.wait;
  const asked = (request.waitTimeoutMs ?? 0) * 1000;
  const bound = scheduler.config.waitForLockTimeout;
  const timeout = asked === 0 ? bound : Math.min(asked, bound);
  const waiter = enqueue(scheduler.waits, {
    key: lock.key,
    startTs: request.startTs,
    lock,
    request,
    cookie: at.task.cookie,
    deadline: at.now + timeout,
  });
  dropTask(scheduler, at.task, step);
  step.detect.push(detectionOf('detect', waiter));
  step.events.push({
    type: 'txn/lock-wait-started',
    startTs: plainTs(waiter.startTs),
    key: waiter.key,
    lockTs: plainTs(lock.lockVersion),
    token: waiter.token,
  });
}

function detectionOf(type: DetectRequest['type'], waiter: Waiter): DetectRequest {
  const { token, startTs, lock, key } = waiter;
  return { type, token, waiter: startTs, holder: lock.lockVersion, key };
}

/** The key changed hands while others waited: they wait for the new owner now. */
function followNewOwner(scheduler: Scheduler, task: Task, step: SchedulerStep): void {
  if (task.request.type !== 'acquire-pessimistic-lock') return;
  const { startTs, keys, primary } = task.request;
  for (const { key } of keys) {
    for (const waiter of waitersOf(scheduler.waits, key)) {
      if (waiter.lock.lockVersion === startTs || waiter.startTs === startTs) continue;
      step.detect.push(detectionOf('clean-up-wait-for', waiter));
      waiter.lock = { ...waiter.lock, lockVersion: startTs, primary };
      step.detect.push(detectionOf('detect', waiter));
    }
  }
}

type EndOfWait = Extract<TxnEvent, { type: 'txn/lock-wait-ended' }>['reason'];

function endWait(waiter: Waiter, reason: EndOfWait, step: SchedulerStep): void {
  const { startTs, key, token } = waiter;
  const ended = { startTs: plainTs(startTs), key, token, reason };
  step.events.push({ type: 'txn/lock-wait-ended', ...ended });
  step.detect.push(detectionOf('clean-up-wait-for', waiter));
}

function carryOut(scheduler: Scheduler, woken: Woken, step: SchedulerStep): void {
  for (const { waiter, conflict } of woken.answered) {
    endWait(waiter, 'released', step);
    const response = { type: 'refused', request: waiter.request.type, errors: [conflict] } as const;
    step.answers.push({ cookie: waiter.cookie, response });
  }
  for (const waiter of woken.resumed) {
    endWait(waiter, 'resumed', step);
    begin(scheduler, { request: waiter.request, cookie: waiter.cookie }, step);
  }
}

/** Time has passed: waits that are over, and those that were to be woken a little later. */
export function passTime(scheduler: Scheduler, now: number): SchedulerStep {
  const step = newStep();
  carryOut(scheduler, wakeDelayed(scheduler.waits, now), step);
  for (const waiter of takeTimedOut(scheduler.waits, now)) {
    endWait(waiter, 'timeout', step);
    const errors = [{ kind: 'KeyIsLocked', ...waiter.lock } as const];
    const response = { type: 'refused', request: waiter.request.type, errors } as const;
    step.answers.push({ cookie: waiter.cookie, response });
  }
  return step;
}

/** When `passTime` is due; null: nothing waits. */
export const schedulerDue = (scheduler: Scheduler): number | null => nextDue(scheduler.waits);

/** The detector found that this wait would close a circle. */
export function refuseWait(scheduler: Scheduler, token: number, deadlock: Deadlock): SchedulerStep {
  const step = newStep();
  for (const waiter of takeWaiters(scheduler.waits, (one) => one.token === token)) {
    const { startTs, lockTs, lockKey: key } = plainOf(deadlock);
    step.events.push({
      type: 'txn/deadlock-found',
      startTs,
      lockTs,
      key,
      waitChain: deadlock.waitChain,
    });
    endWait(waiter, 'deadlock', step);
    const response = { type: 'refused', request: waiter.request.type, errors: [deadlock] } as const;
    step.answers.push({ cookie: waiter.cookie, response });
  }
  return step;
}

/** Leadership of a Region is lost: waits for its keys end without an answer; the host says why. */
export function cancelWaits(
  scheduler: Scheduler,
  isOfRegion: (key: Bytes) => boolean,
): { readonly cookies: readonly number[]; readonly step: SchedulerStep } {
  const step = newStep();
  const cancelled = takeWaiters(scheduler.waits, ({ key }) => isOfRegion(key));
  for (const waiter of cancelled) endWait(waiter, 'cancelled', step);
  return { cookies: cancelled.map(({ cookie }) => cookie), step };
}
