// Where a peer reads what its host has stored, and the store that tests drive.          (TiKV: raft-rs storage.rs)
// Raft never writes: it says in a Ready what the host has to write.

import { assert } from '../../base/assert.ts';
import { limitSize, NO_LIMIT, type Entry } from './entry.ts';
import { StorageError } from './error.ts';
import {
  EMPTY_CONF_STATE,
  NO_HARD_STATE,
  type ConfState,
  type HardState,
  type Snapshot,
} from './message.ts';

export { StorageError, type StorageErrorKind } from './error.ts';

export interface RaftState {
  readonly hardState: HardState;
  readonly confState: ConfState;
}

/** Throws StorageError where it cannot answer. Entries firstIndex() … lastIndex() are there, and the term before them. */
export interface Storage {
  initialState(): RaftState;
  /** [low, high), cut at `maxSize` bytes, at least one entry. */
  entries(low: number, high: number, maxSize?: number): readonly Entry[];
  term(index: number): number;
  firstIndex(): number;
  lastIndex(): number;
  /** A snapshot at or above `requestIndex` for the peer `to`. */
  snapshot(requestIndex: number, to: number): Snapshot;
}

/** The reference store. Its snapshot is at the applied index, with the term of the log and the conf state as set. */
export interface MemStorage extends Storage {
  append(entries: readonly Entry[]): void;
  setHardState(hardState: HardState): void;
  setConfState(confState: ConfState): void;
  setApplied(index: number): void;
  applySnapshot(snapshot: Snapshot): void;
  /** Drops entries below `index`; the term at index − 1 stays answerable. */
  compact(index: number): void;
}

class MemoryStorage implements MemStorage {
  #hardState: HardState = NO_HARD_STATE;
  #confState: ConfState = EMPTY_CONF_STATE;
  #applied = 0;
  /** What the snapshot or the last compaction left: the entry before the first. */
  #start = { index: 0, term: 0 };
  #data = '';
  #entries: Entry[] = [];

  initialState(): RaftState {
    return { hardState: this.#hardState, confState: this.#confState };
  }

  entries(low: number, high: number, maxSize: number = NO_LIMIT): readonly Entry[] {
    if (low <= this.#start.index) throw new StorageError('Compacted');
    if (high > this.lastIndex() + 1) throw new StorageError('Unavailable');
    const first = this.firstIndex();
    return limitSize(this.#entries.slice(low - first, high - first), maxSize);
  }

  term(index: number): number {
    if (index === this.#start.index) return this.#start.term;
    if (index < this.#start.index) throw new StorageError('Compacted');
    const entry = this.#entries[index - this.firstIndex()];
    if (entry === undefined) throw new StorageError('Unavailable');
    return entry.term;
  }

  firstIndex(): number {
    return this.#start.index + 1;
  }

  lastIndex(): number {
    return this.#start.index + this.#entries.length;
  }

  snapshot(requestIndex: number, _to: number): Snapshot {
    const index = this.#applied;
    if (index === 0 || index < requestIndex)
      throw new StorageError('SnapshotTemporarilyUnavailable');
    return {
      data: this.#data,
      metadata: { confState: this.#confState, index, term: this.term(index) },
    };
  }

  append(entries: readonly Entry[]): void {
    const head = entries[0];
    if (head === undefined) return;
    assert(head.index > this.#start.index, 'an append would overwrite compacted entries');
    assert(head.index <= this.lastIndex() + 1, 'an append would leave a hole');
    this.#entries.length = head.index - this.firstIndex();
    for (let i = 0; i < entries.length; i++) this.#entries.push(entries[i] as Entry);
  }

  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  setConfState(confState: ConfState): void {
    this.#confState = confState;
  }

  setApplied(index: number): void {
    this.#applied = index;
  }

  applySnapshot(snapshot: Snapshot): void {
    const { confState, index, term } = snapshot.metadata;
    if (index < this.#start.index) throw new StorageError('Compacted', 'the snapshot is too old');
    this.#start = { index, term };
    this.#data = snapshot.data;
    this.#entries = [];
    this.#confState = confState;
    this.#applied = index;
    const { term: now, vote } = this.#hardState;
    this.#hardState = { term: Math.max(now, term), vote: now < term ? 0 : vote, commit: index };
  }

  compact(index: number): void {
    const first = this.firstIndex();
    if (index <= first) return;
    assert(index <= this.lastIndex() + 1, 'a compaction would drop what is not there');
    const last = this.#entries[index - 1 - first] as Entry;
    this.#start = { index: last.index, term: last.term };
    this.#entries.splice(0, index - first);
  }
}

/** An empty store, one of a configuration, or one that has just applied a snapshot. */
export function newMemStorage(init?: ConfState | Snapshot): MemStorage {
  const store = new MemoryStorage();
  if (init !== undefined && 'metadata' in init) store.applySnapshot(init);
  else if (init !== undefined) store.setConfState(init);
  return store;
}
