// What a person asks a client for, and what the client can truthfully say of it in the end.

import type { Bytes } from '../../base/bytes.ts';

/** Keys and values are the user's bytes. */
export type ClientRequest =
  | { readonly type: 'put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'get'; readonly key: Bytes }
  | { readonly type: 'delete'; readonly key: Bytes }
  /** `from` ≤ key < `to` (empty: no end). */
  | { readonly type: 'scan'; readonly from: Bytes; readonly to: Bytes; readonly limit: number }
  | {
      readonly type: 'cas';
      readonly key: Bytes;
      readonly previous: Bytes | null;
      readonly value: Bytes;
    };

/**
 * How an operation ended. `ok` only for what is committed and applied; `failed` only for what certainly did not
 * happen; `undetermined` where the answer was lost and nobody can know.
 */
export type ClientOutcome =
  | { readonly status: 'ok'; readonly result: ClientResult }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'undetermined'; readonly reason: string };

export type ClientResult =
  | { readonly type: 'put' }
  | { readonly type: 'delete' }
  | { readonly type: 'get'; readonly value: Bytes | null }
  | { readonly type: 'scan'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  | { readonly type: 'cas'; readonly succeeded: boolean; readonly previous: Bytes | null };
