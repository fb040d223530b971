// The first Region of a cluster. In TiKV it has one peer, on the store that offers it, and PD adds the others; here it
// begins with a peer on every store that the cluster begins with, because membership is a later floor. Every one of
// these stores writes the same Region. (TiKV: components/raftstore/src/store/bootstrap.rs, peer_storage.rs)

import type { RegionId, StoreId } from '../ids.ts';
import type { RaftApplyState, RaftLocalState } from './engines.ts';
import type { Region } from './region.ts';

/** Where the log of a Region begins that was not made by a message. */
export const RAFT_INIT_LOG_INDEX = 5;
export const RAFT_INIT_LOG_TERM = 5;

export const CLUSTER_ID = 1;
const FIRST_REGION = 1;
/** So that nobody takes a peer's id for its store's. */
const FIRST_PEERS = 100;

/** From PD on, ids are given out above this. */
export const LAST_FIXED_ID = 1000;

export function firstRegion(stores: number): Region {
  const storeIds: StoreId[] = Array.from({ length: stores }, (_, i) => i + 1);
  return {
    id: FIRST_REGION,
    startKey: '',
    endKey: '',
    epoch: { confVer: 1, version: 1 },
    peers: storeIds.map((storeId) => ({ id: FIRST_PEERS + storeId, storeId, role: 'Voter' })),
  };
}

export const INITIAL_APPLY_STATE: RaftApplyState = {
  appliedIndex: RAFT_INIT_LOG_INDEX,
  commitIndex: RAFT_INIT_LOG_INDEX,
  commitTerm: RAFT_INIT_LOG_TERM,
  truncatedState: { index: RAFT_INIT_LOG_INDEX, term: RAFT_INIT_LOG_TERM },
};

/** A peer that was made by a message has nothing until a snapshot comes. */
export const UNINITIALIZED_APPLY_STATE: RaftApplyState = {
  appliedIndex: 0,
  commitIndex: 0,
  commitTerm: 0,
  truncatedState: { index: 0, term: 0 },
};

export const UNINITIALIZED_RAFT_STATE: RaftLocalState = {
  hardState: { term: 0, vote: 0, commit: 0 },
  lastIndex: 0,
};

/** What such a peer knows of its Region: the id. */
export const unknownRegion = (id: RegionId): Region => ({
  id,
  startKey: '',
  endKey: '',
  epoch: { confVer: 0, version: 0 },
  peers: [],
});

export const INITIAL_RAFT_STATE: RaftLocalState = {
  hardState: { term: RAFT_INIT_LOG_TERM, vote: 0, commit: RAFT_INIT_LOG_INDEX },
  lastIndex: RAFT_INIT_LOG_INDEX,
};
