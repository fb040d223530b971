// Where a Raft peer reads what its store has written, and how its Readies are written.
// Readable at once, durable later: Raft is told when. (TiKV: raftstore/src/store/peer_storage.rs, entry_storage.rs)

import { assert, must } from '../../base/assert.ts';
import type { Plain } from '../../base/plain.ts';
import type { PeerId, RegionId } from '../ids.ts';
import { limitSize, type Entry } from '../raft/entry.ts';
import { StorageError } from '../raft/error.ts';
import type { ConfState, HardState, Snapshot } from '../raft/message.ts';
import type { RaftState, Storage } from '../raft/storage.ts';
import {
  INITIAL_RAFT_STATE,
  UNINITIALIZED_APPLY_STATE,
  UNINITIALIZED_RAFT_STATE,
  unknownRegion,
} from './bootstrap.ts';
import type { Engines, RaftApplyState, RaftLocalState } from './engines.ts';
import type { PeerRole, Region } from './region.ts';
import { snapshotValid } from './rules.ts';

/** A snapshot is made when Raft asks for it, and handed out when Raft asks again. */
type SnapshotState =
  | { readonly type: 'none' }
  | { readonly type: 'wanted' | 'generating'; readonly to: PeerId }
  | { readonly type: 'ready'; readonly confVer: number; readonly snapshot: Snapshot };

interface Saved {
  readonly raftState: RaftLocalState;
  readonly snapshot: SnapshotState;
}

export class PeerStorage implements Storage {
  readonly #engines: Engines;
  readonly #regionId: RegionId;
  #raftState: RaftLocalState;
  #snapshot: SnapshotState;

  constructor(engines: Engines, regionId: RegionId, saved?: Plain) {
    this.#engines = engines;
    this.#regionId = regionId;
    const state = saved as unknown as Saved | undefined;
    this.#raftState = state?.raftState ?? recoveredState(engines, regionId);
    this.#snapshot = state?.snapshot ?? { type: 'none' };
  }

  get region(): Region {
    const kept = this.#engines.regionState(this.#regionId);
    return kept === null || kept.state === 'Tombstone'
      ? unknownRegion(this.#regionId)
      : kept.region;
  }

  /** False for a peer that was made by a message and has had no snapshot yet. */
  get initialized(): boolean {
    return this.region.peers.length > 0;
  }

  get applyState(): RaftApplyState {
    return this.#engines.applyState(this.#regionId) ?? UNINITIALIZED_APPLY_STATE;
  }

  get raftState(): RaftLocalState {
    return this.#raftState;
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
    const log = this.#engines.log(this.#regionId);
    const first = log[0]?.index ?? low;
    const found = log.slice(low - first, high - first);
    return maxSize === undefined ? found : limitSize(found, maxSize);
  }

  #entry(index: number): Entry {
    if (index < this.firstIndex()) throw new StorageError('Compacted');
    const log = this.#engines.log(this.#regionId);
    const entry = log[index - (log[0]?.index ?? index)];
    if (entry === undefined) throw new StorageError('Unavailable');
    return entry;
  }

  /** Writes what a Ready asks for, in one write of the raft engine; returns its number. */
  write(entries: readonly Entry[], hardState: HardState | undefined, sync: boolean): number {
    const lastIndex = entries.at(-1)?.index ?? this.#raftState.lastIndex;
    this.#raftState = { hardState: hardState ?? this.#raftState.hardState, lastIndex };
    const state = this.#raftState;
    return this.#engines.writeRaft({ regionId: this.#regionId, entries, state }, sync);
  }

  // ---- snapshots that are sent --------------------------------------------------------------------------------

