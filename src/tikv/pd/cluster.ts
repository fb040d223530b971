// The cluster as PD knows it: stores and Regions by their heartbeats, how many replicas there shall be and where, and the
// coordinator that acts on it. What must survive is on PD's disk. (PD: server/cluster/cluster.go)

import type { Chance } from '../../base/chance.ts';
import { equalPlain, type Plain } from '../../base/plain.ts';
import { microsOf, type Settings } from '../config.ts';
import { putOp, type DiskKey, type DiskOp } from '../disk.ts';
import type { PeerId, StoreId } from '../ids.ts';
import type { Region } from '../raftstore/region.ts';
import type { PdCommand } from './command.ts';
import { Coordinator, type SavedCoordinator } from './coordinator.ts';
import { flowOf, newFlow, nextFlow } from './flow.ts';
import { isOperatorCommand, operatorFor } from './handler.ts';
import type { RegionHeartbeat, StoreLabel, StoreStats } from './message.ts';
import type { PdSink } from './operator-controller.ts';
import { RegionTree, type KnownRegion } from './regions.ts';
import { schedulerNamed, SCHEDULER_NAMES, type StoredScheduler } from './schedulers.ts';
import { infoOf, isMember, rowOf, storeFromRow, StoreList, type KnownStore } from './stores.ts';

const STORES_TIMER = 'stores';
/** From the widest place to the narrowest. (PD: location-labels, none) */
const LOCATION_LABELS: readonly string[] = ['zone', 'rack', 'host'];

/** PD's own settings, as they stand on its disk. */
interface StoredConfig {
  readonly maxReplicas: number;
  readonly locationLabels: readonly string[];
  readonly schedulers: readonly StoredScheduler[];
}

export interface ClusterParts {
  readonly sink: PdSink;
  readonly settings: Settings;
  readonly chance: Chance;
  /** Rules that are broken on purpose, now. */
  readonly broken: { readonly rules: readonly string[] };
  readonly newPeerId: () => PeerId | null;
  /** To PD's disk. */
  readonly write: (ops: readonly DiskOp[]) => void;
}

export interface SavedCluster {
  readonly stores: readonly KnownStore[];
  readonly regions: readonly KnownRegion[];
  readonly maxReplicas: number;
  readonly locationLabels: readonly string[];
  readonly coordinator: SavedCoordinator;
}

export class RaftCluster {
  readonly #parts: ClusterParts;
  readonly coordinator: Coordinator;
  stores: StoreList;
  regions: RegionTree;
  #maxReplicas: number;
  #locationLabels: readonly string[];

  constructor(parts: ClusterParts, saved?: SavedCluster) {
    this.#parts = parts;
    const { sink, settings, chance, newPeerId } = parts;
    this.stores = this.#storeList(saved?.stores ?? []);
    this.regions = new RegionTree(saved?.regions ?? []);
    this.#maxReplicas = saved?.maxReplicas ?? settings['replication.max-replicas'];
    this.#locationLabels = saved?.locationLabels ?? LOCATION_LABELS;
    const stores = () => this.stores;
    const regions = () => this.regions;
    const maxReplicas = () => this.#maxReplicas;
    const locationLabels = () => this.#locationLabels;
    const places = { stores, regions, maxReplicas, locationLabels };
    this.coordinator = new Coordinator(
      { sink, settings, chance, newPeerId, ...places },
      saved?.coordinator,
    );
  }

