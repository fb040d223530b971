// What PD is asked and what it answers. (kvproto: pdpb.proto)

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId, PeerId, RegionId, StoreId } from '../ids.ts';
import type { ConfChangeType } from '../raft/conf-change.ts';
import type { Peer, Region, RegionEpoch } from '../raftstore/region.ts';

export interface StoreInfo {
  readonly id: StoreId;
  readonly node: NodeId;
  readonly state: StoreState;
  readonly labels: readonly StoreLabel[];
}

/** As pd-ctl names them. Offline: it is being emptied; Tombstone: it is empty, and its number never comes back. */
export type StoreState = 'Up' | 'Disconnected' | 'Down' | 'Offline' | 'Tombstone';

/** Where a store stands, from the widest place to the narrowest: `zone` = `z1`, `host` = `h2`. */
export interface StoreLabel {
  readonly key: string;
  readonly value: string;
}

/** What a store says of itself in its heartbeat. (pdpb.StoreStats) */
export interface StoreStats {
  readonly regionCount: number;
  readonly leaderCount: number;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  /** Snapshots that the store is sending, and installing, now. */
  readonly sendingSnapCount: number;
  readonly receivingSnapCount: number;
}

/** A peer of which its leader has not heard for so long. (pdpb.PeerStats) */
export interface DownPeer {
  readonly peer: Peer;
  /** Whole seconds. */
  readonly downSeconds: number;
}

/** What a leader says of its Region. Flow is counted since the last heartbeat of this leader. (pdpb.RegionHeartbeatRequest) */
export interface RegionHeartbeat {
  readonly region: Region;
  readonly leader: Peer;
  readonly term: number;
  /** Peers that lack what the log has given up: a snapshot is on its way to them, or they are far behind. */
  readonly pendingPeers: readonly Peer[];
  readonly downPeers: readonly DownPeer[];
  readonly writtenBytes: number;
  readonly writtenKeys: number;
  readonly readBytes: number;
  readonly readKeys: number;
  /** Bytes and keys of the Region. */
  readonly approximateSize: number;
  readonly approximateKeys: number;
}

/** Ids for one new Region; peers in the order of the peers of the Region that is split. (pdpb.SplitID) */
export interface SplitIds {
  readonly regionId: RegionId;
  readonly peerIds: readonly PeerId[];
}

export interface RegionAndLeader {
  readonly region: Region;
  readonly leader: Peer | null;
}

export type PdCall =
  /** The first store offers its first Region; PD accepts one such offer for ever. */
  | { readonly type: 'bootstrap'; readonly store: StoreId; readonly region: Region }
  | { readonly type: 'is-bootstrapped' }
  | {
      readonly type: 'put-store';
      readonly store: StoreId;
      readonly labels: readonly StoreLabel[];
    }
  | { readonly type: 'get-all-stores' }
  | { readonly type: 'get-region'; readonly key: Bytes }
  | { readonly type: 'get-region-by-id'; readonly regionId: RegionId }
  | { readonly type: 'alloc-id' }
  | { readonly type: 'tso'; readonly count: number }
  | { readonly type: 'store-heartbeat'; readonly store: StoreId; readonly stats: StoreStats }
  | ({ readonly type: 'region-heartbeat' } & RegionHeartbeat)
  /** Ids for `count` new Regions, which will be split off this one. */
  | { readonly type: 'ask-batch-split'; readonly region: Region; readonly count: number }
  /** What a split has made: the new Regions and what is left of the old one. */
  | { readonly type: 'report-batch-split'; readonly regions: readonly Region[] }
  /** Regions in key order from the one that holds `startKey` on, up to `endKey` (empty: no end). Keys are encoded ones. */
  | {
      readonly type: 'scan-regions';
      readonly startKey: Bytes;
      readonly endKey: Bytes;
      readonly limit: number;
    };

export type PdAnswer =
  | { readonly type: 'bootstrap'; readonly alreadyBootstrapped: boolean }
  | { readonly type: 'is-bootstrapped'; readonly bootstrapped: boolean }
  | { readonly type: 'put-store' }
  | { readonly type: 'get-all-stores'; readonly stores: readonly StoreInfo[] }
  | { readonly type: 'get-region'; readonly region: Region | null; readonly leader: Peer | null }
  | {
      readonly type: 'get-region-by-id';
      readonly region: Region | null;
      readonly leader: Peer | null;
    }
  | { readonly type: 'alloc-id'; readonly id: number }
  /** The last timestamp of the batch; the caller owns `count` up to and including it. */
  | { readonly type: 'tso'; readonly timestamp: number; readonly count: number }
  | { readonly type: 'store-heartbeat' }
  | { readonly type: 'region-heartbeat' }
  | { readonly type: 'ask-batch-split'; readonly ids: readonly SplitIds[] }
  | { readonly type: 'report-batch-split' }
  | { readonly type: 'scan-regions'; readonly regions: readonly RegionAndLeader[] }
  /** A definite refusal. */
  | { readonly type: 'refused'; readonly reason: string };

/** Why PD refuses stores before there is a first Region. */
export const NOT_BOOTSTRAPPED = 'the cluster is not bootstrapped';

export interface PdRequest {
  readonly type: 'pd-request';
  readonly id: number;
  readonly call: PdCall;
}

export interface PdResponse {
  readonly type: 'pd-response';
  readonly id: number;
  readonly answer: PdAnswer;
}

/** One change of an order; several at once enter a joint configuration. (pdpb.ChangePeer) */
export interface OrderedChange {
  readonly type: ConfChangeType;
  readonly peer: Peer;
}

/** What PD wants the leader of a Region to do. (pdpb.RegionHeartbeatResponse) */
export type RegionOrder =
  /** No change: leave the joint configuration. */
  | { readonly type: 'ChangePeerV2'; readonly changes: readonly OrderedChange[] }
  | { readonly type: 'TransferLeader'; readonly peer: Peer }
  | {
      readonly type: 'SplitRegion';
      /** `approximate` and `scan` leave the key to the store; `usekey` says them. */
      readonly policy: 'approximate' | 'scan' | 'usekey';
      /** Encoded keys, for `usekey`. */
      readonly keys: readonly Bytes[];
    };

/** PD's word to the store that leads a Region, on its stream of heartbeats. A leader in another epoch lets it lie. */
export interface PdOrder {
  readonly type: 'pd-order';
  readonly regionId: RegionId;
  readonly regionEpoch: RegionEpoch;
  /** The leader that PD means. */
  readonly targetPeer: Peer;
  readonly order: RegionOrder;
}
