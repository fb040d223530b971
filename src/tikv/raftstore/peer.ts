// One replica of a Region: Raft in it, its log on the disk beside it, the state machine behind it, and the order in
// which their work is done. A leader's messages leave before its disk has the entries, everybody else's after; what is
// committed is applied once it is durable here. (TiKV: raftstore/src/store/peer.rs, handle_raft_ready_append)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import type { Settings } from '../config.ts';
import { storeNode, type Micros, type PeerId, type RegionId, type StoreId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { decodeConfChange } from '../raft/conf-change.ts';
import type { Config } from '../raft/config.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import { RaftError } from '../raft/error.ts';
import { becomeFollower } from '../raft/raft.ts';
import type { Message, SoftState } from '../raft/message.ts';
import { loadRawNode, newRawNode, type RawNode } from '../raft/raw-node.ts';
import type { Ready } from '../raft/ready.ts';
import { confChangeOf, type PeerChange } from './admin-command.ts';
import { Applier, type ApplyObserver, type DataStats, type Exec } from './apply.ts';
import { contentOf } from './command.ts';
import type { Engines } from './engines.ts';
import type { RaftstoreEvent, RegionRaftEvent } from './event.ts';
import type { RaftMessage, RegionError } from './message.ts';
import { confStateOf, PeerStorage } from './peer-storage.ts';
import { PeerAdmin } from './peer-admin.ts';
import { PeerReads, type ReadMode } from './peer-reads.ts';
import { ProposalQueue, type Proposal } from './proposals.ts';
import { peerOn, type Peer, type Region } from './region.ts';
import { persistedBeforeSend, type Verdict } from './rules.ts';
import { collectData, encodeSnapshotData } from './snapshot-data.ts';
import {
  beginInstall,
  clearLog,
  exchangeData,
  resumeInstall,
  type Installing,
} from './snapshot-install.ts';

/** `snapshot/REGION/PEER`: a snapshot for that peer is ready. */
export const SNAPSHOT_TIMER = 'snapshot/';

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
      readonly path: 'local' | 'read-index' | 'replica';
    }
  /** A definite refusal: it did not happen and will not. */
  | { readonly type: 'refused'; readonly tag: number; readonly error: RegionError };

export interface PeerOptions {
  readonly sink: PeerSink;
  readonly engines: Engines;
  readonly storeId: StoreId;
  readonly regionId: RegionId;
  readonly incarnation: number;
  readonly settings: Settings;
  /** Rules that are broken on purpose, now. */
  readonly broken: { readonly rules: readonly string[] };
  /** The peer itself, where a message has made it and its store knows nothing of it. */
  readonly created?: { readonly peer: Peer; readonly verdict: Verdict };
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

/** Entries up to `index` go from the raft engine once the write of the kv engine that says so is durable. */
interface Compacted {
  readonly write: number;
  readonly index: number;
}

/** A membership change that is applied and on its way to the disk: until it is there, nobody may see it. */
interface Changing {
  readonly entry: Entry;
  readonly exec: Extract<Exec, { type: 'peers-changed' }>;
  /** Committed entries that come after it. */
  readonly rest: Entry[];
}

/** Why a peer has to go. */
export type Doom = 'removed' | 'replaced' | 'told' | 'forgotten';

interface Saved {
  readonly soft: SoftState;
  readonly unpersisted: readonly Unpersisted[];
  readonly proposals: readonly Proposal[];
  readonly reads: Plain;
  readonly admin: Plain;
  readonly storage: Plain;
  readonly me: Peer;
  readonly others: readonly Peer[];
  readonly installing: Installing | null;
  readonly leaderMissingSince: Micros | null;
  readonly changing: Changing | null;
  readonly compacted: readonly Compacted[];
  readonly urgentIndex: number | null;
  readonly raft: Plain;
}

export class PeerFsm {
  readonly regionId: RegionId;
  readonly peerId: PeerId;
  readonly storage: PeerStorage;
  readonly raw: RawNode;
  readonly #options: PeerOptions;
  readonly #applier: Applier;
  readonly #me: Peer;
  /** Peers that are no members here: they may have sent something that wants an answer. */
  readonly #others: Map<PeerId, Peer>;
  /** A snapshot is being installed: until it is, Raft has to wait. */
  #installing: Installing | null;
  #changing: Changing | null;
  #compacted: Compacted[];
  #doom: Doom | null = null;
  #leaderMissingSince: Micros | null;
  #soft: SoftState = { leaderId: 0, raftState: 'Follower' };
  #unpersisted: Unpersisted[];
  readonly #proposals: ProposalQueue;
  readonly reads: PeerReads;
  readonly admin: PeerAdmin;
  /** Until this entry is applied, followers learn of commits at once; then with the next message. Null: none. */
  #urgentIndex: number | null;

