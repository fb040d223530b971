// What a command refuses, under TiKV's names and with every fact: whoever shows or handles an error parses no text.
// Invariant: each of these is definite: the command has changed nothing. (TiKV: src/storage/mvcc/mod.rs,
// src/storage/txn/mod.rs; kvproto: kvrpcpb.proto KeyError)

import type { Bytes } from '../../base/bytes.ts';
import type { Cf } from '../kv/engine.ts';
import type { LockInfo } from '../mvcc/lock.ts';
import type { PlainTs, Ts } from '../mvcc/timestamp.ts';
import type { Assertion } from './request.ts';

export type WriteConflictReason =
  | 'Optimistic'
  | 'PessimisticRetry'
  | 'SelfRolledBack'
  | 'LazyUniquenessCheck';

/** Why a pessimistic lock that the client counts on is not there. */
export type PessimisticLockNotFoundReason =
  | 'LockTsMismatch'
  | 'LockMissingAmendFail'
  | 'LockForUpdateTsMismatch'
  | 'NonLockKeyConflict';

export type TxnError =
  | ({ readonly kind: 'KeyIsLocked' } & LockInfo)
  | WriteConflict
  | { readonly kind: 'AlreadyExist'; readonly key: Bytes; readonly existingStartTs: Ts }
  | {
      readonly kind: 'TxnLockNotFound';
      readonly startTs: Ts;
      readonly commitTs: Ts;
      readonly key: Bytes;
    }
  | { readonly kind: 'TxnNotFound'; readonly startTs: Ts; readonly key: Bytes }
  | {
      readonly kind: 'Committed';
      readonly startTs: Ts;
      readonly commitTs: Ts;
      readonly key: Bytes;
    }
  | {
      readonly kind: 'CommitTsExpired';
      readonly startTs: Ts;
      readonly commitTs: Ts;
      readonly key: Bytes;
      readonly minCommitTs: Ts;
    }
  | {
      readonly kind: 'CommitTsTooLarge';
      readonly startTs: Ts;
      readonly minCommitTs: Ts;
      readonly maxCommitTs: Ts;
    }
  | { readonly kind: 'InvalidTxnTso'; readonly startTs: Ts; readonly commitTs: Ts }
  | {
      readonly kind: 'PessimisticLockNotFound';
      readonly startTs: Ts;
      readonly key: Bytes;
      readonly reason: PessimisticLockNotFoundReason;
    }
  | { readonly kind: 'PessimisticLockRolledBack'; readonly startTs: Ts; readonly key: Bytes }
  | {
      readonly kind: 'LockTypeNotMatch';
      readonly startTs: Ts;
      readonly key: Bytes;
      /** True where a pessimistic lock was found and none was expected. */
      readonly pessimistic: boolean;
    }
  | { readonly kind: 'LockIfExistsFailed'; readonly startTs: Ts; readonly key: Bytes }
  | {
      readonly kind: 'AssertionFailed';
      readonly startTs: Ts;
      readonly key: Bytes;
      readonly assertion: Assertion;
      readonly existingStartTs: Ts;
      readonly existingCommitTs: Ts;
    }
  | { readonly kind: 'PrimaryMismatch'; readonly lockInfo: LockInfo }
  | { readonly kind: 'MaxTimestampNotSynced'; readonly startTs: Ts }
  | Deadlock
  | {
      readonly kind: 'BadFormat';
      readonly family: Cf;
      /** The engine key. */
      readonly key: Bytes;
      readonly offset: number;
      readonly what: string;
    }
  | { readonly kind: 'Other'; readonly reason: string };

export interface WriteConflict {
  readonly kind: 'WriteConflict';
  readonly startTs: Ts;
  readonly conflictStartTs: Ts;
  readonly conflictCommitTs: Ts;
  readonly key: Bytes;
  readonly primary: Bytes;
  readonly reason: WriteConflictReason;
}

/** One step of a chain of waiting: `txn` waits for `waitForTxn`, which holds `key`. */
export interface WaitForEntry {
  readonly txn: Ts;
  readonly waitForTxn: Ts;
  readonly keyHash: number;
  readonly key: Bytes;
}

export interface Deadlock {
  readonly kind: 'Deadlock';
  readonly startTs: Ts;
  readonly lockTs: Ts;
  readonly lockKey: Bytes;
  readonly deadlockKeyHash: number;
  readonly waitChain: readonly WaitForEntry[];
}

/** A value, or the refusal. */
export type Refusable<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: TxnError };

export const granted = <T>(value: T): Refusable<T> => ({ ok: true, value });
export const refused = (error: TxnError): { readonly ok: false; readonly error: TxnError } => ({
  ok: false,
  error,
});

type PlainOf<T> = T extends number
  ? PlainTs
  : T extends readonly (infer E)[]
    ? readonly PlainOf<E>[]
    : T extends object
      ? { readonly [K in keyof T]: PlainOf<T[K]> }
      : T;

/** An error as it may enter the journal: the greatest timestamp is written "max". */
export type PlainTxnError = PlainOf<TxnError>;

/** A deep copy in which 2^64 − 1 is written "max". */
export function plainOf<T>(value: T): PlainOf<T> {
  return plainValue(value) as PlainOf<T>;
}

function plainValue(value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return 'max';
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plainValue);
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, plainValue(field)]),
  );
}
