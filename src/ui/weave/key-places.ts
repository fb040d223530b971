// Where a key stands on the ruler: within the column of its Region, in order with the other keys that are shown. Pure.

import type { Column } from './columns.ts';
import type { RegionId } from '../../tikv/ids.ts';

export interface PlacedKey {
  readonly key: string;
  readonly region: RegionId;
}

/** The x of each key. */
export function keyPlaces(
  columns: readonly Column<RegionId>[],
  keys: readonly PlacedKey[],
): Map<string, number> {
  const byRegion = new Map<RegionId, Set<string>>();
  for (const { key, region } of keys) {
    const known = byRegion.get(region);
    if (known === undefined) byRegion.set(region, new Set([key]));
    else known.add(key);
  }
  const places = new Map<string, number>();
  for (const column of columns) {
    const room = column.level === 0 ? column.cell : column.width;
    for (const [at, id] of column.ids.entries()) {
      const share = room / column.ids.length;
      const sorted = [...(byRegion.get(id) ?? [])].toSorted();
      for (const [i, key] of sorted.entries())
        places.set(key, column.x + share * at + (share * (i + 1)) / (sorted.length + 1));
    }
  }
  return places;
}