  #storeList(stores: readonly KnownStore[]): StoreList {
    const { settings } = this.#parts;
    const patience = () => ({
      disconnect: microsOf(settings['pd.max-store-disconnect']),
      down: microsOf(settings['pd.max-store-down-time']),
    });
    return new StoreList(patience, stores);
  }

  /** What the disk says. */
  start(rows: ReadonlyMap<DiskKey, Plain>): void {
    const { sink, settings } = this.#parts;
    const stores: KnownStore[] = [];
    const regions: KnownRegion[] = [];
    for (const [name, row] of rows)
      if (typeof name === 'string' && name.startsWith('store/'))
        stores.push(storeFromRow(row, sink.now));
      else if (typeof name === 'string' && name.startsWith('region/')) {
        const region = row as unknown as Region;
        regions.push({ region, leader: null, term: 0, pending: [], down: [], flow: newFlow() });
      }
    this.stores = this.#storeList(stores);
    this.regions = new RegionTree(regions);
    const config = rows.get('config') as unknown as StoredConfig | undefined;
    this.#locationLabels = config?.locationLabels ?? LOCATION_LABELS;
    const begun = regions[0]?.region.peers.length ?? settings['replication.max-replicas'];
    this.#maxReplicas =
      config?.maxReplicas ?? Math.min(settings['replication.max-replicas'], begun);
    this.coordinator.start(config?.schedulers ?? null);
    this.#watchStores();
  }

  /** The first Region: PD keeps as many replicas as it begins with, unless fewer are asked for. */
  bootstrap(region: Region): DiskOp[] {
    this.regions.learn({ region, leader: null, term: 0 });
    const { settings } = this.#parts;
    this.#maxReplicas = Math.min(settings['replication.max-replicas'], region.peers.length);
    this.#tellConfig();
    return [saveRegion(region), this.#configRow()];
  }

  // ---- stores ----------------------------------------------------------------------------------------------

  /** Why the store cannot be taken in; null where it is. */
  putStore(id: StoreId, labels: readonly StoreLabel[]): string | null {
    const known = this.stores.get(id);
    if (known?.state === 'Tombstone') return tombstone(id);
    this.#hear(id, null);
    const store = this.stores.get(id);
    if (store === undefined) return null;
    // Labels that a person gave PD hold over those that the store has brought before.
    const labelled = { ...store, labels: labels.length === 0 ? store.labels : labels };
    if (known === undefined || !equalPlain(rowOf(known), rowOf(labelled))) this.#putStore(labelled);
    this.coordinator.hurry();
    return null;
  }

  #putStore(store: KnownStore): void {
    const before = this.stores.get(store.id);
    this.stores.set(store);
    this.#parts.write([putOp('meta', `store/${store.id}`, rowOf(store))]);
    if (before === undefined || !equalPlain(infoOf(before), infoOf(store)))
      this.#parts.sink.emit({ type: 'pd/store-changed', store: infoOf(store) });
  }

  onStoreHeartbeat(id: StoreId, stats: StoreStats): string | null {
    const known = this.stores.get(id);
    if (known === undefined) return `store ${id} is not registered`;
    if (known.state === 'Tombstone') return tombstone(id);
    this.#hear(id, stats);
    if (!equalPlain(known.stats, stats))
      this.#parts.sink.emit({ type: 'pd/store-measured', store: id, stats });
    return null;
  }

  #hear(id: StoreId, stats: StoreStats | null): void {
    const changed = this.stores.heard(id, this.#parts.sink.now, stats);
    if (changed !== null) {
      this.#parts.sink.emit({ type: 'pd/store-changed', store: infoOf(changed) });
      this.coordinator.hurry();
    }
    this.#watchStores();
  }

  /** Looks at the clock, and sets it for the next look. */
  #watchStores(): void {
    const { sink } = this.#parts;
    for (const store of this.stores.judge(sink.now))
      sink.emit({ type: 'pd/store-changed', store: infoOf(store) });
    sink.timer(STORES_TIMER, this.stores.nextJudgement(sink.now));
  }

  /** Stores that went and hold nothing any more are buried. (PD: checkStores, BuryStore) */
  #bury(): void {
    for (const store of this.stores.all())
      if (store.state === 'Offline' && this.regions.on(store.id).length === 0)
        this.#putStore({ ...store, state: 'Tombstone' });
  }

  // ---- Regions ---------------------------------------------------------------------------------------------

  /** Why the heartbeat is refused; null where it is taken. */
  onRegionHeartbeat(beat: RegionHeartbeat): string | null {
    const { region, leader, term } = beat;
    const { sink, broken } = this.#parts;
    const learned = this.regions.learn({ region, leader, term }, broken.rules);
    if (learned.type === 'stale') {
      const { verdict } = learned;
      sink.emit({ type: 'pd/heartbeat-refused', regionId: region.id, leader, term, verdict });
      return `Region ${region.id} is known in a newer state`;
    }
    if (learned.type === 'new') {
      const { replaced, save } = learned;
      if (replaced.length > 0)
        sink.emit({ type: 'pd/regions-replaced', regions: replaced, by: region.id });
      sink.emit({ type: 'pd/region-learned', region, leader, term });
      if (save) this.#parts.write([...replaced.map(dropRegion), saveRegion(region)]);
    }
    this.#measure(beat);
    const known = this.regions.byId(region.id);
    if (known !== null) this.coordinator.onHeartbeat(known);
    this.#bury();
    return null;
  }

  #measure(beat: RegionHeartbeat): void {
    const known = this.regions.byId(beat.region.id);
    if (known === null) return;
    const { sink, settings } = this.#parts;
    const at = { now: sink.now, average: this.regions.average(), regions: this.regions.size };
    const flow = nextFlow(known.flow, beat, at);
    const said = { pending: beat.pendingPeers, down: beat.downPeers, flow };
    this.regions.measure(beat.region.id, said);
    const hits = settings['schedule.hot-region-cache-hits-threshold'];
    const shown = flowOf(flow, said, hits);
    if (equalPlain(shown, flowOf(known.flow, known, hits))) return;
    sink.emit({ type: 'pd/region-measured', regionId: beat.region.id, flow: shown });
  }

  /** Why ids are refused; null where the Region may be split as its leader describes it. */
  splitProblem({ id, epoch }: Region): string | null {
    const known = this.regions.byId(id);
    if (known === null) return `Region ${id} is unknown`;
    const { version, confVer } = known.region.epoch;
    return epoch.version < version || epoch.confVer < confVer ? `Region ${id} is stale` : null;
  }

  // ---- what people ask -------------------------------------------------------------------------------------

  setMaxReplicas(count: number): void {
    this.#maxReplicas = count;
    this.#configure();
  }

  #configure(): void {
    this.#parts.write([this.#configRow()]);
    this.#tellConfig();
  }

  #tellConfig(): void {
    const [maxReplicas, locationLabels] = [this.#maxReplicas, this.#locationLabels];
    this.#parts.sink.emit({ type: 'pd/config-changed', maxReplicas, locationLabels });
  }

  #configRow(): DiskOp {
    const schedulers = this.coordinator.schedulers.stored();
    const config: StoredConfig = {
      maxReplicas: this.#maxReplicas,
      locationLabels: this.#locationLabels,
      schedulers,
    };
    return putOp('meta', 'config', config);
  }

  /** Carries it out, or tells why not. */
  command(command: PdCommand): void {
    const reason = this.#carryOut(command);
    if (reason !== null) this.#parts.sink.emit({ type: 'pd/command-refused', command, reason });
  }

  #carryOut(command: PdCommand): string | null {
    if (isOperatorCommand(command)) {
      const made = operatorFor(this.coordinator.view(), command);
      return typeof made === 'string' ? sentence(made) : this.coordinator.operators.add(made);
    }
    switch (command.type) {
      case 'remove-operator':
        return this.coordinator.operators.cancel(command.region, 'somebody took it away')
          ? null
          : `Region ${command.region} has no operator.`;
      case 'delete-store':
        return this.#deleteStore(command.store);
      case 'cancel-delete-store':
        return this.#keepStore(command.store);
      case 'label-store': {
        const store = this.stores.get(command.store);
        if (store === undefined) return this.#unknownStore(command.store);
        this.#putStore({ ...store, labels: command.labels });
        return null;
      }
      case 'location-labels':
        this.#locationLabels = command.labels;
        this.#configure();
        return null;
      default:
        return this.#changeSchedulers(command);
    }
  }

  #unknownStore(id: StoreId): string {
    const all = this.stores.all().map((store) => `S${store.id}`);
    return `PD knows no store S${id}. It knows ${all.join(', ')}.`;
  }

  /**
   * PD lets a store go only where enough are left for every replica, and one that may lead. Silent stores count: they have
   * not been given up. (PD: checkReplicaBeforeOfflineStore)
   */
  #deleteStore(id: StoreId): string | null {
    const store = this.stores.get(id);
    if (store === undefined) return this.#unknownStore(id);
    if (!isMember(store)) return `S${id} is ${store.state} already.`;
    const others = this.stores.all().filter((each) => each.id !== id && isMember(each));
    const left = others.length;
    if (left < this.#maxReplicas) {
      const stores = left === 1 ? '1 other store would be' : `${left} other stores would be`;
      const fewer = left === 0 ? '' : `, or: config set max-replicas ${left}`;
      return `S${id} cannot go: ${stores} left, and every Region needs ${this.#maxReplicas}. Let one join first${fewer}`;
    }
    const { schedulers } = this.coordinator;
    if (others.every((each) => schedulers.isEvicted(each.id)))
      return `S${id} cannot go: evict-leader-scheduler runs for every other store, and none would be left to lead. Stop it first: scheduler remove evict-leader-scheduler`;
    this.#putStore({ ...store, state: 'Offline' });
    this.#bury();
    this.coordinator.hurry();
    return null;
  }

  #keepStore(id: StoreId): string | null {
    const store = this.stores.get(id);
    if (store === undefined) return this.#unknownStore(id);
    if (store.state !== 'Offline')
      return `S${id} is ${store.state}: only a store that is being emptied can be kept.`;
    this.#putStore({ ...store, state: 'Up' });
    this.#watchStores();
    return null;
  }

  #changeSchedulers(command: Extract<PdCommand, { name: string }>): string | null {
    const name = schedulerNamed(command.name);
    if (name === null)
      return `There is no scheduler ${command.name}. There are ${SCHEDULER_NAMES.join(', ')}.`;
    const { schedulers } = this.coordinator;
    const { now } = this.#parts.sink;
    const runs = schedulers.has(name);
    if (command.type !== 'add-scheduler' && !runs)
      return `${name} does not run. Start it with: scheduler add ${name}`;
    switch (command.type) {
      case 'add-scheduler':
      case 'remove-scheduler': {
        const problem = this.#setScheduler(command, name);
        if (problem !== null) return problem;
        this.#parts.write([this.#configRow()]);
        break;
      }
      case 'pause-scheduler':
        schedulers.pause(name, now + command.duration, now);
        break;
      case 'resume-scheduler':
        schedulers.pause(name, null, now);
        break;
    }
    this.coordinator.tellSchedulers();
    this.coordinator.watch();
    return null;
  }

  #setScheduler(
    { type, store }: Extract<PdCommand, { type: 'add-scheduler' | 'remove-scheduler' }>,
    name: StoredScheduler['name'],
  ): string | null {
    const { schedulers } = this.coordinator;
    const { now } = this.#parts.sink;
    const before = schedulers.storesOf(name);
    if (name === 'evict-leader-scheduler') {
      if (type === 'add-scheduler' && store === null)
        return `${name} needs a store: scheduler add evict-leader-scheduler s1`;
      if (store !== null && this.stores.get(store) === undefined) return this.#unknownStore(store);
      if (type === 'remove-scheduler' && store !== null && !before.includes(store))
        return `${name} does not run for S${store}, but for ${before.map((each) => `S${each}`).join(', ')}.`;
      const others = before.filter((each) => each !== store);
      const stores =
        type === 'remove-scheduler' ? (store === null ? [] : others) : [...others, store ?? 0];
      if (stores.length === 0) schedulers.remove(name);
      else schedulers.set({ name, stores: stores.toSorted((a, b) => a - b) }, now);
      return null;
    }
    if (type === 'remove-scheduler') schedulers.remove(name);
    else if (schedulers.has(name)) return `${name} runs already.`;
    else schedulers.set({ name, stores: [] }, now);
    return null;
  }

  /** False: the timer is somebody else's. */
  onTimer(name: string): boolean {
    if (name !== STORES_TIMER) return this.coordinator.onTimer(name);
    this.#watchStores();
    return true;
  }

  save(): SavedCluster {
    return {
      stores: this.stores.all(),
      regions: this.regions.save(),
      maxReplicas: this.#maxReplicas,
      locationLabels: this.#locationLabels,
      coordinator: this.coordinator.save(),
    };
  }
}

const tombstone = (id: StoreId): string =>
  `store ${id} is a tombstone: its number never comes back`;

/** A reason as a sentence of its own. */
const sentence = (reason: string): string => {
  const text = reason.slice(0, 1).toUpperCase() + reason.slice(1);
  return /[.?]$/.test(text) ? text : `${text}.`;
};

const saveRegion = (region: Region): DiskOp => putOp('meta', `region/${region.id}`, region);
const dropRegion = (id: number): DiskOp => ({ type: 'delete', store: 'meta', key: `region/${id}` });
