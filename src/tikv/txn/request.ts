// What may be asked of a store's transaction layer. Requests are plain data: keys and values are the user's bytes
// (without prefix or encoding), a timestamp that may be 2^64 − 1 is a `PlainTs`. (kvproto: kvrpcpb.proto)

import type { Bytes } from '../../base/bytes.ts';
import type { IsolationLevel } from '../mvcc/point-getter.ts';
import type { PlainTs, Ts } from '../mvcc/timestamp.ts';

export type MutationOp = 'Put' | 'Del' | 'Lock' | 'Insert' | 'CheckNotExists';
export type Assertion = 'None' | 'Exist' | 'NotExist';
export type AssertionLevel = 'Off' | 'Fast' | 'Strict';
export type PessimisticAction = 'SkipPessimisticCheck' | 'DoPessimisticCheck' | 'DoConstraintCheck';

export interface Mutation {
  readonly op: MutationOp;
  readonly key: Bytes;
  /** Empty for all but Put and Insert. */
  readonly value: Bytes;
  readonly assertion: Assertion;
  readonly pessimisticAction: PessimisticAction;
  /** The for_update_ts that the key's pessimistic lock must have; null: any. */
  readonly expectedForUpdateTs: Ts | null;
}

export interface PrewriteRequest {
  readonly type: 'prewrite';
  readonly mutations: readonly Mutation[];
  readonly primary: Bytes;
  readonly startTs: Ts;
  readonly lockTtl: number;
  /** 0: an optimistic transaction. */
  readonly forUpdateTs: Ts;
  readonly minCommitTs: Ts;
  /** 0: no bound. */
  readonly maxCommitTs: Ts;
  readonly txnSize: number;
  readonly useAsyncCommit: boolean;
  readonly secondaries: readonly Bytes[];
  readonly tryOnePc: boolean;
  readonly isRetryRequest: boolean;
  readonly assertionLevel: AssertionLevel;
}

export interface CommitRequest {
  readonly type: 'commit';
  readonly keys: readonly Bytes[];
  readonly startTs: Ts;
  readonly commitTs: Ts;
}

export interface RollbackRequest {
  readonly type: 'rollback';
  readonly keys: readonly Bytes[];
  readonly startTs: Ts;
}

export interface CleanupRequest {
  readonly type: 'cleanup';
  readonly key: Bytes;
  readonly startTs: Ts;
  /** 0: the lock's time to live is not looked at. */
  readonly currentTs: PlainTs;
}

export interface CheckTxnStatusRequest {
  readonly type: 'check-txn-status';
  readonly primary: Bytes;
  readonly lockTs: Ts;
  readonly callerStartTs: PlainTs;
  readonly currentTs: PlainTs;
  readonly rollbackIfNotExist: boolean;
  readonly forceSyncCommit: boolean;
  readonly resolvingPessimisticLock: boolean;
  readonly verifyIsPrimary: boolean;
}

export interface CheckSecondaryLocksRequest {
  readonly type: 'check-secondary-locks';
  readonly keys: readonly Bytes[];
  readonly startTs: Ts;
}

/**
 * Every lock of these transactions in the Region, a batch at a time. `commitTs` 0: roll back. The command alternates
 * between looking for locks (`keys` null; no latches) and resolving what it found (with the latches of `keys`).
 */
export interface ResolveLockRequest {
  readonly type: 'resolve-lock';
  readonly txns: readonly { readonly startTs: Ts; readonly commitTs: Ts }[];
  /** The user key to look from; null: the beginning while looking, nothing left while resolving. */
  readonly scanKey: Bytes | null;
  readonly keys: readonly FoundLock[] | null;
}

/** A lock that a look found. When its turn comes it may be gone; a pessimistic one is not missed then. */
export interface FoundLock {
  readonly key: Bytes;
  readonly isPessimistic: boolean;
}

export interface ResolveLockLiteRequest {
  readonly type: 'resolve-lock-lite';
  readonly startTs: Ts;
  readonly commitTs: Ts;
  readonly keys: readonly Bytes[];
}

export interface AcquirePessimisticLockRequest {
  readonly type: 'acquire-pessimistic-lock';
  readonly keys: readonly { readonly key: Bytes; readonly shouldNotExist: boolean }[];
  readonly primary: Bytes;
  readonly startTs: Ts;
  readonly forUpdateTs: Ts;
  readonly lockTtl: number;
  readonly minCommitTs: Ts;
  readonly returnValues: boolean;
  readonly checkExistence: boolean;
  readonly lockOnlyIfExists: boolean;
  readonly wakeUpMode: 'Normal' | 'ForceLock';
  /** How long to wait for a lock in milliseconds; null: not at all, 0: the store's own bound. */
  readonly waitTimeoutMs: number | null;
}

export interface PessimisticRollbackRequest {
  readonly type: 'pessimistic-rollback';
  readonly keys: readonly Bytes[];
  readonly startTs: Ts;
  readonly forUpdateTs: Ts;
}

export interface TxnHeartBeatRequest {
  readonly type: 'txn-heart-beat';
  readonly primary: Bytes;
  readonly startTs: Ts;
  readonly adviseTtl: number;
}

interface ReadAt {
  readonly version: PlainTs;
  readonly isolation: IsolationLevel;
  /** Transactions known not to be visible at `version`: their locks are passed over. */
  readonly resolvedLocks: readonly Ts[];
  /** Transactions known to be committed by `version`: their locks are read through. */
  readonly committedLocks: readonly Ts[];
  readonly isReplicaRead: boolean;
}

