// What a message is called in TiKV's own sources: raft-rs's message type, kvproto's call of a store or of PD.
// (eraftpb.proto MessageType, tikvpb.proto service Tikv, pdpb.proto service PD)

import { assertNever } from '../base/assert.ts';
import type { Message } from '../tikv/node/message.ts';
import type { PdCall } from '../tikv/pd/message.ts';
import type { TxnCall } from '../tikv/txn/message.ts';

const PD_CALLS: Readonly<Partial<Record<string, string>>> = {
  'get-region-by-id': 'GetRegionByID',
  'alloc-id': 'AllocID',
} satisfies Partial<Record<PdCall['type'], string>>;

const TXN_CALLS: Readonly<Partial<Record<string, string>>> = {
  rollback: 'KvBatchRollback',
  'resolve-lock-lite': 'KvResolveLock',
  gc: 'KvGC',
  'acquire-pessimistic-lock': 'KvPessimisticLock',
  'pessimistic-rollback': 'KVPessimisticRollback',
  'mvcc-get-by-key': 'MvccGetByKey',
  'mvcc-get-by-start-ts': 'MvccGetByStartTs',
} satisfies Partial<Record<TxnCall['type'], string>>;

/** `MsgAppend`, `RawPut`, `KvPrewrite`, `Tso`; an answer is called as its call, with `Response`. */
export function rpcName(message: Message): string {
  switch (message.type) {
    case 'raft':
      return message.message.msgType;
    case 'snapshot-chunk':
      return 'SnapshotChunk';
    // The end of the call: its answer, or a gRPC status.
    case 'snapshot-answer':
      return message.ok ? 'Done' : 'RpcStatus';
    case 'kv-request':
      return rawName(message.request.type);
    case 'txn-request':
      return txnName(message.request.type);
    case 'kv-response':
      return message.result.ok
        ? `${rawName(message.result.response.type)}Response`
        : message.result.error.type;
    case 'txn-response':
      return message.result.ok ? 'Response' : message.result.error.type;
    case 'pd-request':
      return pdName(message.call.type);
    // PD's orders come on the stream of answers to Region heartbeats.
    case 'pd-order':
      return 'RegionHeartbeatResponse';
    case 'pd-response':
      return message.answer.type === 'refused'
        ? 'refused'
        : `${pdName(message.answer.type)}Response`;
  }
  return assertNever(message);
}

const capitals = (name: string): string =>
  name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

const rawName = (type: string): string =>
  type === 'raw-cas' ? 'RawCompareAndSwap' : capitals(type);
const txnName = (type: string): string => TXN_CALLS[type] ?? `Kv${capitals(type)}`;
const pdName = (type: string): string => PD_CALLS[type] ?? capitals(type);
