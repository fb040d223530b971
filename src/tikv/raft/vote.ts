// A vote request, from the term gate to the answer, and what its sender's commit index teaches.

import { carryCommit } from './campaign.ts';
import { maybeCommitAt } from './commit-rule.ts';
import { newMessage, type Message } from './message.ts';
import { becomeFollower, restartElectionTimer, type Raft } from './raft.ts';
import type { Verdict } from './rules.ts';
import { send } from './send.ts';

export function handleVoteRequest(raft: Raft, message: Message): void {
  const pre = message.msgType === 'MsgRequestPreVote';
  const verdicts = judge(raft, message, pre);
  const granted = verdicts.every(({ holds }) => holds);
  if (raft.trace) {
    const { from: candidate, term } = message;
    raft.events.push({ type: 'raft/voted', candidate, term, pre, granted, verdicts });
  }
  const type = pre ? 'MsgRequestPreVoteResponse' : 'MsgRequestVoteResponse';
  const answer = newMessage(type, message.from);
  if (granted) {
    // The term asked about, not mine: a pre-vote is granted for a term that nobody has entered yet.
    answer.term = message.term;
    send(raft, answer);
    if (pre) return;
    raft.vote = message.from;
    restartElectionTimer(raft);
  } else {
    answer.term = raft.term;
    answer.reject = true;
    carryCommit(raft, answer);
    send(raft, answer);
    maybeCommitByVote(raft, message);
  }
}

function judge(raft: Raft, message: Message, pre: boolean): Verdict[] {
  const { rules, log } = raft;
  const myIndex = log.lastIndex();
  return [
    rules.voteOnce({
      candidate: message.from,
      vote: raft.vote,
      leader: raft.leaderId,
      pre,
      term: raft.term,
      messageTerm: message.term,
    }),
    rules.voteLog({
      term: message.logTerm,
      index: message.index,
      myTerm: log.lastTerm(),
      myIndex,
    }),
    rules.votePriority({
      priority: message.priority ?? 0,
      mine: raft.priority,
      index: message.index,
      myIndex,
    }),
  ];
}

/** Both sides of a vote say what they know committed; who is behind and has the entry catches up. */
export function maybeCommitByVote(raft: Raft, { commit, commitTerm }: Message): void {
  if (commit === 0 || !commitTerm || raft.role === 'Leader') return;
  const before = raft.log.committed;
  if (!maybeCommitAt(raft, { index: commit, term: commitTerm, by: 'vote' })) return;
  if (raft.role !== 'Candidate' && raft.role !== 'PreCandidate') return;
  // The set of voters may be about to change: stand back until it has.
  if (raft.log.findConfChange(before + 1, raft.log.committed + 1) !== 0)
    becomeFollower(raft, raft.term, 0);
}
