// Where a Raft peer reads what its store has written, and how its Readies are written.
// Readable at once, durable later: Raft is told when. (TiKV: raftstore/src/store/peer_storage.rs, entry_storage.rs)

import { assert, must } from '../../base/assert.ts';
import type { RegionId } from '../ids.ts';
import { limitSize, type Entry } from '../raft/entry.ts';
import { StorageError } from '../raft/error.ts';
import type { ConfState, HardState, Snapshot } from '../raft/message.ts';
import type { RaftState, Storage } from '../raft/storage.ts';
import { INITIAL_RAFT_STATE } from './bootstrap.ts';
import type { Engines, RaftApplyState, RaftLocalState } from './engines.ts';
import type { Region } from './region.ts';

export class PeerStorage implements Storage {
  readonly #engines: Engines;
  readonly #regionId: RegionId;
  #raftState: RaftLocalState;

  constructor(engines: Engines, regionId: RegionId) {
    this.#engines = engines;
    this.#regionId = regionId;
    this.#raftState = recoveredState(engines, regionId);
  }

  get region(): Region {
    return this.#engines.region(this.#regionId);
  }

  get applyState(): RaftApplyState {
    return this.#engines.applyState(this.#regionId);
  }

  get hardState(): HardState {
    return this.#raftState.hardState;
  }

  initialState(): RaftState {
    return { hardState: this.#raftState.hardState, confState: confStateOf(this.region) };
  }

  firstIndex(): number {
    return this.applyState.truncatedState.index + 1;
  }

  lastIndex(): number {
    return this.#raftState.lastIndex;
  }

  term(index: number): number {
    const { truncatedState } = this.applyState;
    if (index === truncatedState.index) return truncatedState.term;
    return this.#entry(index).term;
  }

  entries(low: number, high: number, maxSize?: number): readonly Entry[] {
    if (low < this.firstIndex()) throw new StorageError('Compacted');
    if (high > this.lastIndex() + 1) throw new StorageError('Unavailable');
    const first = this.firstIndex();
    const found = this.#engines.log(this.#regionId).slice(low - first, high - first);
    return maxSize === undefined ? found : limitSize(found, maxSize);
  }

  /** The log is never compacted on this floor, so nobody needs one. */
  snapshot(_requestIndex: number, _to: number): Snapshot {
    throw new StorageError('SnapshotTemporarilyUnavailable', 'snapshots come with log compaction');
  }

  #entry(index: number): Entry {
    const first = this.firstIndex();
    if (index < first) throw new StorageError('Compacted');
    const entry = this.#engines.log(this.#regionId)[index - first];
    if (entry === undefined) throw new StorageError('Unavailable');
    return entry;
  }

  /** Writes what a Ready asks for, in one write of the raft engine; returns its number. */
  write(entries: readonly Entry[], hardState: HardState | undefined, sync: boolean): number {
    const lastIndex = entries.at(-1)?.index ?? this.#raftState.lastIndex;
    this.#raftState = { hardState: hardState ?? this.#raftState.hardState, lastIndex };
    return this.#engines.writeRaft(
      { regionId: this.#regionId, entries, state: this.#raftState },
      sync,
    );
  }
}

/** Everybody votes until membership comes. */
function confStateOf(region: Region): ConfState {
  return {
    voters: region.peers.map((peer) => peer.id),
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false,
  };
}

/** What a peer begins with after a restart. Data may have been applied whose commit index never reached the raft
 * engine: the greater of the two commit indexes is the true one. (entry_storage.rs validate_states) */
function recoveredState(engines: Engines, regionId: RegionId): RaftLocalState {
  const state = engines.raftState(regionId) ?? INITIAL_RAFT_STATE;
  const apply = engines.applyState(regionId);
  const last = engines.log(regionId).at(-1)?.index ?? apply.truncatedState.index;
  assert(
    state.lastIndex === last,
    `Region ${regionId}: the log ends at ${last}, not where it says`,
  );
  let { hardState } = state;
  if (apply.commitIndex > hardState.commit) {
    const entry = must(
      engines.log(regionId).find(({ index }) => index === apply.commitIndex),
      `Region ${regionId}: the entry ${apply.commitIndex} that was applied`,
    );
    assert(entry.term === apply.commitTerm, `Region ${regionId}: another entry was applied`);
    hardState = { ...hardState, commit: apply.commitIndex };
  }
  assert(hardState.commit <= last, `Region ${regionId}: more is committed than the log holds`);
  assert(hardState.term >= apply.commitTerm, `Region ${regionId}: the term went backwards`);
  return { hardState, lastIndex: state.lastIndex };
}
