// Everything that can happen inside a node: the union of the chapters' events.

import type { ClientEvent } from '../client/event.ts';
import type { PdEvent } from '../pd/event.ts';
import type { RaftstoreEvent, RegionRaftEvent } from '../raftstore/event.ts';
import type { RegionTxnEvent } from '../txn/message.ts';

export type TikvEvent = RegionRaftEvent | RaftstoreEvent | RegionTxnEvent | PdEvent | ClientEvent;
