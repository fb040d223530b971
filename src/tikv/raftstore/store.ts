// A store's half of Raft: its peers by Region, the clock that ticks them, the door for requests and the door for
// messages. Above it are the commands (raw.ts); below it one Raft group per Region.
// (TiKV: raftstore/src/store/fsm/store.rs, fsm/peer.rs; the Engine interface: src/server/raftkv)

import { assert } from '../../base/assert.ts';
import { below, between, type Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import type { Micros, RegionId, StoreId } from '../ids.ts';
import type { KvSnapshot, WriteBatch } from '../kv/engine.ts';
import type { Config } from '../raft/config.ts';
import type { ApplyObserver } from './apply.ts';
import { encodeCommand } from './command.ts';
import type { Engines } from './engines.ts';
import type { RaftMessage, RegionError, RequestContext } from './message.ts';
import { PeerFsm, type PeerResult, type PeerSink } from './peer.ts';
import type { Region } from './region.ts';
import { epochCurrent, termRecent, voteAfterStart } from './rules.ts';

const TICK_TIMER = 'raft-tick';

export interface StoreOptions {
  readonly sink: PeerSink;
  readonly engines: Engines;
  readonly storeId: StoreId;
  readonly incarnation: number;
  readonly settings: Settings;
  readonly chance: Chance;
  readonly observer: ApplyObserver;
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
}

export class Store {
  readonly #options: StoreOptions;
  readonly #tick: Micros;
  readonly #peers = new Map<RegionId, PeerFsm>();
  /** Results that nobody has taken yet. */
  readonly #results: PeerResult[] = [];
  #startedAt: Micros = 0;
  /** Names given to what the layers above ask for. */
  #tags = 0;

  constructor(options: StoreOptions, saved?: Plain) {
    this.#options = options;
    this.#tick = microsOf(options.settings['raftstore.raft-base-tick-interval']);
    const state = saved as unknown as Saved | undefined;
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
    const regions = engines.regionIds();
    // Stores tick out of step with each other, as machines do.
    const firstTickIn = between(chance, 1, this.#tick);
    sink.emit({ type: 'raftstore/store-started', store: storeId, regions, firstTickIn });
    for (const regionId of regions) {
      const peer = new PeerFsm(this.#peerOptions(regionId));
      this.#peers.set(regionId, peer);
      peer.start();
    }
    sink.timer(TICK_TIMER, sink.now + firstTickIn);
  }

  #peerOptions(regionId: RegionId) {
    const { sink, engines, storeId, incarnation, observer } = this.#options;
    const own = { results: this.#results, raft: this.#raftConfig() };
    return { sink, engines, storeId, regionId, incarnation, observer, ...own };
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
    };
  }

  /** True where the timer is the store's. */
  onTimer(name: string): boolean {
    if (name !== TICK_TIMER) return false;
    const { sink } = this.#options;
    for (const peer of this.#peers.values()) peer.tick();
    sink.timer(TICK_TIMER, sink.now + this.#tick);
    return true;
  }

  onRaftMessage(envelope: RaftMessage): void {
    const { settings, sink, storeId } = this.#options;
    const peer = this.#peers.get(envelope.regionId);
    if (peer === undefined || envelope.toPeer.storeId !== storeId) return;
    if (envelope.toPeer.id !== peer.peerId) return;
    const voteTaken = voteAfterStart({
      message: envelope.message.msgType,
      now: sink.now,
      startedAt: this.#startedAt,
      electionTimeout: settings['raftstore.raft-election-timeout-ticks'] * this.#tick,
    });
    if (voteTaken.holds) peer.step(envelope.message);
  }

  /** A write of the raft queue is durable, and with it all earlier ones. */
  onRaftPersisted(write: number): void {
    for (const peer of this.#peers.values()) peer.persisted(write);
  }

  /** No connection to that store. (TiKV: broadcast_unreachable) */
  onUnreachable(storeId: StoreId): void {
    for (const peer of this.#peers.values()) peer.unreachable(storeId);
  }

  campaign(regionId: RegionId): void {
    this.#peers.get(regionId)?.campaign();
  }

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
    if (!peer.isLeader)
      return no({ type: 'NotLeader', regionId: context.regionId, leader: peer.leader });
    if (!termRecent(context.term, peer.term).holds) return no({ type: 'StaleCommand' });
    const { region } = peer;
    if (!epochCurrent(context.regionEpoch, region.epoch).holds)
      return no({ type: 'EpochNotMatch', currentRegions: [region] });
    return { ok: true, peer };
  }

  /** Asks for a state that may be read; the answer is a result. Null: under way. (raftkv async_snapshot) */
  asyncSnapshot(context: RequestContext, tag: number): RegionError | null {
    const admission = this.admit(context);
    if (!admission.ok) return admission.error;
    const { peer } = admission;
    if (!peer.readIndex(tag)) return { type: 'StaleCommand' };
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
    };
    return saved as unknown as Plain;
  }
}
