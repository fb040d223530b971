// Get and BatchGet: what keys are at one timestamp.
// Invariant: max_ts goes up before anything is looked at, so no commit can be computed below an answer.
// (TiKV: src/storage/mod.rs get, batch_get)

import type { Bytes } from '../../base/bytes.ts';
import type { MvccEvent } from '../mvcc/event.ts';
import { lockInfoOf } from '../mvcc/lock.ts';
import { readKey } from '../mvcc/point-getter.ts';
import type { ReadOptions, ReadResult } from '../mvcc/point-getter.ts';
import { lockBlocksRead } from '../mvcc/rules.ts';
import { plainTs, tsOf } from '../mvcc/timestamp.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import type { BatchGetRequest, GetRequest, ScanRequest } from './request.ts';
import type { KvPair } from './response.ts';
import type { Done, Work } from './work.ts';

export function readOptions(
  work: Work,
  request: GetRequest | BatchGetRequest | ScanRequest,
): ReadOptions {
  return {
    ts: tsOf(request.version),
    isolation: request.isolation,
    bypassLocks: request.resolvedLocks,
    accessLocks: request.committedLocks,
    isReplicaRead: request.isReplicaRead,
    broken: work.broken,
  };
}

export function get(work: Work, request: GetRequest): Done {
  const options = readOptions(work, request);
  work.raiseMaxTs(options.ts);
  const { key } = request;
  const error = memoryLockRefusal(work, [key], options);
  if (error !== null) return rejectRead(work, request, { keys: [key], error });
  const lock = options.isolation === 'SI' ? work.reader.loadStoredLock(key) : null;
  const result = readKey(work.reader, { key, lock }, options);
  const events = [eventOfRead(key, result, options)];
  if (result.type !== 'locked') {
    const value = result.type === 'found' ? result.value : null;
    return { response: { type: 'get', value }, events };
  }
  const locked: TxnError = { kind: 'KeyIsLocked', ...lockInfoOf(key, result.lock) };
  return { response: { type: 'refused', request: 'get', errors: [locked] }, events };
}

export function batchGet(work: Work, request: BatchGetRequest): Done {
  const options = readOptions(work, request);
  work.raiseMaxTs(options.ts);
  const error = memoryLockRefusal(work, request.keys, options);
  if (error !== null) return rejectRead(work, request, { keys: request.keys, error });
  const pairs: KvPair[] = [];
  const events: MvccEvent[] = [];
  for (const key of request.keys) {
    const lock = options.isolation === 'SI' ? work.reader.loadStoredLock(key) : null;
    const result = readKey(work.reader, { key, lock }, options);
    events.push(eventOfRead(key, result, options));
    const pair = pairOf(key, result);
    if (pair !== null) pairs.push(pair);
  }
  return { response: { type: 'batch-get', pairs }, events };
}

/** The answer for one key; null where it does not exist. */
export function pairOf(key: Bytes, result: ReadResult): KvPair | null {
  if (result.type === 'none') return null;
  if (result.type === 'found') return { key, value: result.value, error: null };
  return { key, value: null, error: { kind: 'KeyIsLocked', ...lockInfoOf(key, result.lock) } };
}

/** A lock of a prewrite that is under way and blocks this read; it is not on disk yet. */
export function memoryLockRefusal(
  work: Work,
  keys: Iterable<Bytes>,
  options: ReadOptions,
): TxnError | null {
  const { lockTable } = work.context.concurrency;
  if (options.isolation !== 'SI' || lockTable.size === 0) return null;
  for (const key of keys) {
    const lock = lockTable.get(key);
    if (lock === undefined) continue;
    const { ts, bypassLocks } = options;
    if (work.judge(lockBlocksRead(lock, { key, ts, bypassLocks }, options.broken))) {
      return { kind: 'KeyIsLocked', ...lockInfoOf(key, lock) };
    }
  }
  return null;
}

export function rejectRead(
  work: Work,
  request: GetRequest | BatchGetRequest | ScanRequest,
  { keys, error }: { readonly keys: readonly Bytes[]; readonly error: TxnError },
): Done {
  return {
    response: { type: 'refused', request: request.type, errors: [error] },
    events: [
      {
        type: 'txn/read-rejected',
        startTs: request.version,
        keys,
        errors: [plainOf(error)],
        verdicts: work.verdicts,
      },
    ],
  };
}

export function eventOfRead(key: Bytes, result: ReadResult, options: ReadOptions): MvccEvent {
  const readTs = plainTs(options.ts);
  const { verdicts } = result;
  if (result.type === 'locked') {
    const { startTs, primary } = result.lock;
    const lockTs = plainTs(startTs);
    return { type: 'mvcc/read-blocked', key, readTs, lockTs, primary, verdicts };
  }
  const isFound = result.type === 'found';
  const commitTs = isFound && result.commitTs !== null ? plainTs(result.commitTs) : null;
  const startTs = isFound ? plainTs(result.startTs) : null;
  return { type: 'mvcc/key-read', key, readTs, found: isFound, commitTs, startTs, verdicts };
}