export interface GetRequest extends ReadAt {
  readonly type: 'get';
  readonly key: Bytes;
}

export interface BatchGetRequest extends ReadAt {
  readonly type: 'batch-get';
  readonly keys: readonly Bytes[];
}

/** `startKey` ≤ key < `endKey` (null: no end); in reverse `endKey` ≤ key < `startKey` (empty: no end), from the end. */
export interface ScanRequest extends ReadAt {
  readonly type: 'scan';
  readonly startKey: Bytes;
  readonly endKey: Bytes | null;
  readonly limit: number;
  readonly reverse: boolean;
  readonly keyOnly: boolean;
}

export interface ScanLockRequest {
  readonly type: 'scan-lock';
  readonly maxTs: PlainTs;
  readonly startKey: Bytes;
  readonly endKey: Bytes | null;
  /** 0: no limit. */
  readonly limit: number;
}

/** With `keys` these, else the Region's keys from `scanKey` on, a batch at a time. */
export interface GcRequest {
  readonly type: 'gc';
  readonly safePoint: Ts;
  readonly keys: readonly Bytes[] | null;
  readonly scanKey: Bytes | null;
}

export interface MvccGetByKeyRequest {
  readonly type: 'mvcc-get-by-key';
  readonly key: Bytes;
}

export interface MvccGetByStartTsRequest {
  readonly type: 'mvcc-get-by-start-ts';
  readonly startTs: Ts;
}

interface RawWrite {
  /** Takes latches, so that it cannot come between the reading and the writing of a compare-and-swap. */
  readonly forCas: boolean;
}

/** Raw keys know no transactions, versions or locks. `ttl` in seconds; 0: for ever. */
export type RawRequest =
  | { readonly type: 'raw-get'; readonly key: Bytes }
  | { readonly type: 'raw-batch-get'; readonly keys: readonly Bytes[] }
  | { readonly type: 'raw-get-key-ttl'; readonly key: Bytes }
  | ({
      readonly type: 'raw-put';
      readonly key: Bytes;
      readonly value: Bytes;
      readonly ttl: number;
    } & RawWrite)
  | ({
      readonly type: 'raw-batch-put';
      readonly pairs: readonly (readonly [Bytes, Bytes])[];
      readonly ttl: number;
    } & RawWrite)
  | ({ readonly type: 'raw-delete'; readonly key: Bytes } & RawWrite)
  | ({ readonly type: 'raw-batch-delete'; readonly keys: readonly Bytes[] } & RawWrite)
  | {
      readonly type: 'raw-delete-range';
      readonly startKey: Bytes;
      readonly endKey: Bytes | null;
    }
  | {
      readonly type: 'raw-scan';
      readonly startKey: Bytes;
      readonly endKey: Bytes | null;
      readonly limit: number;
      readonly reverse: boolean;
    }
  /** Writes `value` (null: deletes) where the key's value is `previous` (null: the key does not exist). */
  | {
      readonly type: 'raw-cas';
      readonly key: Bytes;
      readonly previous: Bytes | null;
      readonly value: Bytes | null;
      readonly ttl: number;
    };

export type TxnRequest =
  | PrewriteRequest
  | CommitRequest
  | RollbackRequest
  | CleanupRequest
  | CheckTxnStatusRequest
  | CheckSecondaryLocksRequest
  | ResolveLockRequest
  | ResolveLockLiteRequest
  | AcquirePessimisticLockRequest
  | PessimisticRollbackRequest
  | TxnHeartBeatRequest
  | GetRequest
  | BatchGetRequest
  | ScanRequest
  | ScanLockRequest
  | GcRequest
  | MvccGetByKeyRequest
  | MvccGetByStartTsRequest
  | RawRequest;

const READ_ONLY: readonly string[] = [
  'get',
  'batch-get',
  'scan',
  'scan-lock',
  'mvcc-get-by-key',
  'mvcc-get-by-start-ts',
  'raw-get',
  'raw-batch-get',
  'raw-get-key-ttl',
  'raw-scan',
];

/** Commands that change nothing need no latches. */
export function isReadOnly(request: TxnRequest): boolean {
  if (request.type === 'resolve-lock') return request.keys === null;
  return READ_ONLY.includes(request.type);
}

/** The user keys that a command may change: what it must hold the latches of. */
export function keysOf(request: TxnRequest): readonly Bytes[] {
  switch (request.type) {
    case 'prewrite':
      return request.mutations.map(({ key }) => key);
    case 'acquire-pessimistic-lock':
      return request.keys.map(({ key }) => key);
    case 'commit':
    case 'rollback':
    case 'check-secondary-locks':
    case 'resolve-lock-lite':
    case 'pessimistic-rollback':
      return request.keys;
    case 'resolve-lock':
      return request.keys?.map(({ key }) => key) ?? [];
    case 'gc':
      return request.keys ?? [];
    case 'cleanup':
    case 'raw-cas':
      return [request.key];
    case 'raw-put':
    case 'raw-delete':
      return request.forCas ? [request.key] : [];
    case 'raw-batch-delete':
      return request.forCas ? request.keys : [];
    case 'check-txn-status':
    case 'txn-heart-beat':
      return [request.primary];
    case 'raw-batch-put':
      return request.forCas ? request.pairs.map(([key]) => key) : [];
    default:
      return [];
  }
}
