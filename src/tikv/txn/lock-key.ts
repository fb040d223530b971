// Locks one key for a pessimistic transaction before it writes it, and reads it by the way.
// Invariant: no version is newer than the lock's for_update_ts. In force-lock mode the key is locked in spite of a newer
// version, and the owner is told. (TiKV: src/storage/txn/actions/acquire_pessimistic_lock.rs)

import type { Bytes } from '../../base/bytes.ts';
import { lockInfoOf, newLock } from '../mvcc/lock.ts';
import type { Lock } from '../mvcc/lock.ts';
import type { WriteAt } from '../mvcc/reader.ts';
import { gcFencePassed } from '../mvcc/rules.ts';
import { prevTs, TS_MAX } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { existenceRefused } from './check-data-constraint.ts';
import { granted, refused } from './error.ts';
import type { Refusable, TxnError } from './error.ts';
import type { AcquirePessimisticLockRequest } from './request.ts';
import type { PessimisticLockResult } from './response.ts';
import { selfRolledBack, writeConflict } from './rules.ts';
import type { Work } from './work.ts';

interface LockKey {
  readonly request: AcquirePessimisticLockRequest;
  readonly key: Bytes;
  readonly shouldNotExist: boolean;
}

/** What the client learns by the way. */
interface Wanted {
  readonly value: boolean;
  readonly existence: boolean;
}

export function lockKey(work: Work, at: LockKey): Refusable<PessimisticLockResult> {
  const { request, key } = at;
  const { startTs } = request;
  if (request.lockOnlyIfExists && !request.returnValues) {
    return refused({ kind: 'LockIfExistsFailed', startTs, key });
  }
  if (at.shouldNotExist || request.returnValues || request.checkExistence) {
    work.raiseMaxTs(request.forUpdateTs);
  }
  const lock = work.reader.loadLock(key);
  if (lock === null) return lockFreeKey(work, at);
  if (lock.startTs !== startTs) {
    return refused({ kind: 'KeyIsLocked', ...lockInfoOf(key, lock) });
  }
  if (lock.type !== 'Pessimistic') {
    return refused({ kind: 'LockTypeNotMatch', startTs, key, pessimistic: false });
  }
  return lockAgain(work, at, lock);
}

/** The key is locked by this transaction: a repeated request, or a statement that is tried again. */
function lockAgain(work: Work, at: LockKey, lock: Lock): Refusable<PessimisticLockResult> {
  const { request, key } = at;
  const isForced = request.wakeUpMode === 'ForceLock' && request.forUpdateTs < lock.forUpdateTs;
  const conflictTs = isForced ? lock.forUpdateTs : 0;
  const forUpdateTs = isForced ? lock.forUpdateTs : request.forUpdateTs;
  const wanted = { value: request.returnValues || isForced, existence: request.checkExistence };
  let read: Read = NOTHING;
  if (wanted.value || wanted.existence || at.shouldNotExist) {
    const found = work.reader.getWrite(key, forUpdateTs, request.startTs);
    if (found !== null) {
      const existing = at.shouldNotExist ? existenceRefused(work, key, found) : null;
      if (existing !== null) {
        // What came into being after for_update_ts is a conflict instead.
        const isNewer = found.commitTs > request.forUpdateTs;
        return refused(isNewer ? conflict(request, key, found) : existing);
      }
      read = { exists: true, value: wanted.value ? work.reader.loadValue(key, found.write) : null };
    }
  }
  if (forUpdateTs > lock.forUpdateTs) {
    const { isLockedWithConflict, lastChange } = lock;
    putLock(work, at, { forUpdateTs, isLockedWithConflict, lastChange });
  }
  return granted(resultOf(request, conflictTs, read));
}

