// PD alone with stores that are made by hand: they beat as stores do, and their leaders do at once what PD orders. What
// PD makes of it can then be looked at without Raft, quickly and for many seeds.

import { must } from '../base/assert.ts';
import { newChance } from '../base/chance.ts';
import type { Plain } from '../base/plain.ts';
import { settingsFrom, type SettingChanges, type Settings } from '../tikv/config.ts';
import type { DiskImage, DiskWrite } from '../tikv/disk.ts';
import type { RegionId, StoreId } from '../tikv/ids.ts';
import { Outbox } from '../tikv/outbox.ts';
import type { PdEvent } from '../tikv/pd/event.ts';
import type {
  PdAnswer,
  PdCall,
  PdOrder,
  PdResponse,
  RegionHeartbeat,
  StoreLabel,
  StoreStats,
} from '../tikv/pd/message.ts';
import { PlacementDriver } from '../tikv/pd/pd.ts';
import { firstRegion } from '../tikv/raftstore/bootstrap.ts';
import { peerOn, type Peer, type Region } from '../tikv/raftstore/region.ts';

const SECOND = 1_000_000;

/** A Region as its leader knows it. */
interface HandRegion {
  region: Region;
  leader: Peer;
  term: number;
  size: number;
  /** Bytes written a second. */
  writes: number;
  /** Peers that have just come, and lack everything until the next beat. */
  pending: readonly Peer[];
}

interface HandStore {
  labels: readonly StoreLabel[];
  /** It beats, and what it leads obeys. */
  alive: boolean;
  diedAt: number;
}

export class PdBench {
  readonly settings: { -readonly [Name in keyof Settings]: Settings[Name] };
  readonly events: PdEvent[] = [];
  readonly stores = new Map<StoreId, HandStore>();
  readonly regions = new Map<RegionId, HandRegion>();
  /** What PD has ordered and what nobody does while this is false. */
  obeys = true;
  /** A new replica takes until the next beat to have the data. */
  copiesTakeTime = false;
  orders: PdOrder[] = [];
  answers: PdAnswer[] = [];
  now = SECOND;
  readonly #seed: number;
  readonly #rows = new Map<string, Plain>();
  readonly #timers = new Map<string, number>();
  #out = new Outbox<PdResponse | PdOrder, PdEvent>();
  #pd: PlacementDriver;
  #pending: DiskWrite[] = [];
  #calls = 0;

  constructor(changes: SettingChanges = {}, seed = 1) {
    this.settings = { ...settingsFrom(changes) };
    this.#seed = seed;
    this.#pd = this.#boot();
  }

  /** Power loss and restart: what was not durable is gone. */
  reboot(): void {
    this.#pd = this.#boot();
  }

