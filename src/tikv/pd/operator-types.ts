// Operators: what PD wants done to one Region, as a list of steps that its leader's heartbeats prove finished.
// Plain data, in memory only: a PD that starts again finds out anew what there is to do.
// (PD: pkg/schedule/operator/{operator,step,status,kind}.go)

import type { Bytes } from '../../base/bytes.ts';
import type { Micros, PeerId, RegionId, StoreId } from '../ids.ts';
import type { RegionEpoch } from '../raftstore/region.ts';

export type OperatorStatus =
  | 'CREATED'
  | 'STARTED'
  | 'SUCCESS'
  | 'CANCELED'
  | 'REPLACED'
  /** It was never started in time. */
  | 'EXPIRED'
  | 'TIMEOUT';

export interface PeerAt {
  readonly storeId: StoreId;
  readonly peerId: PeerId;
}

export type OperatorStep =
  | { readonly type: 'TransferLeader'; readonly fromStore: StoreId; readonly toStore: StoreId }
  | { readonly type: 'AddLearner'; readonly toStore: StoreId; readonly peerId: PeerId }
  | { readonly type: 'PromoteLearner'; readonly toStore: StoreId; readonly peerId: PeerId }
  | { readonly type: 'RemovePeer'; readonly fromStore: StoreId; readonly peerId: PeerId }
  | {
      readonly type: 'ChangePeerV2Enter' | 'ChangePeerV2Leave';
      readonly promote: readonly PeerAt[];
      readonly demote: readonly PeerAt[];
    }
  | {
      readonly type: 'SplitRegion';
      readonly policy: 'approximate' | 'scan' | 'usekey';
      /** Encoded. */
      readonly keys: readonly Bytes[];
    };

/** Whose limit it counts against, and what it moves. */
export type OperatorKind = 'admin' | 'leader' | 'region' | 'replica' | 'hot-region' | 'split';

export type OperatorPriority = 'low' | 'medium' | 'high' | 'urgent';

/** Why PD wants it, with the facts that it went by. Sizes are bytes, rates bytes in a second. */
export type OperatorReason =
  | { readonly type: 'asked' }
  /** Leaders on each of the two stores. */
  | {
      readonly type: 'leaders';
      readonly from: StoreId;
      readonly to: StoreId;
      readonly fromCount: number;
      readonly toCount: number;
    }
  /** Bytes of all Regions on each of the two stores. */
  | {
      readonly type: 'size';
      readonly from: StoreId;
      readonly to: StoreId;
      readonly fromSize: number;
      readonly toSize: number;
    }
  /** The Region is hot: what it takes, and what each of the two stores takes in all. */
  | {
      readonly type: 'flow';
      readonly flow: 'write' | 'read';
      readonly rate: number;
      readonly from: StoreId;
      readonly to: StoreId;
      readonly fromRate: number;
      readonly toRate: number;
    }
  | { readonly type: 'too-few'; readonly have: number; readonly want: number }
  | { readonly type: 'too-many'; readonly have: number; readonly want: number }
  | { readonly type: 'store-down'; readonly store: StoreId; readonly silentMs: number }
  | { readonly type: 'store-offline'; readonly store: StoreId }
  /** The replicas stand farther apart afterwards. */
  | {
      readonly type: 'location';
      readonly from: StoreId;
      readonly to: StoreId;
      readonly fromScore: number;
      readonly toScore: number;
    }
  | { readonly type: 'evict-leader'; readonly store: StoreId }
  /** A joint configuration that nobody has left. */
  | { readonly type: 'joint' }
  /** A learner that nobody has promoted. */
  | { readonly type: 'learner'; readonly store: StoreId };

/** What never changes about an operator. */
export interface OperatorPlan {
  readonly id: number;
  readonly regionId: RegionId;
  /** Of the Region when the operator was made. */
  readonly regionEpoch: RegionEpoch;
  /** PD's name: `balance-leader`, `replace-down-replica`, `admin-transfer-peer`. */
  readonly desc: string;
  readonly kinds: readonly OperatorKind[];
  readonly priority: OperatorPriority;
  readonly reason: OperatorReason;
  readonly steps: readonly OperatorStep[];
}

export interface Operator extends OperatorPlan {
  readonly status: OperatorStatus;
  readonly createdAt: Micros;
  readonly startedAt: Micros | null;
  /** How many steps are finished. */
  readonly step: number;
  /** When the step under way began. */
  readonly stepAt: Micros;
}

/** A scheduler that runs, or waits until `pausedUntil` on PD's clock. */
export interface SchedulerInfo {
  /** PD's name: `balance-leader-scheduler`. */
  readonly name: string;
  readonly pausedUntil: Micros | null;
  /** Of evict-leader-scheduler: the stores that shall lead nothing. */
  readonly stores: readonly StoreId[];
}
