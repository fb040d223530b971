// When a write is durable, and what a power loss takes. Virtual time only: the bytes are a backend's business.
//
// A node has two write queues, raft and kv. A synced write is durable after an fsync, together with everything queued
// before it in its queue; an unsynced one with the next synced one, or after half a second. (rule 8)

import { assert } from '../base/assert.ts';
import { between, type Chance } from '../base/chance.ts';
import type { Micros } from '../tikv/ids.ts';
import type { DiskQueue, DiskWrite } from '../tikv/node/node.ts';
import type { RecordId } from './record.ts';

export const UNSYNCED_AFTER: Micros = 500_000;

export interface PendingWrite {
  readonly write: DiskWrite;
  dueAt: Micros;
  /** What the node's `persisted` input is caused by. */
  readonly cause: RecordId | null;
}

/** Plain data: saved and loaded with the node's loop. */
export interface DiskState {
  readonly fsync: Micros;
  readonly jitter: Micros;
  readonly chance: Chance;
  readonly pending: Record<DiskQueue, PendingWrite[]>;
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
  assert(
    previous === undefined || previous.write.n < write.n,
    'writes of a queue are numbered upwards',
  );
  let dueAt = at + (write.sync ? fsync : UNSYNCED_AFTER);
  if (write.sync) {
    const busyUntil = queue.findLast((pending) => pending.write.sync)?.dueAt ?? 0;
    dueAt = Math.max(dueAt, busyUntil);
    for (const pending of queue) pending.dueAt = Math.min(pending.dueAt, dueAt);
  } else if (previous !== undefined) {
    dueAt = Math.max(dueAt, previous.dueAt);
  }
  const pending: PendingWrite = { write, dueAt, cause };
  queue.push(pending);
  return pending;
}

/** The write that completes next: by due time, then number. */
export function nextCompletion(disk: DiskState): PendingWrite | undefined {
  const raft = disk.pending.raft[0];
  const kv = disk.pending.kv[0];
  if (raft === undefined) return kv;
  if (kv === undefined) return raft;
  if (raft.dueAt !== kv.dueAt) return raft.dueAt < kv.dueAt ? raft : kv;
  return raft.write.n < kv.write.n ? raft : kv;
}

/** Takes the next completion out; from now on it is durable. */
export function complete(disk: DiskState, pending: PendingWrite): void {
  const first = disk.pending[pending.write.queue].shift();
  assert(first === pending, 'writes of a queue complete in order');
}