  constructor(options: PeerOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#options = options;
    this.regionId = options.regionId;
    this.storage = new PeerStorage(options.engines, options.regionId, state?.storage);
    const me = state?.me ?? options.created?.peer ?? peerOn(this.region, options.storeId);
    assert(me !== undefined, `Region ${this.regionId} has no peer on this store`);
    this.#me = me;
    this.peerId = me.id;
    this.#applier = new Applier(options);
    const config = { ...options.raft, id: me.id, applied: this.applied };
    this.raw =
      state === undefined
        ? newRawNode(config, this.storage)
        : loadRawNode(config, this.storage, state.raft);
    if (state !== undefined) this.#soft = state.soft;
    this.#unpersisted = (state?.unpersisted ?? []).map((ready) => ({
      ...ready,
      messages: [...ready.messages],
    }));
    this.#proposals = new ProposalQueue(state?.proposals);
    this.reads = new PeerReads(this, options, state?.reads);
    this.admin = new PeerAdmin(this, options, state?.admin);
    this.#others = new Map((state?.others ?? []).map((peer) => [peer.id, peer]));
    this.#installing = state?.installing ?? null;
    this.#leaderMissingSince = state?.leaderMissingSince ?? null;
    const changing = state?.changing ?? null;
    this.#changing = changing === null ? null : { ...changing, rest: [...changing.rest] };
    this.#compacted = [...(state?.compacted ?? [])];
    this.#urgentIndex = state?.urgentIndex ?? null;
  }

  get region(): Region {
    return this.storage.region;
  }

  get me(): Peer {
    return this.#peer(this.peerId) ?? this.#me;
  }

  get isLeader(): boolean {
    return this.#soft.raftState === 'Leader';
  }

  get term(): number {
    return this.raw.raft.term;
  }

  get applied(): number {
    return this.storage.applyState.appliedIndex;
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
    return this.#proposals.size + this.reads.size;
  }

  /** What the entries of its log weigh. */
  get logBytes(): number {
    let bytes = 0;
    for (const entry of this.#options.engines.log(this.regionId)) bytes += entry.data.length;
    return bytes;
  }

  get proposedAt(): Micros | null {
    return this.#proposals.latestAt;
  }

  /** Not null: the peer has to go. */
  get doom(): Doom | null {
    return this.#doom;
  }

  get installing(): boolean {
    return this.#installing !== null;
  }

  /** A leader that has applied an entry of its own term: only then it knows the Region as it is. */
  get appliedOwnTerm(): boolean {
    return this.isLeader && this.storage.applyState.commitTerm === this.term;
  }

  /** False while a membership change is on its way to the disk: nobody is told of it. */
  get settled(): boolean {
    return this.#changing === null;
  }

  /** Raft has to wait: for a snapshot, for a membership change on its way to the disk, or for ever. */
  get #waits(): boolean {
    return this.installing || this.#changing !== null || this.#doom !== null;
  }

  #peer(id: PeerId): Peer | undefined {
    return this.region.peers.find((peer) => peer.id === id);
  }

  #place() {
    const { engines } = this.#options;
    return { engines, storage: this.storage, regionId: this.regionId };
  }

  /** After a restart: tells what was found, goes on with a snapshot that was under way, and a lone voter stands for
   * election at once. `recovery`: the write that brings the raft engine up to such a snapshot; 0: none. */
  start(recovery = 0): void {
    const { sink, created, engines } = this.#options;
    if (this.storage.initialized) this.#tellStart();
    else if (created !== undefined)
      sink.emit({
        type: 'raftstore/peer-created',
        region: this.regionId,
        peer: this.peerId,
        verdict: created.verdict,
      });
    this.#tellRaftEvents();
    if (engines.regionState(this.regionId)?.state === 'Applying') {
      this.#installing = resumeInstall(this.#place(), recovery);
      if (recovery === 0) this.#installStep(exchangeData(this.#place(), this.#installing));
      return;
    }
    const { voters, votersOutgoing } = confStateOf(this.region);
    if (voters.length === 1 && votersOutgoing.length === 0 && voters[0] === this.peerId)
      this.campaign();
    this.handleReady();
  }

  #tellStart(): void {
    const { hardState } = this.storage;
    this.#options.sink.emit({
      type: 'raftstore/peer-started',
      region: this.region,
      peer: this.peerId,
      term: hardState.term,
      vote: hardState.vote,
      commit: hardState.commit,
      applied: this.applied,
      firstIndex: this.storage.firstIndex(),
      lastIndex: this.storage.lastIndex(),
      log: this.#options.engines
        .log(this.regionId)
        .filter(({ index }) => index >= this.storage.firstIndex())
        .map(this.#logged),
    });
  }

  tick(): void {
    this.raw.tick();
    if (this.#soft.leaderId !== 0) this.#leaderMissingSince = null;
    else this.#leaderMissingSince ??= this.#options.sink.now;
    this.reads.tick();
    this.handleReady();
  }

  step(envelope: RaftMessage): void {
    const { message, fromPeer } = envelope;
    this.#others.set(fromPeer.id, fromPeer);
    if (message.msgType === 'MsgTransferLeader') return this.admin.onTransferMessage(message);
    const atOnce = message.msgType === 'MsgReadIndex' ? this.reads.answerFromLease(message) : null;
    if (atOnce !== null) return this.say(atOnce);
    try {
      this.raw.step(message);
    } catch (error) {
      // What another node says is never a bug of ours: a message that Raft refuses is dropped.
      if (!(error instanceof RaftError)) throw error;
    }
    this.handleReady();
  }

  /** Asks the leader for a snapshot of everything. Null, or why not. */
  requestSnapshot(): string | null {
    try {
      this.raw.requestSnapshot();
    } catch (error) {
      if (error instanceof RaftError) return error.message;
      throw error;
    }
    this.handleReady();
    return null;
  }

  /** Since when it has known no leader, on the node's own clock; null: it knows one. */
  get leaderMissingSince(): Micros | null {
    return this.#leaderMissingSince;
  }

  /** Its next election comes after so many ticks without a leader, until the timer is drawn anew. */
  setElectionTimeout(ticks: number): void {
    this.raw.setRandomizedElectionTimeout(ticks);
    this.handleReady();
  }

  campaign(): void {
    this.raw.campaign();
    this.handleReady();
  }

  /** Messages to this peer are lost on their way. */
  unreachable(storeId: StoreId): void {
    const peer = peerOn(this.region, storeId);
    if (peer === undefined) return;
    this.raw.reportUnreachable(peer.id);
    this.handleReady();
  }

  /** Takes a command into the log; null where Raft takes none now. */
  propose(data: Bytes, tag: number): { readonly index: number; readonly term: number } | null {
    try {
      this.raw.propose('', data);
    } catch (error) {
      if (error instanceof RaftError && error.kind === 'ProposalDropped') return null;
      throw error;
    }
    const { term } = this;
    const index = this.raw.raft.log.lastIndex();
    this.#proposals.push({ index, term, tag, at: this.#options.sink.now });
    this.#tellRaftEvents();
    return { index, term };
  }

  /** Takes a membership change into the log; null where Raft takes none now. */
  proposeChange(
    changes: readonly PeerChange[],
    context: Bytes,
  ): { readonly index: number; readonly term: number } | null {
    const before = this.raw.raft.pendingConfIndex;
    try {
      this.raw.proposeConfChange('', confChangeOf(changes, context));
    } catch (error) {
      if (error instanceof RaftError) return null;
      throw error;
    }
    const index = this.raw.raft.log.lastIndex();
    this.#tellRaftEvents();
    if (this.raw.raft.pendingConfIndex === before) return null;
    return { index, term: this.term };
  }

  /** Asks for a state that may be read; false where the leader cannot know one yet. */
  read(tag: number, mode: ReadMode): boolean {
    return this.reads.ask(tag, mode);
  }

  /** A write of the raft engine is durable, and with it all earlier ones. */
  persisted(write: number): void {
    if (this.#installing?.stage === 'raft' && this.#installing.write <= write)
      this.#installStep(exchangeData(this.#place(), this.#installing));
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
      this.send(done.messages);
    }
    const latest = durable.at(-1);
    if (latest === undefined) return;
    this.raw.onPersistReady(latest.number);
    this.handleReady();
  }

  /** A write of the kv engine is durable, and with it all earlier ones. */
  persistedKv(write: number): void {
    const due = this.#compacted.filter((each) => each.write <= write);
    this.#compacted = this.#compacted.slice(due.length);
    const last = due.at(-1);
    if (last !== undefined) this.#options.engines.dropLog(this.regionId, last.index + 1);
    if (this.#changing !== null && this.#changing.exec.write <= write) this.#endChange();
    const at = this.#installing;
    if (at === null || at.write > write) return;
    if (at.stage === 'kv') this.#clearLog(at);
    else if (at.stage === 'data') this.#endInstall(at);
  }

  /** Does all that Raft has ready, until it has no more. While a snapshot is being installed, Raft waits. */
  handleReady(): void {
    this.#tellRaftEvents();
    while (!this.#waits && this.raw.hasReady()) {
      // A snapshot is taken up when all writes before it are durable.
      const arrived = this.raw.raft.log.unstable.snapshot !== null;
      if (arrived && this.#unpersisted.length > 0) break;
      const ready = this.raw.ready();
      if (ready.ss !== undefined) this.#changeRole(ready.ss);
      this.send(ready.messages);
      this.reads.confirm(ready.readStates);
      if (ready.snapshot !== undefined) {
        this.#install(ready);
        break;
      }
      this.#tellEntries(ready.entries);
      const light = this.#persist(ready);
      this.#apply(ready.committedEntries);
      this.#apply(light);
      this.reads.dropUnlessLeader();
      this.#tellRaftEvents();
    }
    this.#generateIfWanted();
    this.#tellRaftEvents();
  }

  // ---- snapshots ---------------------------------------------------------------------------------------------

  #install(ready: Ready): void {
    const at = beginInstall(this.#place(), ready);
    this.#tellEntries(ready.entries);
    this.#compacted = [];
    this.storage.snapshotMade(null);
    this.raw.advanceAppendAsync(ready);
    this.#installStep(at);
    this.reads.dropUnlessLeader();
  }

  #clearLog(at: Installing): void {
    const next = clearLog(this.#place(), at);
    const { term, vote } = this.storage.hardState;
    const { write } = next;
    const region = this.regionId;
    if (at.before !== null)
      this.#options.sink.emit({ type: 'raftstore/hard-state-written', region, write, term, vote });
    this.#installStep(next);
  }

  #installStep(at: Installing): void {
    this.#installing = at;
    const { stage, index, write } = at;
    this.#options.sink.emit({
      type: 'raftstore/snapshot-installing',
      region: this.regionId,
      stage,
      index,
      write,
    });
  }

  /** The data are there. Only now Raft and the leader learn of it. */
  #endInstall(at: Installing): void {
    const { number, index, term, messages, before } = at;
    this.#installing = null;
    this.#applier.measure();
    if (before === null) this.#tellStart();
    this.#options.sink.emit({
      type: 'raftstore/snapshot-installed',
      region: this.regionId,
      to: this.region,
      index,
      term,
      state: this.stats.digest,
    });
    if (number > 0) {
      this.raw.onPersistReady(number);
      this.raw.advanceApplyTo(index);
      this.send(messages);
    }
    this.handleReady();
  }

  /** Raft wants a snapshot: it takes a while to make one, and Raft asks again. */
  #generateIfWanted(): void {
    const to = this.storage.takeWanted();
    if (to === null) return;
    const { sink, settings } = this.#options;
    const rate = settings['server.snap-io-max-bytes-per-sec'];
    const microseconds = Math.max(1, Math.ceil((this.stats.bytes * 1_000_000) / rate));
    const region = this.regionId;
    sink.emit({ type: 'raftstore/snapshot-generating', region, to, microseconds });
    sink.timer(`${SNAPSHOT_TIMER}${region}/${to}`, sink.now + microseconds);
  }

  /** The time is over: the snapshot is of the newest applied state. */
  generateSnapshot(to: PeerId): void {
    if (!this.storage.generating) return;
    if (!this.isLeader || this.#waits) return this.storage.snapshotMade(null);
    const { region } = this;
    const { appliedIndex: index, commitTerm: term } = this.storage.applyState;
    const content = collectData(this.#options.engines.kv, region);
    const data = encodeSnapshotData(content);
    const metadata = { confState: confStateOf(region), index, term };
    this.storage.snapshotMade({ data, metadata });
    this.#options.sink.emit({
      type: 'raftstore/snapshot-generated',
      region: this.regionId,
      to,
      index,
      term,
      keys: content.pairs.length,
      bytes: data.length,
    });
  }

  /** What the transport says of a snapshot that was sent to that store. */
  reportSnapshot(storeId: StoreId, ok: boolean): void {
    const peer = peerOn(this.region, storeId);
    if (peer === undefined) return;
    this.raw.reportSnapshot(peer.id, ok ? 'Finish' : 'Failure');
    this.handleReady();
  }

  #changeRole(soft: SoftState): void {
    const led = this.isLeader;
    this.#soft = soft;
    if (led === this.isLeader) return;
    // A new leader's first commits are told at once: the entries before it wait for its own.
    this.#urgentIndex = this.isLeader ? this.raw.raft.log.lastIndex() : null;
    this.raw.setSkipBcastCommit(!this.isLeader);
    // Good for nothing until an entry of its own term is applied.
    if (this.isLeader) this.reads.renewLease(this.#options.sink.now);
    else this.reads.expireLease();
  }

  /** A Ready with entries, a vote or a term has to be durable before anything builds on it. A commit index alone need
   * not be, and one that writes nothing is durable with what was written before it. Returns what can be applied on top
   * of the Ready's own entries. */
  #persist(ready: Ready): readonly Entry[] {
    const { entries, hs, mustSync } = ready;
    const kept = this.storage.hardState;
    const writes = entries.length > 0 || hs !== undefined;
    const told = this.storage.initialized;
    const write = writes ? this.storage.write(entries, hs, mustSync) : 0;
    if (told && hs !== undefined && (hs.term !== kept.term || hs.vote !== kept.vote))
      this.#options.sink.emit({
        type: 'raftstore/hard-state-written',
        region: this.regionId,
        write,
        term: hs.term,
        vote: hs.vote,
      });
    const before = this.#unpersisted.at(-1);
    if (mustSync && write > 0) {
      const end = entries.at(-1);
      const last = end === undefined ? null : { index: end.index, term: end.term };
      const messages = [...ready.persistedMessages];
      this.#unpersisted.push({ number: ready.number, write, last, messages });
      this.raw.advanceAppendAsync(ready);
    } else if (before !== undefined) {
      before.number = ready.number;
      before.messages.push(...ready.persistedMessages);
      this.raw.advanceAppendAsync(ready);
    } else {
      this.send(ready.persistedMessages);
      const light = this.raw.advanceAppend(ready);
      this.send(light.messages);
      return light.committedEntries;
    }
    return [];
  }

  #apply(entries: readonly Entry[]): void {
    if (this.#changing !== null) return void this.#changing.rest.push(...entries);
    if (entries.length === 0) return this.reads.serve();
    const { results } = this.#options;
    const outcomes = this.#applier.apply(entries);
    for (const [i, { error, exec }] of outcomes.entries()) {
      const entry = entries[i] as Entry;
      const { own, stale } = this.#proposals.take(entry);
      for (const { tag } of stale)
        if (tag !== 0) results.push({ type: 'refused', tag, error: { type: 'StaleCommand' } });
      if (exec?.type === 'log-compacted') this.#compacted.push(exec);
      else if (exec !== undefined) this.#changing = { entry, exec, rest: entries.slice(i + 1) };
      if (own === null) continue;
      if (entry.term === this.term) this.reads.renewLease(own.at);
      if (own.tag === 0) continue;
      results.push(
        error === null
          ? { type: 'applied', tag: own.tag }
          : { type: 'refused', tag: own.tag, error },
      );
    }
    if (this.#changing === null) this.#applied();
  }

  /** Raft learns how far the state machine has come. */
  #applied(): void {
    this.raw.advanceApplyTo(this.applied);
    if (this.#urgentIndex !== null && this.applied >= this.#urgentIndex) {
      this.#urgentIndex = null;
      this.raw.setSkipBcastCommit(true);
    }
    this.reads.serve();
  }

  /** A membership change is on the disk: now it counts. */
  #endChange(): void {
    if (this.#changing === null) return;
    const { entry, exec, rest } = this.#changing;
    this.#changing = null;
    this.#options.sink.emit({
      type: 'raftstore/region-changed',
      region: this.regionId,
      index: entry.index,
      to: this.region,
    });
    this.raw.applyConfChange(decodeConfChange(entry));
    const me = this.#peer(this.peerId);
    if (me === undefined) return void (this.#doom = 'removed');
    if (me.role === 'Learner' && this.isLeader) becomeFollower(this.raw.raft, this.term, 0);
    // A new peer is made by a first heartbeat: no need to let it wait.
    else if (this.isLeader && exec.changes.some(({ type }) => type !== 'RemoveNode'))
      this.raw.ping();
    this.#applied();
    this.#apply(rest);
    this.handleReady();
  }

  /** It goes for good: everybody who waits is told. Its store takes it out. */
  destroy(reason: Doom): void {
    this.#doom = reason;
    const { results } = this.#options;
    const error: RegionError = { type: 'RegionNotFound', regionId: this.regionId };
    for (const { tag } of this.#proposals.clear())
      if (tag !== 0) results.push({ type: 'refused', tag, error });
    this.reads.dropAll();
    this.#options.sink.emit({
      type: 'raftstore/peer-destroyed',
      region: this.regionId,
      peer: this.peerId,
      reason,
    });
  }

  /** What is said beside Raft waits, as its answers do, for the term on its way to the disk. */
  say(message: Message): void {
    const waiting = this.#unpersisted.at(-1);
    if (waiting === undefined) this.send([message]);
    else waiting.messages.push(message);
  }

  /** To the stores of the peers that they are for. */
  send(messages: readonly Message[]): void {
    const { region } = this;
    for (const message of messages) {
      const toPeer = this.#peer(message.to) ?? this.#others.get(message.to);
      if (toPeer === undefined) continue;
      if (message.msgType === 'MsgTimeoutNow') this.reads.suspectLease();
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
    for (const event of this.raw.takeEvents())
      this.#options.sink.emit({ ...event, region: this.regionId });
  }

  save(): Plain {
    const saved: Saved = {
      soft: this.#soft,
      unpersisted: this.#unpersisted.map((ready) => ({ ...ready, messages: [...ready.messages] })),
      proposals: this.#proposals.save(),
      reads: this.reads.save(),
      admin: this.admin.save(),
      storage: this.storage.save(),
      me: this.#me,
      others: [...this.#others.values()],
      installing: this.#installing,
      leaderMissingSince: this.#leaderMissingSince,
      changing:
        this.#changing === null ? null : { ...this.#changing, rest: [...this.#changing.rest] },
      compacted: [...this.#compacted],
      urgentIndex: this.#urgentIndex,
      raft: this.raw.save(),
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
