// Everything that a click, a scene, a storm or a console line may ask of the world. Commands that act are recorded, as
// this data; looking and moving time are not commands. One printer makes console lines of them (lab/print-command.ts).

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { KnobName } from '../tikv/config.ts';
import type { AdminRequest } from '../tikv/raftstore/admin-command.ts';
import type { Load } from '../tikv/client/load.ts';
import type { ClientRequest } from '../tikv/client/request.ts';
import type { PdCommand } from '../tikv/pd/command.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { DiskFault } from './disk.ts';
import type { RecordId } from './record-id.ts';
import type { InputKey } from './key.ts';

/**
 * Those whose hosts died before they took the command; only a recording says so. Of a command that several nodes take, the
 * death of each follows as a command of its own. A life that a command begins and that ended so never was: the node is down.
 */
export type Missed = readonly NodeId[];

export type Command =
  /** Power loss: memory is gone, and what was not synced; the rest of the disk stays. */
  | { readonly type: 'kill'; readonly node: NodeId }
  /** From its disk. */
  | { readonly type: 'restart'; readonly node: NodeId; readonly missed?: Missed }
  /** SIGSTOP: takes nothing in; arrivals wait; its clock runs on. */
  | { readonly type: 'pause'; readonly node: NodeId }
  | { readonly type: 'resume'; readonly node: NodeId }
  /** Power loss, and the disk is gone too. */
  | { readonly type: 'destroy'; readonly node: NodeId }
  /** Cuts all links between different groups, both ways (or only from the first group to the others). */
  | {
      readonly type: 'partition';
      readonly groups: readonly (readonly NodeId[])[];
      readonly oneWay: boolean;
    }
  /** Cuts a node from every other node. */
  | { readonly type: 'isolate'; readonly node: NodeId }
  /** Opens every cut link, or every cut link of one node. */
  | { readonly type: 'heal'; readonly node: NodeId | null }
  /** One way through the link, both directions. `jitter` to either side. */
  | {
      readonly type: 'latency';
      readonly a: NodeId;
      readonly b: NodeId;
      readonly latency: Micros;
      readonly jitter: Micros;
    }
  /** Chance that a message on the link is lost, both directions; per million. */
  | { readonly type: 'loss'; readonly a: NodeId; readonly b: NodeId; readonly perMillion: number }
  /** Cuts a link one way. */
  | { readonly type: 'cut'; readonly from: NodeId; readonly to: NodeId }
  /** Opens a link one way. */
  | { readonly type: 'mend'; readonly from: NodeId; readonly to: NodeId }
  /** Everything about a link, one way. Shares are per million; only Raft messages are doubled or overtaken. */
  | {
      readonly type: 'link';
      readonly from: NodeId;
      readonly to: NodeId;
      readonly latency: Micros;
      readonly jitter: Micros;
      readonly lossPerMillion: number;
      readonly duplicatePerMillion: number;
      readonly reorderPerMillion: number;
    }
  /** A message that is under way, by the id of its `network/sent` record. */
  | { readonly type: 'drop'; readonly message: RecordId }
  | { readonly type: 'duplicate'; readonly message: RecordId }
  | { readonly type: 'delay'; readonly message: RecordId; readonly by: Micros }
  /** It is the next input of all. */
  | { readonly type: 'deliver'; readonly message: RecordId }
  /** It stands still until it is released. */
  | { readonly type: 'hold'; readonly message: RecordId }
  /** Holds every message of a kind (raft-rs's name, or the name of the call), from and to; null: any. */
  | {
      readonly type: 'hold-kind';
      readonly kind: string | null;
      readonly from: NodeId | null;
      readonly to: NodeId | null;
    }
  /** Ends one such holding; what it held goes on, but for what another one holds too. */
  | {
      readonly type: 'release-kind';
      readonly kind: string | null;
      readonly from: NodeId | null;
      readonly to: NodeId | null;
    }
  /** Lets one message go on, or (null) all of them and holds no more. */
  | { readonly type: 'release'; readonly message: RecordId | null }
  | { readonly type: 'disk'; readonly node: NodeId; readonly fault: DiskFault }
  /** The node's clock stands `offset` from virtual time and gains `ppm` millionths. */
  | { readonly type: 'skew'; readonly node: NodeId; readonly offset: Micros; readonly ppm: number }
  /** A client begins an operation. */
  | { readonly type: 'request'; readonly client: NodeId; readonly request: ClientRequest }
  /** A client works on its own until it is stopped, or its time is over. One at a time. */
  | { readonly type: 'load'; readonly client: NodeId; readonly load: Load }
  | { readonly type: 'load-stop'; readonly client: NodeId }
  /** A new store, with an empty disk and a number that no store had. */
  | {
      readonly type: 'join';
      readonly node: NodeId;
      readonly labels: readonly StoreLabel[];
      readonly missed?: Missed;
    }
  /** PD is asked for something, as pd-ctl asks it. */
  | { readonly type: 'pd'; readonly request: PdCommand }
  | { readonly type: 'campaign'; readonly node: NodeId; readonly region: RegionId }
  /** What is asked of the peer of a store besides reading and writing: members, leadership, the log. */
  | {
      readonly type: 'admin';
      readonly node: NodeId;
      readonly region: RegionId;
      readonly request: AdminRequest;
    }
  /** How long each of these stores waits for a leader, until its timer is drawn anew. */
  | {
      readonly type: 'set-timer';
      readonly region: RegionId;
      readonly timers: readonly (readonly [NodeId, Micros])[];
      readonly missed?: Missed;
    }
  /** Breaks a rule on every node, on purpose, or mends it. */
  | {
      readonly type: 'mutate';
      readonly rule: string;
      readonly on: boolean;
      readonly missed?: Missed;
    }
  /** Changes a setting on every node. */
  | {
      readonly type: 'config-set';
      readonly name: KnobName;
      readonly value: number | boolean;
      readonly missed?: Missed;
    }
  /** The tab was closed or died: every node lost its power at this point; what it kept beyond is said per node. */
  | {
      readonly type: 'power-cut';
      readonly kept: readonly (readonly [NodeId, InputKey])[];
      readonly missed?: Missed;
    }
  /** A node's worker died unasked, or its disk refused a commit. */
  | { readonly type: 'crash'; readonly node: NodeId; readonly kept: InputKey | null };
