// When a write is durable, and what a power loss takes. Virtual time only: the bytes are a backend's business.
//
// A node has two write queues, raft and kv. A synced write is durable after an fsync, together with everything queued
// before it in its queue; an unsynced one with the next synced one, or after half a second. (rule 8)

import { assert } from '../base/assert.ts';
import { between, type Chance } from '../base/chance.ts';
import type { Micros } from '../tikv/ids.ts';
import type { DiskOp, DiskQueue, DiskWrite } from '../tikv/node/node.ts';
import type { RecordId } from './record-id.ts';

export const UNSYNCED_AFTER: Micros = 500_000;

export interface PendingWrite {
  readonly write: DiskWrite;
  dueAt: Micros;
  /** What the node's `persisted` input is caused by. */
  readonly cause: RecordId | null;
  /** The node was told long ago that this is durable: only now it is. (A disk that lies.) */
  readonly flushed: boolean;
}

/**
 * What is wrong with a disk. `slow`: every fsync takes this much longer. `stuck`: nothing completes. `lying`: a synced
 * write is called durable after its fsync, and is so half a second later: a power loss in between takes it.
 */
export type DiskFault =
  | { readonly type: 'none' }
  | { readonly type: 'slow'; readonly by: Micros }
  | { readonly type: 'stuck' }
  | { readonly type: 'lying' }
  /** No room: its store takes no writes (tikv/raftstore/disk-usage.ts). What is under way has been given its room. */
  | { readonly type: 'full' };

/** Plain data: saved and loaded with the node's loop. */
export interface DiskState {
  readonly fsync: Micros;
  readonly jitter: Micros;
  readonly chance: Chance;
  fault: DiskFault;
  readonly pending: Record<DiskQueue, PendingWrite[]>;
  /** What a lying disk has yet to write, in order. */
  readonly unflushed: PendingWrite[];
}

/** Later than everything: the moment of a write on a stuck disk. */
const NEVER: Micros = 2 ** 52;

export function newDisk(
  disk: { fsync: Micros; jitter: Micros; chance: Chance },
  fault: DiskFault,
): DiskState {
  return { ...disk, fault, pending: { raft: [], kv: [] }, unflushed: [] };
}

/** Takes a write in at `at`. Every write draws once, so that a change of syncs reshuffles nothing. */
export function submit(
  disk: DiskState,
  write: DiskWrite,
  at: Micros,
  cause: RecordId | null,
): PendingWrite {
  const fsync = between(disk.chance, disk.fsync - disk.jitter, disk.fsync + disk.jitter);
  const queue = disk.pending[write.queue];
  const previous = queue.at(-1);
  assert(previous === undefined || previous.write.n < write.n, 'writes of a queue are numbered up');
  const slower = disk.fault.type === 'slow' ? disk.fault.by : 0;
  let dueAt = at + (write.sync ? fsync + slower : UNSYNCED_AFTER);
  if (write.sync) {
    const busyUntil = queue.findLast((pending) => pending.write.sync)?.dueAt ?? 0;
    dueAt = Math.max(dueAt, busyUntil);
    for (const pending of queue) pending.dueAt = Math.min(pending.dueAt, dueAt);
  } else if (previous !== undefined) {
    dueAt = Math.max(dueAt, previous.dueAt);
  }
  if (disk.fault.type === 'stuck') dueAt = NEVER;
  const pending: PendingWrite = { write, dueAt, cause, flushed: false };
  queue.push(pending);
  return pending;
}

/** What completes next: by instant, then by the number of the write. */
export function nextCompletion(disk: DiskState): PendingWrite | undefined {
  let next: PendingWrite | undefined;
  for (const pending of [disk.pending.raft[0], disk.pending.kv[0], disk.unflushed[0]]) {
    if (pending === undefined || pending.dueAt === NEVER) continue;
    const sooner =
      next === undefined ||
      pending.dueAt < next.dueAt ||
      (pending.dueAt === next.dueAt && pending.write.n < next.write.n);
    if (sooner) next = pending;
  }
  return next;
}

/** Takes the next completion out, and gives what is durable from now on. */
export function complete(disk: DiskState, pending: PendingWrite): readonly DiskOp[] {
  if (pending.flushed) {
    assert(disk.unflushed.shift() === pending, 'a lying disk writes in order');
    return pending.write.ops;
  }
  assert(
    disk.pending[pending.write.queue].shift() === pending,
    'writes of a queue complete in order',
  );
  const lies = disk.fault.type === 'lying' || disk.unflushed.length > 0;
  if (!lies) return pending.write.ops;
  const dueAt = Math.max(pending.dueAt + UNSYNCED_AFTER, disk.unflushed.at(-1)?.dueAt ?? 0);
  disk.unflushed.push({ ...pending, dueAt, flushed: true });
  return [];
}

/** From `at` on the disk has this fault. Writes that stood still go on, each after an fsync. */
export function faultDisk(disk: DiskState, at: Micros, fault: DiskFault): void {
  disk.fault = fault;
  for (const pending of [...disk.pending.raft, ...disk.pending.kv]) {
    if (fault.type === 'stuck') pending.dueAt = NEVER;
    else if (pending.dueAt === NEVER) pending.dueAt = at + disk.fsync;
  }
}
