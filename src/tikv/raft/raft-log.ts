// The log as one peer sees it: what the store holds, and the tail that the store has not got yet. (raft-rs raft_log.rs)
//
//   firstIndex ........ applied ........ committed ........ lastIndex
//   [------------- store -------------)[------- unstable ----------]
//              persisted is below unstable.offset: the store may hold entries before its disk does
//
// Invariants: applied <= committed, applied <= persisted + limit, persisted < unstable.offset (or the snapshot's index).

import { assert, AssertionFailed } from '../../base/assert.ts';
import { isConfChange, limitSize, NO_ENTRIES, NO_LIMIT, type Entry } from './entry.ts';
import { Unstable } from './log-unstable.ts';
import type { Snapshot } from './message.ts';
import type { Storage } from './storage.ts';

export class RaftLog {
  readonly store: Storage;
  readonly unstable: Unstable;
  committed: number;
  persisted: number;
  applied: number;
  maxApplyUnpersisted: number;

  constructor(store: Storage, maxApplyUnpersisted: number) {
    this.store = store;
    this.committed = this.applied = store.firstIndex() - 1;
    this.persisted = store.lastIndex();
    this.unstable = new Unstable(this.persisted + 1);
    this.maxApplyUnpersisted = maxApplyUnpersisted;
  }

  firstIndex(): number {
    return this.unstable.firstIndex() || this.store.firstIndex();
  }

  lastIndex(): number {
    return this.unstable.lastIndex() || this.store.lastIndex();
  }

  lastTerm(): number {
    return this.term(this.lastIndex());
  }

  /** The term at `index`; 0 where the log has none there. */
  term(index: number): number {
    const known = this.unstable.term(index);
    if (known !== undefined) return known;
    if (index < this.firstIndex() - 1 || index > this.lastIndex()) return 0;
    return this.store.term(index);
  }

  matches(index: number, term: number): boolean {
    // Before the first index nothing is known; at 0 everybody agrees.
    if (index < this.firstIndex() - 1 || index > this.lastIndex()) return false;
    return this.term(index) === term;
  }

  /** Where `entries`, known to follow a match, leave what the log holds. 0: nowhere. */
  findConflict(entries: readonly Entry[]): number {
    const last = this.lastIndex();
    for (let i = 0; i < entries.length; i++) {
      const { index, term } = entries[i] as Entry;
      if (index > last || !this.matches(index, term)) return index;
    }
    return 0;
  }

  /** The greatest index at or below `index` whose term is at most `term`: further up, nothing can match. */
  findConflictByTerm(index: number, term: number): { index: number; term: number } {
    let at = index;
    while (at > 0) {
      const here = this.term(at);
      if (here <= term) return { index: at, term: here };
      at--;
    }
    return { index: 0, term: 0 };
  }

  append(entries: readonly Entry[]): void {
    const head = entries[0];
    if (head === undefined) return;
    assert(head.index > this.committed, 'an append would replace a committed entry');
    this.unstable.truncateAndAppend(entries);
    if (head.index <= this.persisted) this.persisted = head.index - 1;
  }

  /** Cuts everything after `index`: its entry is written once more, and a store drops what lies beyond. */
  cutAfter(index: number): void {
    const [entry] = this.slice(index, index + 1) ?? [];
    if (entry === undefined) return;
    this.unstable.truncateAndAppend([entry]);
    if (index <= this.persisted) this.persisted = index - 1;
  }

  commitTo(index: number): void {
    if (index <= this.committed) return;
    const last = this.lastIndex();
    if (index > last) throw new AssertionFailed(`commit ${index} is beyond the last entry ${last}`);
    this.committed = index;
  }

  /** How far entries may be applied now. */
  applicable(): number {
    return Math.min(this.committed, this.persisted + this.maxApplyUnpersisted);
  }

  appliedTo(index: number): void {
    if (index === 0) return;
    const high = this.applicable();
    if (index < this.applied || index > high)
      throw new AssertionFailed(`applied ${index} is outside [${this.applied}, ${high}]`);
    this.applied = index;
  }

  /** The store's disk holds the entry, if the log still has it there. */
  persistedTo(index: number, term: number): boolean {
    // An entry at or above this is being replaced: what was persisted is its predecessor.
    const replaced = this.unstable.snapshot?.metadata.index ?? this.unstable.offset;
    if (index <= this.persisted || index >= replaced || this.term(index) !== term) return false;
    this.persisted = index;
    return true;
  }

  persistedSnapshot(index: number): boolean {
    if (index <= this.persisted) return false;
    assert(index <= this.committed, 'a snapshot is persisted above the commit index');
    assert(index < this.unstable.offset, 'a snapshot is persisted above the unstable entries');
    this.persisted = index;
    return true;
  }

  /** The last entry's term first, then the length. */
  isUpToDate(index: number, term: number): boolean {
    const mine = this.lastTerm();
    return term > mine || (term === mine && index >= this.lastIndex());
  }

  restore(snapshot: Snapshot): void {
    const { index } = snapshot.metadata;
    assert(index >= this.committed, 'a snapshot would take the log back');
    // The entries between are given up; only what was committed is sure to be inside the snapshot.
    if (this.persisted > this.committed) this.persisted = this.committed;
    this.committed = index;
    this.unstable.restore(snapshot);
  }

  snapshot(requestIndex: number, to: number): Snapshot {
    const waiting = this.unstable.snapshot;
    if (waiting !== null && waiting.metadata.index >= requestIndex) return waiting;
    return this.store.snapshot(requestIndex, to);
  }

  /** Committed entries after `since` that may be applied, as far as `maxSize` reaches. */
  nextEntries(since: number, maxSize: number): readonly Entry[] {
    const low = Math.max(since + 1, this.firstIndex());
    const high = this.applicable() + 1;
    return high > low ? (this.slice(low, high, maxSize) ?? NO_ENTRIES) : NO_ENTRIES;
  }

  hasNextEntries(since: number): boolean {
    return this.applicable() + 1 > Math.max(since + 1, this.firstIndex());
  }

  /** From `low` to the end, as far as `maxSize` reaches; null where they are compacted. */
  entriesFrom(low: number, maxSize: number): readonly Entry[] | null {
    const last = this.lastIndex();
    return low > last ? NO_ENTRIES : this.slice(low, last + 1, maxSize);
  }

  /** [low, high), as far as `maxSize` reaches; null where they are compacted. */
  slice(low: number, high: number, maxSize = NO_LIMIT): readonly Entry[] | null {
    if (low < this.firstIndex()) return null;
    if (high > this.lastIndex() + 1)
      throw new AssertionFailed(`slice [${low}, ${high}) is beyond the log`);
    if (low >= high) return NO_ENTRIES;
    const { unstable, store } = this;
    if (low >= unstable.offset) return limitSize(unstable.slice(low, high), maxSize);
    const storedHigh = Math.min(high, unstable.offset);
    const stored = store.entries(low, storedHigh, maxSize);
    if (high <= unstable.offset || stored.length < storedHigh - low) return stored;
    return limitSize(stored.concat(unstable.slice(unstable.offset, high)), maxSize);
  }

  /** The first index in [low, high) that holds a conf change; 0 where none does. */
  findConfChange(low: number, high: number): number {
    const PAGE = 256;
    for (let from = Math.max(low, this.firstIndex()); from < high; from += PAGE) {
      const page = this.slice(from, Math.min(high, from + PAGE)) ?? [];
      const found = page.find(isConfChange);
      if (found !== undefined) return found.index;
    }
    return 0;
  }
}
