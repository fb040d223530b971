// The tail of the log that has not been handed to the store, and a snapshot that waits for it. (raft-rs log_unstable.rs)
// Entry i of `entries` has index `offset + i`. Where there is a snapshot, it ends just before `offset`.

import { assert } from '../../base/assert.ts';
import type { Entry } from './entry.ts';
import type { Snapshot } from './message.ts';

export class Unstable {
  offset: number;
  entries: Entry[] = [];
  snapshot: Snapshot | null = null;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** 0 where only the store knows. */
  firstIndex(): number {
    return this.snapshot === null ? 0 : this.snapshot.metadata.index + 1;
  }

  /** 0 where only the store knows. */
  lastIndex(): number {
    const count = this.entries.length;
    if (count > 0) return this.offset + count - 1;
    return this.snapshot === null ? 0 : this.snapshot.metadata.index;
  }

  /** Undefined where only the store knows. */
  term(index: number): number | undefined {
    if (index >= this.offset) return this.entries[index - this.offset]?.term;
    const metadata = this.snapshot?.metadata;
    return metadata !== undefined && metadata.index === index ? metadata.term : undefined;
  }

  /** The entries were given to the store; they are read from there from now on. */
  stableEntries(index: number, term: number): void {
    const last = this.entries.at(-1);
    assert(
      this.snapshot === null && last !== undefined && last.index === index && last.term === term,
      'the unstable entries changed while the host stored them',
    );
    this.offset = index + 1;
    this.entries = [];
  }

  stableSnapshot(index: number): void {
    assert(
      this.snapshot?.metadata.index === index,
      'the unstable snapshot changed while the host stored it',
    );
    this.snapshot = null;
  }

  restore(snapshot: Snapshot): void {
    this.entries = [];
    this.offset = snapshot.metadata.index + 1;
    this.snapshot = snapshot;
  }

  /** Puts entries at their indexes; whatever stood at or after the first of them is gone. */
  truncateAndAppend(entries: readonly Entry[]): void {
    const after = (entries[0] as Entry).index;
    const end = this.offset + this.entries.length;
    assert(after <= end, 'an append would leave a hole in the log');
    if (after === end) {
      for (let i = 0; i < entries.length; i++) this.entries.push(entries[i] as Entry);
    } else if (after <= this.offset) {
      this.offset = after;
      this.entries = entries.slice();
    } else {
      this.entries = this.entries.slice(0, after - this.offset).concat(entries);
    }
  }

  /** [low, high), both inside. */
  slice(low: number, high: number): Entry[] {
    // One entry is what most appends carry.
    if (high - low === 1) return [this.entries[low - this.offset] as Entry];
    return this.entries.slice(low - this.offset, high - this.offset);
  }
}
