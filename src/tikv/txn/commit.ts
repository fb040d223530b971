// Commit: the second phase. The primary's commit is the moment of the whole transaction.
// Invariant: all keys of the request or none. (TiKV: src/storage/txn/commands/commit.rs)

import { plainTs } from '../mvcc/timestamp.ts';
import { commitKey } from './commit-key.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import type { CommitRequest } from './request.ts';
import type { Done, Work } from './work.ts';

export function commit(work: Work, request: CommitRequest): Done {
  const { startTs, commitTs, keys } = request;
  if (commitTs <= startTs)
    return reject(work, request, { kind: 'InvalidTxnTso', startTs, commitTs });
  for (const key of keys) {
    const done = commitKey(work, key, commitTs);
    if (!done.ok) return reject(work, request, done.error);
  }
  return {
    response: { type: 'commit', commitTs },
    events: [
      {
        type: 'txn/committed',
        startTs: plainTs(startTs),
        commitTs: plainTs(commitTs),
        keys,
        verdicts: work.verdicts,
      },
    ],
  };
}

function reject(work: Work, request: CommitRequest, error: TxnError): Done {
  work.txn.clear();
  return {
    response: { type: 'refused', request: 'commit', errors: [error] },
    events: [
      {
        type: 'txn/commit-rejected',
        startTs: plainTs(request.startTs),
        keys: request.keys,
        errors: [plainOf(error)],
        verdicts: work.verdicts,
      },
    ],
  };
}
