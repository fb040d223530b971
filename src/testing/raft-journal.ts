// A journal written by hand for judges: each call writes the records that a sound store would, or those that are asked
// for. Nothing is checked: what is written may be as wrong as a test wants it.

import type { SettingChanges } from '../tikv/config.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { CommitBasis } from '../tikv/raft/event.ts';
import { newMessage, type Message as RaftCoreMessage } from '../tikv/raft/message.ts';
import { firstRegion } from '../tikv/raftstore/bootstrap.ts';
import type { EntryContent } from '../tikv/raftstore/event.ts';
import type { RawRequest, RawResponse } from '../tikv/raftstore/message.ts';
import type { Peer, Region } from '../tikv/raftstore/region.ts';
import type { JournalRecord, LoomEvent } from '../sim/record.ts';
import { Bench } from '../sim/judges/bench.ts';
import type { Judge, Violation } from '../sim/judges/judge.ts';
import { WORLD, type RecordId } from '../sim/record-id.ts';

/** An entry: `[index, term, text]`; '' is a leader's first, 'k=v' a put, '!' a membership change. */
export type Row = readonly [index: number, term: number, text: string];

export interface Stored {
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
  readonly applied?: number;
  readonly firstIndex?: number;
  readonly log?: readonly Row[];
  readonly region?: Region;
  readonly peer?: number;
}

export class RaftJournal {
  readonly records: JournalRecord[] = [];
  readonly stores: readonly NodeId[];
  region: Region;
  at: Micros = 0;
  readonly #counts = new Map<string, number>();
  #writes = 0;

  /** Every store has its peer of Region 1, a follower of term 5 whose log is empty after entry 5. */
  constructor(stores = 3, settings: SettingChanges = {}) {
    this.region = firstRegion(stores);
    this.stores = this.region.peers.map((peer) => `s${peer.storeId}`);
    const cluster = { stores, clients: 2, settings };
    this.tell(WORLD, { type: 'world/started', seed: 1, cluster });
    for (const node of this.stores) this.start(node);
  }

  tell(node: NodeId, event: LoomEvent): RecordId {
    const n = this.#counts.get(node) ?? 0;
    this.#counts.set(node, n + 1);
    this.at += 1000;
    const id = { node, n };
    this.records.push({ n: this.records.length, at: this.at, id, cause: null, event });
    return id;
  }

  peer(node: NodeId): Peer {
    const store = Number(node.slice(1));
    return this.region.peers.find((peer) => peer.storeId === store) as Peer;
  }

  start(node: NodeId, stored: Stored = {}): RecordId {
    const { term = 5, vote = 0, commit = 5, log = [], firstIndex = 6 } = stored;
    return this.tell(node, {
      type: 'raftstore/peer-started',
      region: stored.region ?? this.region,
      peer: stored.peer ?? this.peer(node).id,
      term,
      vote,
      commit,
      applied: stored.applied ?? commit,
      firstIndex,
      lastIndex: log.at(-1)?.[0] ?? firstIndex - 1,
      log: log.map(contentRow),
    });
  }

  /** A message makes a peer on a store that had none. */
  create(node: NodeId, peer: number): RecordId {
    return this.tell(node, {
      type: 'raftstore/peer-created',
      region: 1,
      peer,
      verdict: { rule: 'raftstore/creates-peer', holds: true, facts: {} },
    });
  }

  /** In memory only. */
  restore(node: NodeId, index: number, term: number): void {
    this.tell(node, { type: 'raft/snapshot-restored', region: 1, index, term });
  }

  /** Its data are there. */
  install(node: NodeId, [index, term]: Row, state = index): RecordId {
    const to = this.region;
    return this.tell(node, {
      type: 'raftstore/snapshot-installed',
      region: 1,
      to,
      index,
      term,
      state,
    });
  }

  kill(node: NodeId): void {
    this.tell(WORLD, { type: 'node/killed', node, why: 'command' });
  }

  // ---- elections

  follow(node: NodeId, term: number): void {
    this.tell(node, { type: 'raft/became-follower', region: 1, term, leader: 0 });
  }

  candidate(node: NodeId, term: number): void {
    this.tell(node, { type: 'raft/became-candidate', region: 1, term });
    this.keep(node, term, this.peer(node).id);
    for (const to of this.stores)
      if (to !== node) this.send(node, to, { msgType: 'MsgRequestVote', term });
  }

  /** In memory only. */
  grant(node: NodeId, candidate: NodeId, term: number): void {
    this.tell(node, {
      type: 'raft/voted',
      region: 1,
      candidate: this.peer(candidate).id,
      term,
      pre: false,
      granted: true,
      verdicts: [],
    });
  }

  answer(node: NodeId, candidate: NodeId, term: number): void {
    this.send(node, candidate, { msgType: 'MsgRequestVoteResponse', term });
  }

  /** Grants, writes, answers. */
  vote(node: NodeId, candidate: NodeId, term: number): void {
    this.follow(node, term);
    this.grant(node, candidate, term);
    this.keep(node, term, this.peer(candidate).id);
    this.answer(node, candidate, term);
  }

  /** Term and vote reach the disk. */
  keep(node: NodeId, term: number, vote: number): void {
    this.#writes += 1;
    const write = this.#writes;
    this.tell(node, { type: 'raftstore/hard-state-written', region: 1, write, term, vote });
    this.tell(node, { type: 'disk/durable', queue: 'raft', write });
  }

