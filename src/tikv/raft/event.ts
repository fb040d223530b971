// What has happened inside one peer, as plain data. The host adds whose Region and store it was.
// Events change nothing: a peer that collects none behaves the same.

import type { Bytes } from '../../base/bytes.ts';
import type { ConfState, MessageType } from './message.ts';
import type { ProgressState } from './progress.ts';
import type { Verdict } from './rules.ts';

export type { Verdict } from './rules.ts';

export interface LoggedEntry {
  readonly index: number;
  readonly term: number;
  /** 32 bits of the content. */
  readonly digest: number;
}

/** By what a commit index moved. */
export type CommitBasis = 'quorum' | 'leader' | 'vote' | 'snapshot' | 'read-index';

export type RaftEvent =
  // Elections
  | { readonly type: 'raft/became-follower'; readonly term: number; readonly leader: number }
  | { readonly type: 'raft/became-pre-candidate'; readonly term: number }
  | { readonly type: 'raft/became-candidate'; readonly term: number }
  | { readonly type: 'raft/became-leader'; readonly term: number; readonly lastIndex: number }
  | { readonly type: 'raft/campaign-refused'; readonly term: number; readonly verdict: Verdict }
  | {
      readonly type: 'raft/voted';
      readonly candidate: number;
      readonly term: number;
      readonly pre: boolean;
      readonly granted: boolean;
      readonly verdicts: readonly Verdict[];
    }
  | {
      readonly type: 'raft/vote-ignored';
      readonly candidate: number;
      readonly term: number;
      readonly pre: boolean;
      readonly verdict: Verdict;
    }
  | {
      readonly type: 'raft/vote-received';
      readonly from: number;
      readonly term: number;
      readonly pre: boolean;
      readonly granted: boolean;
      readonly verdict: Verdict;
    }
  /** The election timer starts again, or has been given another length. Ticks. */
  | {
      readonly type: 'raft/timeout-set';
      readonly randomizedElectionTimeout: number;
      readonly electionElapsed: number;
    }
  | {
      readonly type: 'raft/stale-ignored';
      readonly from: number;
      readonly message: MessageType;
      readonly messageTerm: number;
      readonly term: number;
      /** The sender was told the newer term. */
      readonly answered: boolean;
    }
  // The log
  | {
      readonly type: 'raft/appended';
      /** Index of the first. */
      readonly from: number;
      readonly entries: readonly LoggedEntry[];
    }
  | { readonly type: 'raft/truncated'; readonly from: number }
  | {
      readonly type: 'raft/append-rejected';
      readonly leader: number;
      readonly index: number;
      readonly hint: number;
      readonly hintTerm: number;
      readonly verdict: Verdict;
    }
  | { readonly type: 'raft/persisted'; readonly index: number; readonly term: number }
  | {
      readonly type: 'raft/committed';
      readonly index: number;
      readonly term: number;
      readonly by: CommitBasis;
      readonly verdicts: readonly Verdict[];
    }
  /** A quorum has the entry, and yet it may not be committed. */
  | { readonly type: 'raft/commit-held'; readonly index: number; readonly verdict: Verdict }
  | { readonly type: 'raft/proposal-dropped'; readonly reason: ProposalDropReason }
  /** The leader's view of a peer, whenever it has changed. */
  | {
      readonly type: 'raft/progress-changed';
      readonly peer: number;
      readonly matched: number;
      readonly nextIdx: number;
      readonly state: ProgressState;
      readonly paused: boolean;
      readonly inflight: number;
      /** The index of the snapshot on its way, 0 for none. */
      readonly pendingSnapshot: number;
      /** Heard from since the last look whether a quorum answers. */
      readonly recentActive: boolean;
    }
  // Reads
  | {
      readonly type: 'raft/read-index-requested';
      readonly from: number;
      readonly ctx: Bytes;
      readonly index: number;
    }
  | {
      readonly type: 'raft/read-index-confirmed';
      readonly from: number;
      readonly ctx: Bytes;
      readonly index: number;
      readonly verdict: Verdict;
    }
  | {
      readonly type: 'raft/read-index-dropped';
      readonly from: number;
      readonly ctx: Bytes;
      readonly reason: 'no-leader' | 'not-leader' | 'own-term' | 'role-changed';
    }
  // Membership
  | { readonly type: 'raft/conf-changed'; readonly confState: ConfState }
  | {
      readonly type: 'raft/conf-change-refused';
      readonly index: number;
      readonly verdict: Verdict;
    }
  // Snapshots
  | {
      readonly type: 'raft/snapshot-sent';
      readonly to: number;
      readonly index: number;
      readonly term: number;
    }
  | {
      readonly type: 'raft/snapshot-postponed';
      readonly to: number;
      readonly reason: 'peer-not-active' | 'not-ready';
    }
  | { readonly type: 'raft/snapshot-restored'; readonly index: number; readonly term: number }
  | {
      readonly type: 'raft/snapshot-ignored';
      readonly index: number;
      readonly term: number;
      readonly reason: 'older' | 'not-member' | 'not-follower' | 'log-has-it';
    }
  | {
      readonly type: 'raft/snapshot-reported';
      readonly peer: number;
      readonly status: 'Finish' | 'Failure';
    }
  | { readonly type: 'raft/snapshot-requested'; readonly index: number }
  // Leader transfer
  | { readonly type: 'raft/transfer-started'; readonly to: number; readonly verdict: Verdict }
  | { readonly type: 'raft/transfer-timeout-now-sent'; readonly to: number }
  | {
      readonly type: 'raft/transfer-aborted';
      readonly to: number;
      readonly reason: 'superseded' | 'timed-out' | 'removed' | 'role-changed';
    }
  | {
      readonly type: 'raft/transfer-ignored';
      readonly to: number;
      readonly reason: 'unknown' | 'learner' | 'already-leader' | 'already-running' | 'no-leader';
    };

export type ProposalDropReason =
  | 'no-leader'
  | 'candidate'
  | 'removed'
  | 'transferring'
  | 'uncommitted-limit'
  | 'forwarding-disabled'
  | 'malformed';
