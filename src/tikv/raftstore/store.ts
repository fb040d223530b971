// A store's half of Raft: its peers by Region, the clock that ticks them, the door for requests and the door for
// messages. Above it are the commands (raw.ts); below it one Raft group per Region.
// (TiKV: raftstore/src/store/fsm/store.rs, fsm/peer.rs; the Engine interface: src/server/raftkv)

import { assert } from '../../base/assert.ts';
import { below, between, type Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import { storeNode, type Micros, type PeerId, type RegionId, type StoreId } from '../ids.ts';
import { CFS, type KvSnapshot, type WriteBatch } from '../kv/engine.ts';
import type { Config } from '../raft/config.ts';
import type { Snapshot } from '../raft/message.ts';
import type { AdminRequest } from './admin-command.ts';
import type { ApplyObserver } from './apply.ts';
import { unknownRegion } from './bootstrap.ts';
import { newPeers } from './change-peer.ts';
import { encodeCommand } from './command.ts';
import type { Engines } from './engines.ts';
import type { RaftMessage, RegionError, RequestContext } from './message.ts';
import { PeerFsm } from './peer.ts';
import { SNAPSHOT_TIMER, type Doom, type PeerResult, type PeerSink } from './peer-parts.ts';
import { recoverSnapshot } from './peer-storage.ts';
import { regionsOverlap, type Region } from './region.ts';
import {
  epochCurrent,
  epochStale,
  snapshotAcceptable,
  termRecent,
  unlessBroken,
  voteAfterStart,
} from './rules.ts';
import { decodeSnapshotData } from './snapshot-data.ts';
import { goneMessage, wayToNobody, wayToPeer } from './store-door.ts';

const TICK_TIMER = 'raft-tick';
const LOG_GC_TIMER = 'raft-log-gc';
const LEASE_TIMER = 'check-leader-lease';
const STALE_TIMER = 'peer-stale-state';

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
}

export type Admission =
  | { readonly ok: true; readonly peer: PeerFsm }
  | { readonly ok: false; readonly error: RegionError };

export type Proposed =
  | { readonly ok: true; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly error: RegionError };

interface Saved {
  readonly startedAt: Micros;
  readonly tags: number;
  readonly peers: readonly (readonly [RegionId, Plain])[];
  readonly results: readonly PeerResult[];
  readonly clearing: readonly (readonly [RegionId, number])[];
}

export class Store {
  readonly #options: StoreOptions;
  readonly #tick: Micros;
  readonly #peers = new Map<RegionId, PeerFsm>();
  /** Results that nobody has taken yet. */
  readonly #results: PeerResult[] = [];
  /** Regions whose peer is gone, and the write after which the raft engine forgets them. */
  readonly #clearing: Map<RegionId, number>;
  /** Regions of which PD has to be asked whether this store is still a member. */
  #doubts: RegionId[] = [];
  #startedAt: Micros = 0;
  /** Names given to what the layers above ask for. */
  #tags = 0;

  constructor(options: StoreOptions, saved?: Plain) {
    this.#options = options;
    this.#tick = microsOf(options.settings['raftstore.raft-base-tick-interval']);
    const state = saved as unknown as Saved | undefined;
    this.#clearing = new Map(state?.clearing);
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
    for (const id of engines.regionIds().filter(gone)) {
      // A power loss came between its removal and its burial.
      if (engines.applyState(id) !== null)
        this.#clearing.set(id, this.#bury(engines.region(id), true));
      else this.#forget(id);
    }
    // Stores tick out of step with each other, as machines do.
    const firstTickIn = between(chance, 1, this.#tick);
    sink.emit({ type: 'raftstore/store-started', store: storeId, regions, firstTickIn });
    for (const regionId of regions) {
      const recovery = recoverSnapshot(engines, regionId);
      const peer = new PeerFsm(this.#peerOptions(regionId));
      this.#peers.set(regionId, peer);
      peer.start(recovery);
    }
    sink.timer(TICK_TIMER, sink.now + firstTickIn);
    for (const timer of [LOG_GC_TIMER, LEASE_TIMER, STALE_TIMER]) this.#setTimer(timer);
  }

  #setTimer(name: string): void {
    const { sink, settings } = this.#options;
    const every =
      name === LOG_GC_TIMER
        ? settings['raftstore.raft-log-gc-tick-interval']
        : name === LEASE_TIMER
          ? settings['raftstore.check-leader-lease-interval']
          : settings['raftstore.peer-stale-state-check-interval'];
    sink.timer(name, sink.now + microsOf(every));
  }

  /** What a tombstone's peer may have left in the raft engine. The vote of one that came later and knew no entry stays. */
  #forget(regionId: RegionId): void {
    const { engines } = this.#options;
    if (engines.raftState(regionId)?.lastIndex === 0) return;
    if (engines.raftState(regionId) === null && engines.log(regionId).length === 0) return;
    engines.writeRaft({ regionId, entries: [], state: null, clear: true }, true);
  }

