// What PD knows of Regions: the newest description of each, and who leads it. Descriptions are on disk; leaders only in
// memory, because heartbeats bring them. (PD: pkg/core/region.go, region_tree.go)

import type { Bytes } from '../../base/bytes.ts';
import type { RegionId } from '../ids.ts';
import { equalPlain } from '../../base/plain.ts';
import { regionHolds, regionsOverlap, type Peer, type Region } from '../raftstore/region.ts';

export interface KnownRegion {
  readonly region: Region;
  /** Null: no heartbeat has come since PD began. */
  readonly leader: Peer | null;
  readonly term: number;
}

export type Learned =
  /** Older than what is known: dropped. */
  | { readonly type: 'stale' }
  | { readonly type: 'same' }
  | { readonly type: 'new'; readonly save: boolean; readonly replaced: readonly RegionId[] };

/** Rule `pd/heartbeat-fresh`: is this no older than what is known? */
export function heartbeatFresh(beat: KnownRegion, known: KnownRegion): boolean {
  const [mine, its] = [known.region.epoch, beat.region.epoch];
  return beat.term >= known.term && its.version >= mine.version && its.confVer >= mine.confVer;
}

export class RegionTree {
  readonly #regions: Map<RegionId, KnownRegion>;

  constructor(regions: readonly KnownRegion[]) {
    this.#regions = new Map(regions.map((known) => [known.region.id, known]));
  }

  /** Takes a heartbeat, or the first Region. */
  learn(beat: KnownRegion): Learned {
    const { region } = beat;
    const known = this.#regions.get(region.id);
    if (known !== undefined && !heartbeatFresh(beat, known)) return { type: 'stale' };
    const others = [...this.#regions.values()].filter(
      (other) => other.region.id !== region.id && regionsOverlap(other.region, region),
    );
    if (others.some((other) => other.region.epoch.version > region.epoch.version))
      return { type: 'stale' };
    if (known !== undefined && equalPlain(known, beat)) return { type: 'same' };
    const replaced = others.map((other) => other.region.id);
    for (const id of replaced) this.#regions.delete(id);
    this.#regions.set(region.id, beat);
    const save = replaced.length > 0 || !equalPlain(known?.region, region);
    return { type: 'new', save, replaced };
  }

  byId(regionId: RegionId): KnownRegion | null {
    return this.#regions.get(regionId) ?? null;
  }

  /** The Region that holds an encoded key. */
  byKey(key: Bytes): KnownRegion | null {
    for (const known of this.#regions.values()) if (regionHolds(known.region, key)) return known;
    return null;
  }

  save(): KnownRegion[] {
    return [...this.#regions.values()];
  }
}
