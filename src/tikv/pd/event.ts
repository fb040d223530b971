// What happens at the placement driver.

import type { NodeId, RegionId, StoreId } from '../ids.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import type { PdCommand } from './command.ts';
import type { SplitIds, StoreInfo, StoreStats } from './message.ts';
import type { OperatorPlan, OperatorStatus, SchedulerInfo } from './operator-types.ts';
import type { Verdict } from './rules.ts';

/** What PD reckons of a Region from its heartbeats. Sizes are bytes, rates bytes or keys in a second. */
export interface RegionFlow {
  readonly approximateSize: number;
  readonly approximateKeys: number;
  readonly writtenBytesRate: number;
  readonly writtenKeysRate: number;
  readonly readBytesRate: number;
  readonly readKeysRate: number;
  /** Stores whose peers lack a part of the log, and stores whose peers do not answer. */
  readonly pending: readonly StoreId[];
  readonly down: readonly StoreId[];
  /** Its flow has been large for several heartbeats. */
  readonly hot: boolean;
}

export type PdEvent =
  | { readonly type: 'pd/bootstrapped'; readonly region: Region; readonly by: StoreId }
  | { readonly type: 'pd/store-changed'; readonly store: StoreInfo }
  /** A heartbeat changed what PD knows of a Region. */
  | {
      readonly type: 'pd/region-learned';
      readonly region: Region;
      readonly leader: Peer;
      readonly term: number;
    }
  /** A heartbeat says less than PD knows already: it changes nothing. */
  | {
      readonly type: 'pd/heartbeat-refused';
      readonly regionId: RegionId;
      readonly leader: Peer;
      readonly term: number;
      readonly verdict: Verdict;
    }
  /** A heartbeat changed what PD reckons of a Region. */
  | { readonly type: 'pd/region-measured'; readonly regionId: RegionId; readonly flow: RegionFlow }
  /** PD knows these Regions no more: a newer one holds their keys. */
  | {
      readonly type: 'pd/regions-replaced';
      readonly regions: readonly RegionId[];
      readonly by: RegionId;
    }
  /** A heartbeat changed what PD knows of a store's load. */
  | { readonly type: 'pd/store-measured'; readonly store: StoreId; readonly stats: StoreStats }
  | {
      readonly type: 'pd/split-ids-given';
      readonly regionId: RegionId;
      readonly ids: readonly SplitIds[];
    }
  /** Regions that a split has made, as its leader tells. */
  | { readonly type: 'pd/split-reported'; readonly regions: readonly RegionId[] }
  /** An operator is made and waits for its turn, or starts at once. */
  | { readonly type: 'pd/operator-created'; readonly operator: OperatorPlan }
  | {
      readonly type: 'pd/operator-started';
      readonly operator: number;
      readonly regionId: RegionId;
    }
  /** A heartbeat proves step number `step` (from 0) finished. */
  | {
      readonly type: 'pd/operator-step-finished';
      readonly operator: number;
      readonly regionId: RegionId;
      readonly step: number;
    }
  /** `why` is said where it did not succeed. */
  | {
      readonly type: 'pd/operator-ended';
      readonly operator: number;
      readonly regionId: RegionId;
      readonly desc: string;
      readonly status: Exclude<OperatorStatus, 'CREATED' | 'STARTED'>;
      readonly why: string | null;
    }
  | { readonly type: 'pd/schedulers-changed'; readonly schedulers: readonly SchedulerInfo[] }
  | {
      readonly type: 'pd/config-changed';
      readonly maxReplicas: number;
      readonly locationLabels: readonly string[];
    }
  /** What a person asked of PD cannot be done; PD's reason. */
  | {
      readonly type: 'pd/command-refused';
      readonly command: PdCommand;
      readonly reason: string;
    }
  | {
      readonly type: 'pd/region-answered';
      readonly to: NodeId;
      readonly region: Region | null;
      readonly leader: Peer | null;
    }
  /** Timestamps below this bound may be given out once it is durable. */
  | { readonly type: 'pd/tso-bound-saved'; readonly boundMs: number }
  | {
      readonly type: 'pd/tso-given';
      readonly to: NodeId;
      readonly timestamp: number;
      readonly count: number;
    };
