// BatchRollback: the client gives its transaction up. Cleanup: somebody else does, once the lock has expired.
// Invariant: what is committed stays committed, and the caller is told. (TiKV: src/storage/txn/commands/{rollback,cleanup}.rs)

import type { Bytes } from '../../base/bytes.ts';
import { plainTs, tsOf } from '../mvcc/timestamp.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import type { CleanupRequest, RollbackRequest } from './request.ts';
import { cleanupKey } from './rollback-lock.ts';
import type { Done, Work } from './work.ts';

export function rollback(work: Work, request: RollbackRequest): Done {
  for (const key of request.keys) {
    const done = cleanupKey(work, key, { currentTs: 0, protect: false });
    if (!done.ok) return reject(work, request.type, { keys: request.keys, error: done.error });
  }
  return accept(work, request.type, request.keys);
}

export function cleanup(work: Work, request: CleanupRequest): Done {
  const { key, currentTs } = request;
  // A commit may never overwrite the protected rollback that is written here.
  work.raiseMaxTs(request.startTs);
  const done = cleanupKey(work, key, { currentTs: tsOf(currentTs), protect: true });
  if (!done.ok) return reject(work, request.type, { keys: [key], error: done.error });
  return accept(work, request.type, [key]);
}

function accept(work: Work, type: 'rollback' | 'cleanup', keys: readonly Bytes[]): Done {
  const startTs = plainTs(work.txn.startTs);
  return {
    response: { type },
    events: [{ type: 'txn/rolled-back', startTs, keys, verdicts: work.verdicts }],
  };
}

function reject(
  work: Work,
  request: 'rollback' | 'cleanup',
  { keys, error }: { readonly keys: readonly Bytes[]; readonly error: TxnError },
): Done {
  work.txn.clear();
  return {
    response: { type: 'refused', request, errors: [error] },
    events: [
      {
        type: 'txn/rollback-rejected',
        startTs: plainTs(work.txn.startTs),
        keys,
        errors: [plainOf(error)],
        verdicts: work.verdicts,
      },
    ],
  };
}
