// What one replica is and knows, before it does anything: its storage, its Raft, who waits for it, what it says to others
// and to the journal. The order of its work is peer.ts. (TiKV: raftstore/src/store/peer.rs)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Plain } from '../../base/plain.ts';
import { storeNode, type Micros, type PeerId, type RegionId } from '../ids.ts';
import { entryDigest, type Entry } from '../raft/entry.ts';
import { RaftError } from '../raft/error.ts';
import { newMessage, type Message, type SoftState } from '../raft/message.ts';
import { loadRawNode, newRawNode, type RawNode } from '../raft/raw-node.ts';
import { confChangeOf, type PeerChange } from './admin-command.ts';
import { Applier, type DataStats } from './apply.ts';
import { CmdEpochChecker, type SavedChecker } from './cmd-epoch-checker.ts';
import { Hibernation, type SavedHibernation } from './hibernation.ts';
import { contentOf } from './command.ts';
import type { RaftMessage, RegionError } from './message.ts';
import { PeerStorage } from './peer-storage.ts';
import { PeerAdmin } from './peer-admin.ts';
import {
  type Changing,
  type Compacted,
  type Doom,
  type PeerOptions,
  type Unpersisted,
} from './peer-parts.ts';
import { PeerReads } from './peer-reads.ts';
import { ProposalQueue, type Proposal } from './proposals.ts';
import { peerOn, type Peer, type Region } from './region.ts';
import { type Installing } from './snapshot-install.ts';
import { StaleCheck, type SavedStaleState } from './stale-state.ts';

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
  readonly stale: SavedStaleState;
  readonly changing: Changing | null;
  readonly compacted: readonly Compacted[];
  readonly urgentIndex: number | null;
  readonly epochs: SavedChecker;
  readonly hibernation: SavedHibernation;
  readonly raft: Plain;
}

export abstract class PeerState {
  readonly regionId: RegionId;
  readonly peerId: PeerId;
  readonly storage: PeerStorage;
  readonly raw: RawNode;
  protected readonly options: PeerOptions;
  protected readonly applier: Applier;
  protected readonly self: Peer;
  /** Peers that are no members here: they may have sent something that wants an answer. */
  protected readonly others: Map<PeerId, Peer>;
  /** A snapshot is being installed: until it is, Raft has to wait. */
  protected installation: Installing | null;
  protected changing: Changing | null;
  protected compacted: Compacted[];
  protected fate: Doom | null = null;
  protected soft: SoftState = { leaderId: 0, raftState: 'Follower' };
  protected unpersisted: Unpersisted[];
  protected readonly proposals: ProposalQueue;
  readonly reads: PeerReads;
  readonly admin: PeerAdmin;
  readonly epochChecker: CmdEpochChecker;
  readonly hibernation: Hibernation;
  readonly stale: StaleCheck;
  /** Until this entry is applied, followers learn of commits at once; then with the next message. Null: none. */
  protected urgentIndex: number | null;

  constructor(options: PeerOptions, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.options = options;
    this.regionId = options.regionId;
    this.storage = new PeerStorage(options.engines, options.regionId, state?.storage);
    const me = state?.me ?? options.created?.peer ?? peerOn(this.region, options.storeId);
    assert(me !== undefined, `Region ${this.regionId} has no peer on this store`);
    this.self = me;
    this.peerId = me.id;
    this.applier = new Applier(options);
    const config = { ...options.raft, id: me.id, applied: this.applied };
    this.raw =
      state === undefined
        ? newRawNode(config, this.storage)
        : loadRawNode(config, this.storage, state.raft);
    if (state !== undefined) this.soft = state.soft;
    this.unpersisted = (state?.unpersisted ?? []).map((ready) => ({
      ...ready,
      messages: [...ready.messages],
    }));
    this.proposals = new ProposalQueue(state?.proposals);
    this.reads = new PeerReads(this, options, state?.reads);
    this.admin = new PeerAdmin(this, options, state?.admin);
    this.epochChecker = new CmdEpochChecker(state?.epochs);
    this.hibernation = new Hibernation(this, options.settings, state?.hibernation);
    this.others = new Map((state?.others ?? []).map((peer) => [peer.id, peer]));
    this.installation = state?.installing ?? null;
    this.stale = new StaleCheck(state?.stale);
    const changing = state?.changing ?? null;
    this.changing = changing === null ? null : { ...changing, rest: [...changing.rest] };
    this.compacted = [...(state?.compacted ?? [])];
    this.urgentIndex = state?.urgentIndex ?? null;
  }

  /** Does all that Raft has ready. */
  abstract handleReady(): void;

  /** Something may be new here: its store looks. */
  protected touch(): void {
    this.options.touched.add(this.regionId);
  }

  /** Definitely: none of these has happened. */
  protected refuse(tags: readonly number[], error: RegionError): void {
    for (const tag of tags)
      if (tag !== 0) this.options.results.push({ type: 'refused', tag, error });
  }

  /** With what this peer knows of the Region; its store knows more. */
  epochNotMatch(): RegionError {
    return { type: 'EpochNotMatch', currentRegions: [this.region] };
  }

