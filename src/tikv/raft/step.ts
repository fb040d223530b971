// The one way in for messages: first the term, then votes, then what the role makes of it.
//
//   term of the message is   0       a client's request or a word to oneself: straight to the role
//                            higher  step down, unless it is a pre-vote, or a vote while a leader is near
//                            lower   ignore, but tell a stale leader or pre-candidate the newer term

import { CAMPAIGN_TRANSFER, hup } from './campaign.ts';
import { newMessage, type Message } from './message.ts';
import { becomeFollower, type Raft } from './raft.ts';
import { send } from './send.ts';
import { stepCandidate } from './step-candidate.ts';
import { stepFollower } from './step-follower.ts';
import { stepLeader } from './step-leader.ts';
import { handleVoteRequest } from './vote.ts';

/** Throws RaftError where a proposal is dropped. */
export function step(raft: Raft, message: Message): void {
  const { term } = message;
  if (term > raft.term) {
    if (!enterTerm(raft, message)) return;
  } else if (term < raft.term && term !== 0 && !passStale(raft, message)) return;
  switch (message.msgType) {
    case 'MsgHup':
      return hup(raft, false);
    case 'MsgRequestVote':
    case 'MsgRequestPreVote':
      return handleVoteRequest(raft, message);
    default:
      break;
  }
  switch (raft.role) {
    case 'Follower':
      return stepFollower(raft, message);
    case 'Candidate':
    case 'PreCandidate':
      return stepCandidate(raft, message);
    case 'Leader':
      return stepLeader(raft, message);
  }
}

/** A message of a higher term. False where it is to be passed over. */
function enterTerm(raft: Raft, message: Message): boolean {
  switch (message.msgType) {
    case 'MsgRequestVote':
      if (isSticky(raft, message)) return false;
      becomeFollower(raft, message.term, 0);
      return true;
    case 'MsgRequestPreVote':
      return !isSticky(raft, message);
    case 'MsgRequestPreVoteResponse':
      // A grant carries the term that was asked about; a refusal the term of who refuses.
      if (message.reject === true) becomeFollower(raft, message.term, 0);
      return true;
    case 'MsgAppend':
    case 'MsgHeartbeat':
    case 'MsgSnapshot':
      becomeFollower(raft, message.term, message.from);
      return true;
    default:
      becomeFollower(raft, message.term, 0);
      return true;
  }
}

/** While a leader is near, an election would only disturb. */
function isSticky(raft: Raft, message: Message): boolean {
  const verdict = raft.rules.voteStickiness({
    checkQuorum: raft.checkQuorum,
    leader: raft.leaderId,
    electionElapsed: raft.electionElapsed,
    electionTick: raft.settings.electionTick,
    transfer: message.context === CAMPAIGN_TRANSFER,
  });
  if (!verdict.holds && raft.trace) {
    raft.events.push({
      type: 'raft/vote-ignored',
      candidate: message.from,
      term: message.term,
      pre: message.msgType === 'MsgRequestPreVote',
      verdict,
    });
  }
  return !verdict.holds;
}

/** A message of a lower term. True only where a broken rule lets it in. */
function passStale(raft: Raft, message: Message): boolean {
  const { msgType } = message;
  let answered = false;
  if (msgType === 'MsgAppend' || msgType === 'MsgHeartbeat') {
    const { term: messageTerm } = message;
    const taken = raft.rules.appendTerm({ messageTerm, term: raft.term });
    if (taken.holds && msgType === 'MsgAppend' && raft.role === 'Follower') return true;
    // Without this a peer that went ahead by itself could never be brought back, nor a stale leader told.
    answered = raft.checkQuorum || raft.preVote;
    if (answered) send(raft, newMessage('MsgAppendResponse', message.from));
  } else if (msgType === 'MsgRequestPreVote') {
    const refusal = newMessage('MsgRequestPreVoteResponse', message.from);
    refusal.term = raft.term;
    refusal.reject = true;
    send(raft, refusal);
    answered = true;
  }
  if (raft.trace) {
    raft.events.push({
      type: 'raft/stale-ignored',
      from: message.from,
      message: msgType,
      messageTerm: message.term,
      term: raft.term,
      answered,
    });
  }
  return false;
}
