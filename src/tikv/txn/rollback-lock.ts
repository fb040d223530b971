// Takes back what a transaction did on one key, or makes sure that it can do nothing there any more.
// Invariant: afterwards a prewrite or a lock of that transaction on this key is refused, unless the record could be
// collapsed, which only happens where the primary decides. (TiKV: src/storage/txn/actions/{check_txn_status,cleanup}.rs)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { lockInfoOf } from '../mvcc/lock.ts';
import type { Lock } from '../mvcc/lock.ts';
import type { OverlappedWrite, TxnCommitRecord } from '../mvcc/reader.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { newRollback } from '../mvcc/write.ts';
import type { Write } from '../mvcc/write.ts';
import { granted, refused } from './error.ts';
import type { Refusable } from './error.ts';
import { lockExpired, rollbackLeavesMark, rollbackProtected } from './rules.ts';
import type { Work } from './work.ts';

/** The record of a rollback; null where another transaction's commit has the place and may keep it. */
export function makeRollback(
  startTs: Ts,
  isProtected: boolean,
  overlapped: OverlappedWrite | null,
): Write | null {
  if (overlapped === null) return newRollback(startTs, isProtected);
  if (!isProtected) return null;
  return { ...overlapped.write, hasOverlappedRollback: true, gcFence: overlapped.gcFence };
}

/** Removes the transaction's own lock and its value, and writes the rollback. */
export function rollbackLock(
  work: Work,
  at: { readonly key: Bytes; readonly lock: Lock },
  collapse: boolean,
): void {
  const { reader, txn } = work;
  const { key, lock } = at;
  const { startTs } = txn;
  const record = reader.getTxnCommitRecord(key, startTs);
  if (record.type !== 'none') {
    const isCommitted = record.type === 'single-record' && record.write.type !== 'Rollback';
    assert(
      !isCommitted || lock.type === 'Pessimistic',
      `${startTs} is locked and committed on a key`,
    );
    return txn.unlock(key, lock, 0);
  }
  if (lock.type === 'Put' && lock.shortValue === null) txn.deleteValue(key, lock.startTs);
  const isProtected = work.judge(rollbackProtected(lock, key));
  const write = makeRollback(startTs, isProtected, record.overlappedWrite);
  if (write !== null) txn.putWrite(key, startTs, write);
  if (collapse) txn.collapsePrevRollback(reader, key);
  txn.unlock(key, lock, 0);
}

export type MissingLockStatus =
  | { readonly status: 'Committed'; readonly commitTs: Ts }
  | { readonly status: 'RolledBack' | 'LockNotExist' | 'LockNotExistDoNothing' };

/** What a record says of its transaction; nothing changes it any more. */
export function outcomeOf(
  record: Exclude<TxnCommitRecord, { readonly type: 'none' }>,
): MissingLockStatus {
  if (record.type === 'overlapped-rollback' || record.write.type === 'Rollback') {
    return { status: 'RolledBack' };
  }
  return { status: 'Committed', commitTs: record.commitTs };
}

/** What to do where neither lock nor record is found. */
export type MissingLockAction = 'rollback' | 'protected-rollback' | 'return-error';

/** What became of a transaction that has no lock on the key; where nothing did, it is rolled back now. */
export function missingLock(
  work: Work,
  at: { readonly key: Bytes; readonly mismatch: Lock | null },
  how: { readonly action: MissingLockAction; readonly resolvingPessimisticLock: boolean },
): Refusable<MissingLockStatus> {
  const { reader, txn } = work;
  const { key, mismatch } = at;
  const { startTs } = txn;
  const record = reader.getTxnCommitRecord(key, startTs);
  if (record.type !== 'none') return granted(outcomeOf(record));
  if (how.action === 'return-error') return refused({ kind: 'TxnNotFound', startTs, key });
  if (how.resolvingPessimisticLock) return granted({ status: 'LockNotExistDoNothing' });
  const isProtected = how.action === 'protected-rollback';
  if (work.judge(rollbackLeavesMark(key, startTs, work.broken))) {
    if (!isProtected) txn.collapsePrevRollback(reader, key);
    if (mismatch !== null && record.overlappedWrite === null) {
      txn.markRollbackOnMismatchingLock(key, mismatch, isProtected);
    }
    const write = makeRollback(startTs, isProtected, record.overlappedWrite);
    if (write !== null) txn.putWrite(key, startTs, write);
  }
  return granted({ status: 'LockNotExist' });
}

/** Rolls the transaction back on one key, where it is not committed. `currentTs` 0: whatever the time to live. */
export function cleanupKey(
  work: Work,
  key: Bytes,
  how: { readonly currentTs: Ts; readonly protect: boolean },
): Refusable<null> {
  const { startTs } = work.txn;
  const lock = work.reader.loadLock(key);
  if (lock !== null && lock.startTs === startTs) {
    if (how.currentTs !== 0 && !work.judge(lockExpired(lock, key, how.currentTs))) {
      return refused({ kind: 'KeyIsLocked', ...lockInfoOf(key, lock) });
    }
    rollbackLock(work, { key, lock }, !how.protect);
    return granted(null);
  }
  const action = how.protect ? 'protected-rollback' : 'rollback';
  const missing = missingLock(
    work,
    { key, mismatch: lock },
    { action, resolvingPessimisticLock: false },
  );
  if (!missing.ok) return missing;
  if (missing.value.status !== 'Committed') return granted(null);
  return refused({ kind: 'Committed', startTs, commitTs: missing.value.commitTs, key });
}
