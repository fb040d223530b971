// What one peer has been told to have: its term and vote, its log in memory and on its disk, and what it has promised.

import type { NodeId, PeerId, RegionId } from '../../tikv/ids.ts';
import type { ConfState, StateRole } from '../../tikv/raft/message.ts';
import type { Region } from '../../tikv/raftstore/region.ts';
import type { RecordId } from '../record-id.ts';
import { Indexed } from './indexed.ts';
import type { RecordOf } from './record-of.ts';

export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly digest: number;
  /** The record that put it into the log. */
  readonly by: RecordId;
}

type Entries = readonly Omit<Entry, 'by'>[];

/** The configuration in force. Both lists must agree while `outgoing` is not empty. */
export type Voters = Pick<ConfState, 'voters' | 'votersOutgoing'>;

export const sameEntry = (a: Omit<Entry, 'by'>, b: Omit<Entry, 'by'>): boolean =>
  a.term === b.term && a.digest === b.digest;

export class PeerPast {
  readonly node: NodeId;
  readonly region: RegionId;
  readonly id: PeerId;
  alive = true;
  gone = false;
  initialized = false;
  role: StateRole = 'Follower';
  term = 0;
  /** In `term`; 0 is none. */
  vote = 0;
  /** What the disk holds of both, as far as it has said so. */
  readonly kept = { term: 0, vote: 0 };
  /** The latest term, and the latest vote, that a message has told. */
  toldTerm: { readonly term: number; readonly by: RecordId } | null = null;
  toldVote: { readonly term: number; readonly vote: number; readonly by: RecordId } | null = null;
  readonly log = new Indexed<Entry>(0);
  readonly disk = new Indexed<Entry>(0);
  committed = 0;
  applied = 0;
  /** Of the entry that it applied last in this life; 0: none. */
  appliedTerm = 0;
  conf: Voters = { voters: [], votersOutgoing: [] };
  /** The record with which this life began. */
  startedBy: RecordId;
  /** Entries that were handed to the disk, oldest first. */
  #underWay: (readonly Entry[])[] = [];
  /** Terms and votes on their way to the disk, by the number of their write. */
  #promises: { readonly write: number; readonly term: number; readonly vote: number }[] = [];

  /** A message has made it; it knows nothing until a snapshot comes, and its disk keeps nothing before. */
  constructor(of: { readonly region: RegionId; readonly peer: PeerId; readonly by: RecordId }) {
    this.node = of.by.node;
    this.region = of.region;
    this.id = of.peer;
    this.startedBy = of.by;
  }

  /** A snapshot has made it a replica. What has come in while that was written is in memory already. */
  initialize(record: RecordOf<'raftstore/peer-started'>): void {
    const { region, term, vote, commit, applied, firstIndex, log } = record.event;
    this.initialized = true;
    this.kept.term = term;
    this.kept.vote = vote;
    this.committed = Math.max(this.committed, commit);
    this.applied = applied;
    this.conf = votersOf(region);
    if (this.log.base < firstIndex - 1) this.log.reset(firstIndex - 1);
    this.#readInto(this.disk, { firstIndex, log }, record.id);
  }

  /** A new life: all that is left is what was read from the disk. */
  restart(record: RecordOf<'raftstore/peer-started'>): void {
    const { region, term, vote, commit, applied } = record.event;
    this.alive = true;
    this.gone = false;
    this.initialized = true;
    this.role = 'Follower';
    this.term = term;
    this.vote = vote;
    this.kept.term = term;
    this.kept.vote = vote;
    this.committed = commit;
    this.applied = applied;
    this.appliedTerm = 0;
    this.conf = votersOf(region);
    this.startedBy = record.id;
    this.#underWay = [];
    this.#promises = [];
    this.#readInto(this.log, record.event, record.id);
    this.#readInto(this.disk, record.event, record.id);
  }

  #readInto(
    list: Indexed<Entry>,
    { firstIndex, log }: { readonly firstIndex: number; readonly log: Entries },
    by: RecordId,
  ): void {
    list.reset(firstIndex - 1);
    for (const { index, term, digest } of log) list.put(index, { index, term, digest, by });
  }

  /** The power is gone, and with it everything that only memory held. */
  stop(): void {
    this.alive = false;
    this.role = 'Follower';
  }

  /** Its disk is gone too: it never comes back under this id. */
  destroy(): void {
    this.stop();
    this.gone = true;
  }

  /** Up to here nothing can change any more, short of a restart. */
  get settled(): number {
    return Math.min(this.applied, this.committed, this.disk.last);
  }

  /** Of what lies at or below `index` only its being there is known. */
  forget(index: number): void {
    this.log.dropTo(Math.min(index, this.log.last));
    this.disk.dropTo(Math.min(index, this.disk.last));
  }

  enter(role: StateRole, term: number): void {
    if (term !== this.term) this.vote = 0;
    this.term = term;
    this.role = role;
    if (role === 'Candidate') this.vote = this.id;
  }

  append(entries: Entries, by: RecordId): void {
    for (const { index, term, digest } of entries) this.log.put(index, { index, term, digest, by });
  }

  /** A Ready hands entries to the disk. */
  write(entries: Entries, by: RecordId): void {
    this.#underWay.push(
      entries.map((entry) => {
        const held = this.log.at(entry.index);
        if (held !== undefined && sameEntry(held, entry)) return held;
        return { index: entry.index, term: entry.term, digest: entry.digest, by };
      }),
    );
  }

  /** The disk has all that was handed to it up to this entry. */
  persisted(index: number, term: number): void {
    const found = this.#underWay.findIndex((entries) => {
      const end = entries.at(-1);
      return end?.index === index && end.term === term;
    });
    if (found < 0) return;
    const done = this.#underWay.slice(0, found + 1);
    this.#underWay = this.#underWay.slice(found + 1);
    for (const entries of done) for (const entry of entries) this.disk.put(entry.index, entry);
  }

  /** In memory a snapshot takes the place of the log. */
  restore(index: number): void {
    this.log.reset(index);
    this.committed = Math.max(this.committed, index);
  }

  /** The snapshot is on the disk, and with it all entries that came along. */
  installed(index: number, region: Region): void {
    if (this.log.base < index) this.log.reset(index);
    if (this.disk.base < index) this.disk.reset(index);
    for (const entries of this.#underWay)
      for (const entry of entries) this.disk.put(entry.index, entry);
    this.#underWay = [];
    this.committed = Math.max(this.committed, index);
    this.applied = Math.max(this.applied, index);
    this.conf = votersOf(region);
  }

  /** A write to the raft queue holds this term and vote. */
  promise(write: number, term: number, vote: number): void {
    this.#promises.push({ write, term, vote });
  }

  /** The disk has this write, and all before it. */
  keep(write: number): void {
    let done = 0;
    for (const promise of this.#promises) {
      if (promise.write > write) break;
      this.kept.term = promise.term;
      this.kept.vote = promise.vote;
      done += 1;
    }
    if (done > 0) this.#promises = this.#promises.slice(done);
  }
}

/** The voters that the roles of a Region's peers make. */
export function votersOf(region: Region): Voters {
  const ids = (...roles: string[]) =>
    region.peers.filter((peer) => roles.includes(peer.role)).map((peer) => peer.id);
  const joint = ids('IncomingVoter', 'DemotingVoter').length > 0;
  return {
    voters: ids('Voter', 'IncomingVoter'),
    votersOutgoing: joint ? ids('Voter', 'DemotingVoter') : [],
  };
}
