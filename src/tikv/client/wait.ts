// What an operation yields and is fed. An operation is a generator; its body touches nothing but what it yields, so it is
// saved as its arguments and the answers so far.

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import type { RawRequest, RawResponse, RegionError } from '../raftstore/message.ts';
import type { Peer, Region } from '../raftstore/region.ts';
import type { TxnAnswer, TxnCall } from '../txn/message.ts';
import type { BackoffKind } from './backoff.ts';
import type { ClientTxnEvent } from './event.ts';
import type { ClientOutcome } from './request.ts';

export type StoreRequest = RawRequest | TxnCall;
export type StoreResponse = RawResponse | TxnAnswer;

/** What an operation waits for. All from `invalidate` on are answered at once. */
export type Wait =
  /** `key` is an encoded one. */
  | { readonly type: 'locate'; readonly key: Bytes }
  | {
      readonly type: 'call';
      readonly region: Region;
      readonly peer: Peer;
      readonly request: StoreRequest;
      /** From 1. */
      readonly attempt: number;
      readonly cached: boolean;
    }
  /** Of PD. */
  | { readonly type: 'timestamp' }
  | {
      readonly type: 'back-off';
      readonly kind: BackoffKind;
      /** From 0, of this kind. */
      readonly attempt: number;
      readonly error: string;
      /** Milliseconds: whatever the kind says, no longer than this. */
      readonly atMostMs?: number;
    }
  | { readonly type: 'invalidate'; readonly regionId: RegionId; readonly reason: string }
  | { readonly type: 'set-leader'; readonly regionId: RegionId; readonly leader: Peer }
  | { readonly type: 'insert'; readonly regions: readonly Region[]; readonly leaderStore: number }
  | { readonly type: 'tell'; readonly event: ClientTxnEvent }
  /** Whoever asked is told this now; what the operation does from here on is cleaning up. */
  | { readonly type: 'report'; readonly outcome: ClientOutcome };

export type Answer =
  | {
      readonly type: 'located';
      readonly region: Region;
      readonly leader: Peer | null;
      readonly cached: boolean;
    }
  | { readonly type: 'response'; readonly response: StoreResponse }
  | { readonly type: 'timestamp'; readonly timestamp: number }
  | { readonly type: 'region-error'; readonly error: RegionError }
  /** The call never reached its receiver. */
  | { readonly type: 'unreachable' }
  /** No answer came in time; nobody knows whether the call was executed. */
  | { readonly type: 'timed-out' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'waited'; readonly ms: number }
  | { readonly type: 'done' };

export type Operation = Generator<Wait, ClientOutcome, Answer>;
export type Part<T> = Generator<Wait, T, Answer>;

/** The end of an operation, from deep inside. */
export class Ended {
  readonly outcome: ClientOutcome;

  constructor(outcome: ClientOutcome) {
    this.outcome = outcome;
  }
}

export const failed = (reason: string): Ended => new Ended({ status: 'failed', reason });
