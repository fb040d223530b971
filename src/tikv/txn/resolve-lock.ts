// ResolveLock: the outcome is known, so every lock of the transaction here becomes a record or goes. Lite: these keys.
// Invariant: an outcome that differs from what is recorded is refused. (TiKV: src/storage/txn/commands/resolve_lock.rs,
// resolve_lock_readphase.rs, resolve_lock_lite.rs)

import type { Bytes } from '../../base/bytes.ts';
import { encodeKey } from '../mvcc/key.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { commitKey } from './commit-key.ts';
import { granted, plainOf, refused } from './error.ts';
import type { Refusable, TxnError } from './error.ts';
import { locksInRange } from './locks-in-range.ts';
import type { FoundLock, ResolveLockLiteRequest, ResolveLockRequest } from './request.ts';
import { cleanupKey } from './rollback-lock.ts';
import type { Done, Work } from './work.ts';

/** Locks that one command resolves before it hands over to the next. */
const BATCH_SIZE = 256;

/** One transaction after the other; for each, batch after batch. */
export function resolveLock(work: Work, request: ResolveLockRequest): Done {
  return request.keys === null
    ? lookForLocks(work, request)
    : resolveFound(work, request, request.keys);
}

function lookForLocks(work: Work, request: ResolveLockRequest): Done {
  const { range } = work.context;
  const from = request.scanKey === null ? range.from : encodeKey(request.scanKey);
  const keys: FoundLock[] = [];
  let scanKey: Bytes | null = null;
  for (const { key, lock } of locksInRange(work, { from, to: range.to })) {
    if (lock.startTs !== work.txn.startTs) continue;
    if (keys.length === BATCH_SIZE) {
      scanKey = key;
      break;
    }
    keys.push({ key, isPessimistic: lock.type === 'Pessimistic' });
  }
  const next = keys.length > 0 ? { ...request, keys, scanKey } : nextTxn(request);
  return { response: { type: request.type }, events: [], ...(next !== null && { next }) };
}

function resolveFound(work: Work, request: ResolveLockRequest, locks: readonly FoundLock[]): Done {
  const commitTs = request.txns[0]?.commitTs ?? 0;
  const keys = locks.map(({ key }) => key);
  const done = resolveKeys(work, locks, commitTs);
  if (!done.ok) return reject(work, request, { keys, error: done.error });
  const next = request.scanKey === null ? nextTxn(request) : { ...request, keys: null };
  return { ...accept(work, request.type, { keys, commitTs }), ...(next !== null && { next }) };
}

function nextTxn(request: ResolveLockRequest): ResolveLockRequest | null {
  const txns = request.txns.slice(1);
  return txns.length === 0 ? null : { type: 'resolve-lock', txns, scanKey: null, keys: null };
}

export function resolveLockLite(work: Work, request: ResolveLockLiteRequest): Done {
  const { keys, commitTs } = request;
  const locks = keys.map((key) => ({ key, isPessimistic: false }));
  const done = resolveKeys(work, locks, commitTs);
  if (!done.ok) return reject(work, request, { keys, error: done.error });
  return accept(work, request.type, { keys, commitTs });
}

function resolveKeys(work: Work, locks: readonly FoundLock[], commitTs: Ts): Refusable<null> {
  const { startTs } = work.txn;
  if (commitTs !== 0 && commitTs <= startTs) {
    return refused({ kind: 'InvalidTxnTso', startTs, commitTs });
  }
  for (const { key, isPessimistic } of locks) {
    const done =
      commitTs === 0
        ? cleanupKey(work, key, { currentTs: 0, protect: false })
        : commitKey(work, key, commitTs);
    if (done.ok || (isPessimistic && done.error.kind === 'TxnLockNotFound')) continue;
    return done;
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
