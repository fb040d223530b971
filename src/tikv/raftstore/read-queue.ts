// Reads that wait for a read index, and then for the state machine to reach it, in the order in which they were asked.
// A leader's heartbeats carry the context of the latest read until a quorum has answered, so a lost round is asked
// again by the next heartbeat. (TiKV: raftstore/src/store/read_queue.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { ReadState } from '../raft/message.ts';
import { readApplied } from './rules.ts';

export interface PendingRead {
  /** Names the round; never used again, not even after a restart. */
  readonly context: Bytes;
  readonly tag: number;
  /** In which it was asked. */
  readonly term: number;
  /** Null: the round is under way. */
  readonly readIndex: number | null;
}

export class ReadIndexQueue {
  #reads: PendingRead[];

  constructor(reads: readonly PendingRead[] = []) {
    this.#reads = [...reads];
  }

  get size(): number {
    return this.#reads.length;
  }

  push(read: Omit<PendingRead, 'readIndex'>): void {
    this.#reads.push({ ...read, readIndex: null });
  }

  /** A quorum has confirmed these rounds. Unknown ones belong to reads that were given up. */
  confirm(states: readonly ReadState[]): void {
    for (const { index, requestCtx } of states)
      this.#reads = this.#reads.map((read) =>
        read.context === requestCtx && read.readIndex === null
          ? { ...read, readIndex: index }
          : read,
      );
  }

  /** Takes out the reads that may be answered now. */
  takeServable(applied: number): (PendingRead & { readonly readIndex: number })[] {
    const served: (PendingRead & { readonly readIndex: number })[] = [];
    this.#reads = this.#reads.filter((read) => {
      const { readIndex } = read;
      if (readIndex === null || !readApplied(applied, readIndex).holds) return true;
      served.push({ ...read, readIndex });
      return false;
    });
    return served;
  }

  /** Takes out the reads without a confirmed index: the peer has lost its leadership, and nobody will confirm them. */
  takeUnconfirmed(): PendingRead[] {
    const lost = this.#reads.filter((read) => read.readIndex === null);
    this.#reads = this.#reads.filter((read) => read.readIndex !== null);
    return lost;
  }

  save(): PendingRead[] {
    return [...this.#reads];
  }
}
