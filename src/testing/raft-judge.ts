// What must hold for a group of Raft peers at every moment, checked from outside. For tests only.
// The letters are those of the list of invariants: R1 election safety … R11 persist before reply, R15 read index.

import { entryDigest, type Entry } from '../tikv/raft/entry.ts';
import type { RaftEvent } from '../tikv/raft/event.ts';
import type { HardState, Message, Snapshot } from '../tikv/raft/message.ts';
import type { RawNode } from '../tikv/raft/raw-node.ts';
import { isQuorum } from '../tikv/raft/quorum.ts';

/** What is on a node's disk: what a power cut leaves. */
export interface Disk {
  hardState: HardState;
  /** Ends where the log begins. */
  start: { index: number; term: number };
  entries: Entry[];
}

export class Violation extends Error {
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

/** The term that a disk has at `index`: null where nothing, 'covered' where a snapshot holds it. */
export function termOnDisk(disk: Disk, index: number): number | null | 'covered' {
  if (index < disk.start.index) return 'covered';
  if (index === disk.start.index) return disk.start.term;
  return disk.entries[index - disk.start.index - 1]?.term ?? null;
}

interface Known {
  readonly term: number;
  readonly data: string;
}

const known = (entry: Entry): Known => ({
  term: entry.term,
  data: `${entry.entryType}${entry.data}`,
});

export class RaftJudge {
  readonly #leaders = new Map<number, number>();
  readonly #votes = new Map<string, number>();
  readonly #entries = new Map<string, string>();
  readonly committed: Known[] = [];
  readonly #applied: (Known | undefined)[] = [];
  readonly #last = new Map<number, { term: number; commit: number }>();
  readonly #reads = new Map<string, number>();
  maxCommitted: number;

  /** Half of an even number of voters commits: the flexible quorum of a decoy. */
  readonly #half: boolean;

  /** The log of the group begins after `start`. */
  constructor(start: { index: number; term: number }, half = false) {
    this.#half = half;
    this.maxCommitted = start.index;
    for (let i = 0; i < start.index; i++) this.committed.push({ term: start.term, data: '' });
  }

  #fail(invariant: string, message: string): never {
    throw new Violation(invariant, message);
  }

  /** After anything has happened at a node. `durable` gives every node's disk. */
  look(node: RawNode, events: readonly RaftEvent[], durable: ReadonlyMap<number, Disk>): void {
    const { raft } = node;
    const { id, log, term } = raft;
    for (const event of events) this.#hear(node, event, durable);
    const last = this.#last.get(id) ?? { term: 0, commit: 0 };
    if (term < last.term) this.#fail('R9', `term of ${id} went from ${last.term} to ${term}`);
    if (log.committed < last.commit) this.#fail('R6', `commit of ${id} went back`);
    this.#last.set(id, { term, commit: log.committed });
    if (log.applied > log.committed) this.#fail('R10', `${id} applied what is not committed`);
    if (log.applied > log.persisted + log.maxApplyUnpersisted)
      this.#fail('R10', `${id} applied ${log.applied} and has ${log.persisted} on disk`);
  }

