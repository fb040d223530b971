// Prewrite: the first phase. All keys of the request or none; async commit and one-phase commit where asked and possible.
// Invariant: a request that was carried out before gives the same answer again, and changes nothing.
// (TiKV: src/storage/txn/commands/prewrite.rs)

import type { Bytes } from '../../base/bytes.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { newWrite, WRITE_TYPE_OF } from '../mvcc/write.ts';
import type { LockType } from '../mvcc/lock.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import { prewriteKey } from './prewrite-key.ts';
import type { CommitKind } from './prewrite-key.ts';
import type { PrewriteRequest } from './request.ts';
import type { Done, Work } from './work.ts';

interface Progress {
  commitKind: CommitKind;
  secondaries: readonly Bytes[] | null;
  minCommitTs: Ts;
  readonly locked: TxnError[];
  assertion: TxnError | null;
}

export function prewrite(work: Work, request: PrewriteRequest): Done {
  const isComputed = request.useAsyncCommit || request.tryOnePc;
  if (isComputed && !work.context.isMaxTsSynced) {
    return reject(work, request, [{ kind: 'MaxTimestampNotSynced', startTs: request.startTs }]);
  }
  const progress: Progress = {
    commitKind: request.tryOnePc ? 'one-phase' : request.useAsyncCommit ? 'async' : 'two-phase',
    secondaries: request.useAsyncCommit ? request.secondaries : null,
    minCommitTs: 0,
    locked: [],
    assertion: null,
  };
  for (const mutation of request.mutations) {
    const end = prewriteOne(work, { request, mutation, progress });
    if (end === null) continue;
    if (end.type === 'refused') return reject(work, request, [end.error]);
    work.txn.clear();
    return accept(work, request, { ...progress, minCommitTs: end.commitTs });
  }
  if (progress.assertion !== null) return reject(work, request, [progress.assertion]);
  if (progress.locked.length > 0) return reject(work, request, progress.locked);
  return accept(work, request, progress);
}

/** What ends the whole command: a refusal, or the discovery that it was carried out and committed long ago. */
type End =
  | { readonly type: 'refused'; readonly error: TxnError }
  | { readonly type: 'committed'; readonly commitTs: Ts };

function prewriteOne(
  work: Work,
  at: {
    readonly request: PrewriteRequest;
    readonly mutation: PrewriteRequest['mutations'][number];
    readonly progress: Progress;
  },
): End | null {
  const { request, mutation, progress } = at;
  const { key } = mutation;
  const listsAll = progress.secondaries !== null && key === request.primary;
  const secondaries = listsAll ? progress.secondaries : progress.secondaries && [];
  const { commitKind } = progress;
  const result = prewriteKey(work, { request, mutation, commitKind, secondaries });
  if (result.ok) {
    if (commitKind === 'two-phase') return null;
    // No timestamp although one was wanted: an earlier attempt fell back, and so does this one.
    if (result.value === 0) fallBack(work, progress);
    else progress.minCommitTs = Math.max(progress.minCommitTs, result.value);
    return null;
  }
  const { error } = result;
  if (error.kind === 'AssertionFailed') {
    progress.assertion ??= error;
    return null;
  }
  const commitTs = mayBeRetry(error) ? committedTs(work, key) : null;
  if (commitTs !== null) return { type: 'committed', commitTs };
  if (error.kind === 'CommitTsTooLarge') {
    fallBack(work, progress);
    return null;
  }
  if (error.kind !== 'KeyIsLocked') return { type: 'refused', error };
  progress.locked.push(error);
  return null;
}

/** Errors that a late duplicate of a finished request meets. */
function mayBeRetry(error: TxnError): boolean {
  if (error.kind === 'WriteConflict') return error.conflictCommitTs > error.startTs;
  return (
    error.kind === 'KeyIsLocked' ||
    error.kind === 'PessimisticLockNotFound' ||
    error.kind === 'CommitTsTooLarge'
  );
}

function committedTs(work: Work, key: Bytes): Ts | null {
  const record = work.reader.getTxnCommitRecord(key, work.txn.startTs);
  if (record.type !== 'single-record' || record.write.type === 'Rollback') return null;
  return record.commitTs;
}

/** From here on, and for what was done so far, an ordinary two-phase commit. */
function fallBack(work: Work, progress: Progress): void {
  const { txn } = work;
  for (const { key, lock } of txn.takeLocksForOnePc()) txn.putLock(key, lock);
  txn.withdrawAll();
  progress.commitKind = 'two-phase';
  progress.secondaries = null;
  progress.minCommitTs = 0;
}

function accept(work: Work, request: PrewriteRequest, progress: Progress): Done {
  const minCommitTs = progress.secondaries === null ? 0 : progress.minCommitTs;
  const onePcCommitTs = progress.commitKind === 'one-phase' ? progress.minCommitTs : 0;
  for (const { key, lock, wasLocked } of work.txn.takeLocksForOnePc()) {
    const type = WRITE_TYPE_OF[lock.type as Exclude<LockType, 'Pessimistic'>];
    work.txn.putWrite(key, onePcCommitTs, newWrite(type, lock.startTs, lock.shortValue));
    if (wasLocked) work.txn.unlock(key, lock, onePcCommitTs);
  }
  return {
    response: { type: 'prewrite', minCommitTs, onePcCommitTs },
    events: [
      {
        type: 'txn/prewritten',
        startTs: plainTs(request.startTs),
        primary: request.primary,
        keys: request.mutations.map(({ key }) => key),
        minCommitTs: plainTs(minCommitTs),
        onePcCommitTs: plainTs(onePcCommitTs),
        verdicts: work.verdicts,
      },
    ],
  };
}

function reject(work: Work, request: PrewriteRequest, errors: readonly TxnError[]): Done {
  work.txn.clear();
  return {
    response: { type: 'refused', request: 'prewrite', errors },
    events: [
      {
        type: 'txn/prewrite-rejected',
        startTs: plainTs(request.startTs),
        keys: request.mutations.map(({ key }) => key),
        errors: plainOf(errors),
        verdicts: work.verdicts,
      },
    ],
  };
}
