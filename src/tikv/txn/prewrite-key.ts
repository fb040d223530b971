// Prewrite locks one key for a transaction, or says why it may not.
// Invariant: a key has at most one lock; behind an optimistic lock stands no version newer than its snapshot, behind a
// pessimistic one none newer than its for_update_ts. (TiKV: src/storage/txn/actions/prewrite.rs)

import type { Bytes } from '../../base/bytes.ts';
import { lockInfoOf, newLock, SHORT_VALUE_MAX_LEN } from '../mvcc/lock.ts';
import type { Lock, LockType } from '../mvcc/lock.ts';
import type { WriteAt } from '../mvcc/reader.ts';
import { nextTs, TS_MAX } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { existenceRefused } from './check-data-constraint.ts';
import { granted, refused } from './error.ts';
import type { Refusable, TxnError, WriteConflictReason } from './error.ts';
import type { Mutation, MutationOp, PrewriteRequest } from './request.ts';
import { amendAllowed, minCommitTsAboveReads, selfRolledBack, writeConflict } from './rules.ts';
import type { Work } from './work.ts';

/** How the transaction wants to commit; the request falls back to `two-phase` for all keys that follow. */
export type CommitKind = 'two-phase' | 'async' | 'one-phase';

export interface PrewriteKey {
  readonly request: PrewriteRequest;
  readonly mutation: Mutation;
  readonly commitKind: CommitKind;
  /** Null: no async commit; else what the lock lists (nothing, but on the primary). */
  readonly secondaries: readonly Bytes[] | null;
}

const LOCK_TYPE: Record<Exclude<MutationOp, 'CheckNotExists'>, LockType> = {
  Put: 'Put',
  Insert: 'Put',
  Del: 'Delete',
  Lock: 'Lock',
};

type LockStatus =
  | { readonly type: 'none' }
  | { readonly type: 'locked'; readonly minCommitTs: Ts }
  | { readonly type: 'pessimistic'; readonly lock: Lock };

const isPessimistic = (request: PrewriteRequest) => request.forUpdateTs !== 0;

/** The key's min_commit_ts, 0 where none was computed. */
export function prewriteKey(work: Work, at: PrewriteKey): Refusable<Ts> {
  const { request, mutation } = at;
  const { key } = mutation;
  const writesNothing = mutation.op === 'CheckNotExists';
  if (isPessimistic(request) && writesNothing) {
    return refused({ kind: 'Other', reason: 'CheckNotExists in a pessimistic prewrite' });
  }
  if (writesNothing || mutation.op === 'Insert') work.raiseMaxTs(request.startTs);

  const lock = work.reader.loadLock(key);
  const isAmended = lock === null && mutation.pessimisticAction === 'DoPessimisticCheck';
  const checked = isAmended && isPessimistic(request) ? amend(work, at) : checkLock(lock, at);
  if (!checked.ok) return checked;
  const status = checked.value;
  if (status.type === 'locked') return granted(status.minCommitTs);

  const newest = skipsConstraintCheck(at) ? null : checkForNewerVersion(work, at);
  if (newest !== null && !newest.ok) return newest;
  if (!(isAmended && isPessimistic(request))) {
    const failed = assertionRefused(work, at, newest === null ? null : { found: newest.value });
    if (failed !== null) return refused(failed);
  }
  if (writesNothing) {
    const isComputed = at.commitKind !== 'two-phase';
    return granted(isComputed ? Math.max(request.minCommitTs, nextTs(request.startTs)) : 0);
  }
  return writeLock(work, at, status);
}

