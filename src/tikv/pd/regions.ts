// What PD knows of Regions: the newest description of each, who leads it, and its load. Descriptions are on disk; the
// rest only in memory, because heartbeats bring it. (PD: pkg/core/region.go, region_tree.go)

import type { Bytes } from '../../base/bytes.ts';
import { equalPlain } from '../../base/plain.ts';
import { SortedMap } from '../../base/sorted-map.ts';
import type { RegionId, StoreId } from '../ids.ts';
import {
  peerOn,
  regionHolds,
  regionsOverlap,
  type Peer,
  type Region,
} from '../raftstore/region.ts';
import { averageOf, newFlow, type Average, type Flow } from './flow.ts';
import type { DownPeer } from './message.ts';
import { heartbeatFresh, unlessBroken, type Verdict } from './rules.ts';

/** Who leads a Region, and in which shape it is. */
export interface RegionBeat {
  readonly region: Region;
  /** Null: no heartbeat has come since PD began. */
  readonly leader: Peer | null;
  readonly term: number;
}

export interface KnownRegion extends RegionBeat {
  readonly pending: readonly Peer[];
  readonly down: readonly DownPeer[];
  readonly flow: Flow;
}

export type Learned =
  /** Older than what is known: dropped. */
  | { readonly type: 'stale'; readonly verdict: Verdict }
  | { readonly type: 'same' }
  | { readonly type: 'new'; readonly save: boolean; readonly replaced: readonly RegionId[] };

export class RegionTree {
  readonly #regions: Map<RegionId, KnownRegion>;
  /** By the first key. */
  readonly #byKey: SortedMap<RegionId>;
  /** What all Regions take in a second: every heartbeat asks for the average. */
  readonly #taken = { written: 0, read: 0 };

  constructor(regions: readonly KnownRegion[]) {
    this.#regions = new Map(regions.map((known) => [known.region.id, known]));
    for (const { flow } of regions) this.#count(flow, 1);
    this.#byKey = SortedMap.of(regions.map(({ region }) => [region.startKey, region.id] as const));
  }

  get size(): number {
    return this.#regions.size;
  }

  /** Takes a heartbeat, or the first Region. `broken`: rules that are broken on purpose. */
  learn(beat: RegionBeat, broken: readonly string[] = []): Learned {
    const { region, leader, term } = beat;
    const known = this.#regions.get(region.id);
    const others = this.#overlapping(region).filter((other) => other.region.id !== region.id);
    const verdict = unlessBroken(heartbeatFresh(beat, known, others), broken);
    if (!verdict.holds) return { type: 'stale', verdict };
    const same =
      known !== undefined &&
      known.term === term &&
      equalPlain(known.leader, leader) &&
      equalPlain(known.region, region);
    if (same) return { type: 'same' };
    const replaced = others.map((other) => other.region.id);
    for (const other of others) this.#remove(other.region);
    if (known !== undefined) this.#remove(known.region);
    const { pending = [], down = [], flow = newFlow() } = known ?? {};
    this.#regions.set(region.id, { region, leader, term, pending, down, flow });
    this.#count(flow, 1);
    this.#byKey.set(region.startKey, region.id);
    const save = replaced.length > 0 || !equalPlain(known?.region, region);
    return { type: 'new', save, replaced };
  }

  #count({ rates }: Flow, times: 1 | -1): void {
    this.#taken.written += times * rates.writtenBytes;
    this.#taken.read += times * rates.readBytes;
  }

  /** What a Region takes on average. */
  average(): Average {
    return averageOf(this.#taken, this.size);
  }

  #remove(region: Region): void {
    const known = this.#regions.get(region.id);
    if (known !== undefined) this.#count(known.flow, -1);
    this.#regions.delete(region.id);
    if (this.#byKey.get(region.startKey) === region.id) this.#byKey.delete(region.startKey);
  }

  #overlapping(region: Region): KnownRegion[] {
    const first = this.byKey(region.startKey);
    const found = first === null ? [] : [first];
    const end = region.endKey === '' ? null : region.endKey;
    for (const [, id] of this.#byKey.range(region.startKey, end)) {
      const known = this.#regions.get(id);
      if (known !== undefined && known !== first && regionsOverlap(known.region, region))
        found.push(known);
    }
    return found;
  }

  /** What a heartbeat says besides its description. */
  measure(regionId: RegionId, said: Pick<KnownRegion, 'pending' | 'down' | 'flow'>): void {
    const known = this.#regions.get(regionId);
    if (known === undefined) return;
    this.#count(known.flow, -1);
    this.#count(said.flow, 1);
    this.#regions.set(regionId, { ...known, ...said });
  }

  byId(regionId: RegionId): KnownRegion | null {
    return this.#regions.get(regionId) ?? null;
  }

  /** The Region that holds an encoded key. */
  byKey(key: Bytes): KnownRegion | null {
    for (const [, id] of this.#byKey.reverseRange('', `${key}\0`)) {
      const known = this.#regions.get(id);
      return known !== undefined && regionHolds(known.region, key) ? known : null;
    }
    return null;
  }

  /** In key order, from the one that holds `startKey` (or follows it) up to `endKey` (empty: no end). */
  scan(startKey: Bytes, endKey: Bytes, limit: number): KnownRegion[] {
    const first = this.byKey(startKey);
    const found = first === null ? [] : [first];
    for (const [, id] of this.#byKey.range(startKey, endKey === '' ? null : endKey)) {
      if (found.length >= limit) break;
      const known = this.#regions.get(id);
      if (known !== undefined && known !== first) found.push(known);
    }
    return found.slice(0, limit);
  }

  /** In key order. */
  all(): KnownRegion[] {
    return [...this.#byKey.range()].flatMap(([, id]) => this.#regions.get(id) ?? []);
  }

  /** Those that have a peer on a store. */
  on(store: StoreId): KnownRegion[] {
    return this.all().filter(({ region }) => peerOn(region, store) !== undefined);
  }

  save(): KnownRegion[] {
    return [...this.#regions.values()];
  }
}
