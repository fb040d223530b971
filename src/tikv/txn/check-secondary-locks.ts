// CheckSecondaryLocks: are all keys of an async commit locked? Then it is committed; one missing key, and it never will
// be, for the key is closed to it. Invariant: after `RolledBack` no prewrite of that transaction succeeds on the key.
// (TiKV: src/storage/txn/commands/check_secondary_locks.rs)

import type { Bytes } from '../../base/bytes.ts';
import { lockInfoOf } from '../mvcc/lock.ts';
import type { Lock, LockInfo } from '../mvcc/lock.ts';
import type { OverlappedWrite } from '../mvcc/reader.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { CheckSecondaryLocksRequest } from './request.ts';
import { makeRollback } from './rollback-lock.ts';
import { rollbackLeavesMark } from './rules.ts';
import type { Done, Work } from './work.ts';

type Status = 'Locked' | 'Committed' | 'RolledBack';

export function checkSecondaryLocks(work: Work, request: CheckSecondaryLocksRequest): Done {
  // A commit may never overwrite the rollback that is written here.
  work.raiseMaxTs(request.startTs);
  const locks: LockInfo[] = [];
  let status: Status = 'Locked';
  let commitTs: Ts = 0;
  for (const key of request.keys) {
    const lock = work.reader.loadLock(key);
    if (lock !== null && lock.startTs === request.startTs && lock.type !== 'Pessimistic') {
      locks.push(lockInfoOf(key, lock));
      continue;
    }
    const settled = settle(work, key, lock);
    status = settled.status;
    commitTs = settled.commitTs;
    break;
  }
  return {
    response: {
      type: 'check-secondary-locks',
      status,
      locks: status === 'Locked' ? locks : [],
      commitTs,
    },
    events: [
      {
        type: 'txn/secondaries-checked',
        startTs: plainTs(request.startTs),
        keys: request.keys,
        status,
        commitTs: plainTs(commitTs),
        verdicts: work.verdicts,
      },
    ],
  };
}

/** The key is not prewritten: find the outcome, or make it. */
function settle(work: Work, key: Bytes, lock: Lock | null): { status: Status; commitTs: Ts } {
  const { reader, txn } = work;
  const isOwn = lock !== null && lock.startTs === txn.startTs;
  if (isOwn) txn.unlock(key, lock, 0);
  const record = reader.getTxnCommitRecord(key, txn.startTs);
  if (record.type === 'single-record' && record.write.type !== 'Rollback') {
    return { status: 'Committed', commitTs: record.commitTs };
  }
  if (record.type === 'none') {
    const mismatch = isOwn ? null : lock;
    closeKey(work, key, { mismatch, overlapped: record.overlappedWrite });
  }
  return { status: 'RolledBack', commitTs: 0 };
}

/** A protected rollback, so that no late lock or prewrite finds the key open. */
function closeKey(
  work: Work,
  key: Bytes,
  at: { readonly mismatch: Lock | null; readonly overlapped: OverlappedWrite | null },
): void {
  const { reader, txn } = work;
  if (!work.judge(rollbackLeavesMark(key, txn.startTs, work.broken))) return;
  if (at.mismatch !== null) txn.markRollbackOnMismatchingLock(key, at.mismatch, true);
  const write = makeRollback(txn.startTs, true, at.overlapped);
  if (write === null) return;
  txn.putWrite(key, txn.startTs, write);
  txn.collapsePrevRollback(reader, key);
}
