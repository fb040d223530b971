// A client's operation, written as the sequence that it is: a generator that yields what it waits for and is fed the
// answer. A raw write whose answer is lost is never sent again, because nobody knows whether it happened.
// (client-go: rawkv/rawkv.go, txnkv/transaction/txn.go)

import { assert, assertNever } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { decodeRawKey, encodeRawKey } from '../raftstore/raw-codec.ts';
import { Calls } from './region-request.ts';
import type { ClientRequest, ClientResult, RawClientRequest } from './request.ts';
import { commit } from './commit.ts';
import { txnGet, txnScan, type TxnContext } from './snapshot.ts';
import { Ended, type Operation, type Part } from './wait.ts';

/** `context` is the open transaction of an operation that belongs to one. */
export function* operation(
  request: ClientRequest,
  maxBackoffMs: number,
  context: TxnContext | null = null,
): Operation {
  const calls = new Calls(maxBackoffMs);
  try {
    return { status: 'ok', result: yield* run(calls, request, context) };
  } catch (end) {
    if (end instanceof Ended) return end.outcome;
    throw end;
  }
}

function* run(
  calls: Calls,
  request: ClientRequest,
  context: TxnContext | null,
): Part<ClientResult> {
  switch (request.type) {
    case 'get': {
      const { key } = request;
      const { response } = yield* calls.send(encodeRawKey(key), { type: 'raw-get', key });
      assert(response.type === 'raw-get', 'a get is answered as a get');
      return { type: 'get', value: response.value };
    }
    case 'put': {
      const { key, value } = request;
      yield* calls.send(encodeRawKey(key), { type: 'raw-put', key, value });
      return { type: 'put' };
    }
    case 'delete': {
      const { key } = request;
      yield* calls.send(encodeRawKey(key), { type: 'raw-delete', key });
      return { type: 'delete' };
    }
    case 'cas': {
      const { key, previous, value } = request;
      const call = { type: 'raw-cas' as const, key, previous, value };
      const { response } = yield* calls.send(encodeRawKey(key), call);
      assert(response.type === 'raw-cas', 'a compare-and-swap is answered as one');
      return { type: 'cas', succeeded: response.succeeded, previous: response.previous };
    }
    case 'scan':
      return { type: 'scan', pairs: yield* scan(calls, request) };
    default:
      return yield* runInTxn(calls, request, context);
  }
}

type TxnRequest = Exclude<ClientRequest, RawClientRequest>;

function* runInTxn(
  calls: Calls,
  request: TxnRequest,
  context: TxnContext | null,
): Part<ClientResult> {
  if (request.type === 'begin') {
    const startTs = yield* calls.timestamp();
    return { type: 'begin', name: request.name ?? '', startTs };
  }
  assert(context !== null, `a ${request.type} belongs to a transaction`);
  const { startTs } = context;
  switch (request.type) {
    case 'txn-put':
    case 'txn-delete':
      return { type: 'buffered' };
    case 'txn-get':
      return { type: 'get', value: yield* txnGet(calls, context, request.key) };
    case 'txn-scan':
      return { type: 'scan', pairs: yield* txnScan(calls, context, request) };
    case 'commit':
      return { type: 'commit', startTs, commitTs: yield* commit(calls, context) };
    case 'rollback':
      return { type: 'rollback', startTs };
    default:
      return assertNever(request);
  }
}

/** Region by Region, in the order of keys. */
function* scan(
  calls: Calls,
  request: Extract<ClientRequest, { type: 'scan' }>,
): Part<[Bytes, Bytes][]> {
  const pairs: [Bytes, Bytes][] = [];
  let startKey = request.from;
  for (;;) {
    const limit = request.limit - pairs.length;
    const call = { type: 'raw-scan' as const, startKey, endKey: request.to, limit };
    const { response, region } = yield* calls.send(encodeRawKey(startKey), call);
    assert(response.type === 'raw-scan', 'a scan is answered as a scan');
    for (const [key, value] of response.pairs) pairs.push([key, value]);
    const next = region.endKey === '' ? null : decodeRawKey(region.endKey);
    if (next === null || pairs.length >= request.limit) return pairs;
    if (request.to !== '' && next >= request.to) return pairs;
    startKey = next;
  }
}
