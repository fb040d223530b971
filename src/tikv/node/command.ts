// What a person may ask of a node itself. (What is asked of the world around it — kill, cut, slow — is in sim/command.ts.)

import type { RegionId } from '../ids.ts';
import type { ClientRequest } from '../client/request.ts';

export type NodeCommand =
  /** A client begins an operation. `op` counts the recording's operations and names this one in events. */
  | { readonly type: 'request'; readonly op: number; readonly request: ClientRequest }
  /** A peer starts an election now. (raft-rs: MsgHup) */
  | { readonly type: 'campaign'; readonly regionId: RegionId };
