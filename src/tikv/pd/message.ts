// What PD is asked and what it answers. (kvproto: pdpb.proto)

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId, RegionId, StoreId } from '../ids.ts';
import type { Peer, Region } from '../raftstore/region.ts';

export interface StoreInfo {
  readonly id: StoreId;
  readonly node: NodeId;
  readonly state: 'Up' | 'Disconnected' | 'Down' | 'Offline' | 'Tombstone';
}

export interface StoreStats {
  readonly regionCount: number;
  readonly leaderCount: number;
  readonly usedBytes: number;
}

export type PdCall =
  /** The first store offers its first Region; PD accepts one such offer for ever. */
  | { readonly type: 'bootstrap'; readonly store: StoreId; readonly region: Region }
  | { readonly type: 'is-bootstrapped' }
  | { readonly type: 'put-store'; readonly store: StoreId }
  | { readonly type: 'get-all-stores' }
  | { readonly type: 'get-region'; readonly key: Bytes }
  | { readonly type: 'get-region-by-id'; readonly regionId: RegionId }
  | { readonly type: 'alloc-id' }
  | { readonly type: 'tso'; readonly count: number }
  | { readonly type: 'store-heartbeat'; readonly store: StoreId; readonly stats: StoreStats }
  | {
      readonly type: 'region-heartbeat';
      readonly region: Region;
      readonly leader: Peer;
      readonly term: number;
      readonly approximateSize: number;
      readonly approximateKeys: number;
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
