// CheckTxnStatus: somebody met a lock and asks its primary what became of the transaction, and may settle it.
// Invariant: whoever is told an outcome is told the only one there will ever be. An async commit is never settled here:
// its secondaries decide with it. (TiKV: src/storage/txn/{commands,actions}/check_txn_status.rs)

import { lockInfoOf } from '../mvcc/lock.ts';
import type { Lock } from '../mvcc/lock.ts';
import { nextTs, plainTs, TS_MAX, tsOf } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { granted, plainOf, refused } from './error.ts';
import type { Refusable } from './error.ts';
import type { CheckTxnStatusRequest } from './request.ts';
import type { TxnResponse, TxnStatus, TxnStatusAction } from './response.ts';
import { missingLock, outcomeOf, rollbackLock } from './rollback-lock.ts';
import { lockExpired, pushMinCommitTs } from './rules.ts';
import type { Done, Work } from './work.ts';

interface Found {
  readonly status: TxnStatus;
  readonly commitTs?: Ts;
  readonly lock?: Lock;
  readonly minCommitTsPushed?: boolean;
}

export function checkTxnStatus(work: Work, request: CheckTxnStatusRequest): Done {
  const callerStartTs = tsOf(request.callerStartTs);
  const currentTs = tsOf(request.currentTs);
  for (const ts of [request.lockTs, callerStartTs, currentTs]) work.raiseMaxTs(ts);
  const lock = work.reader.loadLock(request.primary);
  const found =
    lock !== null && lock.startTs === request.lockTs
      ? checkLockExists(work, request, { lock, callerStartTs, currentTs })
      : checkLockMissing(work, request, lock);
  if (!found.ok) {
    work.txn.clear();
    return {
      response: { type: 'refused', request: request.type, errors: [found.error] },
      events: [
        {
          type: 'txn/status-check-rejected',
          startTs: plainTs(request.lockTs),
          keys: [request.primary],
          errors: [plainOf(found.error)],
          verdicts: work.verdicts,
        },
      ],
    };
  }
  const response = responseOf(request, found.value);
  return {
    response,
    events: [
      {
        type: 'txn/status-checked',
        startTs: plainTs(request.lockTs),
        primary: request.primary,
        status: response.status,
        action: response.action,
        callerStartTs: request.callerStartTs,
        commitTs: plainTs(response.commitTs),
        minCommitTs: plainTs(response.minCommitTs),
        verdicts: work.verdicts,
      },
    ],
  };
}

function checkLockExists(
  work: Work,
  request: CheckTxnStatusRequest,
  at: { readonly lock: Lock; readonly callerStartTs: Ts; readonly currentTs: Ts },
): Refusable<Found> {
  const { txn } = work;
  const key = request.primary;
  const { lock, callerStartTs, currentTs } = at;
  const isPessimisticLock = lock.type === 'Pessimistic';
  if (request.verifyIsPrimary && lock.primary !== key) {
    if (request.resolvingPessimisticLock || !isPessimisticLock) {
      return refused({ kind: 'PrimaryMismatch', lockInfo: lockInfoOf(key, lock) });
    }
    // A prewritten lock names this key, so this pessimistic lock is a stale one under an older primary.
    const missing = checkLockMissing(work, request, null);
    if (missing.ok) txn.unlock(key, lock, 0);
    return missing;
  }
  if (lock.useAsyncCommit && !request.forceSyncCommit) {
    return granted({ status: 'Uncommitted', lock, minCommitTsPushed: false });
  }
  if (lock.isLockedWithConflict) {
    // A late duplicate may have forced it back after the end of its transaction: the record decides, where there is one.
    const record = work.reader.getTxnCommitRecord(key, lock.startTs);
    if (record.type !== 'none') {
      txn.unlock(key, lock, 0);
      return granted(outcomeOf(record));
    }
  }
  if (work.judge(lockExpired(lock, key, currentTs))) {
    if (request.resolvingPessimisticLock && isPessimisticLock) {
      txn.unlock(key, lock, 0);
      return granted({ status: 'PessimisticRollBack' });
    }
    rollbackLock(work, { key, lock }, true);
    return granted({ status: 'TtlExpire' });
  }
  let pushed = lock;
  if (work.judge(pushMinCommitTs(lock, key, callerStartTs))) {
    pushed = { ...lock, minCommitTs: Math.max(nextTs(callerStartTs), currentTs) };
    if (isPessimisticLock && work.reader.isInMemory(key)) txn.putPessimisticLock(key, pushed);
    else txn.putLock(key, pushed);
  }
  const isPassed = callerStartTs !== 0 && pushed.minCommitTs > callerStartTs;
  const minCommitTsPushed = isPassed || callerStartTs === TS_MAX;
  return granted({ status: 'Uncommitted', lock: pushed, minCommitTsPushed });
}

function checkLockMissing(
  work: Work,
  request: CheckTxnStatusRequest,
  mismatch: Lock | null,
): Refusable<Found> {
  return missingLock(
    work,
    { key: request.primary, mismatch },
    {
      action: request.rollbackIfNotExist ? 'protected-rollback' : 'return-error',
      resolvingPessimisticLock: request.resolvingPessimisticLock,
    },
  );
}

const ACTIONS: Partial<Record<TxnStatus, TxnStatusAction>> = {
  TtlExpire: 'TTLExpireRollback',
  LockNotExist: 'LockNotExistRollback',
  LockNotExistDoNothing: 'LockNotExistDoNothing',
  PessimisticRollBack: 'TTLExpirePessimisticRollback',
};

function responseOf(
  request: CheckTxnStatusRequest,
  found: Found,
): Extract<TxnResponse, { type: 'check-txn-status' }> {
  const minCommitTsPushed = found.minCommitTsPushed ?? false;
  const quiet = minCommitTsPushed ? 'MinCommitTSPushed' : 'NoAction';
  const lock = found.lock ?? null;
  return {
    type: 'check-txn-status',
    status: found.status,
    action: ACTIONS[found.status] ?? quiet,
    lockTtl: lock?.ttl ?? 0,
    commitTs: found.commitTs ?? 0,
    minCommitTs: lock?.minCommitTs ?? 0,
    minCommitTsPushed,
    lock: lock === null ? null : lockInfoOf(request.primary, lock),
  };
}
