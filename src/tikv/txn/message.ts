// What a client asks of a store's transaction layer, and what comes back. (kvproto: tikvpb.proto, kvrpcpb.proto)

import type { RegionId } from '../ids.ts';
import type { RegionError, RequestContext } from '../raftstore/message.ts';
import type { MvccEvent } from '../mvcc/event.ts';
import type { plainOf } from './error.ts';
import type { TxnEvent } from './event.ts';
import type { RawRequest, TxnRequest } from './request.ts';
import type { RawResponse, TxnResponse, WaitResponse } from './response.ts';

/** Every command on versions and locks; raw commands have a door of their own (raftstore). */
export type TxnCall = Exclude<TxnRequest, RawRequest>;

/** Timestamps of 2^64 − 1 are written "max". Refusals of keys (`refused`) are answers: they change nothing. */
export type TxnAnswer = ReturnType<
  typeof plainOf<Exclude<TxnResponse, RawResponse | WaitResponse>>
>;

/** A call from a client to a store. `id` is the client's, and comes back with the answer. */
export interface TxnKvRequest {
  readonly type: 'txn-request';
  readonly id: number;
  readonly context: RequestContext;
  readonly request: TxnCall;
}

export interface TxnKvResponse {
  readonly type: 'txn-response';
  readonly id: number;
  readonly regionId: RegionId;
  readonly result:
    | { readonly ok: true; readonly response: TxnAnswer }
    | { readonly ok: false; readonly error: RegionError };
}

/** Events of versions and transactions with their Region; whose replica it is says the record's node. */
export type RegionTxnEvent = (MvccEvent | TxnEvent) & { readonly region: RegionId };
