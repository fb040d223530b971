// What stores say to each other and what clients ask of them.
// (kvproto: raft_serverpb.proto RaftMessage, kvrpcpb.proto, errorpb.proto)

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId, StoreId } from '../ids.ts';
import type { Message as RaftCoreMessage } from '../raft/message.ts';
import type { Peer, Region, RegionEpoch } from './region.ts';

/** A Raft message in its envelope. The bounds travel on messages that may create a peer. */
export interface RaftMessage {
  readonly type: 'raft';
  readonly regionId: RegionId;
  readonly fromPeer: Peer;
  readonly toPeer: Peer;
  readonly regionEpoch: RegionEpoch;
  readonly message: RaftCoreMessage;
  readonly startKey?: Bytes;
  readonly endKey?: Bytes;
  /** The sender's disk is full. (disk_usage) */
  readonly diskFull?: true;
  /** Beside Raft, about the Region's sleep or who is a member; `message` says nothing then. (raft_serverpb: ExtraMessage) */
  readonly extra?:
    | 'hibernate-request'
    | 'hibernate-response'
    | 'wake-up'
    | 'check-stale-peer'
    | 'check-stale-peer-response';
  /** Of a `check-stale-peer-response`: the members that the sender knew last; `regionEpoch` is theirs. */
  readonly checkPeers?: readonly Peer[];
  /** The receiver's peer is gone from the Region; `message` says nothing. */
  readonly isTombstone?: true;
}

/**
 * A piece of a snapshot's stream. Chunk 0 is the Raft message without its data, the `of` chunks behind it are the data.
 * (raft_serverpb.proto: SnapshotChunk)
 */
export interface SnapshotChunk {
  readonly type: 'snapshot-chunk';
  readonly regionId: RegionId;
  /** The sender's number of the stream. */
  readonly stream: number;
  readonly chunk: number;
  readonly of: number;
  /** Of all data. */
  readonly bytes: number;
  readonly head: RaftMessage | null;
  readonly data: Bytes;
}

/** The receiver's word at the end of a stream: all has come, or why it takes no more of it. (tikvpb: Done, or a status) */
export interface SnapshotAnswer {
  readonly type: 'snapshot-answer';
  readonly regionId: RegionId;
  readonly stream: number;
  readonly ok: boolean;
  readonly why: string | null;
}

export type SnapshotMessage = SnapshotChunk | SnapshotAnswer;

/** Which Region, which version of it and which peer a client believes in. */
export interface RequestContext {
  readonly regionId: RegionId;
  readonly regionEpoch: RegionEpoch;
  readonly peer: Peer;
  /** The term that the client knows; 0 for none. */
  readonly term: number;
  /** How a read may be answered; a read index where nothing is said. `replica`: by any peer, which asks its leader. */
  readonly read?: 'lease' | 'read-index' | 'replica';
}

/** Raw commands; keys and values are the user's bytes, without prefix or encoding. */
export type RawRequest =
  | { readonly type: 'raw-get'; readonly key: Bytes }
  | { readonly type: 'raw-put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'raw-delete'; readonly key: Bytes }
  /** `startKey` ≤ key < `endKey` (empty: no end), at most `limit` pairs. */
  | {
      readonly type: 'raw-scan';
      readonly startKey: Bytes;
      readonly endKey: Bytes;
      readonly limit: number;
    }
  /** Writes `value` where the key's value is `previous` (null: the key does not exist). */
  | {
      readonly type: 'raw-cas';
      readonly key: Bytes;
      readonly previous: Bytes | null;
      readonly value: Bytes;
    };

export type RawResponse =
  | { readonly type: 'raw-get'; readonly value: Bytes | null }
  | { readonly type: 'raw-put' }
  | { readonly type: 'raw-delete' }
  | { readonly type: 'raw-scan'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  | { readonly type: 'raw-cas'; readonly succeeded: boolean; readonly previous: Bytes | null };

/** Errors of a Region, under TiKV's names; each is a definite refusal but `UndeterminedResult`. (errorpb.proto) */
export type RegionError =
  | { readonly type: 'NotLeader'; readonly regionId: RegionId; readonly leader: Peer | null }
  | { readonly type: 'RegionNotFound'; readonly regionId: RegionId }
  | { readonly type: 'KeyNotInRegion'; readonly key: Bytes; readonly region: Region }
  | { readonly type: 'EpochNotMatch'; readonly currentRegions: readonly Region[] }
  | { readonly type: 'StaleCommand' }
  | { readonly type: 'StoreNotMatch'; readonly requested: StoreId; readonly actual: StoreId }
  | { readonly type: 'MismatchPeerId'; readonly requested: number; readonly actual: number }
  | { readonly type: 'ServerIsBusy'; readonly reason: string; readonly backoffMs: number }
  /** The stores that have no room. */
  | { readonly type: 'DiskFull'; readonly storeIds: readonly StoreId[] }
  | { readonly type: 'RaftEntryTooLarge'; readonly size: number; readonly limit: number }
  | { readonly type: 'RegionNotInitialized'; readonly regionId: RegionId }
  | { readonly type: 'ReadIndexNotReady'; readonly reason: string }
  | { readonly type: 'UndeterminedResult'; readonly reason: string };

/** A call from a client to a store. `id` is the client's, and comes back with the answer. */
export interface KvRequest {
  readonly type: 'kv-request';
  readonly id: number;
  readonly context: RequestContext;
  readonly request: RawRequest;
}

export interface KvResponse {
  readonly type: 'kv-response';
  readonly id: number;
  readonly regionId: RegionId;
  readonly result:
    | { readonly ok: true; readonly response: RawResponse }
    | { readonly ok: false; readonly error: RegionError };
}
