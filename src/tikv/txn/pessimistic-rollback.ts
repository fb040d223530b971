// PessimisticRollback: takes pessimistic locks back, without a trace.
// Invariant: a prewritten lock stays; nothing is an error. (TiKV: src/storage/txn/commands/pessimistic_rollback.rs)

import type { Bytes } from '../../base/bytes.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { PessimisticRollbackRequest } from './request.ts';
import type { Done, Work } from './work.ts';

export function pessimisticRollback(work: Work, request: PessimisticRollbackRequest): Done {
  const unlocked: Bytes[] = [];
  for (const key of request.keys) {
    const lock = work.reader.loadLock(key);
    if (lock?.type !== 'Pessimistic' || lock.startTs !== request.startTs) continue;
    // A later lock of the same transaction belongs to a later statement.
    if (lock.forUpdateTs > request.forUpdateTs) continue;
    work.txn.unlock(key, lock, 0);
    unlocked.push(key);
  }
  return {
    response: { type: 'pessimistic-rollback' },
    events: [
      {
        type: 'txn/keys-unlocked',
        startTs: plainTs(request.startTs),
        keys: unlocked,
        verdicts: work.verdicts,
      },
    ],
  };
}
