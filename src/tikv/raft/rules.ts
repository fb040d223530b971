// The decisions on which Raft's safety rests, each by name. A rule is pure: facts in, verdict and reason out.
// `holds` always permits: to grant, to accept, to commit, to send. What is done with a verdict is no business of a rule.

export type Fact = number | string | boolean;

export interface Verdict {
  readonly rule: RuleId;
  readonly holds: boolean;
  readonly facts: Readonly<Record<string, Fact>>;
}

export type RuleId = (typeof RULE_IDS)[number];

export const RULE_IDS = [
  'raft/vote-stickiness',
  'raft/vote-once',
  'raft/vote-log',
  'raft/vote-priority',
  'raft/vote-count-once',
  'raft/campaign-voter',
  'raft/campaign-pending-conf',
  'raft/append-term',
  'raft/append-match',
  'raft/append-truncate',
  'raft/append-commit-bound',
  'raft/heartbeat-commit-bound',
  'raft/commit-quorum',
  'raft/commit-current-term',
  'raft/leader-counts-persisted',
  'raft/persist-before-send',
  'raft/persist-vote',
  'raft/persist-term',
  'raft/must-sync',
  'raft/read-index-own-term',
  'raft/read-index-quorum',
  'raft/conf-change-pending',
  'raft/conf-change-joint',
  'raft/conf-one-voter',
  'raft/snapshot-newer',
  'raft/snapshot-member',
  'raft/transfer-caught-up',
] as const;

/** Where a rule is more than a yes or a no, or where a choice is free: one word each. */
export interface Ways {
  /** Who has to have an entry before it is committed. */
  readonly commitBy: 'majority' | 'leader-alone' | 'half';
  /** What a new leader takes for a peer's next index. */
  readonly firstNext: 'after-last' | 'random';
  readonly timeout: 'random' | 'equal';
  readonly preVote: 'as-configured' | 'off';
  readonly heartbeatAnswer: 'now' | 'one-late';
}

export type Rule<Of> = (of: Of) => Verdict;

export interface Rules {
  readonly ways: Ways;
  /** May a vote request be looked at, though a leader was heard from? */
  readonly voteStickiness: Rule<{
    checkQuorum: boolean;
    leader: number;
    electionElapsed: number;
    electionTick: number;
    transfer: boolean;
  }>;
  /** Is the vote of this term still free for this candidate? */
  readonly voteOnce: Rule<{
    candidate: number;
    vote: number;
    leader: number;
    pre: boolean;
    term: number;
    messageTerm: number;
  }>;
  /** Is the candidate's log at least as new as mine? */
  readonly voteLog: Rule<{ term: number; index: number; myTerm: number; myIndex: number }>;
  /** Is the candidate's priority enough, or its log longer? */
  readonly votePriority: Rule<{ priority: number; mine: number; index: number; myIndex: number }>;
  /** Is this the voter's first answer? */
  readonly voteCountOnce: Rule<{ from: number; counted: boolean }>;
  /** Is this peer a voter, so that it may campaign? */
  readonly campaignVoter: Rule<{ promotable: boolean }>;
  /** Is no committed conf change left to apply? `pending` is the index of the first one, or 0. */
  readonly campaignPendingConf: Rule<{ pending: number; applied: number; committed: number }>;
  /** May an append of that term be taken? */
  readonly appendTerm: Rule<{ messageTerm: number; term: number }>;
  /** Does the entry before the new ones match? */
  readonly appendMatch: Rule<{ index: number; logTerm: number; myTerm: number; lastIndex: number }>;
  /** May what follows the new entries be cut off? */
  readonly appendTruncate: Rule<{ conflict: number; lastNew: number; lastIndex: number }>;
  /** May a follower commit all that the leader has committed, and not only what it has just compared? */
  readonly appendCommitBound: Rule<{ commit: number; lastNew: number }>;
  /** May a heartbeat tell the whole commit index? */
  readonly heartbeatCommitBound: Rule<{ committed: number; matched: number }>;
  /** Does a quorum have the entry? */
  readonly commitQuorum: Rule<{
    index: number;
    quorumIndex: number;
    holders: number;
    voters: number;
  }>;
  /** Is the entry of the leader's own term? */
  readonly commitCurrentTerm: Rule<{ index: number; entryTerm: number; term: number }>;
  /** May the leader count itself for this entry? */
  readonly leaderCountsPersisted: Rule<{ index: number; persisted: number }>;
  /** May a message leave before its Ready is on disk? */
  readonly persistBeforeSend: Rule<{ message: string; leader: boolean; hardStateChanged: boolean }>;
  /** Does the vote have to go to disk? */
  readonly persistVote: Rule<{ vote: number; stored: number }>;
  /** Does the term have to go to disk? */
  readonly persistTerm: Rule<{ term: number; stored: number }>;
  /** Does the Ready have to be on disk before anything builds on it? */
  readonly mustSync: Rule<{ hardState: boolean; entries: number; snapshot: boolean }>;
  /** Has the leader committed an entry of its term? */
  readonly readIndexOwnTerm: Rule<{ term: number; committed: number; committedTerm: number }>;
  /** Has a quorum confirmed the leader since the read was asked? */
  readonly readIndexQuorum: Rule<{ acks: number; quorum: boolean; voters: number; by: string }>;
  /** Is every earlier conf change applied? */
  readonly confChangePending: Rule<{ pending: number; applied: number }>;
  /** Joint: only leaving is allowed. Not joint: leaving is not. */
  readonly confChangeJoint: Rule<{ joint: boolean; leaving: boolean }>;
  /** Is the change small enough to do without a joint configuration? */
  readonly confOneVoter: Rule<{ changes: number; joint: boolean }>;
  /** Does the snapshot bring anything new? */
  readonly snapshotNewer: Rule<{ index: number; committed: number }>;
  /** Is this peer in the snapshot's configuration? */
  readonly snapshotMember: Rule<{ member: boolean }>;
  /** Has the transferee everything that the leader has? */
  readonly transferCaughtUp: Rule<{ matched: number; lastIndex: number }>;
}

