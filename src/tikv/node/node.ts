// The contract of a node: a synchronous, total state machine. One input in; events, messages, writes and timers out.
// It knows no clock but `now`, draws no chance but its own stream, and never waits: what it waits for arrives as a
// later input. What it hands out it never changes again.

import type { Plain } from '../../base/plain.ts';
import type { DiskImage, DiskQueue, DiskWrite } from '../disk.ts';
import type { Micros, NodeId } from '../ids.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';

export { DISK_STORES } from '../disk.ts';
export type { DiskImage, DiskKey, DiskOp, DiskQueue, DiskStore, DiskWrite } from '../disk.ts';

export type NodeInput =
  | { readonly type: 'boot'; readonly now: Micros; readonly disk: DiskImage }
  | { readonly type: 'command'; readonly now: Micros; readonly command: NodeCommand }
  | {
      readonly type: 'message';
      readonly now: Micros;
      readonly from: NodeId;
      readonly message: Message;
    }
  | { readonly type: 'timer'; readonly now: Micros; readonly name: string }
  | {
      readonly type: 'persisted';
      readonly now: Micros;
      readonly queue: DiskQueue;
      readonly n: number;
    }
  /** The transport could not deliver (no connection). Comes at least one link latency after the sending. */
  | {
      readonly type: 'send-failed';
      readonly now: Micros;
      readonly to: NodeId;
      readonly message: Message;
    };

/** Replaces the timer of that name. `at` is in the node's own time and later than now; null takes the timer away. */
export interface TimerRequest {
  readonly name: string;
  readonly at: Micros | null;
}

export interface NodeOutput {
  readonly events: readonly TikvEvent[];
  readonly messages: readonly { readonly to: NodeId; readonly message: Message }[];
  readonly writes: readonly DiskWrite[];
  readonly timers: readonly TimerRequest[];
}

export interface Node {
  readonly id: NodeId;
  step(input: NodeInput): NodeOutput;
  /** The whole state as plain data; `createNode` with it goes on from here in the same way. */
  save(): Plain;
}
