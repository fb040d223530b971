// Collects what one command changes: a write batch, pessimistic locks, locks to publish in memory, released locks.
// Invariant: nothing is visible to the command's own reads; the batch takes effect as a whole or not at all.
// (TiKV: src/storage/mvcc/txn.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { Cf, KvOp } from '../kv/engine.ts';
import { appendTs, encodeKey } from './key.ts';
import { encodeLock, isPessimisticTxn } from './lock.ts';
import type { Lock } from './lock.ts';
import type { MvccReader } from './reader.ts';
import type { Ts } from './timestamp.ts';
import { encodeWrite } from './write.ts';
import type { Write } from './write.ts';

/** A lock that goes away with the batch; whoever waits for it is woken with these facts. */
export interface ReleasedLock {
  readonly key: Bytes;
  readonly startTs: Ts;
  /** 0: rolled back. */
  readonly commitTs: Ts;
  readonly isPessimisticTxn: boolean;
}

export interface KeyLock {
  readonly key: Bytes;
  readonly lock: Lock;
}

export class MvccTxn {
  readonly startTs: Ts;
  #batch: KvOp[] = [];
  #size = 0;
  /** Locks to keep in memory or to write, as the store decides. */
  #pessimisticLocks: KeyLock[] = [];
  /** Locks to publish before the batch is proposed and to withdraw when it is applied. */
  #memoryLocks: KeyLock[] = [];
  #released: ReleasedLock[] = [];
  #locksForOnePc: (KeyLock & { readonly wasLocked: boolean })[] = [];

  constructor(startTs: Ts) {
    this.startTs = startTs;
  }

  get batch(): readonly KvOp[] {
    return this.#batch;
  }
  get pessimisticLocks(): readonly KeyLock[] {
    return this.#pessimisticLocks;
  }
  get memoryLocks(): readonly KeyLock[] {
    return this.#memoryLocks;
  }
  get released(): readonly ReleasedLock[] {
    return this.#released;
  }
  /** Bytes of keys and values in the batch. */
  get size(): number {
    return this.#size;
  }

  putLock(key: Bytes, lock: Lock): void {
    this.#put('lock', encodeKey(key), encodeLock(lock));
  }

  putPessimisticLock(key: Bytes, lock: Lock): void {
    this.#pessimisticLocks.push({ key, lock });
  }

  unlock(key: Bytes, lock: Lock, commitTs: Ts): void {
    const { startTs } = lock;
    this.#released.push({ key, startTs, commitTs, isPessimisticTxn: isPessimisticTxn(lock) });
    this.#delete('lock', encodeKey(key));
  }

  putValue(key: Bytes, startTs: Ts, value: Bytes): void {
    this.#put('default', appendTs(encodeKey(key), startTs), value);
  }

  deleteValue(key: Bytes, startTs: Ts): void {
    this.#delete('default', appendTs(encodeKey(key), startTs));
  }

  putWrite(key: Bytes, commitTs: Ts, write: Write): void {
    this.#put('write', appendTs(encodeKey(key), commitTs), encodeWrite(write));
  }

  deleteWrite(key: Bytes, commitTs: Ts): void {
    this.#delete('write', appendTs(encodeKey(key), commitTs));
  }

  publish(key: Bytes, lock: Lock): void {
    this.#memoryLocks.push({ key, lock });
  }

  withdrawAll(): void {
    this.#memoryLocks = [];
  }

  /** `wasLocked`: a pessimistic lock of this transaction stands on the key. */
  putLockForOnePc(key: Bytes, lock: Lock, wasLocked: boolean): void {
    this.#locksForOnePc.push({ key, lock, wasLocked });
  }

  takeLocksForOnePc(): readonly (KeyLock & { readonly wasLocked: boolean })[] {
    const taken = this.#locksForOnePc;
    this.#locksForOnePc = [];
    return taken;
  }

  /** Forgets everything: the command turned out to have been done before. */
  clear(): void {
    this.#batch = [];
    this.#size = 0;
    this.#pessimisticLocks = [];
    this.#memoryLocks = [];
    this.#released = [];
    this.#locksForOnePc = [];
  }

  /**
   * A rollback beside another transaction's lock: if that one computes its own commit_ts, it may land exactly here and
   * overwrite the record, so the lock itself has to remember.
   */
  markRollbackOnMismatchingLock(key: Bytes, lock: Lock, isProtected: boolean): void {
    if (!isProtected || !lock.useAsyncCommit || this.startTs < lock.minCommitTs) return;
    this.putLock(key, { ...lock, rollbackTs: [...lock.rollbackTs, this.startTs] });
  }

  /** Deletes the next older record where it is a rollback that nobody needs to keep. */
  collapsePrevRollback(reader: MvccReader, key: Bytes): void {
    const found = reader.seekWrite(key, this.startTs);
    if (found === null || found.write.type !== 'Rollback') return;
    if (found.write.shortValue === null) this.deleteWrite(key, found.commitTs);
  }

  #put(cf: Cf, key: Bytes, value: Bytes): void {
    this.#size += key.length + value.length;
    this.#batch.push({ type: 'put', cf, key, value });
  }

  #delete(cf: Cf, key: Bytes): void {
    this.#size += key.length;
    this.#batch.push({ type: 'delete', cf, key });
  }
}
