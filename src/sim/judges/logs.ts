// R2, R3, R4: what a log may do, and what two logs have in common.

import type { Chronicle, Leadership, RegionPast } from './chronicle.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import { sameEntry, type Entry, type PeerPast } from './peer-past.ts';
import type { RecordOf } from './record-of.ts';

export const leaderAppendOnly = (): Judge =>
  judgeOf({
    id: 'inv:R2',
    name: 'leader-append-only',
    says: 'A leader adds to its log; it changes no entry and takes none away.',
    reads: ['raft/appended', 'raft/truncated', 'raft/snapshot-restored'],
    find({ event, id }, past) {
      const peer = past.peer(event.region, id.node);
      if (peer?.role !== 'Leader') return null;
      const from = event.type === 'raft/snapshot-restored' ? peer.log.base + 1 : event.from;
      if (from > peer.log.last) return null;
      const { region, term } = peer;
      const does = event.type === 'raft/appended' ? 'writes over' : 'takes away';
      return {
        text: `${called(id.node)} leads term ${term} and ${does} entry ${from} of its own log.`,
        facts: { node: id.node, region, term, from, lastIndex: peer.log.last },
        witnesses: [past.region(region)?.leaders.get(term)?.by, peer.log.at(from)?.by],
      };
    },
  });

interface Link {
  readonly index: number;
  readonly term: number;
  readonly digest: number;
  /** Of the entry before; undefined where it is not known. */
  readonly previous: number | undefined;
}

/**
 * Two logs match where every entry that both have under one index and term has the same content and follows an entry
 * of the same term: by induction everything before it is the same too. So each new entry is compared once.
 */
export const logMatching = (): Judge =>
  judgeOf({
    id: 'inv:R3',
    name: 'log-matching',
    says: 'Two logs that have an entry of the same index and term are the same up to there.',
    reads: ['raft/appended', 'raftstore/peer-started'],
    find({ event, id }, past) {
      const started = event.type === 'raftstore/peer-started';
      const region = past.region(started ? event.region.id : event.region);
      if (region === undefined) return null;
      const entries = started ? event.log : event.entries;
      let previous = started ? undefined : region.peers.get(id.node)?.log.at(event.from - 1)?.term;
      for (const { index, term, digest } of entries) {
        const found = mismatch(region, id.node, { index, term, digest, previous });
        if (found !== null) return found;
        previous = term;
      }
      return null;
    },
  });

function mismatch(region: RegionPast, node: string, mine: Link): Finding | null {
  const { index, term, previous } = mine;
  for (const other of region.peers.values()) {
    if (other.node === node) continue;
    const theirs = other.log.at(index);
    if (theirs?.term !== term) continue;
    const before = other.log.at(index - 1);
    const facts = { region: region.id, index, term, nodes: [node, other.node] };
    if (theirs.digest !== mine.digest)
      return {
        text: `${called(node)} and ${called(other.node)} hold different entries ${index} of term ${term}.`,
        facts,
        witnesses: [theirs.by],
      };
    if (previous === undefined || before === undefined || before.term === previous) continue;
    return {
      text: `Entry ${index} of term ${term} follows an entry of term ${previous} on ${called(node)} and one of term ${before.term} on ${called(other.node)}.`,
      facts: { ...facts, previous: [previous, before.term] },
      witnesses: [theirs.by, before.by],
    };
  }
  return null;
}

/** Looked at twice: when a leader is elected, and when an entry is committed in a term that has been overtaken. */
export const leaderCompleteness = (): Judge =>
  judgeOf({
    id: 'inv:R4',
    name: 'leader-completeness',
    says: 'A leader has every entry that was committed in an earlier term.',
    reads: ['raft/became-leader', 'raft/committed'],
    find: (record, past) =>
      record.event.type === 'raft/became-leader'
        ? electedWithout(record as RecordOf<'raft/became-leader'>, past)
        : committedBehind(record as RecordOf<'raft/committed'>, past),
  });

function electedWithout(
  { event, id }: RecordOf<'raft/became-leader'>,
  past: Chronicle,
): Finding | null {
  const region = past.region(event.region);
  const peer = region?.peers.get(id.node);
  if (region === undefined || peer === undefined) return null;
  const { committed } = region;
  let last = committed.last;
  while ((committed.at(last)?.term ?? 0) >= event.term) last -= 1;
  // Below its own commit index the log has been compared already (R6).
  for (let i = Math.max(peer.committed, peer.log.base, committed.base) + 1; i <= last; i++) {
    const known = committed.at(i);
    const mine = peer.log.at(i);
    if (known === undefined || (mine !== undefined && sameEntry(mine, known.entry))) continue;
    return incomplete(region.id, { term: event.term, node: id.node }, { index: i, known, mine });
  }
  return null;
}

function incomplete(
  region: number,
  leader: Pick<Leadership, 'term' | 'node'>,
  of: {
    index: number;
    known: { entry: Entry; term: number; by: Entry['by'] };
    mine: Entry | undefined;
  },
): Finding {
  const { index, known, mine } = of;
  const instead = mine === undefined ? '' : ` It holds one of term ${mine.term} there.`;
  return {
    text: `${called(leader.node)} leads term ${leader.term} without entry ${index} of term ${known.entry.term}, which was committed in term ${known.term}.${instead}`,
    facts: {
      region,
      leader: leader.node,
      term: leader.term,
      index,
      entryTerm: known.entry.term,
      committedIn: known.term,
      found: mine?.term ?? null,
    },
    witnesses: [known.by, known.entry.by, mine?.by],
  };
}

/** A commit that is new in a term that somebody has already left behind as a leader. */
function committedBehind(
  { event, id }: RecordOf<'raft/committed'>,
  past: Chronicle,
): Finding | null {
  const region = past.region(event.region);
  const peer = region?.peers.get(id.node);
  if (region === undefined || peer === undefined) return null;
  const { index } = event;
  if (region.lastLed <= peer.term || index <= region.committed.last) return null;
  const entry = peer.log.at(index);
  if (entry === undefined) return null;
  for (const leader of region.leaders.values()) {
    if (leader.term <= peer.term || lacks(region, leader, entry) === null) continue;
    const known = { entry, term: peer.term, by: leader.by };
    const mine = region.peers.get(leader.node)?.log.at(index);
    return incomplete(region.id, leader, { index, known, mine });
  }
  return null;
}

/** Did this leader's log lack the entry? Null where it had it, or where nobody can say any more. */
function lacks(region: RegionPast, leader: Leadership, entry: Entry): true | null {
  if (leader.lastIndex < entry.index) return true;
  const peer = region.peers.get(leader.node);
  if (!leadsStill(peer, leader.term)) return null;
  const theirs = peer?.log.at(entry.index);
  return theirs !== undefined && !sameEntry(theirs, entry) ? true : null;
}

const leadsStill = (peer: PeerPast | undefined, term: number): boolean =>
  peer?.role === 'Leader' && peer.term === term;