  /** While a change of it is on its way to the disk: the Region as it was before. */
  get region(): Region {
    return this.changing?.before ?? this.storage.region;
  }

  get me(): Peer {
    return this.peer(this.peerId) ?? this.self;
  }

  get isLeader(): boolean {
    return this.soft.raftState === 'Leader';
  }

  get term(): number {
    return this.raw.raft.term;
  }

  get applied(): number {
    return this.storage.applyState.appliedIndex;
  }

  /** The peer that leads, as far as this one knows. */
  get leader(): Peer | null {
    return this.peer(this.soft.leaderId) ?? null;
  }

  get stats(): Readonly<DataStats> {
    return this.applier.stats;
  }

  /** Peers that this leader has sent a snapshot and that have not taken it yet. */
  get sendingSnapshots(): number {
    if (!this.isLeader) return 0;
    return this.raw.raft.tracker.peers.filter(({ state }) => state === 'Snapshot').length;
  }

  /** Peers that lack what the log has given up, as far as this leader knows: a snapshot must come to them. */
  get behind(): Peer[] {
    if (!this.isLeader) return [];
    const given = this.storage.applyState.truncatedState.index;
    const lacking = this.raw.raft.tracker.peers.filter(({ matched }) => matched < given);
    const ids = new Set(lacking.map(({ id }) => id));
    return this.region.peers.filter(({ id }) => id !== this.me.id && ids.has(id));
  }

  /** What the entries of its log weigh. */
  get logBytes(): number {
    let bytes = 0;
    for (const entry of this.options.engines.log(this.regionId)) bytes += entry.data.length;
    return bytes;
  }

  get proposedAt(): Micros | null {
    return this.proposals.latestAt;
  }

  /** Not null: the peer has to go. */
  get doom(): Doom | null {
    return this.fate;
  }

  get installing(): boolean {
    return this.installation !== null;
  }

  /** A leader that has applied an entry of its own term: only then it knows the Region as it is. */
  get appliedOwnTerm(): boolean {
    return this.isLeader && this.storage.applyState.commitTerm === this.term;
  }

  /** Reads and writes that somebody waits for. */
  get asked(): number {
    return this.proposals.size + this.reads.asked;
  }

  /** Nothing is under way beside Raft. */
  get calm(): boolean {
    return !this.waits && this.unpersisted.length === 0 && this.storage.initialized;
  }

  /** False while a membership change is on its way to the disk: nobody is told of it. */
  get settled(): boolean {
    return this.changing === null;
  }

  /** Raft has to wait: for a snapshot, for a membership change on its way to the disk, or for ever. */
  protected get waits(): boolean {
    return this.installing || this.changing !== null || this.fate !== null;
  }

  protected peer(id: PeerId): Peer | undefined {
    return this.region.peers.find((peer) => peer.id === id);
  }

  protected place() {
    const { engines } = this.options;
    return { engines, storage: this.storage, regionId: this.regionId };
  }

  protected tellStart(): void {
    const { hardState } = this.storage;
    this.options.sink.emit({
      type: 'raftstore/peer-started',
      region: this.region,
      peer: this.peerId,
      term: hardState.term,
      vote: hardState.vote,
      commit: hardState.commit,
      applied: this.applied,
      firstIndex: this.storage.firstIndex(),
      lastIndex: this.storage.lastIndex(),
      log: this.options.engines
        .log(this.regionId)
        .filter(({ index }) => index >= this.storage.firstIndex())
        .map(this.logged),
    });
  }

  /** Something happens to the Region: it sleeps no more. */
  wake(why: 'message' | 'request' | 'doubt'): void {
    if (!this.hibernation.wake()) return;
    this.options.sink.emit({ type: 'raftstore/woken', region: this.regionId, why });
  }

  /** A word beside Raft to all other peers. */
  sayBeside(extra: NonNullable<RaftMessage['extra']>, to?: PeerId): void {
    for (const toPeer of this.region.peers)
      if (toPeer.id !== this.peerId && (to === undefined || toPeer.id === to))
        this.#sendBeside(extra, toPeer);
  }