/** What the key's lock means for this prewrite. */
function checkLock(lock: Lock | null, at: PrewriteKey): Refusable<LockStatus> {
  if (lock === null) return granted({ type: 'none' });
  const { request, mutation } = at;
  const { startTs } = request;
  const { key } = mutation;
  const doCheck = isPessimistic(request) && mutation.pessimisticAction === 'DoPessimisticCheck';
  if (lock.startTs !== startTs) {
    if (doCheck) {
      const reason = 'LockTsMismatch';
      return refused({ kind: 'PessimisticLockNotFound', startTs, key, reason });
    }
    const info = lockInfoOf(key, lock);
    // The rows are protected by their own locks; whatever stands here is to be resolved at once.
    return refused({ kind: 'KeyIsLocked', ...info, ...(isPessimistic(request) && { lockTtl: 0 }) });
  }
  if (lock.type !== 'Pessimistic') {
    return granted({ type: 'locked', minCommitTs: lock.useAsyncCommit ? lock.minCommitTs : 0 });
  }
  if (!isPessimistic(request)) {
    return refused({ kind: 'LockTypeNotMatch', startTs, key, pessimistic: true });
  }
  const expected = mutation.expectedForUpdateTs;
  if (expected !== null && lock.forUpdateTs !== expected) {
    const reason = 'LockForUpdateTsMismatch';
    return refused({ kind: 'PessimisticLockNotFound', startTs, key, reason });
  }
  return granted({ type: 'pessimistic', lock });
}

/** The pessimistic lock is lost: go on only where nobody can have changed the key. */
function amend(work: Work, at: PrewriteKey): Refusable<LockStatus> {
  const { startTs } = at.request;
  const { key } = at.mutation;
  const newest = work.reader.seekWrite(key, TS_MAX);
  if (!work.judge(amendAllowed(newest, key, startTs))) {
    const reason = 'LockMissingAmendFail';
    return refused({ kind: 'PessimisticLockNotFound', startTs, key, reason });
  }
  const failed = assertionRefused(work, at, { found: newest });
  return failed === null ? granted({ type: 'none' }) : refused(failed);
}

function skipsConstraintCheck({ request, mutation }: PrewriteKey): boolean {
  if (!isPessimistic(request)) return false;
  if (mutation.pessimisticAction === 'DoPessimisticCheck') return true;
  return mutation.pessimisticAction === 'SkipPessimisticCheck' && !request.isRetryRequest;
}

/** The newest record that counts, or the conflict. */
function checkForNewerVersion(work: Work, at: PrewriteKey): Refusable<WriteAt | null> {
  const { request, mutation } = at;
  const { startTs, forUpdateTs } = request;
  const { key } = mutation;
  for (const found of work.reader.writes(key)) {
    if (found.commitTs === startTs && work.judge(selfRolledBack(found, key, startTs))) {
      return refused(conflict(at, found, 'SelfRolledBack'));
    }
    if (!isPessimistic(request) || mutation.pessimisticAction === 'DoConstraintCheck') {
      const reason = isPessimistic(request) ? 'LazyUniquenessCheck' : 'Optimistic';
      if (work.judge(writeConflict(found, { key, ts: startTs }, work.broken))) {
        return refused(conflict(at, found, reason));
      }
    }
    if (isPessimistic(request) && found.commitTs > forUpdateTs) {
      // Others may roll back here although the row is locked; only real versions are conflicts.
      if (found.write.type === 'Rollback') continue;
      const reason = 'NonLockKeyConflict';
      return refused({ kind: 'PessimisticLockNotFound', startTs, key, reason });
    }
    const shouldNotExist = mutation.op === 'Insert' || mutation.op === 'CheckNotExists';
    const exists = shouldNotExist ? existenceRefused(work, key, found) : null;
    return exists === null ? granted(found) : refused(exists);
  }
  return granted(null);
}

function conflict(at: PrewriteKey, found: WriteAt, reason: WriteConflictReason): TxnError {
  return {
    kind: 'WriteConflict',
    startTs: at.request.startTs,
    conflictStartTs: found.write.startTs,
    conflictCommitTs: found.commitTs,
    key: at.mutation.key,
    primary: at.request.primary,
    reason,
  };
}