  lead(node: NodeId, term: number, lastIndex: number): RecordId {
    return this.tell(node, { type: 'raft/became-leader', region: 1, term, lastIndex });
  }

  /** A whole election; the leader's first entry is not in it. */
  elect(node: NodeId, term: number, voters: readonly NodeId[], lastIndex = 5): RecordId {
    this.candidate(node, term);
    for (const voter of voters) this.vote(voter, node, term);
    return this.lead(node, term, lastIndex);
  }

  // ---- the log

  /** In memory, and on the way to the disk. */
  append(node: NodeId, ...rows: readonly Row[]): RecordId {
    const entries = rows.map(contentRow);
    const id = this.tell(node, {
      type: 'raft/appended',
      region: 1,
      from: rows[0]?.[0] ?? 0,
      entries: entries.map(({ index, term, digest }) => ({ index, term, digest })),
    });
    this.tell(node, { type: 'raftstore/entries-taken', region: 1, entries });
    return id;
  }

  truncate(node: NodeId, from: number): void {
    this.tell(node, { type: 'raft/truncated', region: 1, from });
  }

  persist(node: NodeId, index: number, term: number): void {
    this.tell(node, { type: 'raftstore/persisted', region: 1, index, term });
  }

  /** Appended and durable. */
  store(node: NodeId, ...rows: readonly Row[]): void {
    this.append(node, ...rows);
    const [index, term] = rows.at(-1) as Row;
    this.persist(node, index, term);
  }

  acknowledge(node: NodeId, leader: NodeId, index: number, term: number): RecordId {
    return this.send(node, leader, { msgType: 'MsgAppendResponse', index, term });
  }

  commit(node: NodeId, index: number, term: number, by: CommitBasis = 'leader'): RecordId {
    return this.tell(node, { type: 'raft/committed', region: 1, index, term, by, verdicts: [] });
  }

  /** `state` is the digest of the data after it. */
  apply(node: NodeId, row: Row, state = row[0]): RecordId {
    const { index, term, digest } = contentRow(row);
    return this.tell(node, { type: 'raftstore/applied', region: 1, index, term, digest, state });
  }

  /** Every store has the rows on its disk, and knows them committed and applied; the first one by counting. */
  settle(nodes: readonly NodeId[], ...rows: readonly Row[]): void {
    const [index, term] = rows.at(-1) as Row;
    for (const node of nodes) this.store(node, ...rows);
    for (const [i, node] of nodes.entries()) {
      this.commit(node, index, term, i === 0 ? 'quorum' : 'leader');
      for (const row of rows) this.apply(node, row);
    }
  }

  // ---- messages

  send(from: NodeId, to: NodeId, core: Partial<RaftCoreMessage>): RecordId {
    const [fromPeer, toPeer] = [this.peer(from), this.peer(to)];
    const type = core.msgType ?? 'MsgHeartbeat';
    return this.tell(from, {
      type: 'network/sent',
      from,
      to,
      message: {
        type: 'raft',
        regionId: 1,
        fromPeer,
        toPeer,
        regionEpoch: this.region.epoch,
        message: { ...newMessage(type, toPeer.id), from: fromPeer.id, ...core },
      },
      arrivesAt: this.at + 30_000,
      lostAt: null,
    });
  }

  /** A client's call to a store. */
  call(client: NodeId, to: NodeId, id: number, request: RawRequest): RecordId {
    const context = {
      regionId: 1,
      regionEpoch: this.region.epoch,
      peer: this.peer(to),
      term: 0,
    };
    const message = { type: 'kv-request', id, context, request } as const;
    const arrivesAt = this.at + 30_000;
    return this.tell(client, {
      type: 'network/sent',
      from: client,
      to,
      message,
      arrivesAt,
      lostAt: null,
    });
  }

  propose(node: NodeId, client: NodeId, call: number, [index, term]: Row): void {
    this.tell(node, {
      type: 'raftstore/proposed',
      region: 1,
      index,
      term,
      client,
      request: call,
    });
  }

  reply(node: NodeId, client: NodeId, id: number, response: RawResponse): RecordId {
    return this.tell(node, {
      type: 'network/sent',
      from: node,
      to: client,
      message: { type: 'kv-response', id, regionId: 1, result: { ok: true, response } },
      arrivesAt: this.at + 30_000,
      lostAt: null,
    });
  }
}

function contentRow([index, term, text]: Row) {
  let digest = 7;
  for (let i = 0; i < text.length; i++) digest = (digest * 31 + text.charCodeAt(i)) % 1_000_003;
  return { index, term, digest, content: contentOf(text) };
}

function contentOf(text: string): EntryContent {
  if (text === '!') return { type: 'admin', command: 'change-peer' };
  const [key = '', value] = text.split('=');
  return value === undefined ? { type: 'empty' } : { type: 'put', key, value };
}

/** What one judge says of the whole journal: the first violation, or null. */
export function judged(judge: Judge, journal: RaftJournal): Violation | null {
  return new Bench([judge]).observe(journal.records)[0] ?? null;
}

/** Which judges object, in the order in which they do. */
export function objections(journal: RaftJournal): string[] {
  return new Bench().observe(journal.records).map(({ judge }) => judge);
}
