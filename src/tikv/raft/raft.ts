// One peer of one group: its state, and the doors through which it changes role.             (TiKV: raft-rs raft.rs)
// The role is data; the step files switch on it. Nothing here waits, sends, stores or knows a clock: ticks, messages
// and answers of the disk come in, and what is to be done goes out through a Ready.

import { assert } from '../../base/assert.ts';
import type { RaftEvent } from './event.ts';
import type { Config, ReadOnlyOption, Settings } from './config.ts';
import { settingsOf } from './config.ts';
import { membershipOf } from './configuration.ts';
import type { HardState, Message, ReadState, SoftState, StateRole } from './message.ts';
import { rulesWith } from './mutations.ts';
import { RaftLog } from './raft-log.ts';
import { ReadOnly } from './read-only.ts';
import type { Rules } from './rules.ts';
import type { Storage } from './storage.ts';
import { Tracker } from './tracker.ts';

export class Raft {
  readonly id: number;
  readonly settings: Settings;
  rules: Rules;
  readonly trace: boolean;
  readonly log: RaftLog;
  readonly tracker: Tracker;
  readonly readOnly = new ReadOnly();

  term = 0;
  vote = 0;
  role: StateRole = 'Follower';
  leaderId = 0;
  /** A voter of either half: only such a peer campaigns. */
  promotable = false;
  leadTransferee = 0;
  /** The last conf change in the log is at or below this index. */
  pendingConfIndex = 0;
  /** A follower asked for a snapshot at or above this index. */
  pendingRequestSnapshot = 0;

  electionElapsed = 0;
  heartbeatElapsed = 0;
  randomizedElectionTimeout = 0;

  /** Bytes of proposals of this term that were not handed out as committed. */
  uncommittedSize = 0;
  /** Entries up to here were in the log when this peer became leader; they do not count above. */
  inheritedIndex = 0;

  msgs: Message[] = [];
  readStates: ReadState[] = [];
  events: RaftEvent[] = [];
  /** An answer held back; only where heartbeats are answered one late. */
  heldAnswer: Message | null = null;

  // What may be switched while running.
  checkQuorum: boolean;
  preVote: boolean;
  skipBcastCommit: boolean;
  batchAppend: boolean;
  priority: number;
  readonly readOnlyOption: ReadOnlyOption;
  maxCommittedSizePerReady: number;

  constructor(config: Config, store: Storage) {
    const settings = settingsOf(config);
    this.id = settings.id;
    this.settings = settings;
    this.rules = rulesWith(settings.broken);
    this.trace = settings.trace;
    this.checkQuorum = settings.checkQuorum;
    this.preVote = settings.preVote && this.rules.ways.preVote === 'as-configured';
    this.skipBcastCommit = settings.skipBcastCommit;
    this.batchAppend = settings.batchAppend;
    this.priority = settings.priority;
    this.readOnlyOption = settings.readOnlyOption;
    this.maxCommittedSizePerReady = settings.maxCommittedSizePerReady;
    this.log = new RaftLog(store, settings.maxApplyUnpersistedLogLimit);
    this.tracker = new Tracker(settings.maxInflightMsgs);
  }
}

/** A peer as its store remembers it: a follower that has heard of nobody. */
export function newRaft(config: Config, store: Storage): Raft {
  const raft = new Raft(config, store);
  const { hardState, confState } = store.initialState();
  raft.tracker.restore(membershipOf(confState), raft.log.lastIndex() + 1);
  raft.promotable = raft.tracker.isVoter(raft.id);
  if (hardState.term !== 0 || hardState.vote !== 0 || hardState.commit !== 0) {
    raft.log.commitTo(hardState.commit);
    raft.term = hardState.term;
    raft.vote = hardState.vote;
  }
  if (raft.settings.applied > 0) raft.log.appliedTo(raft.settings.applied);
  becomeFollower(raft, raft.term, 0);
  return raft;
}

export const softState = (raft: Raft): SoftState => ({
  leaderId: raft.leaderId,
  raftState: raft.role,
});

export const hardState = (raft: Raft): HardState => ({
  term: raft.term,
  vote: raft.vote,
  commit: raft.log.committed,
});

/** The leader has committed an entry of its term, so it knows all that was ever committed. */
export const hasCommittedOwnTerm = (raft: Raft): boolean =>
  raft.log.term(raft.log.committed) === raft.term;

export const hasPendingConf = (raft: Raft): boolean => raft.pendingConfIndex > raft.log.applied;

// ---- the election timer ------------------------------------------------------------------------------------

