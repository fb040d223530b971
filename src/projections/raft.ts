// One replica of a Region on one store: role, term, timer, votes, log, disk, and the progress that a leader keeps.

import type { Micros, NodeId, PeerId, RegionId } from '../tikv/ids.ts';
import type { Majority, Membership } from './membership.ts';
import type { EntryContent } from '../tikv/raftstore/event.ts';
import type { Region } from '../tikv/raftstore/region.ts';

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

export interface Replica {
  store: NodeId;
  region: RegionId;
  peer: PeerId;
  /** The Region as this replica knows it: a split or a change of members reaches each at its own time. Null before it knows. */
  described: Region | null;
  role: Role;
  /** Since when it has this role. */
  since: Micros;
  /** False for one that a message has made and that has had no snapshot yet. */
  initialized: boolean;
  term: number;
  /** The peer that got this replica's vote in `term`, 0 for none; and its store. */
  vote: PeerId;
  votedFor: NodeId | null;
  /** The leader that it knows, 0 for none; and its store. */
  leaderId: PeerId;
  leader: NodeId | null;
  timer: ElectionTimer | null;
  /** Asleep with its Region, nobody's timer runs and no leader speaks; or awake, since then; 0: it never slept. */
  sleep: { readonly asleep: boolean; readonly since: Micros };
  /** Only while it asks for votes. */
  campaign: Campaign | null;
  /** Who votes, as it has applied it. */
  members: Membership;
  log: LogWindow;
  /** The log is on this replica's disk up to and including this index. */
  persistedIndex: number;
  commit: number;
  applied: number;
  /** What a power loss at this moment would leave. */
  disk: DurableState;
  /** Terms and votes on their way to the disk, by the number of the write. */
  hardStates: { readonly write: number; readonly term: number; readonly vote: PeerId }[];
  /** One line per other peer. A leader keeps it up to date; after its death it is what the leader last knew. */
  progress: PeerProgress[];
  /** When a word of its leader last arrived (a heartbeat or an append). */
  heardAt: Micros | null;
  /** Until when it may answer reads alone, on its own clock. Only of a leader. */
  lease: { state: 'valid' | 'suspect'; until: Micros } | null;
  /** The snapshot that is coming in, and how many of its chunks have come. */
  arriving: { index: number; chunk: number; chunks: number } | null;
  /** The snapshot that it is taking in, and how far that is. */
  installing: { stage: 'kv' | 'raft' | 'data'; index: number } | null;
}

/**
 * `ticks` without a leader start an election; `elapsed` of them had passed at `setAt`. While the replica leads, the same
 * counter ends in a look whether a quorum still answers.
 */
export interface ElectionTimer {
  setAt: Micros;
  /** When it had been set the time before, and when it would have ended then. */
  before: Micros;
  ended: Micros;
  /** The randomized time-out. */
  ticks: number;
  elapsed: number;
  tickMicros: Micros;
  /** When it ends if nothing resets it. */
  endsAt: Micros;
}

/** `coming`: asked, not answered. `own` is the candidate's vote for itself. */
export type VoteAnswer = 'own' | 'granted' | 'refused' | 'coming';

export interface Campaign {
  /** A pre-vote asks whether an election could be won; it changes no term. */
  kind: 'pre-vote' | 'vote';
  /** The term that it would lead. */
  term: number;
  startedAt: Micros;
  /** One line per voter, in the order of stores. */
  votes: { peer: PeerId; store: NodeId; answer: VoteAnswer }[];
  /** The sets of voters that have to agree: two while the configuration is joint. */
  majorities: Majority[];
}

export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly digest: number;
  readonly content: EntryContent;
}

/** The end of the log: `entries` holds firstKept … lastIndex without a gap; what stands before is not kept here. */
export interface LogWindow {
  /** The first index that the replica's log still has. */
  firstIndex: number;
  lastIndex: number;
  firstKept: number;
  entries: LogEntry[];
  /** Entries that a conflict took out last, and when; for showing. */
  removed: { at: Micros; from: number; entries: LogEntry[] } | null;
}

/** The newest entries kept per replica. */
export const LOG_WINDOW = 512;

export interface DurableState {
  readonly term: number;
  readonly vote: PeerId;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

export interface PeerProgress {
  readonly peer: PeerId;
  readonly store: NodeId;
  readonly matched: number;
  readonly next: number;
  readonly state: 'probe' | 'replicate' | 'snapshot';
  readonly inflight: number;
  readonly paused: boolean;
  /** The index of the snapshot on its way, 0 for none. */
  readonly pendingSnapshot: number;
  /** Heard from since the leader last looked whether a quorum still answers. */
  readonly recentActive: boolean;
}