  /** A vote counts once somebody has been told. */
  #voted(id: number, term: number, vote: number): void {
    const before = this.#votes.get(`${id}/${term}`);
    if (before !== undefined && before !== vote)
      this.#fail('R9', `${id} voted for ${before} and ${vote} in term ${term}`);
    this.#votes.set(`${id}/${term}`, vote);
  }

  #hear(node: RawNode, event: RaftEvent, durable: ReadonlyMap<number, Disk>): void {
    const { raft } = node;
    switch (event.type) {
      case 'raft/became-leader':
        return this.#elected(node, event.term);
      case 'raft/truncated':
        if (raft.role === 'Leader') this.#fail('R2', `leader ${raft.id} cut its log`);
        return;
      case 'raft/committed':
        if (event.by === 'quorum') this.#counted(node, event.index, durable);
        return this.#committedTo(node, event.index);
      default:
        return;
    }
  }

  #elected({ raft }: RawNode, term: number): void {
    const before = this.#leaders.get(term);
    if (before !== undefined && before !== raft.id)
      this.#fail('R1', `${before} and ${raft.id} lead term ${term}`);
    this.#leaders.set(term, raft.id);
    for (const [i, entry] of this.committed.entries()) {
      const index = i + 1;
      if (index < raft.log.firstIndex() - 1) continue;
      if (entry.term < term && raft.log.term(index) !== entry.term)
        this.#fail('R4', `leader ${raft.id} of term ${term} lacks committed entry ${index}`);
    }
  }

  /** An index and a term name one entry and one predecessor, once anybody was told. */
  #told({ from, logTerm, entries }: Message): void {
    let before = logTerm;
    for (const entry of entries) {
      const { index, term } = entry;
      const now = `${before}:${entryDigest(entry)}`;
      const known = this.#entries.get(`${term}/${index}`);
      if (known !== undefined && known !== now)
        this.#fail('R3', `entry (${term}, ${index}) of ${from} is another than known`);
      this.#entries.set(`${term}/${index}`, now);
      before = term;
    }
  }

  #counted({ raft }: RawNode, index: number, durable: ReadonlyMap<number, Disk>): void {
    const term = raft.log.term(index);
    if (term !== raft.term) this.#fail('R7', `${raft.id} counted an entry of term ${term}`);
    const has = (id: number): boolean => {
      const disk = durable.get(id);
      if (disk === undefined) return false;
      const found = termOnDisk(disk, index);
      return found === 'covered' || found === term;
    };
    const { incoming } = raft.tracker.members;
    const half = this.#half && 2 * incoming.filter(has).length >= incoming.length;
    if (!half && !isQuorum(raft.tracker.members, has))
      this.#fail('R8', `${raft.id} committed ${index}, which no quorum has on disk`);
  }

  #committedTo({ raft }: RawNode, index: number): void {
    const { log } = raft;
    for (let i = this.maxCommitted + 1; i <= index; i++) {
      const [entry] = log.slice(i, i + 1) ?? [];
      if (entry === undefined) this.#fail('R6', `${raft.id} commits ${i} and cannot show it`);
      this.committed.push(known(entry));
      this.maxCommitted = i;
    }
    for (let i = index; i >= Math.max(1, log.firstIndex() - 1, index - 50); i--) {
      if (log.term(i) !== this.committed[i - 1]?.term)
        this.#fail('R6', `${raft.id} has committed another entry ${i} than was committed before`);
    }
  }

  apply(id: number, entry: Entry, before: number): void {
    if (entry.index !== before + 1)
      this.#fail('R5', `${id} applied ${entry.index} after ${before}`);
    const now = known(entry);
    const other = this.#applied[entry.index];
    if (other !== undefined && (other.term !== now.term || other.data !== now.data))
      this.#fail('R5', `${id} applied another entry ${entry.index}`);
    this.#applied[entry.index] = now;
  }

  restored(id: number, { metadata }: Snapshot): void {
    const { index, term } = metadata;
    if (this.committed[index - 1]?.term !== term)
      this.#fail('R5', `${id} took a snapshot at ${index} of another history`);
  }

  /** A message leaves: what it promises is on disk. */
  sent(message: Message, disk: Disk): void {
    const { msgType, term, from } = message;
    const { hardState } = disk;
    if (msgType === 'MsgAppend') this.#told(message);
    const promises = msgType !== 'MsgPropose' && msgType !== 'MsgReadIndex';
    const preVote = msgType === 'MsgRequestPreVote' || msgType === 'MsgRequestPreVoteResponse';
    if (promises && !preVote && hardState.term < term)
      this.#fail('R11', `${msgType} of ${from} leaves before its term ${term} is on disk`);
    const granted = msgType === 'MsgRequestVoteResponse' && message.reject !== true;
    if (granted) this.#voted(from, term, message.to);
    if (msgType === 'MsgRequestVote') this.#voted(from, term, from);
    if (granted && hardState.term === term && hardState.vote !== message.to)
      this.#fail('R11', `the vote of ${from} in term ${term} leaves before it is on disk`);
    if (msgType !== 'MsgAppendResponse' || message.reject === true) return;
    if (termOnDisk(disk, message.index) === null)
      this.#fail('R11', `${from} acknowledges ${message.index} before it is on disk`);
  }

  asked(ctx: string): void {
    if (!this.#reads.has(ctx)) this.#reads.set(ctx, this.maxCommitted);
  }

  answered(ctx: string, index: number): void {
    const least = this.#reads.get(ctx) ?? 0;
    if (index < least) this.#fail('R15', `read ${ctx} got ${index}, and ${least} was committed`);
  }

  /** The node lost what was not on disk. Its term and commit index start from there. */
  crashed(id: number, { hardState }: Disk): void {
    const last = this.#last.get(id);
    if (last !== undefined) this.#last.set(id, { term: hardState.term, commit: 0 });
  }
}
