// What a leader knows of one peer, and how fast it may send to it.              (TiKV: raft-rs tracker/progress.rs)
//
//              rejected, unreachable            Probe      one append, then wait for an answer
//   Replicate ----------------------> Probe     Replicate  a window of appends, next runs ahead of the answers
//      ^  <----------------------------- |      Snapshot   nothing until the snapshot has arrived or failed
//      |            accepted             | compacted
//      |                              Snapshot --> Probe when finished, failed, or caught up
//
// Invariant: matched < nextIdx.

import { assert } from '../../base/assert.ts';
import { Inflights } from './inflights.ts';

export type ProgressState = 'Probe' | 'Replicate' | 'Snapshot';

/** What the journal last said of this peer, so that only a change is told. */
export interface ShownProgress {
  matched: number;
  nextIdx: number;
  state: ProgressState | 'none';
  paused: boolean;
  inflight: number;
  pendingSnapshot: number;
  recentActive: boolean;
}

export const notShown = (): ShownProgress => ({
  matched: 0,
  nextIdx: 0,
  state: 'none',
  paused: false,
  inflight: 0,
  pendingSnapshot: 0,
  recentActive: false,
});

export class Progress {
  readonly id: number;
  matched = 0;
  nextIdx: number;
  state: ProgressState = 'Probe';
  /** Probe only: an append is out and not answered. */
  probeSent = false;
  /** Snapshot only: the index of the snapshot on its way. */
  pendingSnapshot = 0;
  /** The peer asked for a snapshot at or above this index. */
  pendingRequestSnapshot = 0;
  /** Heard from since the last quorum check. */
  recentActive = false;
  /** Replicate only. */
  readonly inflights: Inflights;
  commitGroupId = 0;
  committedIndex = 0;
  readonly shown: ShownProgress = notShown();

  constructor(id: number, nextIdx: number, window: number) {
    this.id = id;
    this.nextIdx = nextIdx;
    this.inflights = new Inflights(window);
  }

  /** Forgets everything of an earlier term. */
  reset(nextIdx: number): void {
    this.matched = 0;
    this.nextIdx = nextIdx;
    this.#enter('Probe');
    this.pendingRequestSnapshot = 0;
    this.recentActive = false;
  }

  #enter(state: ProgressState): void {
    this.state = state;
    this.probeSent = false;
    this.pendingSnapshot = 0;
    this.inflights.reset();
  }

  becomeProbe(): void {
    // A snapshot that was on its way has arrived or is given up: what it held is known to be enough.
    const known = this.state === 'Snapshot' ? Math.max(this.matched, this.pendingSnapshot) : 0;
    this.#enter('Probe');
    this.nextIdx = Math.max(this.matched, known) + 1;
  }

  becomeReplicate(): void {
    this.#enter('Replicate');
    this.nextIdx = this.matched + 1;
  }

  becomeSnapshot(index: number): void {
    this.#enter('Snapshot');
    this.pendingSnapshot = index;
  }

  snapshotFailed(): void {
    this.pendingSnapshot = 0;
  }

  /** The peer has reached what the snapshot on its way would bring. */
  hasSnapshot(): boolean {
    return this.state === 'Snapshot' && this.matched >= this.pendingSnapshot;
  }

  pause(): void {
    this.probeSent = true;
  }

  resume(): void {
    this.probeSent = false;
  }

  isPaused(): boolean {
    switch (this.state) {
      case 'Probe':
        return this.probeSent;
      case 'Replicate':
        return this.inflights.full();
      case 'Snapshot':
        return true;
    }
  }

  /** An acknowledgement of everything up to `index`. False where it says nothing new. */
  accept(index: number): boolean {
    const isNew = this.matched < index;
    if (isNew) {
      this.matched = index;
      this.resume();
    }
    if (this.nextIdx < index + 1) this.nextIdx = index + 1;
    return isNew;
  }

  /** The peer's log does not match at `rejected`, or it wants a snapshot. False where the answer is out of date. */
  reject(rejected: number, hint: number, requestSnapshot: number): boolean {
    const wantsSnapshot = requestSnapshot !== 0;
    if (this.state === 'Replicate') {
      if (rejected < this.matched || (rejected === this.matched && !wantsSnapshot)) return false;
      if (wantsSnapshot) this.pendingRequestSnapshot = requestSnapshot;
      else this.nextIdx = this.matched + 1;
      return true;
    }
    if (this.nextIdx - 1 !== rejected && !wantsSnapshot) return false;
    if (!wantsSnapshot) {
      this.nextIdx = Math.max(Math.min(rejected, hint + 1), this.matched + 1);
    } else if (this.pendingRequestSnapshot === 0) {
      this.pendingRequestSnapshot = requestSnapshot;
    }
    this.resume();
    return true;
  }

  /** An append that ends at `last` has left. */
  sent(last: number): void {
    if (this.state === 'Replicate') {
      this.nextIdx = last + 1;
      this.inflights.add(last);
    } else {
      assert(this.state === 'Probe', 'an append leaves for a peer that awaits a snapshot');
      this.pause();
    }
  }

  sawCommitted(index: number): void {
    if (index > this.committedIndex) this.committedIndex = index;
  }
}