/** Does the key exist as the client asserts? `loaded`: the newest record, where it was read anyway. */
function assertionRefused(
  work: Work,
  at: PrewriteKey,
  loaded: { readonly found: WriteAt | null } | null,
): TxnError | null {
  const { request, mutation } = at;
  const { key, assertion } = mutation;
  const { startTs, assertionLevel } = request;
  if (assertion === 'None' || assertionLevel === 'Off') return null;
  if (loaded === null && assertionLevel !== 'Strict') return null;
  let found = loaded?.found ?? null;
  if (found !== null && found.write.gcFence !== null && found.write.gcFence !== 0) found = null;
  const isData = found?.write.type === 'Put' || found?.write.type === 'Delete';
  if (loaded === null || (found !== null && !isData)) {
    found = work.reader.getWrite(key, found?.commitTs ?? TS_MAX, startTs);
  }
  const exists = found !== null && found.write.type === 'Put';
  if (exists === (assertion === 'Exist')) return null;
  if (skipsConstraintCheck(at)) {
    // The reason may be that the transaction was rolled back; that error says more.
    const newer = checkForNewerVersion(work, at);
    if (!newer.ok) return newer.error;
  }
  return {
    kind: 'AssertionFailed',
    startTs,
    key,
    assertion,
    existingStartTs: found?.write.startTs ?? 0,
    existingCommitTs: found?.commitTs ?? 0,
  };
}

function writeLock(work: Work, at: PrewriteKey, status: LockStatus): Refusable<Ts> {
  const { request, mutation } = at;
  const { txn } = work;
  const { key, value } = mutation;
  const type = LOCK_TYPE[mutation.op as Exclude<MutationOp, 'CheckNotExists'>];
  const held = status.type === 'pessimistic' ? status.lock : null;
  const isShort = type === 'Put' && value.length <= SHORT_VALUE_MAX_LEN;
  if (type === 'Put' && !isShort) txn.putValue(key, request.startTs, value);
  const lock = newLock({
    type,
    primary: request.primary,
    startTs: request.startTs,
    ttl: Math.max(request.lockTtl, held?.ttl ?? 0),
    shortValue: isShort ? value : null,
    forUpdateTs: Math.max(request.forUpdateTs, held?.forUpdateTs ?? 0),
    txnSize: request.txnSize,
    minCommitTs: Math.max(request.minCommitTs, held?.minCommitTs ?? 0),
  });
  if (at.commitKind === 'two-phase' && at.secondaries === null) {
    txn.putLock(key, lock);
    return granted(0);
  }
  const computed = computeMinCommitTs(work, at, lock);
  if (!computed.ok) {
    txn.putLock(key, lock);
    return computed;
  }
  const published: Lock = {
    ...lock,
    minCommitTs: computed.value,
    useAsyncCommit: at.secondaries !== null,
    useOnePc: at.secondaries === null,
    secondaries: at.secondaries ?? [],
  };
  txn.publish(key, published);
  if (at.commitKind === 'one-phase') txn.putLockForOnePc(key, published, held !== null);
  else txn.putLock(key, published);
  return computed;
}

/** Above every read that this store has ever answered, so that nobody was told otherwise. */
function computeMinCommitTs(work: Work, at: PrewriteKey, lock: Lock): Refusable<Ts> {
  const { startTs, forUpdateTs, maxCommitTs } = at.request;
  const isAbove = work.judge(minCommitTsAboveReads(work.maxTs, startTs, work.broken));
  const reads = isAbove ? work.maxTs : 0;
  const least = nextTs(Math.max(reads, startTs, forUpdateTs));
  const minCommitTs = Math.max(lock.minCommitTs, least);
  if (maxCommitTs !== 0 && minCommitTs > maxCommitTs) {
    return refused({ kind: 'CommitTsTooLarge', startTs, minCommitTs, maxCommitTs });
  }
  return granted(minCommitTs);
}
