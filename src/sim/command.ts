// Everything that a click, a scene, a storm or a console line may ask of the world. Commands that act are recorded, as
// this data; looking and moving time are not commands. One printer makes console lines of them (lab/print-command.ts).

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { ClientRequest } from '../tikv/client/request.ts';
import type { InputKey } from './key.ts';

export type Command =
  /** Power loss: memory is gone, and what was not synced; the rest of the disk stays. */
  | { readonly type: 'kill'; readonly node: NodeId }
  /** From its disk. */
  | { readonly type: 'restart'; readonly node: NodeId }
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
  /** A client begins an operation. */
  | { readonly type: 'request'; readonly client: NodeId; readonly request: ClientRequest }
  | { readonly type: 'campaign'; readonly node: NodeId; readonly region: RegionId }
  /** The tab was closed or died: every node lost its power at this point; what it kept beyond is said per node. */
  | { readonly type: 'power-cut'; readonly kept: readonly (readonly [NodeId, InputKey])[] }
  /** A node's worker died unasked, or its disk refused a commit. */
  | { readonly type: 'crash'; readonly node: NodeId; readonly kept: InputKey | null };

/** Commands that only the hosts give; nobody types them, but recordings hold them. */
export const HOST_COMMANDS: readonly Command['type'][] = ['power-cut', 'crash'];
