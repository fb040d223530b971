// ResolveLock: the outcome is known, so every lock of the transaction here becomes a record or goes. Lite: these keys.
// Invariant: an outcome that differs from what is recorded is refused. (TiKV: src/storage/txn/commands/resolve_lock.rs,
// resolve_lock_readphase.rs, resolve_lock_lite.rs)

import type { Bytes } from '../../base/bytes.ts';
import { encodeKey } from '../mvcc/key.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { KeyLock } from '../mvcc/txn.ts';
import { commitKey } from './commit-key.ts';
import { granted, plainOf, refused } from './error.ts';
import type { Refusable, TxnError } from './error.ts';
import { locksInRange } from './locks-in-range.ts';
import type { ResolveLockLiteRequest, ResolveLockRequest } from './request.ts';
import { cleanupKey } from './rollback-lock.ts';
import type { Done, Work } from './work.ts';

/** Locks that one command resolves before it hands over to the next. */
const BATCH_SIZE = 256;

/** One transaction at a time: the first in the walk's order; the rest goes on in the next command. */
export function resolveLock(work: Work, request: ResolveLockRequest): Done {
  const { txns, scanKey } = request;
  const from = scanKey === null ? work.context.range.from : encodeKey(scanKey);
  const commitTsOf = new Map(txns.map(({ startTs, commitTs }) => [startTs, commitTs]));
  const batch: KeyLock[] = [];
  let goOn: Bytes | null = null;
  for (const found of locksInRange(work, { from, to: work.context.range.to })) {
    if (found.lock.startTs !== work.txn.startTs) {
      // A lock of another transaction that is to be resolved: it gets a command of its own.
      continue;
    }
    if (batch.length === BATCH_SIZE) {
      goOn = found.key;
      break;
    }
    batch.push(found);
  }
  const commitTs = commitTsOf.get(work.txn.startTs) ?? 0;
  const done = resolveKeys(
    work,
    batch.map(({ key }) => key),
    commitTs,
  );
  if (!done.ok)
    return reject(work, request, { keys: batch.map(({ key }) => key), error: done.error });
  const rest = goOn === null ? txns.slice(1) : txns;
  const next: ResolveLockRequest = { type: 'resolve-lock', txns: rest, scanKey: goOn };
  return {
    ...accept(work, request.type, { keys: batch.map(({ key }) => key), commitTs }),
    ...(rest.length > 0 && { next }),
  };
}

export function resolveLockLite(work: Work, request: ResolveLockLiteRequest): Done {
  const { keys, commitTs } = request;
  const done = resolveKeys(work, keys, commitTs);
  if (!done.ok) return reject(work, request, { keys, error: done.error });
  return accept(work, request.type, { keys, commitTs });
}

function resolveKeys(work: Work, keys: readonly Bytes[], commitTs: Ts): Refusable<null> {
  const { startTs } = work.txn;
  if (commitTs !== 0 && commitTs <= startTs) {
    return refused({ kind: 'InvalidTxnTso', startTs, commitTs });
  }
  for (const key of keys) {
    const done =
      commitTs === 0
        ? cleanupKey(work, key, { currentTs: 0, protect: false })
        : commitKey(work, key, commitTs);
    if (!done.ok) return done;
  }
  return granted(null);
}

function accept(
  work: Work,
  type: 'resolve-lock' | 'resolve-lock-lite',
  { keys, commitTs }: { readonly keys: readonly Bytes[]; readonly commitTs: Ts },
): Done {
  return {
    response: { type },
    events: [
      {
        type: 'txn/locks-resolved',
        startTs: plainTs(work.txn.startTs),
        commitTs: plainTs(commitTs),
        keys,
        verdicts: work.verdicts,
      },
    ],
  };
}

function reject(
  work: Work,
  request: ResolveLockRequest | ResolveLockLiteRequest,
  { keys, error }: { readonly keys: readonly Bytes[]; readonly error: TxnError },
): Done {
  work.txn.clear();
  return {
    response: { type: 'refused', request: request.type, errors: [error] },
    events: [
      {
        type: 'txn/resolve-rejected',
        startTs: plainTs(work.txn.startTs),
        keys,
        errors: [plainOf(error)],
        verdicts: work.verdicts,
      },
    ],
  };
}
