// Puts a message into the outbox, stamped with sender and term.

import { assert } from '../../base/assert.ts';
import type { Draft, Message } from './message.ts';
import type { Raft } from './raft.ts';

export function send(raft: Raft, message: Draft<Message>): void {
  if (message.from === 0) message.from = raft.id;
  switch (message.msgType) {
    case 'MsgRequestVote':
    case 'MsgRequestPreVote':
      assert(message.term !== 0, 'a vote request names its term');
      if (raft.priority !== 0) message.priority = raft.priority;
      break;
    case 'MsgRequestVoteResponse':
    case 'MsgRequestPreVoteResponse':
      assert(message.term !== 0, 'a vote names its term');
      break;
    // Requests of a client, which a follower passes on: they belong to no term.
    case 'MsgPropose':
    case 'MsgReadIndex':
      message.term = 0;
      break;
    default:
      if (message.term === 0) message.term = raft.term;
  }
  raft.msgs.push(message);
}
