// Everything that travels on the network: the union of the chapters' messages.

import type { PdOrder, PdRequest, PdResponse } from '../pd/message.ts';
import type { KvRequest, KvResponse, RaftMessage, SnapshotMessage } from '../raftstore/message.ts';
import type { TxnKvRequest, TxnKvResponse } from '../txn/message.ts';

export type Message =
  | RaftMessage
  | SnapshotMessage
  | KvRequest
  | KvResponse
  | TxnKvRequest
  | TxnKvResponse
  | PdRequest
  | PdResponse
  | PdOrder;
