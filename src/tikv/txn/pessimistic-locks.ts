// Pessimistic locks of one Region that live in its leader's memory only. They are lost with the leader; prewrite amends.
// Invariant: a lock stands in memory or on disk, never in both; one that a proposed batch removes is never proposed again.
// (TiKV: components/raftstore/src/store/txn_ext.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { KvOp, WriteBatch } from '../kv/engine.ts';
import { decodeKey, encodeKey } from '../mvcc/key.ts';
import { decodeLock, encodeLock } from '../mvcc/lock.ts';
import type { Lock } from '../mvcc/lock.ts';
import type { KeyLock } from '../mvcc/txn.ts';

/** Only `Normal` takes new locks. */
export type LocksStatus = 'Normal' | 'TransferringLeader' | 'MergingRegion' | 'NotLeader';

export interface PessimisticLocks {
  status: LocksStatus;
  /** The most locks that are kept; further ones go to disk. 0: none are kept in memory. */
  readonly limit: number;
  readonly locks: Map<Bytes, Lock>;
  /** Keys whose locks a proposed batch takes away. */
  readonly leaving: Set<Bytes>;
}

export function newPessimisticLocks(limit: number): PessimisticLocks {
  return { status: 'Normal', limit, locks: new Map(), leaving: new Set() };
}

/** Those of the keys go to a table of their own. */
export function splitOff(table: PessimisticLocks, isOf: (key: Bytes) => boolean): PessimisticLocks {
  const off = newPessimisticLocks(table.limit);
  for (const [key, lock] of [...table.locks]) {
    if (!isOf(key)) continue;
    off.locks.set(key, lock);
    table.locks.delete(key);
    if (table.leaving.delete(key)) off.leaving.add(key);
  }
  return off;
}

/** The locks as operations of a batch. */
export function lockOps(locks: readonly KeyLock[]): KvOp[] {
  return locks.map(({ key, lock }) => ({
    type: 'put',
    cf: 'lock',
    key: encodeKey(key),
    value: encodeLock(lock),
  }));
}

/** Keeps the locks in memory, all or none; false where they have to be written. */
export function keepInMemory(table: PessimisticLocks, locks: readonly KeyLock[]): boolean {
  const added = locks.filter(({ key }) => !table.locks.has(key)).length;
  if (table.status !== 'Normal' || table.locks.size + added > table.limit) return false;
  for (const { key, lock } of locks) {
    table.locks.set(key, lock);
    table.leaving.delete(key);
  }
  return true;
}

/** The keys in memory whose locks this batch writes or deletes. */
function touched(table: PessimisticLocks, batch: WriteBatch): Bytes[] {
  if (table.locks.size === 0) return [];
  return batch.flatMap((op) => {
    if (op.type === 'delete-range' || op.cf !== 'lock') return [];
    const key = decodeKey(op.key, 'lock');
    return table.locks.has(key) ? [key] : [];
  });
}

/** The batch is proposed: what it replaces may not be proposed once more. */
export function markLeaving(table: PessimisticLocks, batch: WriteBatch): void {
  for (const key of touched(table, batch)) table.leaving.add(key);
}

/** The batch was given up. */
export function unmarkLeaving(table: PessimisticLocks, batch: WriteBatch): void {
  for (const key of touched(table, batch)) table.leaving.delete(key);
}

/** The batch is applied: what it replaces leaves memory. */
export function dropReplaced(table: PessimisticLocks, batch: WriteBatch): void {
  for (const key of touched(table, batch)) {
    table.locks.delete(key);
    table.leaving.delete(key);
  }
}

/** Before leadership or the Region moves: every lock as an operation to propose. New locks are no longer kept. */
export function proposeAll(table: PessimisticLocks, status: LocksStatus): KvOp[] {
  table.status = status;
  const staying = [...table.locks].filter(([key]) => !table.leaving.has(key));
  return lockOps(staying.map(([key, lock]) => ({ key, lock })));
}

/** Leadership is lost or won: memory begins anew. */
export function resetLocks(table: PessimisticLocks, status: LocksStatus): void {
  table.status = status;
  table.locks.clear();
  table.leaving.clear();
}

export interface SavedPessimisticLocks {
  readonly status: LocksStatus;
  readonly limit: number;
  readonly locks: readonly (readonly [Bytes, Bytes])[];
  readonly leaving: readonly Bytes[];
}

export function savePessimisticLocks(table: PessimisticLocks): SavedPessimisticLocks {
  return {
    status: table.status,
    limit: table.limit,
    locks: [...table.locks].map(([key, lock]) => [key, encodeLock(lock)]),
    leaving: [...table.leaving],
  };
}

export function loadPessimisticLocks(saved: SavedPessimisticLocks): PessimisticLocks {
  return {
    status: saved.status,
    limit: saved.limit,
    locks: new Map(saved.locks.map(([key, record]) => [key, decodeLock(record, key)])),
    leaving: new Set(saved.leaving),
  };
}