  #boot(): PlacementDriver {
    this.#out = new Outbox();
    this.#pending = [];
    this.#timers.clear();
    this.#out.now = this.now;
    const chance = newChance(this.#seed, 'pd1#1');
    const pd = new PlacementDriver(this.#out, { settings: this.settings, chance });
    const rows = [...this.#rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const disk: DiskImage = { meta: rows };
    pd.boot(disk);
    this.#pd = pd;
    this.#take();
    return pd;
  }

  /** PD's whole state, given to a new one that goes on from there. */
  moveOver(): void {
    const saved = this.#pd.save();
    this.#pd = new PlacementDriver(this.#out, { settings: this.settings }, saved);
  }

  call(call: PdCall): PdAnswer | undefined {
    this.answers = [];
    this.#out.now = this.now;
    this.#pd.onRequest('s1', { type: 'pd-request', id: ++this.#calls, call });
    this.#take();
    return this.answers[0];
  }

  /** As a person asks it. Null: done; else PD's reason. */
  ask(command: Parameters<PlacementDriver['command']>[0]): string | null {
    const before = this.events.length;
    this.#out.now = this.now;
    this.#pd.command(command);
    this.#take();
    for (const event of this.events.slice(before))
      if (event.type === 'pd/command-refused') return event.reason;
    return null;
  }

  configured(name: Parameters<PlacementDriver['configured']>[0]): void {
    this.#out.now = this.now;
    this.#pd.configured(name);
    this.#take();
  }

  /** Stores are up, and one Region stands on the first of them. */
  begin(stores: number, replicas = Math.min(3, stores)): void {
    const region = firstRegion(replicas);
    this.call({ type: 'bootstrap', store: 1, region });
    for (let id = 1; id <= stores; id++) this.addStore(id);
    const leader = must(region.peers[0], 'a first peer');
    this.regions.set(region.id, { region, leader, term: 6, size: 200, writes: 0, pending: [] });
    this.beat();
  }

  addStore(id: StoreId, labels: readonly StoreLabel[] = []): void {
    this.stores.set(id, { labels, alive: true, diedAt: 0 });
    this.call({ type: 'put-store', store: id, labels });
  }

  kill(id: StoreId): void {
    const store = must(this.stores.get(id), `store ${id}`);
    store.alive = false;
    store.diedAt = this.now;
  }

  /** Cuts a Region in two at an encoded key; the right part keeps the id. Both parts are told to PD. */
  split(regionId: RegionId, key: string): void {
    const parent = must(this.regions.get(regionId), `Region ${regionId}`);
    const answer = this.call({ type: 'ask-batch-split', region: parent.region, count: 1 });
    if (answer?.type !== 'ask-batch-split') throw new Error('PD gives no ids');
    const ids = must(answer.ids[0], 'ids of one Region');
    const { region } = parent;
    const epoch = { ...region.epoch, version: region.epoch.version + 1 };
    const peers = region.peers.map((peer, i) => ({ ...peer, id: must(ids.peerIds[i], 'an id') }));
    const left: Region = { ...region, id: ids.regionId, endKey: key, epoch, peers };
    const leader = must(peerOn(left, parent.leader.storeId), 'the leader of the left part');
    parent.region = { ...region, startKey: key, epoch };
    this.regions.set(left.id, { ...parent, region: left, leader, term: 6 });
    this.beat();
  }

  /** Every store that lives beats, and so does every Region that has a living majority. */
  beat(): void {
    for (const [id, store] of this.stores)
      if (store.alive) this.call({ type: 'store-heartbeat', store: id, stats: this.#statsOf(id) });
    for (const hand of this.regions.values()) {
      hand.pending = [];
      this.#beatOf(hand);
    }
  }

  #statsOf(id: StoreId): StoreStats {
    const on = [...this.regions.values()].filter(({ region }) => peerOn(region, id) !== undefined);
    return {
      regionCount: on.length,
      leaderCount: on.filter(({ leader }) => leader.storeId === id).length,
      usedBytes: on.reduce((sum, { size }) => sum + size, 0),
      capacityBytes: 1_000_000,
      availableBytes: 900_000,
      sendingSnapCount: 0,
      receivingSnapCount: 0,
    };
  }

  #alive = (peer: Peer): boolean => this.stores.get(peer.storeId)?.alive === true;

  #beatOf(hand: HandRegion): void {
    const voters = hand.region.peers.filter(({ role }) => role !== 'Learner');
    const living = voters.filter(this.#alive);
    if (living.length * 2 <= voters.length) return;
    if (!this.#alive(hand.leader)) {
      hand.leader = must(living[0], 'a living voter');
      hand.term += 1;
    }
    const { region, leader, term, size, writes, pending } = hand;
    const dead = region.peers.filter((peer) => !this.#alive(peer));
    const downPeers = dead.map((peer) => ({
      peer,
      downSeconds: Math.floor((this.now - (this.stores.get(peer.storeId)?.diedAt ?? 0)) / SECOND),
    }));
    const beat: RegionHeartbeat = {
      region,
      leader,
      term,
      pendingPeers: pending,
      downPeers,
      writtenBytes: writes,
      writtenKeys: 0,
      readBytes: 0,
      readKeys: 0,
      approximateSize: size,
      approximateKeys: 1,
    };
    this.call({ type: 'region-heartbeat', ...beat });
  }

  /** Lets time pass: PD's timers fire, its writes become durable, stores beat once a second. */
  pass(ms: number): void {
    const end = this.now + ms * 1000;
    for (let beatAt = this.now + SECOND; ;) {
      const [next] = [...this.#timers].toSorted((a, b) => a[1] - b[1]);
      const at = Math.min(next?.[1] ?? end, beatAt);
      if (at > end) break;
      this.now = this.#out.now = Math.max(this.now, at);
      if (at === beatAt) {
        beatAt += SECOND;
        this.beat();
        continue;
      }
      const name = must(next, 'a timer')[0];
      this.#timers.delete(name);
      this.#pd.onTimer(name);
      this.#take();
    }
    this.now = this.#out.now = end;
  }

  #take(): void {
    const orders: PdOrder[] = [];
    for (;;) {
      const { events, messages, writes, timers } = this.#out.take();
      this.events.push(...events);
      this.#pending.push(...writes);
      for (const { message } of messages)
        if (message.type === 'pd-order') orders.push(message);
        else this.answers.push(message.answer);
      for (const { name, at } of timers)
        if (at === null) this.#timers.delete(name);
        else this.#timers.set(name, at);
      const write = this.#pending.shift();
      if (write === undefined) break;
      for (const op of write.ops)
        if (op.type === 'put') this.#rows.set(op.key as string, op.value);
        else if (op.type === 'delete') this.#rows.delete(op.key as string);
      this.#pd.onPersisted(write.n);
    }
    this.orders.push(...orders);
    if (this.obeys) for (const order of orders) this.#obey(order);
  }

  /** The leader does what it is told, as TiKV does: only in the epoch that is meant, and only what is sound. */
  #obey({ regionId, regionEpoch, targetPeer, order }: PdOrder): void {
    const hand = this.regions.get(regionId);
    if (hand === undefined || hand.leader.id !== targetPeer.id) return;
    const { epoch, peers } = hand.region;
    if (epoch.confVer !== regionEpoch.confVer || epoch.version !== regionEpoch.version) return;
    if (order.type === 'SplitRegion') return;
    if (order.type === 'TransferLeader') {
      const to = peers.find(({ id }) => id === order.peer.id);
      if (to === undefined || !this.#alive(to)) return;
      hand.leader = to;
      hand.term += 1;
      return this.#beatOf(hand);
    }
    const next = changed(peers, order.changes);
    if (next === null) return;
    const flips = peers.filter(({ role }) => role === 'IncomingVoter' || role === 'DemotingVoter');
    const by = order.changes.length === 0 ? flips.length : order.changes.length;
    const confVer = epoch.confVer + by;
    hand.region = { ...hand.region, epoch: { ...epoch, confVer }, peers: next };
    if (this.copiesTakeTime)
      hand.pending = next.filter(({ id }) => peers.every((peer) => peer.id !== id));
    const leader = next.find(({ id }) => id === hand.leader.id);
    hand.leader = must(leader, 'a leader is never taken away');
    this.#beatOf(hand);
  }

  leadersOn = (store: StoreId): number =>
    [...this.regions.values()].filter(({ leader }) => leader.storeId === store).length;

  bytesOn = (store: StoreId): number => this.#statsOf(store).usedBytes;

  storesOf = (regionId: RegionId): StoreId[] =>
    (this.regions.get(regionId)?.region.peers ?? [])
      .map(({ storeId }) => storeId)
      .toSorted((a, b) => a - b);

  /** `desc: status` of every operator that has ended. */
  get ended(): string[] {
    return this.events.flatMap((event) =>
      event.type === 'pd/operator-ended' ? [`${event.desc}: ${event.status}`] : [],
    );
  }

  stateOf(id: StoreId): string | undefined {
    const answer = this.call({ type: 'get-all-stores' });
    if (answer?.type !== 'get-all-stores') return undefined;
    return answer.stores.find((store) => store.id === id)?.state;
  }
}

type Changes = Extract<PdOrder['order'], { type: 'ChangePeerV2' }>['changes'];

/** The members after a change; null where it is refused. (tikv/raftstore/change-peer.ts has the whole of it) */
function changed(peers: readonly Peer[], changes: Changes): Peer[] | null {
  if (changes.length === 0)
    return peers.map((peer) => ({
      ...peer,
      role:
        peer.role === 'IncomingVoter'
          ? 'Voter'
          : peer.role === 'DemotingVoter'
            ? 'Learner'
            : peer.role,
    }));
  const isJoint = changes.length > 1;
  let next = [...peers];
  for (const { type, peer } of changes) {
    const old = next.find(({ id }) => id === peer.id);
    const others = next.filter(({ id }) => id !== peer.id);
    if (type === 'AddLearnerNode' && old?.role === 'Learner') return null;
    if (type === 'RemoveNode') next = others;
    else if (old === undefined)
      next = [...others, { ...peer, role: type === 'AddNode' ? 'Voter' : 'Learner' }];
    else {
      const role =
        type === 'AddNode'
          ? isJoint
            ? 'IncomingVoter'
            : 'Voter'
          : isJoint
            ? 'DemotingVoter'
            : 'Learner';
      next = next.map((each) => (each.id === peer.id ? { ...each, role } : each));
    }
  }
  return next;
}
