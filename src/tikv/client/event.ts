// What happens at a client.

import type { NodeId, RegionId } from '../ids.ts';
import type { Region, Peer } from '../raftstore/region.ts';
import type { ClientOutcome, ClientRequest } from './request.ts';

export type ClientEvent =
  | { readonly type: 'client/op-started'; readonly op: number; readonly request: ClientRequest }
  /** The cached Region and the store that the request goes to; `attempt` counts from 1. */
  | {
      readonly type: 'client/routed';
      readonly op: number;
      readonly regionId: RegionId;
      readonly to: NodeId;
      readonly attempt: number;
      readonly cached: boolean;
    }
  /** A definite refusal, a loss or a time-out, and what the client does about it. */
  | {
      readonly type: 'client/backed-off';
      readonly op: number;
      readonly error: string;
      readonly kind: string;
      readonly waitMs: number;
    }
  | { readonly type: 'client/region-cached'; readonly region: Region; readonly leader: Peer | null }
  | {
      readonly type: 'client/region-invalidated';
      readonly regionId: RegionId;
      readonly reason: string;
    }
  | {
      readonly type: 'client/op-ended';
      readonly op: number;
      readonly request: ClientRequest;
      readonly outcome: ClientOutcome;
    };
