// How a peer stands for election, and how the votes are counted.

import { newMessage, type Draft, type Message } from './message.ts';
import { openTerm } from './propose.ts';
import {
  becomeCandidate,
  becomeFollower,
  becomeLeader,
  becomePreCandidate,
  type Raft,
} from './raft.ts';
import { bcastAppend } from './replicate.ts';
import type { Verdict } from './rules.ts';
import { send } from './send.ts';

/** The context of a vote request that a leader has asked for: voters look at it in spite of the leader. */
export const CAMPAIGN_TRANSFER = 'CampaignTransfer';

type Campaign = 'pre-election' | 'election' | 'transfer';

/** Starts an election, unless this peer leads already or may not. */
export function hup(raft: Raft, transfer: boolean): void {
  if (raft.role === 'Leader') return;
  const voter = raft.rules.campaignVoter({ promotable: raft.promotable });
  if (!voter.holds) return refuse(raft, voter);
  const { applied, committed } = raft.log;
  const pending = firstUnappliedConfChange(raft);
  const settled = raft.rules.campaignPendingConf({ pending, applied, committed });
  if (!settled.holds) return refuse(raft, settled);
  if (transfer) campaign(raft, 'transfer');
  else campaign(raft, raft.preVote ? 'pre-election' : 'election');
}

function refuse(raft: Raft, verdict: Verdict): void {
  if (raft.trace) raft.events.push({ type: 'raft/campaign-refused', term: raft.term, verdict });
}

/** 0 where there is none. A snapshot that no store has yet is nothing to lead with either. */
function firstUnappliedConfChange({ log }: Raft): number {
  if (log.applied >= log.committed) return 0;
  const { snapshot } = log.unstable;
  if (snapshot !== null) return snapshot.metadata.index;
  return log.findConfChange(log.applied + 1, log.committed + 1);
}

function campaign(raft: Raft, kind: Campaign): void {
  const pre = kind === 'pre-election';
  if (pre) becomePreCandidate(raft);
  else becomeCandidate(raft);
  // A pre-vote asks about the next term without entering it.
  const term = pre ? raft.term + 1 : raft.term;
  if (poll(raft, raft.id, true) !== 'Pending') return;
  const { log } = raft;
  for (const voter of raft.tracker.voters()) {
    if (voter === raft.id) continue;
    const request = newMessage(pre ? 'MsgRequestPreVote' : 'MsgRequestVote', voter);
    request.term = term;
    request.index = log.lastIndex();
    request.logTerm = log.lastTerm();
    carryCommit(raft, request);
    if (kind === 'transfer') request.context = CAMPAIGN_TRANSFER;
    send(raft, request);
  }
}

/** Vote messages also say what their sender knows to be committed. */
export function carryCommit({ log }: Raft, message: Draft<Message>): void {
  message.commit = log.committed;
  const term = log.term(log.committed);
  if (term > 0) message.commitTerm = term;
}

/** Counts one answer and does what the count asks for. */
export function poll(raft: Raft, from: number, granted: boolean): 'Won' | 'Lost' | 'Pending' {
  const { tracker } = raft;
  const counted = tracker.votes.has(from);
  const verdict = raft.rules.voteCountOnce({ from, counted });
  if (!counted) tracker.recordVote(from, granted);
  else if (verdict.holds && granted) tracker.surplusGrants++;
  if (raft.trace) {
    const { term } = raft;
    const pre = raft.role === 'PreCandidate';
    raft.events.push({ type: 'raft/vote-received', from, term, pre, granted, verdict });
  }
  const result = tracker.tally();
  if (result === 'Lost') becomeFollower(raft, raft.term, 0);
  else if (result === 'Won') win(raft);
  return result;
}

function win(raft: Raft): void {
  if (raft.role === 'PreCandidate') return campaign(raft, 'election');
  becomeLeader(raft);
  openTerm(raft);
  bcastAppend(raft);
}
