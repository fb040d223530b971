// A write on its way into the log of its Region: refused for what can be known at once, else proposed.
// (TiKV: src/server/raftkv async_write; raftstore/src/store/peer.rs propose_normal)

import type { Settings } from '../config.ts';
import type { WriteBatch } from '../kv/engine.ts';
import { NEEDS_OF_WRITES } from './cmd-epoch-checker.ts';
import { encodeCommand } from './command.ts';
import type { DiskUsage } from './disk-usage.ts';
import type { RegionError, RequestContext } from './message.ts';
import type { PeerFsm } from './peer.ts';

export type Proposed =
  /** Null: it waits for a change of the Region that is in the log already, and will be refused then. */
  | { readonly ok: true; readonly place: { readonly index: number; readonly term: number } | null }
  | { readonly ok: false; readonly error: RegionError };

/** `tag` names the result. */
export interface AskedWrite {
  readonly context: RequestContext;
  readonly ops: WriteBatch;
  readonly tag: number;
}

const refuse = (error: RegionError): Proposed => ({ ok: false, error });

/** The request has been admitted. */
export function proposeWrite(
  peer: PeerFsm,
  { context, ops, tag }: AskedWrite,
  { disk, settings }: { readonly disk: DiskUsage; readonly settings: Settings },
): Proposed {
  const full = disk.refuses(peer);
  if (full !== null) return refuse(full);
  const data = encodeCommand({ epoch: context.regionEpoch, ops });
  const limit = settings['raftstore.raft-entry-max-size'];
  if (data.length > limit) return refuse({ type: 'RaftEntryTooLarge', size: data.length, limit });
  const conflict = peer.epochChecker.conflict(NEEDS_OF_WRITES, peer.term);
  if (conflict !== null) {
    peer.epochChecker.wait(conflict, tag);
    return { ok: true, place: null };
  }
  const place = peer.propose(data, tag);
  if (place === null) return refuse({ type: 'NotLeader', regionId: peer.regionId, leader: null });
  peer.handleReady();
  return { ok: true, place };
}
