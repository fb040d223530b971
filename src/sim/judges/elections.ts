// R1, R9: who may lead, and who may vote.

import type { RaftMessage } from '../../tikv/raftstore/message.ts';
import { toldVote, type Chronicle } from './chronicle.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import type { PeerPast } from './peer-past.ts';
import type { RecordOf } from './record-of.ts';

/** History counts, not only who leads now. */
export const electionSafety = (): Judge =>
  judgeOf({
    id: 'inv:R1',
    name: 'election-safety',
    says: 'No term of a Region has two leaders.',
    reads: ['raft/became-leader'],
    find({ event, id }, past) {
      const { region, term } = event;
      const first = past.region(region)?.leaders.get(term);
      if (first === undefined || first.node === id.node) return null;
      return {
        text: `${called(first.node)} and ${called(id.node)} both lead term ${term} of Region ${region}.`,
        facts: { region, term, leaders: [first.node, id.node] },
        witnesses: [first.by],
      };
    },
  });

type TermRecord = RecordOf<
  | 'raft/became-follower'
  | 'raft/became-pre-candidate'
  | 'raft/became-candidate'
  | 'raft/became-leader'
  | 'raft/voted'
  | 'raftstore/peer-started'
  | 'network/sent'
>;

/**
 * Across a power loss only what a message has told counts: a vote that reached no disk and no other peer never was.
 */
export const termMonotonic = (): Judge =>
  judgeOf({
    id: 'inv:R9',
    name: 'term-monotonic',
    says: 'A peer never goes back to an earlier term, and votes once in a term, even across a power loss.',
    reads: [
      'raft/became-follower',
      'raft/became-pre-candidate',
      'raft/became-candidate',
      'raft/became-leader',
      'raft/voted',
      'raftstore/peer-started',
      'network/sent',
    ],
    find: (record, past) => {
      const peer = peerOf(record, past);
      return peer === undefined ? null : termFinding(record, peer);
    },
  });

function peerOf({ event, id }: TermRecord, past: Chronicle): PeerPast | undefined {
  if (event.type === 'network/sent')
    return event.message.type === 'raft' ? past.peer(event.message.regionId, id.node) : undefined;
  const region = event.type === 'raftstore/peer-started' ? event.region.id : event.region;
  return past.peer(region, id.node);
}

function termFinding({ event }: TermRecord, peer: PeerPast): Finding | null {
  switch (event.type) {
    case 'raftstore/peer-started':
      return event.peer === peer.id ? forgotten(event, peer) : null;
    case 'network/sent':
      return event.message.type === 'raft' ? toldTwice(event.message, peer) : null;
    case 'raft/voted': {
      const { candidate, term } = event;
      const again = event.granted && !event.pre && term === peer.term && peer.vote !== 0;
      return again && peer.vote !== candidate ? votedTwice(peer, term, candidate) : null;
    }
    case 'raft/became-candidate':
      if (event.term === peer.term && peer.vote !== 0 && peer.vote !== peer.id)
        return votedTwice(peer, event.term, peer.id);
      return wentBack(peer, event.term);
    default:
      return wentBack(peer, event.term);
  }
}

function wentBack(peer: PeerPast, term: number): Finding | null {
  if (term >= peer.term) return null;
  return {
    text: `${called(peer.node)} goes back from term ${peer.term} to term ${term}.`,
    facts: { node: peer.node, region: peer.region, before: peer.term, term },
    witnesses: [peer.startedBy],
  };
}

function votedTwice(peer: PeerPast, term: number, candidate: number): Finding {
  return {
    text: `${called(peer.node)} votes for peer ${candidate} in term ${term}, in which it has voted for peer ${peer.vote}.`,
    facts: { node: peer.node, region: peer.region, term, first: peer.vote, second: candidate },
    witnesses: [peer.startedBy],
  };
}

/** The disk should have held what the peer had said. */
function forgotten(
  event: Extract<TermRecord['event'], { type: 'raftstore/peer-started' }>,
  peer: PeerPast,
): Finding | null {
  const { term, vote } = event;
  const { toldTerm: said, toldVote: voted, node, region } = peer;
  if (said !== null && term < said.term)
    return {
      text: `${called(node)} starts in term ${term}. Before the power loss it spoke in term ${said.term}.`,
      facts: { node, region, before: said.term, term },
      witnesses: [said.by],
    };
  if (voted === null || term !== voted.term || vote === voted.vote) return null;
  const now = vote === 0 ? 'has no vote' : `has voted for peer ${vote}`;
  return {
    text: `${called(node)} starts in term ${term} and ${now} there. It told peer ${voted.vote} that it voted for it.`,
    facts: { node, region, term, first: voted.vote, second: vote },
    witnesses: [voted.by],
  };
}

function toldTwice(
  envelope: RaftMessage,
  { node, region, toldVote: before, toldTerm: said }: PeerPast,
): Finding | null {
  const vote = toldVote(envelope.message);
  const { term } = envelope.message;
  if (vote === null || before === null || before.term !== term || before.vote === vote) return null;
  return {
    text: `${called(node)} tells peer ${vote} of its vote in term ${term}, after it told peer ${before.vote} of one.`,
    facts: { node, region, term, first: before.vote, second: vote },
    witnesses: [before.by, said?.by],
  };
}