function lockFreeKey(work: Work, at: LockKey): Refusable<PessimisticLockResult> {
  const { request, key } = at;
  const { startTs, forUpdateTs } = request;
  const newest = work.reader.seekWrite(key, TS_MAX);
  let isForced = false;
  let read: Read = NOTHING;
  if (newest !== null) {
    const isNewer = work.judge(writeConflict(newest, { key, ts: forUpdateTs }, work.broken));
    isForced = isNewer && request.wakeUpMode === 'ForceLock';
    if (isNewer && !isForced) return refused(conflict(request, key, newest));
    if (wasRolledBack(work, at, newest)) {
      return refused({ kind: 'PessimisticLockRolledBack', startTs, key });
    }
    const existing = at.shouldNotExist ? existenceRefused(work, key, newest) : null;
    if (existing !== null) return refused(isForced ? conflict(request, key, newest) : existing);
    const wanted = {
      value: request.returnValues || isForced,
      existence: request.checkExistence,
    };
    read = readNewest(work, key, { newest, wanted });
  }
  if (request.lockOnlyIfExists && !read.exists) {
    if (isForced && newest !== null) return refused(conflict(request, key, newest));
  } else {
    const lockTs = isForced && newest !== null ? newest.commitTs : forUpdateTs;
    putLock(work, at, { forUpdateTs: lockTs, isLockedWithConflict: isForced, lastChange: null });
  }
  return granted(resultOf(request, isForced && newest !== null ? newest.commitTs : 0, read));
}

/** Was this transaction rolled back here? The record may stand behind later ones. */
function wasRolledBack(work: Work, { request, key }: LockKey, newest: WriteAt): boolean {
  const { startTs } = request;
  if (newest.commitTs < startTs) return false;
  const at = newest.commitTs === startTs ? newest : work.reader.seekWrite(key, startTs);
  return at !== null && work.judge(selfRolledBack(at, key, startTs));
}

interface Read {
  readonly exists: boolean;
  readonly value: Bytes | null;
}

const NOTHING: Read = { exists: false, value: null };

function readNewest(
  work: Work,
  key: Bytes,
  { newest, wanted }: { readonly newest: WriteAt; readonly wanted: Wanted },
): Read {
  if (!wanted.value && !wanted.existence) return NOTHING;
  const { startTs } = work.txn;
  const { write, commitTs } = newest;
  let found: WriteAt | null = null;
  if (write.type === 'Put') found = gcFencePassed(write, startTs).holds ? newest : null;
  else if (write.type !== 'Delete') found = work.reader.getWrite(key, prevTs(commitTs), startTs);
  if (found === null) return NOTHING;
  return { exists: true, value: wanted.value ? work.reader.loadValue(key, found.write) : null };
}

function conflict(request: AcquirePessimisticLockRequest, key: Bytes, found: WriteAt): TxnError {
  return {
    kind: 'WriteConflict',
    startTs: request.startTs,
    conflictStartTs: found.write.startTs,
    conflictCommitTs: found.commitTs,
    key,
    primary: request.primary,
    reason: 'PessimisticRetry',
  };
}

function putLock(
  work: Work,
  { request, key }: LockKey,
  fields: Pick<Lock, 'forUpdateTs' | 'isLockedWithConflict' | 'lastChange'>,
): void {
  const lock = newLock({
    type: 'Pessimistic',
    primary: request.primary,
    startTs: request.startTs,
    ttl: request.lockTtl,
    minCommitTs: request.minCommitTs,
    ...fields,
  });
  work.txn.putPessimisticLock(key, lock);
}

function resultOf(
  request: AcquirePessimisticLockRequest,
  conflictTs: Ts,
  read: Read,
): PessimisticLockResult {
  if (conflictTs !== 0) {
    return {
      type: 'LockResultLockedWithConflict',
      value: read.value,
      existence: read.exists,
      lockedWithConflictTs: conflictTs,
    };
  }
  const isTold = request.returnValues || request.checkExistence;
  return {
    type: 'LockResultNormal',
    value: request.returnValues ? read.value : null,
    existence: isTold ? read.exists : null,
    lockedWithConflictTs: 0,
  };
}