  /** The one that is ready, where it will do; else it is made, and Raft asks again. */
  snapshot(requestIndex: number, to: PeerId): Snapshot {
    const state = this.#snapshot;
    if (state.type === 'ready') {
      this.#snapshot = { type: 'none' };
      const { index } = state.snapshot.metadata;
      const { truncatedState } = this.applyState;
      const valid = snapshotValid({
        index,
        requestIndex,
        truncated: truncatedState.index,
        confVer: state.confVer,
        regionConfVer: this.region.epoch.confVer,
      });
      if (valid.holds) return state.snapshot;
    }
    if (this.#snapshot.type === 'none') this.#snapshot = { type: 'wanted', to };
    throw new StorageError('SnapshotTemporarilyUnavailable');
  }

  /** The peer that somebody has to make a snapshot for, from now on; null: nobody. */
  takeWanted(): PeerId | null {
    if (this.#snapshot.type !== 'wanted') return null;
    const { to } = this.#snapshot;
    this.#snapshot = { type: 'generating', to };
    return to;
  }

  get generating(): boolean {
    return this.#snapshot.type === 'generating';
  }

  /** It is made; null: it is not needed any more. */
  snapshotMade(snapshot: Snapshot | null): void {
    this.#snapshot =
      snapshot === null
        ? { type: 'none' }
        : { type: 'ready', confVer: this.region.epoch.confVer, snapshot };
  }

  // ---- a snapshot that is received ----------------------------------------------------------------------------

  /** In memory the snapshot takes the place of the log; the disk follows. */
  replace(entries: readonly Entry[], hardState: HardState, index: number): void {
    this.#raftState = { hardState, lastIndex: entries.at(-1)?.index ?? index };
    this.#engines.replaceLog(this.#regionId, entries, this.#raftState);
  }

  save(): Plain {
    const saved: Saved = { raftState: this.#raftState, snapshot: this.#snapshot };
    return saved as unknown as Plain;
  }
}

/** The configuration that the roles of a Region's peers make. (TiKV: util.rs conf_state_from_region) */
export function confStateOf(region: Region): ConfState {
  const ids = (...roles: PeerRole[]) =>
    region.peers
      .filter(({ role }) => roles.includes(role))
      .map(({ id }) => id)
      .toSorted((a, b) => a - b);
  const joint = isJoint(region);
  return {
    voters: ids('Voter', 'IncomingVoter'),
    learners: ids('Learner'),
    votersOutgoing: joint ? ids('Voter', 'DemotingVoter') : [],
    learnersNext: ids('DemotingVoter'),
    autoLeave: false,
  };
}

export const isJoint = (region: Region): boolean =>
  region.peers.some(({ role }) => role === 'IncomingVoter' || role === 'DemotingVoter');

/**
 * A power loss may have come between the two engines while a snapshot was installed: the kv engine has it, the raft engine
 * still the old log. Then the raft engine follows now: returns the write, 0 where there is nothing to do.
 * (peer_storage.rs recover_from_applying_state)
 */
export function recoverSnapshot(engines: Engines, regionId: RegionId): number {
  if (engines.regionState(regionId)?.state !== 'Applying') return 0;
  const snap = engines.snapRaftState(regionId);
  if (snap === null) return 0;
  const kept = engines.raftState(regionId);
  if (kept !== null && kept.hardState.commit >= snap.hardState.commit) return 0;
  const { hardState, lastIndex } = snap;
  return engines.writeRaft(
    { regionId, entries: [], state: { hardState, lastIndex }, clear: true },
    true,
  );
}

/** A peer that has voted before it knew its Region, and whose Region a split has brought: its word holds. */
function afterVoting(kept: RaftLocalState): RaftLocalState {
  if (kept.lastIndex > 0) return kept;
  const { commit, term } = INITIAL_RAFT_STATE.hardState;
  const vote = kept.hardState.term > term ? kept.hardState.vote : 0;
  const hardState = { term: Math.max(term, kept.hardState.term), vote, commit };
  return { hardState, lastIndex: INITIAL_RAFT_STATE.lastIndex };
}

/** What a peer begins with after a restart. Data may have been applied whose commit index never reached the raft
 * engine: the greater of the two commit indexes is the true one. (entry_storage.rs validate_states) */
function recoveredState(engines: Engines, regionId: RegionId): RaftLocalState {
  const apply = engines.applyState(regionId);
  const kept = engines.raftState(regionId);
  if (apply === null) return kept ?? UNINITIALIZED_RAFT_STATE;
  const state = kept === null ? INITIAL_RAFT_STATE : afterVoting(kept);
  const last = engines.log(regionId).at(-1)?.index ?? apply.truncatedState.index;
  assert(
    state.lastIndex === Math.max(last, apply.truncatedState.index),
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
