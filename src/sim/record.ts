// One line of the journal: what happened, when, where, and because of which record.

import type { ClusterConfig } from './recording.ts';
import type { TikvEvent } from '../tikv/node/event.ts';
import type { DiskQueue } from '../tikv/node/node.ts';
import type { Message } from '../tikv/node/message.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { Command } from './command.ts';
import type { DiskFault } from './disk.ts';
import type { RecordId } from './record-id.ts';

export { WORLD } from './record-id.ts';
export type { RecordId } from './record-id.ts';

export interface JournalRecord {
  /** Its place in the journal, from 0: given at the merge. */
  readonly n: number;
  readonly at: Micros;
  readonly id: RecordId;
  readonly cause: RecordId | null;
  readonly event: LoomEvent;
}

export type LoomEvent = TikvEvent | SimEvent;

export type LossReason =
  | 'cut'
  | 'chance'
  | 'dropped'
  | 'receiver-down'
  | 'receiver-full'
  | 'power-cut';

/** Events of the world around the nodes. Prefix: the file of `sim` that tells them. */
export type SimEvent =
  | { readonly type: 'world/started'; readonly seed: number; readonly cluster: ClusterConfig }
  | { readonly type: 'command/given'; readonly command: Command; readonly op: number | null }
  | {
      readonly type: 'node/booted';
      readonly node: NodeId;
      readonly incarnation: number;
      readonly digest: string;
    }
  | {
      readonly type: 'node/killed';
      readonly node: NodeId;
      readonly why: 'command' | 'power-cut' | 'crash';
    }
  /** A new store, before its first boot. */
  | {
      readonly type: 'node/joined';
      readonly node: NodeId;
      readonly labels: readonly StoreLabel[];
    }
  | { readonly type: 'node/destroyed'; readonly node: NodeId }
  | { readonly type: 'node/paused'; readonly node: NodeId }
  | { readonly type: 'node/resumed'; readonly node: NodeId }
  | {
      readonly type: 'node/clock-set';
      readonly node: NodeId;
      readonly offset: Micros;
      readonly ppm: number;
    }
  | { readonly type: 'disk/fault-set'; readonly node: NodeId; readonly fault: DiskFault }
  /** A bug of ours: the node stays down. */
  | { readonly type: 'node/panicked'; readonly node: NodeId; readonly message: string }
  /** By the sender, with the content. `arrivesAt` null: its fate is already sealed, and it dies at `lostAt`. */
  | {
      readonly type: 'network/sent';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly message: Message;
      readonly arrivesAt: Micros | null;
      readonly lostAt: Micros | null;
    }
  /** A second copy of the message is on the wire. */
  | {
      readonly type: 'network/duplicated';
      readonly sent: RecordId;
      readonly to: NodeId;
      readonly arrivesAt: Micros;
    }
  /** By hand: it arrives, or dies as its link had it, at another moment. */
  | {
      readonly type: 'network/rescheduled';
      readonly sent: RecordId;
      readonly to: NodeId;
      readonly arrivesAt: Micros | null;
      readonly lostAt: Micros | null;
    }
  /** It stands still on its wire until it is released. */
  | { readonly type: 'network/held'; readonly sent: RecordId; readonly to: NodeId }
  /** `sent` is the id of the `network/sent` record. */
  | { readonly type: 'network/delivered'; readonly sent: RecordId; readonly to: NodeId }
  | {
      readonly type: 'network/lost';
      readonly sent: RecordId;
      readonly to: NodeId;
      readonly reason: LossReason;
    }
  | { readonly type: 'network/cut'; readonly from: NodeId; readonly to: NodeId }
  | { readonly type: 'network/healed'; readonly from: NodeId; readonly to: NodeId }
  | {
      readonly type: 'network/link-set';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly latency: Micros;
      readonly jitter: Micros;
      readonly lossPerMillion: number;
      readonly duplicatePerMillion: number;
      readonly reorderPerMillion: number;
    }
  /** By the node: a synced write is under way and durable at `durableAt`; unsynced writes are not told. */
  | {
      readonly type: 'disk/write-started';
      readonly queue: DiskQueue;
      readonly write: number;
      readonly ops: number;
      readonly durableAt: Micros;
    }
  | { readonly type: 'disk/durable'; readonly queue: DiskQueue; readonly write: number };
