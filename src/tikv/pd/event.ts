// What happens at the placement driver.

import type { NodeId, StoreId } from '../ids.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import type { StoreInfo } from './message.ts';

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
