// What happens at a client.

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId, RegionId } from '../ids.ts';
import type { Region, Peer } from '../raftstore/region.ts';
import type { Load } from './load.ts';
import type { ClientOutcome, ClientRequest } from './request.ts';

/** What a transaction's operation comes to; timestamps are PD's. */
export type ClientTxnEvent =
  /** All keys are sent, the primary's Region first. */
  | {
      readonly type: 'client/txn-prewriting';
      readonly startTs: number;
      readonly primary: Bytes;
      readonly keys: readonly Bytes[];
    }
  /** Every key is locked; the primary is sent for commit. With its record the transaction is committed. */
  | {
      readonly type: 'client/txn-committing';
      readonly startTs: number;
      readonly commitTs: number;
      readonly primary: Bytes;
    }
  /** After the primary: the other keys follow, and nobody waits for them. */
  | {
      readonly type: 'client/txn-cleaning';
      readonly startTs: number;
      readonly commitTs: number | null;
      readonly keys: readonly Bytes[];
    }
  /** A lock of another transaction stands in the way; `startTs` is the transaction that met it. */
  | {
      readonly type: 'client/lock-met';
      readonly startTs: number;
      readonly key: Bytes;
      readonly lockTs: number;
      readonly primary: Bytes;
    }
  /** What became of it, asked at its primary. */
  | {
      readonly type: 'client/lock-settled';
      readonly startTs: number;
      readonly key: Bytes;
      readonly lockTs: number;
      readonly status: 'committed' | 'rolled-back' | 'pushed' | 'alive';
      /** Null: it is not committed. */
      readonly commitTs: number | null;
    };

export type ClientEvent =
  | (ClientTxnEvent & { readonly op: number })
  | {
      readonly type: 'client/txn-begun';
      readonly op: number;
      readonly name: string;
      readonly startTs: number;
    }
  /** Noted at the client alone. A null value is a delete. */
  | {
      readonly type: 'client/txn-buffered';
      readonly op: number;
      readonly startTs: number;
      readonly key: Bytes;
      readonly value: Bytes | null;
    }
  | {
      readonly type: 'client/txn-ended';
      readonly op: number;
      readonly name: string;
      readonly startTs: number;
      readonly status: 'committed' | 'rolled-back' | 'failed' | 'undetermined';
      readonly commitTs: number | null;
    }
  /** The client works on its own from now on. */
  | { readonly type: 'client/load-started'; readonly load: Load }
  | {
      readonly type: 'client/load-ended';
      readonly load: Load;
      /** Begun, answered or not. */
      readonly operations: number;
      readonly why: 'stopped' | 'replaced' | 'time';
    }
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