export function restartElectionTimer(raft: Raft): void {
  raft.electionElapsed = 0;
  tellTimeout(raft);
}

export function setElectionTimeout(raft: Raft, ticks: number): void {
  raft.randomizedElectionTimeout = ticks;
  tellTimeout(raft);
}

function rollElectionTimeout(raft: Raft): void {
  const { minElectionTick: min, maxElectionTick: max, random } = raft.settings;
  const drawn = min + random(max - min);
  raft.randomizedElectionTimeout = raft.rules.ways.timeout === 'equal' ? min : drawn;
}

function tellTimeout(raft: Raft): void {
  if (!raft.trace) return;
  raft.events.push({
    type: 'raft/timeout-set',
    randomizedElectionTimeout: raft.randomizedElectionTimeout,
    electionElapsed: raft.electionElapsed,
  });
}

// ---- roles -------------------------------------------------------------------------------------------------

/** What every change of role or term forgets. */
function reset(raft: Raft, term: number): void {
  if (raft.term !== term) {
    raft.term = term;
    raft.vote = 0;
  }
  raft.leaderId = 0;
  rollElectionTimeout(raft);
  raft.electionElapsed = 0;
  raft.heartbeatElapsed = 0;
  tellTimeout(raft);
  abortTransfer(raft, 'role-changed');
  raft.tracker.resetVotes();
  raft.pendingConfIndex = 0;
  raft.uncommittedSize = 0;
  raft.pendingRequestSnapshot = 0;
  raft.heldAnswer = null;
  dropPendingReads(raft);
  const { log } = raft;
  const next = log.lastIndex() + 1;
  for (const peer of raft.tracker.peers) {
    peer.reset(next);
    if (peer.id !== raft.id) continue;
    peer.matched = log.persisted;
    peer.committedIndex = log.committed;
  }
}

function dropPendingReads(raft: Raft): void {
  if (raft.readOnly.size === 0) return;
  for (const { request, ctx } of raft.readOnly.clear()) {
    if (!raft.trace) continue;
    raft.events.push({
      type: 'raft/read-index-dropped',
      from: request.from || raft.id,
      ctx,
      reason: 'role-changed',
    });
  }
}

export function becomeFollower(raft: Raft, term: number, leader: number): void {
  const { pendingRequestSnapshot } = raft;
  reset(raft, term);
  raft.leaderId = leader;
  raft.role = 'Follower';
  // A snapshot once asked for is asked for again, of whoever leads.
  raft.pendingRequestSnapshot = pendingRequestSnapshot;
  if (raft.trace) raft.events.push({ type: 'raft/became-follower', term, leader });
}

/** Asks whether an election could be won; term and vote stay as they are. */
export function becomePreCandidate(raft: Raft): void {
  assert(raft.role !== 'Leader', 'a leader became pre-candidate');
  raft.role = 'PreCandidate';
  raft.tracker.resetVotes();
  raft.leaderId = 0;
  if (raft.trace) raft.events.push({ type: 'raft/became-pre-candidate', term: raft.term });
}

export function becomeCandidate(raft: Raft): void {
  assert(raft.role !== 'Leader', 'a leader became candidate');
  reset(raft, raft.term + 1);
  raft.vote = raft.id;
  raft.role = 'Candidate';
  if (raft.trace) raft.events.push({ type: 'raft/became-candidate', term: raft.term });
}

/** The caller appends the empty entry of the new term. */
export function becomeLeader(raft: Raft): void {
  assert(raft.role !== 'Follower', 'a follower became leader');
  reset(raft, raft.term);
  raft.leaderId = raft.id;
  raft.role = 'Leader';
  const lastIndex = raft.log.lastIndex();
  raft.inheritedIndex = lastIndex;
  // There may be a conf change among the inherited entries; it is cheaper to wait for all of them than to look.
  raft.pendingConfIndex = lastIndex;
  raft.tracker.mustGet(raft.id).becomeReplicate();
  if (raft.rules.ways.firstNext === 'random') {
    for (const peer of raft.tracker.peers)
      if (peer.id !== raft.id) peer.nextIdx = 1 + raft.settings.random(lastIndex + 1);
  }
  if (raft.trace) raft.events.push({ type: 'raft/became-leader', term: raft.term, lastIndex });
}

export function abortTransfer(
  raft: Raft,
  reason: 'superseded' | 'timed-out' | 'removed' | 'role-changed',
): void {
  const to = raft.leadTransferee;
  if (to === 0) return;
  raft.leadTransferee = 0;
  if (raft.trace) raft.events.push({ type: 'raft/transfer-aborted', to, reason });
}
