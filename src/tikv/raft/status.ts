// A look at a peer: a copy, and looking changes nothing.                                 (TiKV: raft-rs status.rs)

import type { RaftEvent } from './event.ts';
import type { ConfState, HardState, SoftState } from './message.ts';
import type { Progress as PeerProgress, ProgressState } from './progress.ts';
import { hardState, softState, type Raft } from './raft.ts';

export interface Progress {
  readonly matched: number;
  readonly nextIdx: number;
  readonly state: ProgressState;
  readonly paused: boolean;
  readonly recentActive: boolean;
  readonly pendingSnapshot: number;
  readonly pendingRequestSnapshot: number;
  readonly inflight: number;
  readonly learner: boolean;
  readonly committedIndex: number;
  readonly commitGroupId: number;
}

export interface Status {
  readonly id: number;
  readonly hs: HardState;
  readonly ss: SoftState;
  readonly applied: number;
  readonly persisted: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly leadTransferee: number;
  readonly electionElapsed: number;
  readonly heartbeatElapsed: number;
  readonly randomizedElectionTimeout: number;
  readonly pendingConfIndex: number;
  readonly uncommittedSize: number;
  readonly confState: ConfState;
  /** On a leader only. By ascending id. */
  readonly progress: ReadonlyMap<number, Progress>;
}

export function statusOf(raft: Raft): Status {
  const { log, tracker } = raft;
  const peers = raft.role === 'Leader' ? tracker.peers : [];
  return {
    id: raft.id,
    hs: hardState(raft),
    ss: softState(raft),
    applied: log.applied,
    persisted: log.persisted,
    firstIndex: log.firstIndex(),
    lastIndex: log.lastIndex(),
    leadTransferee: raft.leadTransferee,
    electionElapsed: raft.electionElapsed,
    heartbeatElapsed: raft.heartbeatElapsed,
    randomizedElectionTimeout: raft.randomizedElectionTimeout,
    pendingConfIndex: raft.pendingConfIndex,
    uncommittedSize: raft.uncommittedSize,
    confState: tracker.confState(),
    progress: new Map(peers.map((peer) => [peer.id, flat(peer, tracker.isLearner(peer.id))])),
  };
}

function flat(peer: PeerProgress, learner: boolean): Progress {
  return {
    matched: peer.matched,
    nextIdx: peer.nextIdx,
    state: peer.state,
    paused: peer.isPaused(),
    recentActive: peer.recentActive,
    pendingSnapshot: peer.pendingSnapshot,
    pendingRequestSnapshot: peer.pendingRequestSnapshot,
    inflight: peer.inflights.count,
    learner,
    committedIndex: peer.committedIndex,
    commitGroupId: peer.commitGroupId,
  };
}

/** What has changed in the leader's view of its peers since this was last asked. */
export function progressEvents(raft: Raft): RaftEvent[] {
  const events: RaftEvent[] = [];
  if (raft.role !== 'Leader') return events;
  for (const peer of raft.tracker.peers) {
    if (peer.id === raft.id) continue;
    const { shown, matched, nextIdx, state, pendingSnapshot, recentActive } = peer;
    const paused = peer.isPaused();
    const inflight = peer.inflights.count;
    if (
      shown.matched === matched &&
      shown.nextIdx === nextIdx &&
      shown.state === state &&
      shown.paused === paused &&
      shown.inflight === inflight &&
      shown.pendingSnapshot === pendingSnapshot &&
      shown.recentActive === recentActive
    )
      continue;
    const now = { matched, nextIdx, state, paused, inflight, pendingSnapshot, recentActive };
    Object.assign(shown, now);
    events.push({ type: 'raft/progress-changed', peer: peer.id, ...now });
  }
  return events;
}
