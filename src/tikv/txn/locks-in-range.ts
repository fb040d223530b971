// All locks of a range in the order of their keys, those on disk and the pessimistic ones in memory.
// (TiKV: src/storage/mvcc/reader/reader.rs scan_locks)

import { decodeKey, encodeKey, TXN_RANGE } from '../mvcc/key.ts';
import { decodeLock } from '../mvcc/lock.ts';
import type { KeyRange } from '../mvcc/scanner.ts';
import type { KeyLock } from '../mvcc/txn.ts';
import type { Work } from './work.ts';

/** `range` in engine keys. A lock in memory hides one on disk. */
export function* locksInRange(work: Work, range: KeyRange): Generator<KeyLock> {
  const memory = [...work.context.pessimisticLocks]
    .map(([key, lock]) => ({ encoded: encodeKey(key), key, lock }))
    .filter(({ encoded }) => encoded >= range.from && (range.to === null || encoded < range.to))
    .toSorted((a, b) => (a.encoded < b.encoded ? -1 : 1));
  let next = 0;
  for (const [encoded, record] of work.reader.snapshot.range('lock', range.from, range.to)) {
    for (; memory[next] !== undefined && memory[next]!.encoded < encoded; next++) {
      yield memory[next]!;
    }
    if (memory[next]?.encoded === encoded) continue;
    yield { key: decodeKey(encoded, 'lock'), lock: decodeLock(record, encoded) };
  }
  for (; memory[next] !== undefined; next++) yield memory[next]!;
}

/** The part of the Region that holds transactional keys, from `startKey` to `endKey` (null: its end). */
export function clip(
  range: KeyRange,
  startKey: string,
  endKey: string | null,
): { readonly from: string; readonly to: string } {
  const start = encodeKey(startKey);
  const end = endKey === null ? TXN_RANGE.to : encodeKey(endKey);
  const lower = start > range.from ? start : range.from;
  const upper = range.to !== null && range.to < end ? range.to : end;
  return { from: lower > TXN_RANGE.from ? lower : TXN_RANGE.from, to: upper };
}
