// What a command answers when it is done. A refusal is an answer; a wait is an answer that is not final yet.
// Invariant: plain data; `type` is the request's, `refused` or `wait`. (kvproto: kvrpcpb.proto)

import type { Bytes } from '../../base/bytes.ts';
import type { Lock, LockInfo } from '../mvcc/lock.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { Write } from '../mvcc/write.ts';
import type { TxnError } from './error.ts';
import type { AcquirePessimisticLockRequest, TxnRequest } from './request.ts';

export type TxnStatus =
  | 'Uncommitted'
  | 'Committed'
  | 'RolledBack'
  | 'TtlExpire'
  | 'LockNotExist'
  | 'LockNotExistDoNothing'
  | 'PessimisticRollBack';

/** kvproto's word for what CheckTxnStatus did. */
export type TxnStatusAction =
  | 'NoAction'
  | 'TTLExpireRollback'
  | 'LockNotExistRollback'
  | 'MinCommitTSPushed'
  | 'TTLExpirePessimisticRollback'
  | 'LockNotExistDoNothing';

export interface PessimisticLockResult {
  readonly type: 'LockResultNormal' | 'LockResultLockedWithConflict';
  /** Null where the key does not exist, or where values were not asked for. */
  readonly value: Bytes | null;
  /** Null where it was not asked for. */
  readonly existence: boolean | null;
  /** 0: no conflict. */
  readonly lockedWithConflictTs: Ts;
}

export type KvPair =
  | { readonly key: Bytes; readonly value: Bytes; readonly error: null }
  | { readonly key: Bytes; readonly value: null; readonly error: TxnError };

export interface MvccInfo {
  readonly lock: Lock | null;
  /** Newest first. */
  readonly writes: readonly { readonly commitTs: Ts; readonly write: Write }[];
  readonly values: readonly { readonly startTs: Ts; readonly value: Bytes }[];
}

export type RawResponse =
  | { readonly type: 'raw-get'; readonly value: Bytes | null }
  | { readonly type: 'raw-batch-get'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  /** Seconds left; 0: for ever; null: no such key. */
  | { readonly type: 'raw-get-key-ttl'; readonly ttl: number | null }
  | { readonly type: 'raw-put' }
  | { readonly type: 'raw-batch-put' }
  | { readonly type: 'raw-delete' }
  | { readonly type: 'raw-batch-delete' }
  | { readonly type: 'raw-delete-range' }
  | { readonly type: 'raw-scan'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  | { readonly type: 'raw-cas'; readonly succeeded: boolean; readonly previous: Bytes | null };

/** The command has to wait for a lock. It has changed nothing; it is run again, or answered, when the lock is gone. */
export interface WaitResponse {
  readonly type: 'wait';
  readonly request: AcquirePessimisticLockRequest;
  readonly lock: LockInfo;
}

export interface RefusedResponse {
  readonly type: 'refused';
  readonly request: TxnRequest['type'];
  /** At least one; several where a prewrite met several locks. */
  readonly errors: readonly TxnError[];
}

export type TxnResponse =
  | RefusedResponse
  | WaitResponse
  /** 0: no async commit, or fallen back from it; no one-phase commit. */
  | { readonly type: 'prewrite'; readonly minCommitTs: Ts; readonly onePcCommitTs: Ts }
  | { readonly type: 'commit'; readonly commitTs: Ts }
  | { readonly type: 'rollback' }
  | { readonly type: 'cleanup' }
  | {
      readonly type: 'check-txn-status';
      readonly status: TxnStatus;
      readonly action: TxnStatusAction;
      readonly lockTtl: number;
      readonly commitTs: Ts;
      readonly minCommitTs: Ts;
      readonly minCommitTsPushed: boolean;
      readonly lock: LockInfo | null;
    }
  | {
      readonly type: 'check-secondary-locks';
      readonly status: 'Locked' | 'Committed' | 'RolledBack';
      readonly locks: readonly LockInfo[];
      readonly commitTs: Ts;
    }
  | { readonly type: 'resolve-lock' }
  | { readonly type: 'resolve-lock-lite' }
  | {
      readonly type: 'acquire-pessimistic-lock';
      readonly results: readonly PessimisticLockResult[];
    }
  | { readonly type: 'pessimistic-rollback' }
  | { readonly type: 'txn-heart-beat'; readonly lockTtl: number }
  | { readonly type: 'get'; readonly value: Bytes | null }
  | { readonly type: 'batch-get'; readonly pairs: readonly KvPair[] }
  | { readonly type: 'scan'; readonly pairs: readonly KvPair[] }
  | { readonly type: 'scan-lock'; readonly locks: readonly LockInfo[] }
  | { readonly type: 'gc'; readonly found: number; readonly deleted: number }
  | ({ readonly type: 'mvcc-get-by-key' } & MvccInfo)
  | ({ readonly type: 'mvcc-get-by-start-ts'; readonly key: Bytes | null } & MvccInfo)
  | RawResponse;
