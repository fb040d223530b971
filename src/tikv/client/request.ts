// What a person asks a client for, and what the client can truthfully say of it in the end.

import type { Bytes } from '../../base/bytes.ts';
import type { StoreId } from '../ids.ts';
import type { PlainTxnError } from '../txn/error.ts';

/** Commands on raw keys. Keys and values are the user's bytes. */
export type RawClientRequest =
  | { readonly type: 'put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'get'; readonly key: Bytes; readonly read?: ReadPath }
  | { readonly type: 'delete'; readonly key: Bytes }
  /** `from` ≤ key < `to` (empty: no end). */
  | {
      readonly type: 'scan';
      readonly from: Bytes;
      readonly to: Bytes;
      readonly limit: number;
      readonly read?: ReadPath;
    }
  | {
      readonly type: 'cas';
      readonly key: Bytes;
      readonly previous: Bytes | null;
      readonly value: Bytes;
    };

/**
 * A client is a session: at most one transaction of it is open. While one is, `put`, `get`, `delete` and `scan` belong to
 * it and are told as `txn-…`; those four may also be asked for by that name, and are refused where none is open.
 */
export type TxnClientRequest =
  /** Optimistic, committed in two phases. Null: the client finds a name. */
  | { readonly type: 'begin'; readonly name: string | null }
  /** A name that is not the open transaction's is refused; null is any. */
  | { readonly type: 'commit'; readonly name: string | null }
  | { readonly type: 'rollback'; readonly name: string | null }
  | { readonly type: 'txn-put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'txn-get'; readonly key: Bytes }
  | { readonly type: 'txn-delete'; readonly key: Bytes }
  | { readonly type: 'txn-scan'; readonly from: Bytes; readonly to: Bytes; readonly limit: number };

/** How a read is answered: from the leader's lease where that is valid, by asking a majority, or by the replica on a
 * store, which asks its leader how far it has to have applied. */
export type ReadPath =
  | { readonly type: 'lease' | 'read-index' }
  | { readonly type: 'replica'; readonly store: StoreId };

export type ClientRequest = RawClientRequest | TxnClientRequest;

/** True for what goes to raw keys. */
export function isRaw(request: ClientRequest): request is RawClientRequest {
  return ['put', 'get', 'delete', 'scan', 'cas'].includes(request.type);
}

/**
 * How an operation ended. `ok` only for what is committed and applied; `failed` only for what certainly did not
 * happen; `undetermined` where the answer was lost and nobody can know.
 */
export type ClientOutcome =
  | { readonly status: 'ok'; readonly result: ClientResult }
  /** `error`: what a store refused, with its facts, where that was the reason. */
  | { readonly status: 'failed'; readonly reason: string; readonly error?: PlainTxnError }
  | { readonly status: 'undetermined'; readonly reason: string };

export type ClientResult =
  | { readonly type: 'put' }
  | { readonly type: 'delete' }
  | { readonly type: 'get'; readonly value: Bytes | null }
  | { readonly type: 'scan'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  | { readonly type: 'cas'; readonly succeeded: boolean; readonly previous: Bytes | null }
  | { readonly type: 'begin'; readonly name: string; readonly startTs: number }
  /** Noted for the commit; no store has heard of it. */
  | { readonly type: 'buffered' }
  /** `commitTs` null: there was nothing to write. */
  | { readonly type: 'commit'; readonly startTs: number; readonly commitTs: number | null }
  | { readonly type: 'rollback'; readonly startTs: number };
