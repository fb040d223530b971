// Regions, peers and epochs: TiKV's metadata of a range of keys. (kvproto: metapb.proto; TiKV: raftstore/src/store/util.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { PeerId, RegionId, StoreId } from '../ids.ts';

export type PeerRole = 'Voter' | 'Learner' | 'IncomingVoter' | 'DemotingVoter';

/** A replica of a Region. Its id is unique in the cluster and never used again. */
export interface Peer {
  readonly id: PeerId;
  readonly storeId: StoreId;
  readonly role: PeerRole;
}

/** `confVer` counts membership changes, `version` splits and merges. */
export interface RegionEpoch {
  readonly confVer: number;
  readonly version: number;
}

/** A range of keys and who holds it. Bounds are encoded keys; an empty `endKey` has no end. */
export interface Region {
  readonly id: RegionId;
  readonly startKey: Bytes;
  readonly endKey: Bytes;
  readonly epoch: RegionEpoch;
  readonly peers: readonly Peer[];
}

/** True where `key` (encoded) lies in the Region. */
export function regionHolds(region: Region, key: Bytes): boolean {
  return key >= region.startKey && (region.endKey === '' || key < region.endKey);
}

/** True where some key lies in both. */
export function regionsOverlap(a: Region, b: Region): boolean {
  return (b.endKey === '' || a.startKey < b.endKey) && (a.endKey === '' || b.startKey < a.endKey);
}

/** The peer on a store; undefined where the store holds none. */
export function peerOn(region: Region, storeId: StoreId): Peer | undefined {
  return region.peers.find((peer) => peer.storeId === storeId);
}
