// MvccGetByKey and MvccGetByStartTs: everything that is stored of one key, for people who look.
// (TiKV: src/storage/txn/commands/{mvcc_by_key,mvcc_by_start_ts}.rs, src/storage/mvcc/reader/reader.rs seek_ts)

import type { Bytes } from '../../base/bytes.ts';
import { decodeKey, truncateTs } from '../mvcc/key.ts';
import { decodeWrite } from '../mvcc/write.ts';
import { clip } from './locks-in-range.ts';
import type { MvccGetByKeyRequest, MvccGetByStartTsRequest } from './request.ts';
import type { MvccInfo } from './response.ts';
import type { Done, Work } from './work.ts';

export function mvccGetByKey(work: Work, request: MvccGetByKeyRequest): Done {
  return { response: { type: 'mvcc-get-by-key', ...infoOf(work, request.key) }, events: [] };
}

/** The first key of the Region with a record of this transaction; a key that is only locked is not found. */
export function mvccGetByStartTs(work: Work, request: MvccGetByStartTsRequest): Done {
  const range = clip(work.context.range, '', null);
  for (const [at, record] of work.reader.snapshot.range('write', range.from, range.to)) {
    if (decodeWrite(record, at).startTs !== request.startTs) continue;
    const key = decodeKey(truncateTs(at), 'write');
    return { response: { type: 'mvcc-get-by-start-ts', key, ...infoOf(work, key) }, events: [] };
  }
  const nothing: MvccInfo = { lock: null, writes: [], values: [] };
  return { response: { type: 'mvcc-get-by-start-ts', key: null, ...nothing }, events: [] };
}

function infoOf(work: Work, key: Bytes): MvccInfo {
  const { reader } = work;
  return {
    lock: reader.loadLock(key),
    writes: [...reader.writes(key)],
    values: reader.scanValues(key),
  };
}
