// The cluster as checkers and schedulers see it in one look: stores, Regions, what is under way, and the limits. It only
// looks; what it finds out it remembers for as long as the look lasts. (PD: pkg/schedule/core/cluster_informer.go)

import type { Chance } from '../../base/chance.ts';
import type { Settings } from '../config.ts';
import type { Micros, PeerId, RegionId, StoreId } from '../ids.ts';
import { Influence } from './operator.ts';
import type { Operator, OperatorKind } from './operator-types.ts';
import type { KnownRegion, RegionTree } from './regions.ts';
import type { StoreList } from './stores.ts';

/** An empty Region counts as so many bytes. (PD: 1 MiB of 256) */
const SIZE_MIN = 128;

export interface ViewParts {
  readonly now: Micros;
  readonly settings: Settings;
  readonly stores: StoreList;
  readonly regions: RegionTree;
  readonly operators: ReadonlyMap<RegionId, Operator>;
  readonly maxReplicas: number;
  readonly locationLabels: readonly string[];
  readonly chance: Chance;
  readonly newPeerId: () => PeerId | null;
  readonly isEvicted: (store: StoreId) => boolean;
}

interface OnStore {
  leaders: number;
  bytes: number;
  pending: number;
  regions: KnownRegion[];
  led: KnownRegion[];
}

export class ClusterView {
  readonly now: Micros;
  readonly settings: Settings;
  readonly stores: StoreList;
  readonly regions: RegionTree;
  readonly operators: ReadonlyMap<RegionId, Operator>;
  readonly maxReplicas: number;
  readonly locationLabels: readonly string[];
  readonly chance: Chance;
  readonly newPeerId: () => PeerId | null;
  readonly isEvicted: (store: StoreId) => boolean;
  readonly all: readonly KnownRegion[];
  readonly #influence: Influence;
  readonly #byStore = new Map<StoreId, OnStore>();

  constructor(parts: ViewParts) {
    this.now = parts.now;
    this.settings = parts.settings;
    this.stores = parts.stores;
    this.regions = parts.regions;
    this.operators = parts.operators;
    this.maxReplicas = parts.maxReplicas;
    this.locationLabels = parts.locationLabels;
    this.chance = parts.chance;
    this.newPeerId = parts.newPeerId;
    this.isEvicted = parts.isEvicted;
    this.all = parts.regions.all();
    this.#influence = new Influence(parts.operators.values(), (id) => {
      const known = parts.regions.byId(id);
      return known === null ? null : { region: known.region, size: this.sizeOf(known) };
    });
    for (const known of this.all) this.#count(known);
  }

  #count(known: KnownRegion): void {
    const { region, leader, pending } = known;
    for (const { storeId, id } of region.peers) {
      const on = this.#on(storeId);
      on.regions.push(known);
      on.bytes += this.sizeOf(known);
      if (pending.some((peer) => peer.id === id)) on.pending += 1;
      if (leader?.id !== id) continue;
      on.leaders += 1;
      on.led.push(known);
    }
  }

  #on(store: StoreId): OnStore {
    const found = this.#byStore.get(store);
    if (found !== undefined) return found;
    const fresh: OnStore = { leaders: 0, bytes: 0, pending: 0, regions: [], led: [] };
    this.#byStore.set(store, fresh);
    return fresh;
  }

  sizeOf({ flow }: KnownRegion): number {
    return Math.max(SIZE_MIN, flow.size);
  }

  /** Of a Region, in bytes. */
  get averageSize(): number {
    const sum = this.all.reduce((total, known) => total + this.sizeOf(known), 0);
    return this.all.length === 0 ? SIZE_MIN : Math.floor(sum / this.all.length);
  }

  regionsOn = (store: StoreId): readonly KnownRegion[] => this.#on(store).regions;
  ledBy = (store: StoreId): readonly KnownRegion[] => this.#on(store).led;
  pendingOn = (store: StoreId): number => this.#on(store).pending;

  /** Leaders, once everything under way is done. */
  leaderScore(store: StoreId): number {
    return this.#on(store).leaders + this.#influence.leaders(store);
  }

  /** Bytes, once everything under way is done. (PD weighs them with the room that is left.) */
  regionScore(store: StoreId): number {
    return this.#on(store).bytes + this.#influence.bytes(store);
  }

  isHot({ flow }: KnownRegion): boolean {
    const hits = this.settings['schedule.hot-region-cache-hits-threshold'];
    return flow.hotWrites >= hits || flow.hotReads >= hits;
  }

  /** Operators under way that count against a kind's limit: an operator's first kind says which. */
  count(kind: OperatorKind): number {
    let count = 0;
    for (const { kinds } of this.operators.values()) if (kinds[0] === kind) count += 1;
    return count;
  }

  /** All replicas answer, none lacks a part of the log, and nothing is under way. (PD: filter.IsRegionHealthy) */
  isHealthy({ region, leader, pending, down }: KnownRegion): boolean {
    return (
      leader !== null &&
      pending.length === 0 &&
      down.length === 0 &&
      region.peers.every(({ role }) => role === 'Voter') &&
      !this.operators.has(region.id)
    );
  }

  isFullyReplicated({ region }: KnownRegion): boolean {
    return region.peers.length === this.maxReplicas;
  }
}
