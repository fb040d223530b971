// What a candidate or pre-candidate does with a message that has passed the term gate.

import { poll } from './campaign.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './follow.ts';
import type { Message } from './message.ts';
import { dropProposal } from './propose.ts';
import { becomeFollower, type Raft } from './raft.ts';
import { readContext } from './read-only.ts';
import { maybeCommitByVote } from './vote.ts';

export function stepCandidate(raft: Raft, message: Message): void {
  switch (message.msgType) {
    case 'MsgPropose':
      return dropProposal(raft, 'candidate');
    // Somebody leads in this term already.
    case 'MsgAppend':
      becomeFollower(raft, message.term, message.from);
      return handleAppend(raft, message);
    case 'MsgHeartbeat':
      becomeFollower(raft, message.term, message.from);
      return handleHeartbeat(raft, message);
    case 'MsgSnapshot':
      becomeFollower(raft, message.term, message.from);
      return handleSnapshot(raft, message);
    case 'MsgRequestPreVoteResponse':
      return raft.role === 'PreCandidate' ? takeVote(raft, message) : undefined;
    case 'MsgRequestVoteResponse':
      return raft.role === 'Candidate' ? takeVote(raft, message) : undefined;
    case 'MsgReadIndex':
      if (raft.trace) {
        raft.events.push({
          type: 'raft/read-index-dropped',
          from: message.from || raft.id,
          ctx: readContext(message),
          reason: 'not-leader',
        });
      }
      return;
    default:
      return;
  }
}

function takeVote(raft: Raft, message: Message): void {
  poll(raft, message.from, message.reject !== true);
  maybeCommitByVote(raft, message);
}