  #sendBeside(extra: NonNullable<RaftMessage['extra']>, toPeer: Peer): void {
    this.options.sink.send(storeNode(toPeer.storeId), {
      type: 'raft',
      regionId: this.regionId,
      fromPeer: this.me,
      toPeer,
      regionEpoch: this.region.epoch,
      message: newMessage('MsgHup', toPeer.id),
      extra,
    });
  }

  /** Where it has heard of no leader for long, it asks the others whether it is still a member. True: PD has to be asked too.
   * (fsm/peer.rs on_check_peer_stale_state_tick) */
  checkStaleState(): boolean {
    if (this.installing || this.isLeader) return false;
    const { sink, settings } = this.options;
    const since = this.stale.silentSince ?? sink.now;
    const state = this.stale.check(sink.now, this.raw.raft.promotable, settings);
    if (state === 'Valid') return false;
    const asked = this.stale.others(this.me, this.region);
    const told = { region: this.regionId, state, since, asked: asked.map((peer) => peer.storeId) };
    sink.emit({ type: 'raftstore/leader-missing', ...told });
    for (const other of asked) this.#sendBeside('check-stale-peer', other);
    return state === 'ToValidate';
  }

  /**
   * While it waits for its disk a peer takes no Ready, and does not know yet that Raft has made it a follower. Raft would
   * hand the proposal on, and the entry at the index that is noted here would be another one. (TiKV: propose_normal looks
   * whether the log has grown, and says NotLeader)
   */
  get #takesProposals(): boolean {
    return this.raw.raft.role === 'Leader';
  }

  /** Takes a command into the log; null where Raft takes none now. */
  propose(data: Bytes, tag: number): { readonly index: number; readonly term: number } | null {
    this.wake('request');
    if (!this.#takesProposals) return null;
    try {
      this.raw.propose('', data);
    } catch (error) {
      if (error instanceof RaftError && error.kind === 'ProposalDropped') return null;
      throw error;
    }
    const { term } = this;
    const index = this.raw.raft.log.lastIndex();
    this.proposals.push({ index, term, tag, at: this.options.sink.now });
    this.tellRaftEvents();
    return { index, term };
  }

  /** Takes a membership change into the log; null where Raft takes none now. */
  proposeChange(
    changes: readonly PeerChange[],
    context: Bytes,
  ): { readonly index: number; readonly term: number } | null {
    if (!this.#takesProposals) return null;
    const before = this.raw.raft.pendingConfIndex;
    try {
      this.raw.proposeConfChange('', confChangeOf(changes, context));
    } catch (error) {
      if (error instanceof RaftError) return null;
      throw error;
    }
    const index = this.raw.raft.log.lastIndex();
    this.tellRaftEvents();
    if (this.raw.raft.pendingConfIndex === before) return null;
    return { index, term: this.term };
  }

  /** It goes for good: everybody who waits is told. Its store takes it out. */
  destroy(reason: Doom): void {
    this.fate = reason;
    const error: RegionError = { type: 'RegionNotFound', regionId: this.regionId };
    this.refuse(
      this.proposals.clear().map(({ tag }) => tag),
      error,
    );
    this.refuse(this.epochChecker.leave(-1), error);
    this.reads.dropAll();
    this.options.sink.emit({
      type: 'raftstore/peer-destroyed',
      region: this.regionId,
      peer: this.peerId,
      reason,
    });
  }

  /** What is said beside Raft waits, as its answers do, for the term on its way to the disk. */
  say(message: Message): void {
    const waiting = this.unpersisted.at(-1);
    if (waiting === undefined) this.send([message]);
    else waiting.messages.push(message);
  }

  /** To the stores of the peers that they are for. */
  send(messages: readonly Message[]): void {
    const { region } = this;
    for (const message of messages) {
      const toPeer = this.peer(message.to) ?? this.others.get(message.to);
      if (toPeer === undefined) continue;
      if (message.msgType === 'MsgTimeoutNow') this.reads.suspectLease();
      const { disk } = this.options;
      // As if it were lost: a heartbeat's answer brings it again.
      if (message.entries.length > 0 && disk.isFull(toPeer.storeId) && this.isLeader) continue;
      const envelope: RaftMessage = {
        type: 'raft',
        regionId: this.regionId,
        fromPeer: this.me,
        toPeer,
        regionEpoch: region.epoch,
        message,
        ...(disk.full ? { diskFull: true } : {}),
        ...(createsPeers(message) ? { startKey: region.startKey, endKey: region.endKey } : {}),
      };
      if (message.snapshot !== undefined) this.options.snapshots.send(envelope);
      else this.options.sink.send(storeNode(toPeer.storeId), envelope);
    }
  }

  protected tellEntries(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.options.sink.emit({
      type: 'raftstore/entries-taken',
      region: this.regionId,
      entries: entries.map(this.logged),
    });
  }

  protected logged = (entry: Entry) => ({
    index: entry.index,
    term: entry.term,
    digest: entryDigest(entry),
    content: contentOf(entry, (ops) => this.options.observer.contentOf(ops)),
  });

  protected tellRaftEvents(): void {
    for (const event of this.raw.takeEvents())
      this.options.sink.emit({ ...event, region: this.regionId });
  }

  save(): Plain {
    const saved: Saved = {
      soft: this.soft,
      unpersisted: this.unpersisted.map((ready) => ({ ...ready, messages: [...ready.messages] })),
      proposals: this.proposals.save(),
      reads: this.reads.save(),
      admin: this.admin.save(),
      storage: this.storage.save(),
      me: this.self,
      others: [...this.others.values()],
      installing: this.installation,
      stale: this.stale.save(),
      changing: this.changing === null ? null : { ...this.changing, rest: [...this.changing.rest] },
      compacted: [...this.compacted],
      urgentIndex: this.urgentIndex,
      epochs: this.epochChecker.save(),
      hibernation: this.hibernation.save(),
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
