// What a client remembers of Regions and their leaders. It may be wrong at any time: stores check every request, and
// their refusals correct it. (client-go: internal/locate/region_cache.go; entries do not age here)

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import { regionHolds, regionsOverlap, type Peer, type Region } from '../raftstore/region.ts';

export interface CachedRegion {
  readonly region: Region;
  /** Null: nobody has said yet. */
  readonly leader: Peer | null;
}

export class RegionCache {
  readonly #regions: Map<RegionId, CachedRegion>;

  constructor(regions: readonly CachedRegion[] = []) {
    this.#regions = new Map(regions.map((cached) => [cached.region.id, cached]));
  }

  /** The Region that holds an encoded key; null: ask PD. */
  locate(key: Bytes): CachedRegion | null {
    for (const cached of this.#regions.values()) if (regionHolds(cached.region, key)) return cached;
    return null;
  }

  /** Takes a Region in, and whatever it overlaps out; false where a newer one is here. */
  insert(cached: CachedRegion): boolean {
    const { region } = cached;
    const others = [...this.#regions.values()].filter((other) =>
      regionsOverlap(other.region, region),
    );
    const isNewer = ({ region: { id, epoch } }: CachedRegion) =>
      epoch.version > region.epoch.version ||
      (id === region.id && epoch.confVer > region.epoch.confVer);
    if (others.some(isNewer)) return false;
    for (const other of others) this.#regions.delete(other.region.id);
    this.#regions.set(region.id, cached);
    return true;
  }

  setLeader(regionId: RegionId, leader: Peer): CachedRegion | null {
    const cached = this.#regions.get(regionId);
    if (cached === undefined) return null;
    const next = { ...cached, leader };
    this.#regions.set(regionId, next);
    return next;
  }

  /** True where it was here. */
  remove(regionId: RegionId): boolean {
    return this.#regions.delete(regionId);
  }

  save(): CachedRegion[] {
    return [...this.#regions.values()];
  }
}
