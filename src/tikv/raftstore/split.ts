// Splits: which keys may divide a Region, and what Regions come of it. The part that keeps the id is the right-most one
// (right-derive), or the left-most. All parts have one epoch: the version grows by the number of new Regions.
// (TiKV: fsm/peer.rs validate_split_region, coprocessor/split_observer.rs, fsm/apply.rs exec_batch_split)

import type { Bytes } from '../../base/bytes.ts';
import type { PeerId, RegionId } from '../ids.ts';
import { regionHolds, type Region } from './region.ts';

export interface SplitRequest {
  /** Encoded, without timestamp. */
  readonly splitKey: Bytes;
  readonly newRegionId: RegionId;
  /** In the order of the peers of the Region that is split. */
  readonly newPeerIds: readonly PeerId[];
}

/** What PD gives for one new Region. */
export interface NewRegionIds {
  readonly regionId: RegionId;
  readonly peerIds: readonly PeerId[];
}

const GROUP = 8;
const FULL = 255;

/** The key under which all versions of an engine key stand: what follows the memcomparable part goes. (keys.rs origin_key,
 * split_observer.rs strip_timestamp_if_exists) */
export function withoutTimestamp(engineKey: Bytes): Bytes {
  for (let end = GROUP + 1; end <= engineKey.length; end += GROUP + 1)
    if (engineKey.charCodeAt(end - 1) !== FULL) return engineKey.slice(0, end);
  return engineKey;
}

/** Those of the keys that lie inside the Region, none at its edge, each greater than the one before. */
export function validSplitKeys(region: Region, keys: readonly Bytes[]): Bytes[] {
  const valid: Bytes[] = [];
  for (const each of keys) {
    const key = withoutTimestamp(each);
    const before = valid.at(-1) ?? region.startKey;
    if (key > before && regionHolds(region, key)) valid.push(key);
  }
  return valid;
}

/** All parts in the order of their keys, each with its new epoch; a text where they cannot be made. */
export function regionsAfterSplit(
  region: Region,
  requests: readonly SplitRequest[],
  rightDerive: boolean,
): readonly Region[] | string {
  const keys = requests.map(({ splitKey }) => splitKey);
  if (keys.length === 0) return 'a split names no key';
  if (validSplitKeys(region, keys).length < keys.length)
    return 'the keys of a split do not lie in the Region in order';
  if (requests.some(({ newPeerIds }) => newPeerIds.length !== region.peers.length))
    return `the Region has ${region.peers.length} peers`;
  const version = region.epoch.version + requests.length;
  const epoch = { ...region.epoch, version };
  const bounds = [region.startKey, ...keys, region.endKey];
  const part = (i: number) => ({ startKey: bounds[i] as Bytes, endKey: bounds[i + 1] as Bytes });
  const offset = rightDerive ? 0 : 1;
  const made = requests.map(({ newRegionId, newPeerIds }, i): Region => {
    const peers = region.peers.map((peer, j) => ({ ...peer, id: newPeerIds[j] as PeerId }));
    return { id: newRegionId, ...part(i + offset), epoch, peers };
  });
  const derived: Region = { ...region, ...part(rightDerive ? requests.length : 0), epoch };
  return rightDerive ? [...made, derived] : [derived, ...made];
}
