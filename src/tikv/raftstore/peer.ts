// One replica of a Region: Raft in it, its log on the disk beside it, the state machine behind it, and the order in
// which their work is done. A leader's messages leave before its disk has the entries, everybody else's after; what is
// committed is applied once it is durable here. (TiKV: raftstore/src/store/peer.rs, handle_raft_ready_append)

import { assert } from '../../base/assert.ts';
import { u32Bytes, u64Bytes, type Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import { storeNode, type PeerId, type RegionId, type StoreId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import type { Config } from '../raft/config.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import { RaftError } from '../raft/error.ts';
import type { Message, ReadState, SoftState } from '../raft/message.ts';
import { loadRawNode, newRawNode, type RawNode } from '../raft/raw-node.ts';
import type { Ready } from '../raft/ready.ts';
import { Applier, type ApplyObserver, type DataStats } from './apply.ts';
import { contentOf } from './command.ts';
import type { Engines } from './engines.ts';
import type { RaftstoreEvent, RegionRaftEvent } from './event.ts';
import type { RaftMessage, RegionError } from './message.ts';
import { PeerStorage } from './peer-storage.ts';
import { ProposalQueue, type Proposal } from './proposals.ts';
import { ReadIndexQueue, type PendingRead } from './read-queue.ts';
import { peerOn, type Peer, type Region } from './region.ts';
import { persistedBeforeSend, readOwnTerm } from './rules.ts';

export type PeerSink = Sink<RaftMessage, RegionRaftEvent | RaftstoreEvent>;

/** What became of what the layer above asked for; `tag` is its own word for it. */
export type PeerResult =
  /** Committed and applied. */
  | { readonly type: 'applied'; readonly tag: number }
  /** The engine may be read now, as of `readIndex`; `term` is the one in which the read was asked. */
  | {
      readonly type: 'readable';
      readonly tag: number;
      readonly readIndex: number;
      readonly term: number;
    }
  /** A definite refusal: it did not happen and will not. */
  | { readonly type: 'refused'; readonly tag: number; readonly error: RegionError };

export interface PeerOptions {
  readonly sink: PeerSink;
  readonly engines: Engines;
  readonly storeId: StoreId;
  readonly regionId: RegionId;
  readonly incarnation: number;
  /** Raft's settings, but for what the peer knows itself. */
  readonly raft: Omit<Config, 'id' | 'applied'>;
  /** Where results go. */
  readonly results: PeerResult[];
  readonly observer: ApplyObserver;
}

/** A Ready whose write is under way, and what waits for it. */
interface Unpersisted {
  /** Of this Ready, or of a later one that had nothing to write. */
  number: number;
  readonly write: number;
  readonly last: { readonly index: number; readonly term: number } | null;
  readonly messages: Message[];
}

interface Saved {
  readonly soft: SoftState;
  readonly unpersisted: readonly Unpersisted[];
  readonly proposals: readonly Proposal[];
  readonly reads: readonly PendingRead[];
  readonly rounds: number;
  readonly urgentIndex: number | null;
  readonly raft: Plain;
}

export class PeerFsm {
  readonly regionId: RegionId;
  readonly peerId: PeerId;
  readonly #options: PeerOptions;
  readonly #storage: PeerStorage;
  readonly #applier: Applier;
  readonly #raft: RawNode;
  #soft: SoftState = { leaderId: 0, raftState: 'Follower' };
  #unpersisted: Unpersisted[];
  readonly #proposals: ProposalQueue;
  readonly #reads: ReadIndexQueue;
  /** Read-index rounds so far. */
  #rounds: number;
  /** Until this entry is applied, followers learn of commits at once; then with the next message. Null: none. */
  #urgentIndex: number | null;

  constructor(options: PeerOptions, saved?: Plain) {
    this.#options = options;
    this.regionId = options.regionId;
    this.#storage = new PeerStorage(options.engines, options.regionId);
    const me = peerOn(this.region, options.storeId);
    assert(me !== undefined, `Region ${this.regionId} has no peer on this store`);
    this.peerId = me.id;
    this.#applier = new Applier(options);
    const state = saved as unknown as Saved | undefined;
    const config = { ...options.raft, id: me.id, applied: this.applied };
    this.#raft =
      state === undefined
        ? newRawNode(config, this.#storage)
        : loadRawNode(config, this.#storage, state.raft);
    if (state !== undefined) this.#soft = state.soft;
    this.#unpersisted = (state?.unpersisted ?? []).map((ready) => ({
      ...ready,
      messages: [...ready.messages],
    }));
    this.#proposals = new ProposalQueue(state?.proposals);
    this.#reads = new ReadIndexQueue(state?.reads);
    this.#rounds = state?.rounds ?? 0;
    this.#urgentIndex = state?.urgentIndex ?? null;
  }

  get region(): Region {
    return this.#storage.region;
  }

  get me(): Peer {
    return this.#peer(this.peerId) as Peer;
  }

  get isLeader(): boolean {
    return this.#soft.raftState === 'Leader';
  }

  get term(): number {
    return this.#raft.raft.term;
  }

  get applied(): number {
    return this.#storage.applyState.appliedIndex;
  }

  /** The peer that leads, as far as this one knows. */
  get leader(): Peer | null {
    return this.#peer(this.#soft.leaderId) ?? null;
  }

  get stats(): Readonly<DataStats> {
    return this.#applier.stats;
  }

  /** Reads and writes that wait. */
  get pending(): number {
    return this.#proposals.size + this.#reads.size;
  }

  #peer(id: PeerId): Peer | undefined {
    return this.region.peers.find((peer) => peer.id === id);
  }

  /** After a restart: tells what was found, and a lone voter stands for election at once. */
  start(): void {
    const { hardState } = this.#storage;
    this.#options.sink.emit({
      type: 'raftstore/peer-started',
      region: this.region,
      peer: this.peerId,
      term: hardState.term,
      vote: hardState.vote,
      commit: hardState.commit,
      applied: this.applied,
      firstIndex: this.#storage.firstIndex(),
      lastIndex: this.#storage.lastIndex(),
      log: this.#options.engines.log(this.regionId).map(this.#logged),
    });
    this.#tellRaftEvents();
    if (this.region.peers.length === 1) this.campaign();
    this.handleReady();
  }

  tick(): void {
    this.#raft.tick();
    this.handleReady();
  }

  step(message: Message): void {
    try {
      this.#raft.step(message);
    } catch (error) {
      // What another node says is never a bug of ours: a message that Raft refuses is dropped.
      if (!(error instanceof RaftError)) throw error;
    }
    this.handleReady();
  }

  campaign(): void {
    this.#raft.campaign();
    this.handleReady();
  }

  /** Messages to this peer are lost on their way. */
  unreachable(storeId: StoreId): void {
    const peer = peerOn(this.region, storeId);
    if (peer === undefined) return;
    this.#raft.reportUnreachable(peer.id);
    this.handleReady();
  }

  /** Takes a command into the log; null where Raft takes none now. */
  propose(data: Bytes, tag: number): { readonly index: number; readonly term: number } | null {
    try {
      this.#raft.propose('', data);
    } catch (error) {
      if (error instanceof RaftError && error.kind === 'ProposalDropped') return null;
      throw error;
    }
    const { term } = this;
    const index = this.#raft.raft.log.lastIndex();
    this.#proposals.push({ index, term, tag });
    this.#tellRaftEvents();
    return { index, term };
  }

  /** Asks for a read index; false where the leader cannot know one yet, and Raft would drop the request silently. */
  readIndex(tag: number): boolean {
    const { term } = this;
    const { commit } = this.#storage.hardState;
    if (!readOwnTerm(this.#storage.term(commit), term).holds) return false;
    this.#rounds += 1;
    const context = u32Bytes(this.#options.incarnation) + u64Bytes(this.#rounds);
    this.#reads.push({ context, tag, term });
    this.#raft.readIndex(context);
    return true;
  }

  /** A write of the raft engine is durable, and with it all earlier ones. */
  persisted(write: number): void {
    const durable = this.#unpersisted.filter(
      (ready) => persistedBeforeSend(ready.write, write).holds,
    );
    this.#unpersisted = this.#unpersisted.slice(durable.length);
    for (const done of durable) {
      if (done.last !== null)
        this.#options.sink.emit({
          type: 'raftstore/persisted',
          region: this.regionId,
          ...done.last,
        });
      this.#send(done.messages);
    }
    const latest = durable.at(-1);
    if (latest === undefined) return;
    this.#raft.onPersistReady(latest.number);
    this.handleReady();
  }

  /** Does all that Raft has ready, until it has no more. */
  handleReady(): void {
    this.#tellRaftEvents();
    while (this.#raft.hasReady()) {
      const ready = this.#raft.ready();
      assert(ready.snapshot === undefined, 'snapshots come with log compaction');
      if (ready.ss !== undefined) this.#changeRole(ready.ss);
      this.#send(ready.messages);
      this.#confirmReads(ready.readStates);
      this.#tellEntries(ready.entries);
      const light = this.#persist(ready);
      this.#apply(ready.committedEntries);
      this.#apply(light);
      this.#dropReadsUnlessLeader();
      this.#tellRaftEvents();
    }
  }

  #changeRole(soft: SoftState): void {
    const led = this.isLeader;
    this.#soft = soft;
    if (led === this.isLeader) return;
    // A new leader's first commits are told at once: the entries before it wait for its own.
    this.#urgentIndex = this.isLeader ? this.#raft.raft.log.lastIndex() : null;
    this.#raft.setSkipBcastCommit(!this.isLeader);
  }

  /** A Ready with entries, a vote or a term has to be durable before anything builds on it. A commit index alone need
   * not be, and one that writes nothing is durable with what was written before it. Returns what can be applied on top
   * of the Ready's own entries. */
  #persist(ready: Ready): readonly Entry[] {
    const { entries, hs, mustSync } = ready;
    const kept = this.#storage.hardState;
    const writes = entries.length > 0 || hs !== undefined;
    const write = writes ? this.#storage.write(entries, hs, mustSync) : 0;
    if (hs !== undefined && (hs.term !== kept.term || hs.vote !== kept.vote))
      this.#options.sink.emit({
        type: 'raftstore/hard-state-written',
        region: this.regionId,
        write,
        term: hs.term,
        vote: hs.vote,
      });
    const before = this.#unpersisted.at(-1);
    if (mustSync) {
      const end = entries.at(-1);
      const last = end === undefined ? null : { index: end.index, term: end.term };
      const messages = [...ready.persistedMessages];
      this.#unpersisted.push({ number: ready.number, write, last, messages });
      this.#raft.advanceAppendAsync(ready);
    } else if (before !== undefined) {
      before.number = ready.number;
      before.messages.push(...ready.persistedMessages);
      this.#raft.advanceAppendAsync(ready);
    } else {
      this.#send(ready.persistedMessages);
      const light = this.#raft.advanceAppend(ready);
      this.#send(light.messages);
      return light.committedEntries;
    }
    return [];
  }

  #apply(entries: readonly Entry[]): void {
    if (entries.length === 0) return this.#serveReads();
    const { results } = this.#options;
    const outcomes = this.#applier.apply(entries);
    for (const [i, entry] of entries.entries()) {
      const { own, stale } = this.#proposals.take(entry);
      for (const { tag } of stale)
        results.push({ type: 'refused', tag, error: { type: 'StaleCommand' } });
      if (own === null) continue;
      const error = outcomes[i] ?? null;
      results.push(
        error === null
          ? { type: 'applied', tag: own.tag }
          : { type: 'refused', tag: own.tag, error },
      );
    }
    this.#raft.advanceApplyTo(this.applied);
    if (this.#urgentIndex !== null && this.applied >= this.#urgentIndex) {
      this.#urgentIndex = null;
      this.#raft.setSkipBcastCommit(true);
    }
    this.#serveReads();
  }

  #confirmReads(states: readonly ReadState[]): void {
    this.#reads.confirm(states);
  }

  #serveReads(): void {
    for (const { tag, readIndex, term } of this.#reads.takeServable(this.applied))
      this.#options.results.push({ type: 'readable', tag, readIndex, term });
  }

  /** A round that a leader began dies with its leadership. */
  #dropReadsUnlessLeader(): void {
    if (this.isLeader) return;
    for (const { tag } of this.#reads.takeUnconfirmed())
      this.#options.results.push({ type: 'refused', tag, error: { type: 'StaleCommand' } });
  }

  #send(messages: readonly Message[]): void {
    const { region } = this;
    for (const message of messages) {
      const toPeer = this.#peer(message.to);
      if (toPeer === undefined) continue;
      const envelope: RaftMessage = {
        type: 'raft',
        regionId: this.regionId,
        fromPeer: this.me,
        toPeer,
        regionEpoch: region.epoch,
        message,
        ...(createsPeers(message) ? { startKey: region.startKey, endKey: region.endKey } : {}),
      };
      this.#options.sink.send(storeNode(toPeer.storeId), envelope);
    }
  }

  #tellEntries(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.#options.sink.emit({
      type: 'raftstore/entries-taken',
      region: this.regionId,
      entries: entries.map(this.#logged),
    });
  }

  #logged = (entry: Entry) => ({
    index: entry.index,
    term: entry.term,
    digest: entryDigest(entry),
    content: contentOf(entry, (ops) => this.#options.observer.contentOf(ops)),
  });

  #tellRaftEvents(): void {
    for (const event of this.#raft.takeEvents())
      this.#options.sink.emit({ ...event, region: this.regionId });
  }

  save(): Plain {
    const saved: Saved = {
      soft: this.#soft,
      unpersisted: this.#unpersisted.map((ready) => ({ ...ready, messages: [...ready.messages] })),
      proposals: this.#proposals.save(),
      reads: this.#reads.save(),
      rounds: this.#rounds,
      urgentIndex: this.#urgentIndex,
      raft: this.#raft.save(),
    };
    return saved as unknown as Plain;
  }
}

/** A store that does not know the Region makes a peer of such a message. (util.rs is_initial_msg) */
function createsPeers(message: Message): boolean {
  const { msgType } = message;
  if (msgType === 'MsgRequestVote' || msgType === 'MsgRequestPreVote') return true;
  return msgType === 'MsgHeartbeat' && message.commit === 0;
}
