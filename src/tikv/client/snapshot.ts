// Reading inside a transaction: its own buffer first, then the store's versions at its start timestamp. Locks on the way
// are settled, or passed where they are known not to matter. (client-go: txnkv/txnsnapshot/{snapshot,scan}.go)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { decodeKey, encodeKey, TXN_RANGE } from '../mvcc/key.ts';
import type { TxnCall } from '../txn/message.ts';
import { LockResolver, type MetLock } from './lock-resolver.ts';
import type { Calls } from './region-request.ts';
import { failed, type Part, type StoreResponse } from './wait.ts';

/** Null is a delete. */
export type Mutation = readonly [key: Bytes, value: Bytes | null];

/** The open transaction as an operation of it sees it. */
export interface TxnContext {
  readonly startTs: number;
  /** By key. */
  readonly mutations: readonly Mutation[];
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
}

/** Null: the key does not exist at the transaction's start. */
export function* txnGet(calls: Calls, context: TxnContext, key: Bytes): Part<Bytes | null> {
  const own = context.mutations.find(([name]) => name === key);
  if (own !== undefined) return own[1];
  const reader = new Reader(calls, context.startTs);
  const response = yield* reader.read(key, { type: 'get', key, ...reader.at() });
  assert(response.type === 'get', 'a get is answered as a get');
  return response.value;
}

/** Region by Region, with the transaction's own writes laid over what the stores hold. */
export function* txnScan(
  calls: Calls,
  context: TxnContext,
  range: { readonly from: Bytes; readonly to: Bytes; readonly limit: number },
): Part<[Bytes, Bytes][]> {
  const { from, to } = range;
  const own = context.mutations.filter(([key]) => key >= from && (to === '' || key < to));
  const limit = range.limit + own.length;
  const found = new Map<Bytes, Bytes>();
  const reader = new Reader(calls, context.startTs);
  for (let startKey: Bytes | null = from; startKey !== null && found.size < limit;) {
    const request = { startKey, endKey: to === '' ? null : to, limit: limit - found.size };
    const rest = { reverse: false, keyOnly: false };
    const response = yield* reader.read(startKey, {
      type: 'scan',
      ...request,
      ...rest,
      ...reader.at(),
    });
    assert(response.type === 'scan', 'a scan is answered as a scan');
    for (const { key, value } of response.pairs) if (value !== null) found.set(key, value);
    startKey = reader.next(to);
  }
  for (const [key, value] of own)
    if (value === null) found.delete(key);
    else found.set(key, value);
  const pairs = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.slice(0, range.limit);
}

type Read = Extract<TxnCall, { type: 'get' | 'scan' }>;

class Reader {
  readonly #calls: Calls;
  readonly #startTs: number;
  readonly #resolver: LockResolver;
  #end: Bytes = '';

  constructor(calls: Calls, startTs: number) {
    this.#calls = calls;
    this.#startTs = startTs;
    this.#resolver = new LockResolver(calls, startTs);
  }

  /** What every read says of itself. */
  at() {
    const { passed, committed } = this.#resolver;
    return {
      version: this.#startTs,
      isolation: 'SI' as const,
      resolvedLocks: [...passed],
      committedLocks: [...committed],
      isReplicaRead: false,
    };
  }

  /** Where the Region of the last answer ends, if the range goes on behind it. */
  next(to: Bytes): Bytes | null {
    if (this.#end === '') return null;
    // A Region that ends behind all transactional keys is the last one.
    if (this.#end >= TXN_RANGE.to) return null;
    const next = decodeKey(this.#end, 'write');
    return to !== '' && next >= to ? null : next;
  }

  /** Asks until no lock stands in the way. */
  *read(key: Bytes, first: Read): Part<StoreResponse> {
    for (let request = first; ; request = { ...request, ...this.at() }) {
      const { response, region } = yield* this.#calls.send(encodeKey(key), request);
      this.#end = region.endKey;
      const locks = locksIn(response);
      if (locks.length === 0) return response;
      for (const lock of locks) yield* this.#resolver.settleForRead(lock);
    }
  }
}

/** The locks that stand in the way of this answer. */
function locksIn(response: StoreResponse): MetLock[] {
  const errors =
    response.type === 'refused'
      ? response.errors
      : response.type === 'scan'
        ? response.pairs.flatMap(({ error }) => (error === null ? [] : [error]))
        : [];
  return errors.map((error) => {
    if (error.kind !== 'KeyIsLocked') throw failed(`The read is refused: ${error.kind}.`);
    return error;
  });
}
