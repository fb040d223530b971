// Everything that travels on the network: the union of the chapters' messages.

import type { PdOrder, PdRequest, PdResponse } from '../pd/message.ts';
import type { KvRequest, KvResponse, RaftMessage } from '../raftstore/message.ts';
import type { TxnKvRequest, TxnKvResponse } from '../txn/message.ts';

export type Message =
  | RaftMessage
  | KvRequest
  | KvResponse
  | TxnKvRequest
  | TxnKvResponse
  | PdRequest
  | PdResponse
  | PdOrder;
