// What a follower does with a message that has passed the term gate.

import { hup } from './campaign.ts';
import { maybeCommitAt } from './commit-rule.ts';
import { handleAppend, handleHeartbeat, handleSnapshot } from './follow.ts';
import { redraft, type Message } from './message.ts';
import { dropProposal } from './propose.ts';
import { restartElectionTimer, type Raft } from './raft.ts';
import { readContext } from './read-only.ts';
import { send } from './send.ts';

export function stepFollower(raft: Raft, message: Message): void {
  switch (message.msgType) {
    case 'MsgPropose':
      if (raft.leaderId === 0) return dropProposal(raft, 'no-leader');
      if (raft.settings.disableProposalForwarding) return dropProposal(raft, 'forwarding-disabled');
      return forward(raft, message);
    case 'MsgAppend':
      hearLeader(raft, message);
      return handleAppend(raft, message);
    case 'MsgHeartbeat':
      hearLeader(raft, message);
      return handleHeartbeat(raft, message);
    case 'MsgSnapshot':
      hearLeader(raft, message);
      return handleSnapshot(raft, message);
    case 'MsgTransferLeader':
      if (raft.leaderId !== 0) return forward(raft, message);
      if (raft.trace)
        raft.events.push({
          type: 'raft/transfer-ignored',
          to: message.from,
          reason: 'no-leader',
        });
      return;
    case 'MsgTimeoutNow':
      // The leader itself hands over, so nobody has to be asked first whether an election makes sense.
      return hup(raft, true);
    case 'MsgReadIndex':
      if (raft.leaderId !== 0) return forward(raft, message);
      if (raft.trace) {
        raft.events.push({
          type: 'raft/read-index-dropped',
          from: message.from || raft.id,
          ctx: readContext(message),
          reason: 'no-leader',
        });
      }
      return;
    case 'MsgReadIndexResp':
      return takeReadIndex(raft, message);
    default:
      return;
  }
}

function hearLeader(raft: Raft, message: Message): void {
  restartElectionTimer(raft);
  raft.leaderId = message.from;
}

function forward(raft: Raft, message: Message): void {
  const copy = redraft(message);
  copy.to = raft.leaderId;
  copy.term = 0;
  send(raft, copy);
}

function takeReadIndex(raft: Raft, message: Message): void {
  if (message.entries.length !== 1) return;
  const { index, term } = message;
  raft.readStates.push({ index, requestCtx: readContext(message) });
  // A leader answers only when the entry at its commit index is of its term.
  maybeCommitAt(raft, { index, term, by: 'read-index' });
}