const verdict = (rule: RuleId, holds: boolean, facts: Readonly<Record<string, Fact>>): Verdict => ({
  rule,
  holds,
  facts,
});

export const RULES: Rules = {
  ways: {
    commitBy: 'majority',
    firstNext: 'after-last',
    timeout: 'random',
    preVote: 'as-configured',
    heartbeatAnswer: 'now',
  },
  voteStickiness(of) {
    const inLease = of.checkQuorum && of.leader !== 0 && of.electionElapsed < of.electionTick;
    return verdict('raft/vote-stickiness', of.transfer || !inLease, of);
  },
  voteOnce(of) {
    const free = of.vote === 0 && of.leader === 0;
    const later = of.pre && of.messageTerm > of.term;
    return verdict('raft/vote-once', of.vote === of.candidate || free || later, of);
  },
  voteLog(of) {
    const newer = of.term > of.myTerm || (of.term === of.myTerm && of.index >= of.myIndex);
    return verdict('raft/vote-log', newer, of);
  },
  votePriority(of) {
    return verdict('raft/vote-priority', of.index > of.myIndex || of.priority >= of.mine, of);
  },
  voteCountOnce(of) {
    return verdict('raft/vote-count-once', !of.counted, of);
  },
  campaignVoter(of) {
    return verdict('raft/campaign-voter', of.promotable, of);
  },
  campaignPendingConf(of) {
    return verdict('raft/campaign-pending-conf', of.pending === 0, of);
  },
  appendTerm(of) {
    return verdict('raft/append-term', of.messageTerm >= of.term, of);
  },
  appendMatch(of) {
    const present = of.index <= of.lastIndex;
    return verdict('raft/append-match', present && of.logTerm === of.myTerm, of);
  },
  appendTruncate(of) {
    const differs = of.conflict !== 0 && of.conflict <= of.lastIndex;
    return verdict('raft/append-truncate', differs, of);
  },
  appendCommitBound(of) {
    return verdict('raft/append-commit-bound', of.commit <= of.lastNew, of);
  },
  heartbeatCommitBound(of) {
    return verdict('raft/heartbeat-commit-bound', of.committed <= of.matched, of);
  },
  commitQuorum(of) {
    return verdict('raft/commit-quorum', of.index <= of.quorumIndex, of);
  },
  commitCurrentTerm(of) {
    return verdict('raft/commit-current-term', of.entryTerm === of.term, of);
  },
  leaderCountsPersisted(of) {
    return verdict('raft/leader-counts-persisted', of.index <= of.persisted, of);
  },
  persistBeforeSend(of) {
    return verdict('raft/persist-before-send', of.leader && !of.hardStateChanged, of);
  },
  persistVote(of) {
    return verdict('raft/persist-vote', of.vote !== of.stored, of);
  },
  persistTerm(of) {
    return verdict('raft/persist-term', of.term !== of.stored, of);
  },
  mustSync(of) {
    return verdict('raft/must-sync', of.hardState || of.entries > 0 || of.snapshot, of);
  },
  readIndexOwnTerm(of) {
    return verdict('raft/read-index-own-term', of.committedTerm === of.term, of);
  },
  readIndexQuorum(of) {
    return verdict('raft/read-index-quorum', of.quorum, of);
  },
  confChangePending(of) {
    return verdict('raft/conf-change-pending', of.pending <= of.applied, of);
  },
  confChangeJoint(of) {
    return verdict('raft/conf-change-joint', of.joint === of.leaving, of);
  },
  confOneVoter(of) {
    return verdict('raft/conf-one-voter', !of.joint, of);
  },
  snapshotNewer(of) {
    return verdict('raft/snapshot-newer', of.index >= of.committed, of);
  },
  snapshotMember(of) {
    return verdict('raft/snapshot-member', of.member, of);
  },
  transferCaughtUp(of) {
    return verdict('raft/transfer-caught-up', of.matched === of.lastIndex, of);
  },
};

export const isRuleName = (name: string): name is RuleId =>
  (RULE_IDS as readonly string[]).includes(name);
