// What a store remembers about reads and about prewrites that are under way, in memory only.
// Invariant: max_ts only grows; a lock stands in the table from before max_ts is read until its batch is applied.
// (TiKV: components/concurrency_manager/src/{lib,lock_table}.rs)

import type { Bytes } from '../../base/bytes.ts';
import { decodeLock, encodeLock } from '../mvcc/lock.ts';
import type { Lock } from '../mvcc/lock.ts';
import type { KeyLock } from '../mvcc/txn.ts';
import { TS_MAX } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';

export interface ConcurrencyManager {
  /** The highest timestamp that any read on this store may have used. */
  maxTs: Ts;
  /** Locks of async commits and one-phase commits whose batches are not applied yet, by user key. */
  readonly lockTable: Map<Bytes, Lock>;
}

export function newConcurrencyManager(maxTs: Ts = 0): ConcurrencyManager {
  return { maxTs, lockTable: new Map() };
}

/** The greatest timestamp of all is no timestamp of a read: it says "the latest". */
export function raisedMaxTs(maxTs: Ts, ts: Ts): Ts {
  return ts === TS_MAX ? maxTs : Math.max(maxTs, ts);
}

export function publishLocks(manager: ConcurrencyManager, locks: readonly KeyLock[]): void {
  for (const { key, lock } of locks) manager.lockTable.set(key, lock);
}

/** Withdraws what was published; a lock of another transaction is left alone. */
export function withdrawLocks(
  manager: ConcurrencyManager,
  published: readonly { readonly key: Bytes; readonly startTs: Ts }[],
): void {
  for (const { key, startTs } of published) {
    if (manager.lockTable.get(key)?.startTs === startTs) manager.lockTable.delete(key);
  }
}

/** Plain data. `useOnePc` is not part of a lock's record, so it is kept beside. */
export interface SavedConcurrencyManager {
  readonly maxTs: Ts;
  readonly locks: readonly {
    readonly key: Bytes;
    readonly record: Bytes;
    readonly onePc: boolean;
  }[];
}

export function saveConcurrencyManager(manager: ConcurrencyManager): SavedConcurrencyManager {
  const locks = [...manager.lockTable].map(([key, lock]) => ({
    key,
    record: encodeLock(lock),
    onePc: lock.useOnePc,
  }));
  return { maxTs: manager.maxTs, locks };
}

export function loadConcurrencyManager(saved: SavedConcurrencyManager): ConcurrencyManager {
  const manager = newConcurrencyManager(saved.maxTs);
  for (const { key, record, onePc } of saved.locks) {
    manager.lockTable.set(key, { ...decodeLock(record, key), useOnePc: onePc });
  }
  return manager;
}
