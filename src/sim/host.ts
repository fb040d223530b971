// What the conductor needs of a place where a node runs: a worker of its own with IndexedDB, the conductor's own worker,
// or Node. All of them run sim/node-loop.ts over a disk; they differ in nothing that the journal can see.

import type { Settings } from '../tikv/config.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { NodeCommand } from '../tikv/node/command.ts';
import type { TikvEvent } from '../tikv/node/event.ts';
import type { Message } from '../tikv/node/message.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { DiskImage, DiskOp } from '../tikv/node/node.ts';
import type { Plain } from '../base/plain.ts';
import type { Clock } from './clock.ts';
import type { DiskFault } from './disk.ts';
import type { InputKey } from './key.ts';
import type { SimEvent } from './record.ts';
import type { RecordId } from './record-id.ts';

/** How a node comes to life. `generation` counts its disks: destroy begins a new one. */
export interface Boot {
  readonly node: NodeId;
  readonly seed: number;
  readonly incarnation: number;
  readonly generation: number;
  readonly settings: Settings;
  /** How many stores the cluster begins with. */
  readonly stores: number;
  /** Where a store stands. */
  readonly labels: readonly StoreLabel[];
  /** Rules that are broken on purpose. */
  readonly broken: readonly string[];
  /** Its clock and its disk outlive its lives, with what is wrong with them. */
  readonly clock: Clock;
  readonly diskFault: DiskFault;
  /** Virtual time of the boot, and the number of the node's next record. */
  readonly at: Micros;
  readonly nextRecord: number;
}

/** What the network brings a node at `key`: a message from `peer`, or word that one to `peer` could not be delivered. */
export interface Arrival {
  readonly type: 'message' | 'send-failed';
  readonly key: InputKey;
  readonly peer: NodeId;
  readonly message: Message;
  /** The `network/sent` record of the message. */
  readonly sent: RecordId;
}

/** What the conductor asks of a node's loop; each is answered by one `RunResult`. */
export type RunRequest =
  /** The first step of an incarnation: reads the disk and boots. */
  | { readonly type: 'boot'; readonly cause: RecordId }
  /** All inputs with key < `until`: these arrivals, own timers, own disk completions. */
  | {
      readonly type: 'window';
      readonly from: InputKey;
      readonly until: InputKey;
      readonly arrivals: readonly Arrival[];
    }
  | {
      readonly type: 'command';
      readonly key: InputKey;
      readonly command: NodeCommand;
      readonly cause: RecordId;
    }
  | { readonly type: 'pause' }
  /** Everything that waited is taken in now, in its order: these arrivals, due timers, finished writes. */
  | { readonly type: 'resume'; readonly key: InputKey; readonly arrivals: readonly Arrival[] }
  /** The clock stands this far from virtual time from `at` on, and gains this much. */
  | { readonly type: 'skew'; readonly at: Micros; readonly offset: Micros; readonly ppm: number }
  | { readonly type: 'disk'; readonly at: Micros; readonly fault: DiskFault }
  /** The whole state of the loop and its node, as plain data. */
  | { readonly type: 'save' };

/** What one input led to. Inputs that led to nothing are left out. */
export interface StepResult {
  readonly key: InputKey;
  readonly cause: RecordId | null;
  /** The node's record numbers: events first, then messages, counted on from here. */
  readonly firstRecord: number;
  readonly events: readonly (TikvEvent | SimEvent)[];
  readonly messages: readonly { readonly to: NodeId; readonly message: Message }[];
}

export interface RunResult {
  readonly steps: readonly StepResult[];
  /** The key of the node's next own input; null: none. */
  readonly next: InputKey | null;
  /** The last input that was taken in; null: none. */
  readonly last: InputKey | null;
  /** The node threw at this input: a bug of ours. It takes nothing in any more. */
  readonly panic: {
    readonly key: InputKey;
    readonly cause: RecordId | null;
    readonly message: string;
  } | null;
  /** The number of the node's next record. */
  readonly nextRecord: number;
  /** Only for `save`. */
  readonly saved?: Plain;
  /** Only for `boot`: the fingerprint of the image that it read. */
  readonly digest?: string;
}

/** Thrown (or rejected with) where a host died unasked or could not commit. `kept` says whether the window's write is on its disk. */
export class HostDied extends Error {
  override readonly name = 'HostDied';
  readonly node: NodeId;
  readonly kept: InputKey | null;

  constructor(node: NodeId, reason: string, kept: InputKey | null) {
    super(`${node}: ${reason}`);
    this.node = node;
    this.kept = kept;
  }
}

export interface NodeHost {
  run(request: RunRequest): RunResult | Promise<RunResult>;
  /** Power loss: whatever is not durable is gone. */
  stop(): void | Promise<void>;
}

/** Makes hosts and keeps disks between a node's lives. */
export interface Hosts {
  /** `saved` is what a loop answered to `save`: then there is no boot, it goes on from there. */
  start(boot: Boot, saved?: Plain): NodeHost | Promise<NodeHost>;
  /** The node's disk is gone for good. */
  wipe(node: NodeId, generation: number): void | Promise<void>;
}

/** A durable image and the way to it. One `commit` a window holds everything that falls due inside it. */
export interface DiskBackend {
  load(): DiskImage | Promise<DiskImage>;
  commit(
    ops: readonly DiskOp[],
    window: { readonly from: InputKey; readonly to: InputKey },
  ): void | Promise<void>;
}
