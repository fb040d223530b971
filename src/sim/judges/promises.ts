// R11 and the acknowledged write: what is said to others is on disks before it is said.

import type { RaftMessage } from '../../tikv/raftstore/message.ts';
import type { RegionId } from '../../tikv/ids.ts';
import type { KvResponse } from '../../tikv/raftstore/message.ts';
import type { RecordId } from '../record-id.ts';
import { notOnDisks, onlySomeHave } from './commits.ts';
import { toldTerm, toldVote, type Chronicle, type RegionPast } from './chronicle.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import { sameEntry, type PeerPast } from './peer-past.ts';
import type { RecordOf } from './record-of.ts';

/** A power loss at this moment would have to leave everything that the message says. */
export const persistBeforeReply = (): Judge =>
  judgeOf({
    id: 'inv:R11',
    name: 'persist-before-reply',
    says: 'A peer promises no term, vote or entry before its disk holds it, and the disk keeps it.',
    reads: ['network/sent', 'raftstore/peer-started'],
    find({ event, id }, past) {
      if (event.type === 'raftstore/peer-started') return lost(event, id, past);
      if (event.message.type !== 'raft') return null;
      const region = past.region(event.message.regionId);
      const peer = region?.peers.get(id.node);
      // A peer that a message has made keeps nothing before it has had a snapshot.
      if (region === undefined || peer?.initialized !== true) return null;
      return unkept(peer, event.message) ?? unwritten(region, peer, event.message);
    },
  });

/** The term, or the vote, that the message tells and the disk does not hold. */
function unkept({ node, region, kept }: PeerPast, envelope: RaftMessage): Finding | null {
  const { message } = envelope;
  const term = toldTerm(envelope);
  const facts = { node, region, message: message.msgType, onDisk: kept.term };
  if (term !== null && term > kept.term)
    return {
      text: `${called(node)} sends ${message.msgType} in term ${term}. Its disk holds term ${kept.term}.`,
      facts: { ...facts, term },
      witnesses: [],
    };
  const vote = toldVote(message);
  if (vote === null || message.term !== kept.term || vote === kept.vote) return null;
  const holds = kept.vote === 0 ? 'no vote' : `a vote for peer ${kept.vote}`;
  return {
    text: `${called(node)} tells of its vote for peer ${vote} in term ${message.term}. Its disk holds ${holds}.`,
    facts: { ...facts, term: message.term, vote, voteOnDisk: kept.vote },
    witnesses: [],
  };
}

/** The entry up to which the message acknowledges the log, where the disk has none or another one. */
function unwritten(region: RegionPast, peer: PeerPast, envelope: RaftMessage): Finding | null {
  const { message } = envelope;
  const { msgType, index, term, reject, to } = message;
  if (msgType !== 'MsgAppendResponse' || reject === true || index <= peer.disk.base) return null;
  const held = peer.disk.at(index);
  const facts = { node: peer.node, region: region.id, index, term, onDisk: peer.disk.last };
  if (held === undefined)
    return {
      text: `${called(peer.node)} acknowledges entry ${index}. Its disk ends at entry ${peer.disk.last}.`,
      facts,
      witnesses: [peer.log.at(index)?.by],
    };
  // Only the leader of that term knows which entry is meant.
  const leader = region.byId.get(to);
  if (leader?.role !== 'Leader' || leader.term !== term) return null;
  const meant = leader.log.at(index);
  if (meant === undefined || sameEntry(held, meant)) return null;
  return {
    text: `${called(peer.node)} acknowledges entry ${index} of term ${meant.term}. Its disk holds one of term ${held.term}.`,
    facts: { ...facts, entryTerm: meant.term, entryTermOnDisk: held.term },
    witnesses: [held.by, meant.by],
  };
}

/** A committed entry that the disk had, and has no more: what the peer said of it was worth nothing. */
function lost(
  { region: told, firstIndex, log, peer: id }: RecordOf<'raftstore/peer-started'>['event'],
  { node }: RecordId,
  past: Chronicle,
): Finding | null {
  const region = past.region(told.id);
  const peer = region?.peers.get(node);
  if (region === undefined || peer?.id !== id) return null;
  const index = Math.min(peer.disk.last, region.committed.last);
  const known = region.committed.at(index);
  const had = peer.disk.at(index);
  if (known === undefined || had === undefined || !sameEntry(had, known.entry)) return null;
  const found = log[index - firstIndex];
  if (index < firstIndex || (found !== undefined && sameEntry(found, had))) return null;
  return {
    text: `${called(node)} had entry ${index} on its disk, and it was committed. After the restart it is not there.`,
    facts: { node, region: region.id, index, term: had.term, found: found?.term ?? null },
    witnesses: [had.by, known.by],
  };
}

interface Proposal {
  readonly region: RegionId;
  readonly index: number;
  readonly term: number;
  readonly by: RecordId;
}

/** Answers that a store still owes; the oldest is forgotten first. */
const OWED_MAX = 10_000;

/** A write that was reported as done survives everything that a minority of stores can suffer. */
export function durableAck(): Judge {
  const owed = new Map<string, Proposal>();
  return judgeOf({
    id: 'inv:durable-ack',
    name: 'durable-ack',
    says: 'A write is acknowledged when it is committed and every majority of those who voted then has it on a disk.',
    reads: ['raftstore/proposed', 'network/sent'],
    find({ event, id }, past) {
      if (event.type === 'raftstore/proposed') {
        const { region, index, term, client, request } = event;
        owed.set(`${id.node} ${client} ${request}`, { region, index, term, by: id });
        for (const oldest of owed.size > OWED_MAX ? owed.keys() : []) {
          owed.delete(oldest);
          break;
        }
        return null;
      }
      const { message, to } = event;
      if (message.type !== 'kv-response' && message.type !== 'txn-response') return null;
      const key = `${id.node} ${to} ${message.id}`;
      const proposal = owed.get(key);
      owed.delete(key);
      if (!message.result.ok) return null;
      if (proposal !== undefined) return ackedEarly(proposal, { node: id.node, client: to }, past);
      // Transactions may find that there is nothing to write.
      if (message.type === 'txn-response' || !saysWritten(message)) return null;
      return {
        text: `${called(id.node)} tells ${called(to)} that its write is done, and has not proposed it.`,
        facts: { node: id.node, client: to, call: message.id },
        witnesses: [],
      };
    },
  });
}

function saysWritten({ result }: KvResponse): boolean {
  if (!result.ok) return false;
  const { response } = result;
  if (response.type === 'raw-cas') return response.succeeded;
  return response.type === 'raw-put' || response.type === 'raw-delete';
}

function ackedEarly(
  { region: id, index, term, by }: Proposal,
  { node, client }: { node: string; client: string },
  past: Chronicle,
): Finding | null {
  const region = past.region(id);
  const peer = region?.peers.get(node);
  if (region === undefined || peer === undefined || index <= region.committed.base) return null;
  const facts = { node, client, region: id, index, term };
  const committed = region.committed.at(index);
  if (committed?.entry.term !== term)
    return {
      text: `${called(node)} tells ${called(client)} that its write is done. Its entry ${index} of term ${term} is not committed.`,
      facts,
      witnesses: [by, committed?.by],
    };
  const short = notOnDisks(region, committed.conf, committed.entry);
  if (short === null) return null;
  return {
    text: `${called(node)} tells ${called(client)} that its write is done. ${onlySomeHave(short.holders, short.voters)} its entry ${index} on disk.`,
    facts: { ...facts, ...short },
    witnesses: [by, committed.by],
  };
}
