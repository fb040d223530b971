// R6, R7, R8: when an entry counts as committed.

import type { Chronicle, RegionPast } from './chronicle.ts';
import { called, judgeOf, type Finding, type Judge } from './judge.ts';
import { sameEntry, type Entry, type PeerPast, type Voters } from './peer-past.ts';
import type { RecordOf } from './record-of.ts';

type CommitRecord = RecordOf<
  'raft/committed' | 'raft/appended' | 'raft/truncated' | 'raftstore/peer-started'
>;

/** After a restart a peer may know less: that is a new run. What it then knows must still be what was committed. */
export const commitStable = (): Judge =>
  judgeOf({
    id: 'inv:R6',
    name: 'commit-stable',
    says: 'While a peer runs, its commit index only grows, and what lies below it never changes.',
    reads: ['raft/committed', 'raft/appended', 'raft/truncated', 'raftstore/peer-started'],
    find: (record, past) => commitFinding(record, past),
  });

function commitFinding(record: CommitRecord, past: Chronicle): Finding | null {
  const { event, id } = record;
  if (event.type === 'raftstore/peer-started') {
    const region = past.region(event.region.id);
    if (region === undefined) return null;
    const { firstIndex, commit, log } = event;
    const at = (index: number) => log[index - firstIndex];
    return differs(region, { node: id.node, from: firstIndex, to: commit, at });
  }
  const region = past.region(event.region);
  const peer = region?.peers.get(id.node);
  if (region === undefined || peer === undefined) return null;
  if (event.type !== 'raft/committed') return changesCommitted(event, peer);
  if (event.index < peer.committed) return fellBack(peer, event.index);
  const from = Math.max(peer.committed, peer.log.base) + 1;
  const at = (index: number) => peer.log.at(index);
  return differs(region, { node: id.node, from, to: event.index, at });
}

function fellBack({ node, region, committed }: PeerPast, index: number): Finding {
  return {
    text: `${called(node)} knew everything up to entry ${committed} committed, and now only up to entry ${index}.`,
    facts: { node, region, before: committed, index },
    witnesses: [],
  };
}

function changesCommitted(
  event: Extract<CommitRecord['event'], { type: 'raft/appended' | 'raft/truncated' }>,
  peer: PeerPast,
): Finding | null {
  const { from } = event;
  if (from > Math.min(peer.committed, peer.log.last)) return null;
  const does = event.type === 'raft/appended' ? 'writes over' : 'takes away';
  return {
    text: `${called(peer.node)} ${does} entry ${from}, which it knows committed.`,
    facts: { node: peer.node, region: peer.region, from, committed: peer.committed },
    witnesses: [peer.log.at(from)?.by],
  };
}

/** The first entry in [from, to] that is not what was committed first; null where all are. */
function differs(
  { id: region, committed }: RegionPast,
  of: {
    node: string;
    from: number;
    to: number;
    at: (index: number) => Omit<Entry, 'by'> | undefined;
  },
): Finding | null {
  const { node, from, to, at } = of;
  for (let i = from; i <= to; i++) {
    const known = committed.at(i);
    const mine = at(i);
    if (mine === undefined)
      return {
        text: `${called(node)} knows everything up to entry ${to} committed, and has no entry ${i}.`,
        facts: { node, region, index: i, committed: to },
        witnesses: [known?.by],
      };
    if (known === undefined || sameEntry(mine, known.entry)) continue;
    return {
      text: `${called(node)} knows entry ${i} of term ${mine.term} committed. Committed first was one of term ${known.entry.term}.`,
      facts: { node, region, index: i, term: mine.term, first: known.entry.term },
      witnesses: [known.by, known.entry.by],
    };
  }
  return null;
}

export const currentTermCommit = (): Judge =>
  judgeOf({
    id: 'inv:R7',
    name: 'current-term-commit',
    says: 'A leader counts replicas only for entries of its own term; earlier ones are committed with them.',
    reads: ['raft/committed'],
    find({ event, id }, past) {
      if (event.by !== 'quorum') return null;
      const peer = past.peer(event.region, id.node);
      if (peer === undefined || event.term === peer.term) return null;
      const { region, index } = event;
      return {
        text: `${called(id.node)} leads term ${peer.term} and commits entry ${index} of term ${event.term} by counting replicas.`,
        facts: { node: id.node, region, index, entryTerm: event.term, term: peer.term },
        witnesses: [peer.log.at(index)?.by],
      };
    },
  });

/**
 * Safety rests on every majority, which alone can elect, meeting a disk with the entry. Half of an even number of
 * voters is enough for that, and is no violation: the two quorums still overlap.
 */
export const quorumDurability = (): Judge =>
  judgeOf({
    id: 'inv:R8',
    name: 'quorum-durability',
    says: 'When an entry is committed, every majority of the voters has it on a disk.',
    reads: ['raft/committed'],
    find({ event, id }, past) {
      if (event.by !== 'quorum') return null;
      const region = past.region(event.region);
      const peer = region?.peers.get(id.node);
      const entry = peer?.log.at(event.index);
      if (region === undefined || peer === undefined || entry === undefined) return null;
      const short = notOnDisks(region, peer.conf, entry);
      if (short === null) return null;
      const { holders, voters } = short;
      return {
        text: `${called(id.node)} commits entry ${event.index} of term ${event.term}. ${onlySomeHave(holders, voters)} it on disk.`,
        facts: { node: id.node, region: region.id, index: event.index, term: event.term, ...short },
        witnesses: [entry.by],
      };
    },
  });

/** "Only 1 of 3 voters has" */
export const onlySomeHave = (holders: readonly unknown[], voters: readonly unknown[]): string =>
  holders.length === 0
    ? `None of ${voters.length} voters has`
    : `Only ${holders.length} of ${voters.length} voters ${holders.length === 1 ? 'has' : 'have'}`;

/** Who has the entry on its disk, where that leaves out some majority; null where every majority meets one of them. */
export function notOnDisks(
  region: RegionPast,
  conf: Voters,
  entry: Entry,
): { readonly holders: readonly string[]; readonly voters: readonly number[] } | null {
  for (const voters of [conf.voters, conf.votersOutgoing]) {
    if (voters.length === 0) continue;
    const holders: string[] = [];
    for (const id of voters) {
      const peer = region.byId.get(id);
      if (peer !== undefined && onDisk(peer, entry)) holders.push(peer.node);
    }
    const majority = Math.floor(voters.length / 2) + 1;
    if (holders.length <= voters.length - majority) return { holders, voters };
  }
  return null;
}

export function onDisk({ disk }: PeerPast, entry: Entry): boolean {
  if (entry.index <= disk.base) return true;
  const held = disk.at(entry.index);
  return held !== undefined && sameEntry(held, entry);
}
