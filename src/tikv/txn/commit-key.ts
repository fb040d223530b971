// Commits one key: the lock becomes a record at commit_ts. Doing it twice is doing it once.
// Invariant: no record of a commit appears without the lock that was prewritten for it.
// (TiKV: src/storage/txn/actions/commit.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { Lock, LockType } from '../mvcc/lock.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { newWrite, WRITE_TYPE_OF } from '../mvcc/write.ts';
import { granted, refused } from './error.ts';
import type { Refusable } from './error.ts';
import { commitTsExpired, ownLockStands } from './rules.ts';
import type { Work } from './work.ts';

export function commitKey(work: Work, key: Bytes, commitTs: Ts): Refusable<null> {
  const { txn, reader } = work;
  const { startTs } = txn;
  const lock = reader.loadLock(key);
  const stands = work.judge(ownLockStands(lock, { key, startTs }, work.broken));
  if (lock === null || lock.startTs !== startTs) {
    const record = reader.getTxnCommitRecord(key, startTs);
    if (record.type === 'single-record' && record.write.type !== 'Rollback') return granted(null);
    if (!stands) return refused({ kind: 'TxnLockNotFound', startTs, commitTs, key });
    // Only with the rule removed: there is nothing to commit, and it is committed.
    txn.putWrite(key, commitTs, newWrite('Lock', startTs));
    return granted(null);
  }
  if (work.judge(commitTsExpired(lock, key, commitTs))) {
    const { minCommitTs } = lock;
    return refused({ kind: 'CommitTsExpired', startTs, commitTs, key, minCommitTs });
  }
  if (lock.type === 'Pessimistic') {
    // Never prewritten: the transaction went on without this key, so its lock just goes.
    txn.unlock(key, lock, 0);
    return granted(null);
  }
  txn.putWrite(key, commitTs, recordOf(lock, commitTs));
  txn.unlock(key, lock, commitTs);
  return granted(null);
}

function recordOf(lock: Lock, commitTs: Ts) {
  const type = WRITE_TYPE_OF[lock.type as Exclude<LockType, 'Pessimistic'>];
  return {
    ...newWrite(type, lock.startTs, lock.shortValue),
    // Somebody's protected rollback has this very timestamp: both are kept in one record.
    hasOverlappedRollback: lock.rollbackTs.includes(commitTs),
    lastChange: lock.lastChange,
    txnSource: lock.txnSource,
  };
}
