// What a snapshot carries: the Region as it was at the snapshot's index, and all its data, column family by column
// family. (TiKV: raft_serverpb.proto RaftSnapshotData, raftstore/src/store/snap.rs)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { CFS, type Cf, type KvSnapshot } from '../kv/engine.ts';
import { ByteReader, sized, varint } from './byte-codec.ts';
import { decodeRegion, encodeRegion } from './region-codec.ts';
import type { Region } from './region.ts';

export interface SnapshotData {
  readonly region: Region;
  readonly pairs: readonly (readonly [Cf, Bytes, Bytes])[];
}

/** The data of a Region at this moment. */
export function collectData(kv: KvSnapshot, region: Region): SnapshotData {
  const pairs: [Cf, Bytes, Bytes][] = [];
  for (const cf of CFS)
    for (const [key, value] of kv.range(cf, region.startKey, region.endKey || null))
      pairs.push([cf, key, value]);
  return { region, pairs };
}

export function encodeSnapshotData({ region, pairs }: SnapshotData): Bytes {
  let out = sized(encodeRegion(region)) + varint(pairs.length);
  for (const [cf, key, value] of pairs) out += varint(CFS.indexOf(cf)) + sized(key) + sized(value);
  return out;
}

/** What a store has made. Anything else is a bug. */
export function decodeSnapshotData(data: Bytes): SnapshotData {
  const reader = new ByteReader(data);
  const region = decodeRegion(reader.sized());
  const pairs: [Cf, Bytes, Bytes][] = [];
  for (let count = reader.varint(); count > 0; count--) {
    const cf = CFS[reader.varint()];
    assert(cf !== undefined, 'a snapshot holds an unknown column family');
    pairs.push([cf, reader.sized(), reader.sized()]);
  }
  assert(reader.done, 'a snapshot goes on after its data');
  return { region, pairs };
}
