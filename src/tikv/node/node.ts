// The contract of a node: a synchronous, total state machine. One input in; events, messages, writes and timers out.
// It knows no clock but `now`, draws no chance but its own stream, and never waits: what it waits for arrives as a
// later input. What it hands out it never changes again.

import type { Plain } from '../../base/plain.ts';
import type { Micros, NodeId, RegionId, StoreId } from '../ids.ts';
import type { NodeCommand } from './command.ts';
import type { TikvEvent } from './event.ts';
import type { Message } from './message.ts';

/** TiKV has two engines; each is a write queue of its own. */
export type DiskQueue = 'raft' | 'kv';

/** The object stores of a node's disk, one per kind of key. (The bytes under which TiKV keeps them: tikv/README.md.) */
export const DISK_STORES = [
  'meta',
  'raft_log',
  'raft_state',
  'apply_state',
  'snap_raft_state',
  'region_state',
  'cf_default',
  'cf_lock',
  'cf_write',
] as const;
export type DiskStore = (typeof DISK_STORES)[number];

/** Bytes in the column families, a name in `meta`, a Region's id elsewhere, [Region, index] in `raft_log`. */
export type DiskKey = string | number | readonly [number, number];

export type DiskOp =
  | { readonly type: 'put'; readonly store: DiskStore; readonly key: DiskKey; readonly value: Plain }
  | { readonly type: 'delete'; readonly store: DiskStore; readonly key: DiskKey }
  /** `from` ≤ key < `to`; null: no end. */
  | {
      readonly type: 'delete-range';
      readonly store: DiskStore;
      readonly from: DiskKey;
      readonly to: DiskKey | null;
    };

/** A write that takes effect as a whole. `n` counts the node's writes since boot; `persisted` names it. */
export interface DiskWrite {
  readonly n: number;
  readonly queue: DiskQueue;
  /** Not synced: durable with the next synced write of its queue, or half a second later. */
  readonly sync: boolean;
  readonly ops: readonly DiskOp[];
}

/** What a disk holds: entries per object store, in key order. Stores without entries are left out. */
export type DiskImage = Readonly<Partial<Record<DiskStore, readonly (readonly [DiskKey, Plain])[]>>>;

export type NodeInput =
  | { readonly type: 'boot'; readonly now: Micros; readonly disk: DiskImage }
  | { readonly type: 'command'; readonly now: Micros; readonly command: NodeCommand }
  | { readonly type: 'message'; readonly now: Micros; readonly from: NodeId; readonly message: Message }
  | { readonly type: 'timer'; readonly now: Micros; readonly name: string }
  | { readonly type: 'persisted'; readonly now: Micros; readonly queue: DiskQueue; readonly n: number }
  /** The transport could not deliver (no connection). Comes at least one link latency after the sending. */
  | { readonly type: 'send-failed'; readonly now: Micros; readonly to: NodeId; readonly message: Message }
  | {
      readonly type: 'snapshot-status';
      readonly now: Micros;
      readonly to: StoreId;
      readonly regionId: RegionId;
      readonly ok: boolean;
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
