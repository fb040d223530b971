// A store's half of Raft: its peers by Region, the clock that ticks them, the door for requests and the door for
// messages. Above it are the commands (raw.ts); below it one Raft group per Region.
// (TiKV: raftstore/src/store/fsm/store.rs, fsm/peer.rs; the Engine interface: src/server/raftkv)

import { assert } from '../../base/assert.ts';
import { between, type Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import {
  storeNode,
  type Micros,
  type NodeId,
  type PeerId,
  type RegionId,
  type StoreId,
} from '../ids.ts';
import type { KvSnapshot, WriteBatch } from '../kv/engine.ts';
import { admit, isKnown, type Admission } from './admission.ts';
import type { ApplyObserver } from './apply.ts';
import { Burials, type SavedBurials } from './burial.ts';
import type { DiskUsage } from './disk-usage.ts';
import type { Engines } from './engines.ts';
import type { RaftMessage, RegionError, RequestContext, SnapshotMessage } from './message.ts';
import { PeerFsm } from './peer.ts';
import {
  SNAPSHOT_TIMER,
  type Doom,
  type PeerResult,
  type PeerSink,
  type RegionSplit,
  type SplitAsk,
} from './peer-parts.ts';
import { raftConfigOf } from './raft-config.ts';
import { recoverSnapshot } from './peer-storage.ts';
import { proposeWrite, type Proposed } from './propose-write.ts';
import type { Region } from './region.ts';
import { epochStale, snapshotAcceptable, unlessBroken, voteAfterStart } from './rules.ts';
import { SnapshotStreams, type SavedStreams } from './snapshot-streams.ts';
import { clearStaleData } from './stale-data.ts';
import { StoreAdmin } from './store-admin.ts';
import { statsOf, type StoreStats } from './store-stats.ts';
import { StoreSplits, type SavedSplits } from './store-splits.ts';
import {
  goneMessage,
  membersMessage,
  snapshotVerdict,
  wayToNobody,
  wayToPeer,
} from './store-door.ts';

const TICK_TIMER = 'raft-tick';
const LOG_GC_TIMER = 'raft-log-gc';
const LEASE_TIMER = 'check-leader-lease';
const STALE_TIMER = 'peer-stale-state';
const SPLIT_TIMER = 'split-region-check';

const INTERVALS = {
  [LOG_GC_TIMER]: 'raftstore.raft-log-gc-tick-interval',
  [LEASE_TIMER]: 'raftstore.check-leader-lease-interval',
  [SPLIT_TIMER]: 'raftstore.split-region-check-tick-interval',
  [STALE_TIMER]: 'raftstore.peer-stale-state-check-interval',
} as const;

export interface StoreOptions {
  readonly sink: PeerSink;
  readonly engines: Engines;
  readonly storeId: StoreId;
  readonly incarnation: number;
  readonly settings: Settings;
  readonly chance: Chance;
  readonly observer: ApplyObserver;
  /** Rules that are broken on purpose, now. */
  readonly broken: { rules: readonly string[] };
  /** Whose disk is full. */
  readonly disk: DiskUsage;
}

interface Saved {
  readonly startedAt: Micros;
  readonly tags: number;
  readonly peers: readonly (readonly [RegionId, Plain])[];
  readonly results: readonly PeerResult[];
  readonly burials: SavedBurials;
  readonly splits: SavedSplits;
  readonly snapshots: SavedStreams;
}

export class Store {
  readonly #options: StoreOptions;
  readonly #tick: Micros;
  readonly #peers = new Map<RegionId, PeerFsm>();
  /** Results that nobody has taken yet. */
  readonly #results: PeerResult[] = [];
  readonly #burials: Burials;
  /** Regions in whose peer something may be new. */
  readonly #touched = new Set<RegionId>();
  readonly #splitAsks: SplitAsk[] = [];
  readonly #splits: RegionSplit[] = [];
  readonly admin: StoreAdmin;
  readonly #after: StoreSplits;
  readonly #snapshots: SnapshotStreams;
  /** Regions of which PD has to be asked whether this store is still a member. */
  #doubts: RegionId[] = [];
  #startedAt: Micros = 0;
  /** Names given to what the layers above ask for. */
  #tags = 0;

  constructor(options: StoreOptions, saved?: Plain) {
    this.#options = options;
    this.#tick = microsOf(options.settings['raftstore.raft-base-tick-interval']);
    const state = saved as unknown as Saved | undefined;
    this.#burials = new Burials(options.engines, state?.burials);
    this.admin = new StoreAdmin(options.sink, this.#peers, () => this.#sweep());
    this.#snapshots = new SnapshotStreams(options, state?.snapshots);
    const { engines } = options;
    const create = (regionId: RegionId) => this.#bringUp(regionId);
    const onRaftMessage = (message: RaftMessage) => this.onRaftMessage(message);
    this.#after = new StoreSplits(
      { engines, peers: this.#peers, create, onRaftMessage },
      state?.splits,
    );
    if (state === undefined) return;
    this.#startedAt = state.startedAt;
    this.#tags = state.tags;
    this.#results.push(...state.results);
    for (const [regionId, peer] of state.peers)
      this.#peers.set(regionId, new PeerFsm(this.#peerOptions(regionId), peer));
  }

  /** The data of all Regions on this store. */
  get data(): KvSnapshot {
    return this.#options.engines.kv;
  }

  /** Brings up every peer that the disk knows. `bootedAt` is when the process began. */
  start(bootedAt: Micros): void {
    const { sink, engines, storeId, chance } = this.#options;
    this.#startedAt = bootedAt;
    const gone = (id: RegionId) => engines.regionState(id)?.state === 'Tombstone';
    const regions = engines.regionIds().filter((id) => !gone(id));
    for (const id of engines.regionIds().filter(gone)) this.#burials.finish(id);
    // Stores tick out of step with each other, as machines do.
    const firstTickIn = between(chance, 1, this.#tick);
    sink.emit({ type: 'raftstore/store-started', store: storeId, regions, firstTickIn });
    for (const regionId of regions) {
      const recovery = recoverSnapshot(engines, regionId);
      const peer = new PeerFsm(this.#peerOptions(regionId));
      this.#peers.set(regionId, peer);
      peer.start(recovery);
    }
    clearStaleData(engines);
    sink.timer(TICK_TIMER, sink.now + firstTickIn);
    for (const timer of [LOG_GC_TIMER, LEASE_TIMER, STALE_TIMER, SPLIT_TIMER] as const)
      this.#setTimer(timer);
  }

  #setTimer(name: keyof typeof INTERVALS): void {
    const { sink, settings } = this.#options;
    sink.timer(name, sink.now + microsOf(settings[INTERVALS[name]]));
  }

  #peerOptions(regionId: RegionId) {
    const { settings, chance, broken } = this.#options;
    const own = {
      results: this.#results,
      raft: raftConfigOf(settings, chance, broken.rules),
      touched: this.#touched,
      splitAsks: this.#splitAsks,
      splits: this.#splits,
      snapshots: this.#snapshots,
      peerWithoutData: this.#peerWithoutData,
    };
    return { ...this.#options, regionId, ...own };
  }

  #peerWithoutData = (regionId: RegionId): PeerId | null => {
    const peer = this.#peers.get(regionId);
    return peer === undefined || peer.storage.initialized ? null : peer.peerId;
  };

  /** True where the timer is the store's. */
  onTimer(name: string): boolean {
    const { sink } = this.#options;
    if (name.startsWith(SNAPSHOT_TIMER)) {
      const [regionId, to] = name.slice(SNAPSHOT_TIMER.length).split('/').map(Number);
      this.#peers.get(regionId ?? 0)?.generateSnapshot(to ?? 0);
    } else if (name === TICK_TIMER) {
      for (const peer of this.#peers.values()) peer.tick();
      sink.timer(TICK_TIMER, sink.now + this.#tick);
    } else if (name === LOG_GC_TIMER) {
      for (const peer of this.#awake()) peer.admin.collectLog();
      this.#setTimer(name);
    } else if (name === LEASE_TIMER) {
      for (const peer of this.#awake()) {
        if (!peer.isLeader) continue;
        peer.reads.checkLease();
        peer.handleReady();
      }
      this.#setTimer(name);
    } else if (name === SPLIT_TIMER) {
      for (const peer of this.#peers.values()) peer.admin.checkSplit();
      this.#setTimer(name);
    } else if (name === STALE_TIMER) {
      this.#doubtPeers();
      for (const peer of this.#peers.values()) peer.lookAsleep();
      this.#setTimer(name);
    } else if (!this.#snapshots.onTimer(name)) return false;
    this.#sweep();
    return true;
  }

  // ---- messages ----------------------------------------------------------------------------------------------

  onRaftMessage(envelope: RaftMessage): void {
    const { engines, storeId } = this.#options;
    const { regionId, toPeer } = envelope;
    if (toPeer.storeId !== storeId || this.#burials.isUnderWay(regionId)) return;
    const peer = this.#peers.get(regionId);
    const kept = engines.regionState(regionId);
    const way =
      peer === undefined
        ? wayToNobody(envelope, kept, { storeId, regions: this.#neighbours() })
        : wayToPeer(envelope, peer.region, peer.peerId);
    const known = peer?.region ?? kept?.region;
    if (way.type === 'tell-gone') this.#tell(envelope, known && goneMessage(envelope, known));
    else if (way.type === 'tell-members')
      this.#tell(envelope, known && membersMessage(envelope, known));
    else if (way.type === 'destroy' && peer !== undefined) {
      if (!peer.installing && peer.settled) this.#destroy(peer, way.why);
    } else if (way.type === 'park') this.#after.park(envelope);
    else if (way.type === 'create') {
      const created = new PeerFsm({
        ...this.#peerOptions(regionId),
        created: { peer: toPeer, verdict: way.verdict },
      });
      this.#peers.set(regionId, created);
      created.start();
      this.#take(created, envelope);
    } else if (way.type === 'take' && peer !== undefined) this.#take(peer, envelope);
    this.#sweep();
  }

  /** A piece of a snapshot, or word of one; `from` null: a piece that did not arrive. */
  onSnapshotMessage(from: NodeId | null, message: SnapshotMessage): void {
    const complete = this.#snapshots.onMessage(from, message);
    if (complete !== null) this.onRaftMessage(complete);
    this.#sweep();
  }

  #awake(): PeerFsm[] {
    return [...this.#peers.values()].filter(({ hibernation }) => !hibernation.asleep);
  }

  /** The Regions of initialized peers. */
  #regions(): Region[] {
    return [...this.#peers.values()].map(({ region }) => region).filter(isKnown);
  }

  /** Who takes in snapshots that overlap others makes peers for them too. */
  #neighbours(): Region[] {
    const overlapping = snapshotAcceptable({ member: true, stale: false, overlaps: 1 });
    return unlessBroken(overlapping, this.#options.broken.rules).holds ? [] : this.#regions();
  }

  #take(peer: PeerFsm, envelope: RaftMessage): void {
    const { settings, sink, broken } = this.#options;
    const { message } = envelope;
    const voteTaken = voteAfterStart({
      message: message.msgType,
      now: sink.now,
      startedAt: this.#startedAt,
      electionTimeout: settings['raftstore.raft-election-timeout-ticks'] * this.#tick,
    });
    if (!unlessBroken(voteTaken, broken.rules).holds) return;
    if (message.snapshot !== undefined) {
      const { regionId: region } = peer;
      const verdict = snapshotVerdict(message.snapshot, peer, this.#regions());
      const { index } = message.snapshot.metadata;
      if (!unlessBroken(verdict, broken.rules).holds)
        return sink.emit({ type: 'raftstore/snapshot-refused', region, index, verdict });
    }
    peer.step(envelope);
  }

  #tell({ fromPeer }: RaftMessage, answer: RaftMessage | undefined): void {
    if (answer !== undefined) this.#options.sink.send(storeNode(fromPeer.storeId), answer);
  }

  /** What peers have left for their store to do. */
  #sweep(): void {
    for (const { regionId, to, ok } of this.#snapshots.takeReports())
      this.#peers.get(regionId)?.reportSnapshot(to, ok);
    for (let done = this.#splits.shift(); done !== undefined; done = this.#splits.shift())
      this.#after.afterSplit(done);
    for (const regionId of this.#touched) {
      const peer = this.#peers.get(regionId);
      if (peer === undefined) continue;
      if (peer.doom !== null) this.#destroy(peer, peer.doom);
      else if (peer.isLeader) this.#after.campaignFor(regionId);
    }
  }

  /** A peer of a Region that a split has brought. One that a message has made and that knew nothing becomes this one. */
  #bringUp(regionId: RegionId): PeerFsm {
    const peer = new PeerFsm(this.#peerOptions(regionId));
    this.#peers.set(regionId, peer);
    peer.start();
    return peer;
  }

  /** Splits for which PD has to be asked. */
  takeSplitAsks(): SplitAsk[] {
    return this.#splitAsks.splice(0);
  }

  /** Splits that have been made on this store. */
  takeSplits(): readonly RegionSplit[] {
    return this.#after.take();
  }

  // ---- peers that go -----------------------------------------------------------------------------------------

  /** The kv engine first: the tombstone stands before anything is forgotten. (peer.rs destroy) */
  #destroy(peer: PeerFsm, reason: Doom): void {
    const { regionId, me } = peer;
    peer.destroy(reason);
    this.#peers.delete(regionId);
    this.#burials.bury(regionId, me);
  }

  /** Peers that have heard of no leader for so long that they may have been forgotten. */
  #doubtPeers(): void {
    for (const peer of this.#peers.values())
      if (peer.checkStaleState()) this.#doubts.push(peer.regionId);
  }

  /** Regions of which PD is to be asked; each once. */
  takeDoubts(): RegionId[] {
    const doubts = this.#doubts;
    this.#doubts = [];
    return doubts;
  }

  /** PD's answer to a doubt. A newer description without this peer means that it is gone. */
  onRegionOfPd(region: Region): void {
    const peer = this.#peers.get(region.id);
    if (
      peer === undefined ||
      peer.installing ||
      !peer.settled ||
      epochStale(region.epoch, peer.region.epoch)
    )
      return;
    if (region.peers.some(({ id }) => id === peer.peerId)) return;
    this.#destroy(peer, 'forgotten');
  }

  // ---- the disk ----------------------------------------------------------------------------------------------

  /** A write of the raft queue is durable, and with it all earlier ones. */
  onRaftPersisted(write: number): void {
    for (const peer of this.#peers.values()) peer.persisted(write);
    this.#sweep();
  }

  /** The same for the kv queue. */
  onKvPersisted(write: number): void {
    this.#burials.persisted(write);
    for (const peer of this.#peers.values()) peer.persistedKv(write);
    this.#sweep();
  }

  /** No connection to that store. (TiKV: broadcast_unreachable) */
  onUnreachable(storeId: StoreId): void {
    for (const peer of this.#peers.values()) peer.unreachable(storeId);
  }

  // ---- what a person asks ------------------------------------------------------------------------------------

  campaign(regionId: RegionId): void {
    this.#peers.get(regionId)?.campaign();
  }

  /** From now on these rules are broken, and no others. */
  breakRules(rules: readonly string[]): void {
    this.#options.broken.rules = rules;
    for (const peer of this.#peers.values()) peer.raw.breakRules(rules);
  }

  setElectionTimeout(regionId: RegionId, ticks: number): void {
    this.#peers.get(regionId)?.setElectionTimeout(ticks);
  }

  // ---- requests ----------------------------------------------------------------------------------------------

  /** May this request be taken in? */
  admit(context: RequestContext): Admission {
    const { storeId, broken, settings } = this.#options;
    const rightDerive = settings['raftstore.right-derive-when-split'];
    return admit(context, { storeId, peers: this.#peers, broken: broken.rules, rightDerive });
  }

  /** Asks for a state that may be read; the answer is a result. Null: under way. (raftkv async_snapshot) */
  asyncSnapshot(context: RequestContext, tag: number): RegionError | null {
    const admission = this.admit(context);
    if (!admission.ok) return admission.error;
    const { peer } = admission;
    const { version } = context.regionEpoch;
    if (!peer.read(tag, context.read ?? 'read-index', version)) return { type: 'StaleCommand' };
    peer.handleReady();
    return null;
  }

  /** Proposes a write; what becomes of it is a result. (raftkv async_write) */
  asyncWrite(context: RequestContext, ops: WriteBatch, tag: number): Proposed {
    const admission = this.admit(context);
    if (!admission.ok) return admission;
    return proposeWrite(admission.peer, { context, ops, tag }, this.#options);
  }

  /** As its peer knows it, or as a peer that is gone has left it. */
  region(regionId: RegionId): Region | null {
    const peer = this.#peers.get(regionId);
    return peer?.region ?? this.#options.engines.regionState(regionId)?.region ?? null;
  }

  peer(regionId: RegionId): PeerFsm | undefined {
    return this.#peers.get(regionId);
  }

  /** Regions in whose peer something may be new since this was asked last, ascending. */
  takeTouched(): RegionId[] {
    const touched = [...this.#touched].toSorted((a, b) => a - b);
    this.#touched.clear();
    return touched;
  }

  /** A name for what is asked next; its result bears it. */
  nextTag(): number {
    this.#tags += 1;
    return this.#tags;
  }

  /** The oldest result that nobody has taken. */
  takeResult(): PeerResult | undefined {
    return this.#results.shift();
  }

  /** The peers that lead, by Region. */
  leaders(): PeerFsm[] {
    return [...this.#peers.values()].filter((peer) => peer.isLeader);
  }

  /** What PD hears of this store. */
  stats(): StoreStats {
    const capacity = this.#options.settings['raftstore.capacity'];
    return statsOf(this.#peers.values(), capacity, this.#snapshots.receiving);
  }

  save(): Plain {
    assert(this.#options.engines.settled, 'a node is saved in the middle of a write');
    const saved: Saved = {
      startedAt: this.#startedAt,
      tags: this.#tags,
      peers: [...this.#peers].map(([regionId, peer]) => [regionId, peer.save()] as const),
      results: [...this.#results],
      burials: this.#burials.save(),
      splits: this.#after.save(),
      snapshots: this.#snapshots.save(),
    };
    return saved as unknown as Plain;
  }
}
