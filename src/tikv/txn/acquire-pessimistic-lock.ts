// AcquirePessimisticLock: locks keys before they are written. A lock of another transaction is waited for, where the
// request allows it. Invariant: all keys of the request or none.
// (TiKV: src/storage/txn/commands/acquire_pessimistic_lock.rs)

import { plainTs } from '../mvcc/timestamp.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import { lockKey } from './lock-key.ts';
import type { AcquirePessimisticLockRequest } from './request.ts';
import type { PessimisticLockResult, TxnResponse } from './response.ts';
import type { Done, Work } from './work.ts';

export function acquirePessimisticLock(work: Work, request: AcquirePessimisticLockRequest): Done {
  const results: PessimisticLockResult[] = [];
  if (request.wakeUpMode === 'ForceLock' && request.keys.length > 1) {
    return reject(work, request, { kind: 'Other', reason: 'force-lock takes one key at a time' });
  }
  for (const { key, shouldNotExist } of request.keys) {
    const locked = lockKey(work, { request, key, shouldNotExist });
    if (!locked.ok) return reject(work, request, locked.error);
    results.push(locked.value);
  }
  const keys = request.keys.map(({ key }) => key);
  const conflicts = results.flatMap(({ lockedWithConflictTs }, i) =>
    lockedWithConflictTs === 0
      ? []
      : [{ key: keys[i] as string, commitTs: plainTs(lockedWithConflictTs) }],
  );
  return {
    response: { type: 'acquire-pessimistic-lock', results },
    events: [
      {
        type: 'txn/keys-locked',
        startTs: plainTs(request.startTs),
        primary: request.primary,
        keys,
        forUpdateTs: plainTs(request.forUpdateTs),
        conflicts,
        verdicts: work.verdicts,
      },
    ],
  };
}

function reject(work: Work, request: AcquirePessimisticLockRequest, error: TxnError): Done {
  work.txn.clear();
  return {
    response: waitOrRefuse(request, error),
    events: [
      {
        type: 'txn/lock-rejected',
        startTs: plainTs(request.startTs),
        keys: request.keys.map(({ key }) => key),
        errors: [plainOf(error)],
        verdicts: work.verdicts,
      },
    ],
  };
}

function waitOrRefuse(request: AcquirePessimisticLockRequest, error: TxnError): TxnResponse {
  if (error.kind !== 'KeyIsLocked' || request.waitTimeoutMs === null) {
    return { type: 'refused', request: request.type, errors: [error] };
  }
  const { kind: _, ...lock } = error;
  return { type: 'wait', request, lock };
}
