// Who waits for the lock of which key, and who is woken when it goes: the oldest transaction first.
// Invariant: each waiter is answered exactly once: woken, resumed, timed out, or taken out.
// (TiKV: src/storage/lock_manager/lock_waiting_queue.rs, src/server/lock_manager/waiter_manager.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { LockInfo } from '../mvcc/lock.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { ReleasedLock } from '../mvcc/txn.ts';
import type { WriteConflict } from './error.ts';
import type { AcquirePessimisticLockRequest } from './request.ts';

export interface Waiter {
  readonly token: number;
  readonly key: Bytes;
  readonly startTs: Ts;
  /** The lock that is waited for; another one, when the key changes hands. */
  lock: LockInfo;
  readonly request: AcquirePessimisticLockRequest;
  /** Whose command it is; the host's. */
  readonly cookie: number;
  /** Node time in microseconds. */
  readonly deadline: number;
}

/** The rest of a queue is woken a little later, so that the first one has a chance. */
interface DelayedWake {
  readonly key: Bytes;
  readonly at: number;
  /** Whoever came later is not meant. */
  readonly beforeToken: number;
  readonly released: ReleasedLock;
}

export interface LockWaitQueues {
  nextToken: number;
  /** By key; each ordered by start_ts, then by arrival. Plain data: pairs in the order of first arrival. */
  readonly queues: { readonly key: Bytes; readonly waiters: Waiter[] }[];
  readonly delayed: DelayedWake[];
}

/** What waking gives: clients that are told to try again, and requests that go on inside the store. */
export interface Woken {
  readonly answered: { readonly waiter: Waiter; readonly conflict: WriteConflict }[];
  readonly resumed: Waiter[];
}

export function newLockWaitQueues(): LockWaitQueues {
  return { nextToken: 1, queues: [], delayed: [] };
}

export function enqueue(queues: LockWaitQueues, waiter: Omit<Waiter, 'token'>): Waiter {
  const added: Waiter = { ...waiter, token: queues.nextToken++ };
  let queue = queues.queues.find(({ key }) => key === waiter.key);
  if (queue === undefined) {
    queue = { key: waiter.key, waiters: [] };
    queues.queues.push(queue);
  }
  const place = queue.waiters.findIndex(({ startTs }) => startTs > waiter.startTs);
  queue.waiters.splice(place < 0 ? queue.waiters.length : place, 0, added);
  return added;
}

export const waitersOf = (queues: LockWaitQueues, key: Bytes): readonly Waiter[] =>
  queues.queues.find((queue) => queue.key === key)?.waiters ?? [];

export const allWaiters = (queues: LockWaitQueues): Waiter[] =>
  queues.queues.flatMap(({ waiters }) => waiters);

/** Takes waiters out; an empty queue goes. */
export function takeWaiters(
  queues: LockWaitQueues,
  matches: (waiter: Waiter) => boolean,
): Waiter[] {
  const taken: Waiter[] = [];
  for (let i = queues.queues.length - 1; i >= 0; i--) {
    const { waiters } = queues.queues[i] as (typeof queues.queues)[number];
    taken.unshift(...waiters.filter(matches));
    const staying = waiters.filter((waiter) => !matches(waiter));
    waiters.splice(0, waiters.length, ...staying);
    if (staying.length === 0) queues.queues.splice(i, 1);
  }
  return taken;
}

/** A lock is gone: the first in line goes on, the others of the old kind a little later. */
export function wakeUp(
  queues: LockWaitQueues,
  released: ReleasedLock,
  at: { readonly now: number; readonly delay: number },
): Woken {
  const [first] = waitersOf(queues, released.key);
  if (first === undefined) return { answered: [], resumed: [] };
  takeWaiters(queues, ({ token }) => token === first.token);
  if (first.request.wakeUpMode === 'ForceLock') return { answered: [], resumed: [first] };
  if (waitersOf(queues, released.key).length > 0) {
    const place = queues.delayed.findIndex(({ key }) => key === released.key);
    if (place >= 0) queues.delayed.splice(place, 1);
    const wake = { key: released.key, at: at.now + at.delay, released };
    queues.delayed.push({ ...wake, beforeToken: queues.nextToken });
  }
  return { answered: [{ waiter: first, conflict: conflictOf(first, released) }], resumed: [] };
}

/** Delayed wakes that are due: all of the old kind, up to the first that can be resumed in the store. */
export function wakeDelayed(queues: LockWaitQueues, now: number): Woken {
  const woken: Woken = { answered: [], resumed: [] };
  const due = queues.delayed.filter(({ at }) => at <= now);
  const later = queues.delayed.filter(({ at }) => at > now);
  queues.delayed.splice(0, queues.delayed.length, ...later);
  for (const wake of due) {
    for (const waiter of [...waitersOf(queues, wake.key)]) {
      if (waiter.token >= wake.beforeToken) continue;
      takeWaiters(queues, ({ token }) => token === waiter.token);
      if (waiter.request.wakeUpMode === 'ForceLock') {
        woken.resumed.push(waiter);
        break;
      }
      woken.answered.push({ waiter, conflict: conflictOf(waiter, wake.released) });
    }
  }
  return woken;
}

/** Those who have waited long enough. */
export function takeTimedOut(queues: LockWaitQueues, now: number): Waiter[] {
  return takeWaiters(queues, ({ deadline }) => deadline <= now);
}

/** When something is due next; null: nothing is. */
export function nextDue(queues: LockWaitQueues): number | null {
  const times = [
    ...allWaiters(queues).map(({ deadline }) => deadline),
    ...queues.delayed.map(({ at }) => at),
  ];
  return times.length === 0 ? null : Math.min(...times);
}

function conflictOf(waiter: Waiter, released: ReleasedLock): WriteConflict {
  return {
    kind: 'WriteConflict',
    startTs: waiter.startTs,
    conflictStartTs: released.startTs,
    conflictCommitTs: released.commitTs,
    key: waiter.key,
    primary: waiter.request.primary,
    reason: 'PessimisticRetry',
  };
}
