// Scan and ScanLock: many keys of one Region in order, forward or backward.
// Invariant: a locked key is one of the answers; the walk goes on behind it. (TiKV: src/storage/mod.rs scan, scan_lock)

import type { MvccEvent } from '../mvcc/event.ts';
import { encodeKey } from '../mvcc/key.ts';
import { lockInfoOf } from '../mvcc/lock.ts';
import type { LockInfo } from '../mvcc/lock.ts';
import { scanRange } from '../mvcc/scanner.ts';
import { tsOf } from '../mvcc/timestamp.ts';
import { plainOf } from './error.ts';
import type { TxnError } from './error.ts';
import { eventOfRead, memoryLockRefusal, pairOf, readOptions, rejectRead } from './get.ts';
import { clip, locksInRange } from './locks-in-range.ts';
import type { ScanLockRequest, ScanRequest } from './request.ts';
import type { KvPair } from './response.ts';
import type { Done, Work } from './work.ts';

export function scan(work: Work, request: ScanRequest): Done {
  const options = readOptions(work, request);
  work.raiseMaxTs(options.ts);
  const { reverse } = request;
  const [lower, upper] = reverse
    ? [request.endKey ?? '', request.startKey === '' ? null : request.startKey]
    : [request.startKey, request.endKey];
  const range = clip(work.context.range, lower, upper);
  const memory = [...work.context.concurrency.lockTable.keys()].filter((key) => {
    const encoded = encodeKey(key);
    return encoded >= range.from && encoded < range.to;
  });
  const error = memoryLockRefusal(work, memory, options);
  if (error !== null) return rejectRead(work, request, { keys: memory, error });
  const pairs: KvPair[] = [];
  const events: MvccEvent[] = [];
  if (request.limit > 0) {
    for (const { key, result } of scanRange(work.reader, { range, reverse }, options)) {
      events.push(eventOfRead(key, result, options));
      const pair = pairOf(key, result);
      if (pair === null) continue;
      const isEmptied = request.keyOnly && pair.error === null;
      pairs.push(isEmptied ? { key, value: '', error: null } : pair);
      if (pairs.length === request.limit) break;
    }
  }
  return { response: { type: 'scan', pairs }, events };
}

export function scanLock(work: Work, request: ScanLockRequest): Done {
  const maxTs = tsOf(request.maxTs);
  work.raiseMaxTs(maxTs);
  const range = clip(work.context.range, request.startKey, request.endKey);
  for (const [key, lock] of work.context.concurrency.lockTable) {
    const encoded = encodeKey(key);
    if (lock.startTs > maxTs || encoded < range.from || encoded >= range.to) continue;
    const error: TxnError = { kind: 'KeyIsLocked', ...lockInfoOf(key, lock) };
    return {
      response: { type: 'refused', request: request.type, errors: [error] },
      events: [
        {
          type: 'txn/read-rejected',
          startTs: request.maxTs,
          keys: [key],
          errors: [plainOf(error)],
          verdicts: work.verdicts,
        },
      ],
    };
  }
  const locks: LockInfo[] = [];
  for (const { key, lock } of locksInRange(work, range)) {
    if (lock.startTs > maxTs) continue;
    locks.push(lockInfoOf(key, lock));
    if (locks.length === request.limit) break;
  }
  return { response: { type: 'scan-lock', locks }, events: [] };
}