  #peerOptions(regionId: RegionId) {
    const { sink, engines, storeId, incarnation, observer, settings, broken } = this.#options;
    const own = { results: this.#results, raft: this.#raftConfig() };
    return { sink, engines, storeId, regionId, incarnation, observer, settings, broken, ...own };
  }

  #raftConfig(): Omit<Config, 'id' | 'applied'> {
    const { settings, chance } = this.#options;
    return {
      electionTick: settings['raftstore.raft-election-timeout-ticks'],
      heartbeatTick: settings['raftstore.raft-heartbeat-ticks'],
      maxSizePerMsg: settings['raftstore.raft-max-size-per-msg'],
      maxInflightMsgs: settings['raftstore.raft-max-inflight-msgs'],
      preVote: settings['raftstore.prevote'],
      checkQuorum: settings['raftstore.check-quorum'],
      readOnlyOption: 'Safe',
      skipBcastCommit: true,
      random: (n) => below(chance, n),
      broken: this.#options.broken.rules,
    };
  }

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
      for (const peer of this.#peers.values()) peer.admin.collectLog();
      this.#setTimer(name);
    } else if (name === LEASE_TIMER) {
      for (const peer of this.#peers.values()) {
        peer.reads.checkLease();
        peer.handleReady();
      }
      this.#setTimer(name);
    } else if (name === STALE_TIMER) {
      this.#doubtPeers();
      this.#setTimer(name);
    } else return false;
    this.#sweep();
    return true;
  }

  // ---- messages ----------------------------------------------------------------------------------------------

  onRaftMessage(envelope: RaftMessage): void {
    const { engines, storeId } = this.#options;
    const { regionId, toPeer } = envelope;
    if (toPeer.storeId !== storeId || this.#clearing.has(regionId)) return;
    const peer = this.#peers.get(regionId);
    const kept = engines.regionState(regionId);
    const way =
      peer === undefined
        ? wayToNobody(envelope, kept, { storeId, regions: this.#regions() })
        : wayToPeer(envelope, peer.region, peer.peerId);
    if (way.type === 'tell-gone') this.#tellGone(envelope, peer?.region ?? kept?.region);
    else if (way.type === 'destroy' && peer !== undefined) {
      if (!peer.installing) this.#destroy(peer, way.why);
    } else if (way.type === 'create') {
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

  /** The Regions of initialized peers. */
  #regions(): Region[] {
    return [...this.#peers.values()].map(({ region }) => region).filter(isKnown);
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
    if (message.snapshot !== undefined && !this.#acceptsSnapshot(peer, message.snapshot)) return;
    peer.step(envelope);
  }

  /** (fsm/peer.rs check_snapshot) */
  #acceptsSnapshot(peer: PeerFsm, snapshot: Snapshot): boolean {
    const { sink, broken } = this.#options;
    const { region } = decodeSnapshotData(snapshot.data);
    const others = this.#regions().filter(({ id }) => id !== peer.regionId);
    const verdict = snapshotAcceptable({
      member: region.peers.some(({ id }) => id === peer.peerId),
      stale: epochStale(region.epoch, peer.region.epoch),
      overlaps: others.filter((other) => regionsOverlap(other, region)).length,
    });
    if (unlessBroken(verdict, broken.rules).holds) return true;
    const { index } = snapshot.metadata;
    sink.emit({ type: 'raftstore/snapshot-refused', region: peer.regionId, index, verdict });
    return false;
  }

  #tellGone(envelope: RaftMessage, region: Region | undefined): void {
    if (region === undefined) return;
    this.#options.sink.send(storeNode(envelope.fromPeer.storeId), goneMessage(envelope, region));
  }

  // ---- peers that go -----------------------------------------------------------------------------------------

  #sweep(): void {
    for (const peer of [...this.#peers.values()])
      if (peer.doom !== null) this.#destroy(peer, peer.doom);
  }

  /** The kv engine first: the tombstone stands before anything is forgotten. (peer.rs destroy) */
  #destroy(peer: PeerFsm, reason: Doom): void {
    const { engines } = this.#options;
    const { regionId, me } = peer;
    const kept = engines.regionState(regionId);
    peer.destroy(reason);
    this.#peers.delete(regionId);
    // One that never learned its Region leaves its id, so that it does not come back.
    const region = kept?.region ?? unknownRegion(regionId);
    const others = region.peers.filter(({ storeId }) => storeId !== me.storeId);
    const knew = engines.applyState(regionId) !== null;
    const left = knew ? region : { ...region, peers: [...others, me] };
    const write = this.#bury(left, knew);
    this.#clearing.set(regionId, write);
  }

  /** Leaves a tombstone and, where there were any, takes the data away. Returns the write. */
  #bury(region: Region, withData: boolean): number {
    const { engines } = this.#options;
    const { id, startKey: from, endKey } = region;
    if (withData)
      for (const cf of CFS) engines.stage({ type: 'delete-range', cf, from, to: endKey || null });
    return engines.writeKv(
      {
        regionState: [id, { state: 'Tombstone', region }],
        applyState: [id, null],
        snapRaftState: [id, null],
      },
      true,
    );
  }

  /** Peers that have heard of no leader for so long that they may have been forgotten. (fsm/peer.rs check_peer_stale_state) */
  #doubtPeers(): void {
    const { sink, settings } = this.#options;
    const patience = microsOf(settings['raftstore.max-leader-missing-duration']);
    for (const { regionId, leaderMissingSince } of this.#peers.values())
      if (leaderMissingSince !== null && sink.now - leaderMissingSince >= patience)
        this.#doubts.push(regionId);
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
    if (peer === undefined || peer.installing || epochStale(region.epoch, peer.region.epoch))
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
    for (const [regionId, tombstone] of this.#clearing) {
      if (tombstone > write) continue;
      this.#clearing.delete(regionId);
      this.#forget(regionId);
    }
    for (const peer of this.#peers.values()) peer.persistedKv(write);
    this.#sweep();
  }

  /** What the transport says of a snapshot. */
  onSnapshotStatus(regionId: RegionId, to: StoreId, ok: boolean): void {
    this.#peers.get(regionId)?.reportSnapshot(to, ok);
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

  /** How many ids of new peers a request needs. */
  newPeers(regionId: RegionId, request: AdminRequest): number {
    const peer = this.#peers.get(regionId);
    if (peer === undefined || !peer.isLeader || request.type !== 'change-peer') return 0;
    return newPeers(peer.region, request.changes);
  }

  /** Does it, or tells why not. `ids` are for new peers. */
  administer(regionId: RegionId, request: AdminRequest, ids: readonly PeerId[]): void {
    const reason = this.#adminProblem(regionId, request, ids);
    if (reason === null) return this.#sweep();
    const { sink } = this.#options;
    const command = request.type;
    sink.emit({ type: 'raftstore/admin-refused', region: regionId, command, reason });
  }

  #adminProblem(regionId: RegionId, request: AdminRequest, ids: readonly PeerId[]): string | null {
    const peer = this.#peers.get(regionId);
    if (peer === undefined) return `the store has no peer of Region ${regionId}`;
    if (peer.installing) return 'a snapshot is being installed';
    if (request.type === 'request-snapshot') return peer.requestSnapshot();
    if (!peer.isLeader) return 'it does not lead the Region';
    if (request.type === 'compact-log') return peer.admin.compact(request.index);
    if (request.type === 'transfer-leader') return peer.admin.transferLeader(request.to);
    return peer.admin.changePeers(request.changes, ids);
  }

  // ---- requests ----------------------------------------------------------------------------------------------

  /** May this request be taken in? The checks and their order are TiKV's. (fsm/peer.rs pre_propose_raft_command) */
  admit(context: RequestContext): Admission {
    const { storeId } = this.#options;
    const no = (error: RegionError): Admission => ({ ok: false, error });
    if (context.peer.storeId !== storeId)
      return no({ type: 'StoreNotMatch', requested: context.peer.storeId, actual: storeId });
    const peer = this.#peers.get(context.regionId);
    if (peer === undefined) return no({ type: 'RegionNotFound', regionId: context.regionId });
    if (context.peer.id !== peer.peerId)
      return no({ type: 'MismatchPeerId', requested: context.peer.id, actual: peer.peerId });
    if (!peer.isLeader && context.read !== 'replica')
      return no({ type: 'NotLeader', regionId: context.regionId, leader: peer.leader });
    if (!peer.storage.initialized)
      return no({ type: 'RegionNotInitialized', regionId: context.regionId });
    if (peer.installing)
      return no({ type: 'ServerIsBusy', reason: 'a snapshot is being installed', backoffMs: 0 });
    if (!termRecent(context.term, peer.term).holds) return no({ type: 'StaleCommand' });
    const { region } = peer;
    const current = epochCurrent(context.regionEpoch, region.epoch);
    if (!unlessBroken(current, this.#options.broken.rules).holds)
      return no({ type: 'EpochNotMatch', currentRegions: [region] });
    return { ok: true, peer };
  }

  /** Asks for a state that may be read; the answer is a result. Null: under way. (raftkv async_snapshot) */
  asyncSnapshot(context: RequestContext, tag: number): RegionError | null {
    const admission = this.admit(context);
    if (!admission.ok) return admission.error;
    const { peer } = admission;
    if (!peer.read(tag, context.read ?? 'read-index')) return { type: 'StaleCommand' };
    peer.handleReady();
    return null;
  }

  /** Proposes a write; what becomes of it is a result. (raftkv async_write) */
  asyncWrite(context: RequestContext, ops: WriteBatch, tag: number): Proposed {
    const admission = this.admit(context);
    if (!admission.ok) return admission;
    const { peer } = admission;
    const data = encodeCommand({ epoch: context.regionEpoch, ops });
    const limit = this.#options.settings['raftstore.raft-entry-max-size'];
    if (data.length > limit)
      return { ok: false, error: { type: 'RaftEntryTooLarge', size: data.length, limit } };
    const place = peer.propose(data, tag);
    if (place === null)
      return { ok: false, error: { type: 'NotLeader', regionId: peer.regionId, leader: null } };
    peer.handleReady();
    return { ok: true, ...place };
  }

  region(regionId: RegionId): Region | null {
    return this.#peers.get(regionId)?.region ?? null;
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

  get regionCount(): number {
    return this.#peers.size;
  }

  get usedBytes(): number {
    let bytes = 0;
    for (const peer of this.#peers.values()) bytes += peer.stats.bytes;
    return bytes;
  }

  save(): Plain {
    assert(this.#options.engines.settled, 'a node is saved in the middle of a write');
    const saved: Saved = {
      startedAt: this.#startedAt,
      tags: this.#tags,
      peers: [...this.#peers].map(([regionId, peer]) => [regionId, peer.save()] as const),
      results: [...this.#results],
      clearing: [...this.#clearing],
    };
    return saved as unknown as Plain;
  }
}

/** False of what a peer knows that has had no snapshot yet. */
const isKnown = (region: Region): boolean => region.peers.length > 0;
