// Reads that wait for a read index, and then for the state machine to reach it, in the order in which they were asked.
// A leader's heartbeats carry the context of the latest read until a quorum has answered, so a lost round is asked
// again by the next heartbeat. (TiKV: raftstore/src/store/read_queue.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { ReadState } from '../raft/message.ts';
import type { Micros } from '../ids.ts';
import { readApplied } from './rules.ts';

export interface PendingRead {
  /** Names the round; never used again, not even after a restart. */
  readonly context: Bytes;
  /** 0: nobody waits for it; a leader asks to renew its lease. */
  readonly tag: number;
  /** When it was asked, on the node's own clock. */
  readonly at: Micros;
  readonly path: 'read-index' | 'replica';
  /** In which it was asked. */
  readonly term: number;
  /** Of the Region, as whoever asks believes it. */
  readonly version: number;
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

  /** When the newest was asked; null: none waits. */
  get latestAt(): Micros | null {
    return this.#reads.at(-1)?.at ?? null;
  }

  /** A quorum has confirmed these rounds. Unknown ones belong to reads that were given up. Returns when the latest of the
   * confirmed ones was asked; null: none was. */
  confirm(states: readonly ReadState[]): Micros | null {
    let latest: Micros | null = null;
    for (const { requestCtx } of states)
      for (const { context, readIndex, at } of this.#reads)
        if (context === requestCtx && readIndex === null) latest = Math.max(latest ?? 0, at);
    for (const { index, requestCtx } of states)
      this.#reads = this.#reads.map((read) =>
        read.context === requestCtx && read.readIndex === null
          ? { ...read, readIndex: index }
          : read,
      );
    return latest;
  }

  /** Contexts of reads at a replica that nobody has answered yet: each of them may have been lost. */
  unanswered(): Bytes[] {
    return this.#reads
      .filter(({ readIndex, path }) => readIndex === null && path === 'replica')
      .map(({ context }) => context);
  }

  /** Takes all out: the peer goes. */
  clear(): PendingRead[] {
    const all = this.#reads;
    this.#reads = [];
    return all;
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

  /** Takes out a leader's reads without a confirmed index: it has lost its leadership, and nobody will confirm them. */
  takeUnconfirmed(): PendingRead[] {
    const isLost = (read: PendingRead) => read.readIndex === null && read.path !== 'replica';
    const lost = this.#reads.filter(isLost);
    this.#reads = this.#reads.filter((read) => !isLost(read));
    return lost;
  }

  save(): PendingRead[] {
    return [...this.#reads];
  }
}
