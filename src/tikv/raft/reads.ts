// Linearisable reads without a log entry: the leader notes its commit index, proves that it still leads, and answers.

import type { Bytes } from '../../base/bytes.ts';
import { newMessage, type Message } from './message.ts';
import { hasCommittedOwnTerm, type Raft } from './raft.ts';
import { readContext } from './read-only.ts';
import { bcastHeartbeatWith } from './replicate.ts';
import type { Verdict } from './rules.ts';
import { send } from './send.ts';

/** A MsgReadIndex at the leader. */
export function readIndexAsLeader(raft: Raft, request: Message): void {
  const { log, rules, term } = raft;
  const { committed } = log;
  const ctx = readContext(request);
  const from = request.from || raft.id;
  if (!hasCommittedOwnTerm(raft)) {
    const committedTerm = log.term(committed);
    const own = rules.readIndexOwnTerm({ term, committed, committedTerm });
    if (!own.holds) {
      if (raft.trace)
        raft.events.push({ type: 'raft/read-index-dropped', from, ctx, reason: 'own-term' });
      return;
    }
  }
  if (raft.trace)
    raft.events.push({ type: 'raft/read-index-requested', from, ctx, index: committed });
  const alone = raft.tracker.isAlone(raft.id);
  // A lease is only worth something while a quorum check ends it in time.
  const byLease = raft.readOnlyOption === 'LeaseBased' && raft.checkQuorum;
  const by = alone ? 'alone' : byLease ? 'lease' : 'acks';
  const quorum = alone || byLease;
  const confirmed = rules.readIndexQuorum({ acks: 1, quorum, voters: votersOf(raft), by });
  if (confirmed.holds) return answer(raft, { request, index: committed }, confirmed);
  bcastHeartbeatWith(raft, raft.readOnly.add(request, committed, raft.id));
}

const votersOf = (raft: Raft): number => raft.tracker.members.incoming.length;

/** `from` has confirmed this leader since the read was asked that has this token. */
export function confirmReads(raft: Raft, from: number, token: Bytes): void {
  const acks = raft.readOnly.acknowledge(from, token);
  if (acks === null) return;
  const quorum = raft.tracker.hasQuorum((id) => acks.has(id));
  const facts = { acks: acks.size, quorum, voters: votersOf(raft), by: 'acks' };
  const confirmed = raft.rules.readIndexQuorum(facts);
  if (!confirmed.holds) return;
  for (const read of raft.readOnly.advance(token)) answer(raft, read, confirmed);
}

/** One's own read comes out in the next Ready; another's goes back to who asked. */
function answer(
  raft: Raft,
  { request, index }: { request: Message; index: number },
  verdict: Verdict,
): void {
  const ctx = readContext(request);
  const from = request.from || raft.id;
  if (raft.trace)
    raft.events.push({ type: 'raft/read-index-confirmed', from, ctx, index, verdict });
  if (from === raft.id) {
    raft.readStates.push({ index, requestCtx: ctx });
    return;
  }
  const response = newMessage('MsgReadIndexResp', from);
  response.index = index;
  response.entries = request.entries;
  send(raft, response);
}
