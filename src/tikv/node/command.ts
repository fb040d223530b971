// What a person may ask of a node itself. (What is asked of the world around it — kill, cut, slow — is in sim/command.ts.)

import type { Micros, RegionId } from '../ids.ts';
import type { KnobName } from '../config.ts';
import type { AdminRequest } from '../raftstore/admin-command.ts';
import type { PdCommand } from '../pd/command.ts';
import type { Load } from '../client/load.ts';
import type { ClientRequest } from '../client/request.ts';

export type NodeCommand =
  /** A client begins an operation. `op` counts the recording's operations and names this one in events. */
  | { readonly type: 'request'; readonly op: number; readonly request: ClientRequest }
  /** A peer starts an election now. (raft-rs: MsgHup) */
  | { readonly type: 'campaign'; readonly regionId: RegionId }
  /** What is asked of a peer besides reading and writing. */
  | { readonly type: 'admin'; readonly regionId: RegionId; readonly request: AdminRequest }
  /** The peer waits this long for a leader before it starts an election, until its timer is drawn anew. */
  | { readonly type: 'set-timer'; readonly regionId: RegionId; readonly timeout: Micros }
  /** From now on these rules are broken, and no others. */
  | { readonly type: 'break-rules'; readonly rules: readonly string[] }
  /** A client works on its own until it is told to stop, or its time is over. */
  | { readonly type: 'load'; readonly load: Load }
  | { readonly type: 'load-stop' }
  /** The disk of a store is full, or has room again. */
  | { readonly type: 'disk-usage'; readonly full: boolean }
  /** PD itself is asked for something. */
  | { readonly type: 'pd'; readonly request: PdCommand }
  | { readonly type: 'configure'; readonly name: KnobName; readonly value: number | boolean };
