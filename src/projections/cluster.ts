// Nodes and links, as they are at the cursor, and what is known of Regions.

import type { DiskFault } from '../sim/disk.ts';
import type { Micros, NodeId, NodeKind } from '../tikv/ids.ts';
import type { DiskQueue } from '../tikv/node/node.ts';
import type { Region } from '../tikv/raftstore/region.ts';
import type { Flight } from './messages.ts';

/** `destroyed` is down with its disk gone. */
export type NodeStatus = 'up' | 'down' | 'paused' | 'destroyed';

export interface NodeState {
  id: NodeId;
  kind: NodeKind;
  /** The 2 of `s2`. */
  number: number;
  status: NodeStatus;
  /** Since when it has this status. */
  since: Micros;
  /** Lives so far, from 1; 0 before the first boot. */
  incarnation: number;
  /** Disks so far, from 1: destroy begins a new one. */
  generation: number;
  bootedAt: Micros;
  /** The text of a bug of ours that stopped the node. */
  panic: string | null;
  /** Synced writes on their way to the disk, oldest first. */
  writes: DiskWriteState[];
  /** A ticking store ticks at this instant and every tick before and after. */
  tickAt: Micros;
  /** How its clock stands to virtual time, and since when it gains or loses; 0 where it does neither. */
  clock: { offset: Micros; ppm: number; since: Micros };
  diskFault: DiskFault;
  /** What arrived while it was paused, in order: it is taken in on resume. */
  waiting: Flight[];
}

/** A synced write under way. It is lost if the power goes before `durableAt`. */
export interface DiskWriteState {
  queue: DiskQueue;
  write: number;
  ops: number;
  startedAt: Micros;
  durableAt: Micros;
}

/** One direction of a link. */
export interface LinkState {
  from: NodeId;
  to: NodeId;
  cut: boolean;
  cutSince: Micros | null;
  latency: Micros;
  jitter: Micros;
  lossPerMillion: number;
  duplicatePerMillion: number;
  reorderPerMillion: number;
  /** Slower, more uneven or less faithful than the cluster's settings say. */
  changed: boolean;
  sent: number;
  delivered: number;
  lost: number;
  /** Messages sent in the virtual second `rateSecond`, and in the one before it. */
  rateSecond: number;
  rateNow: number;
  rateBefore: number;
}

/** What is known of a Region from its replicas: the newest description, and the data at the highest applied index. */
export interface RegionState {
  region: Region;
  /** The data after entry `applied`, by key: [key, value], the user's bytes. */
  applied: number;
  data: [string, string][];
  /** Its whole history was folded; false where the recording begins with disks that already held something. */
  whole: boolean;
}
