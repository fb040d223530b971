// Where the versions of a transactional key are looked at: at the leader of its Region, or where they were last seen.

import type { Bytes } from '../base/bytes.ts';
import type { NodeId, RegionId } from '../tikv/ids.ts';
import { encodeKey } from '../tikv/mvcc/key.ts';
import { regionHolds } from '../tikv/raftstore/region.ts';
import { versionsOn, type KeyVersions } from './mvcc.ts';
import { leaderOf } from './questions.ts';
import { mapRegions, type MappedRegion } from './region-map.ts';
import type { World } from './world.ts';

/** The store that leads the Region which holds a key; null where nobody does. */
export function leaderOfKey(world: World, key: Bytes): NodeId | null {
  const encoded = encodeKey(key);
  const home = Object.values(world.regions).find(({ region }) => regionHolds(region, encoded));
  return home === undefined ? null : (leaderOf(world, home.region.id)?.store ?? null);
}

/** The store where a key's versions are looked at; null where nobody leads its Region and nobody has any. */
export function storeOfKey(world: World, key: Bytes): NodeId | null {
  const leader = leaderOfKey(world, key);
  if (leader !== null) return leader;
  const { versions } = world.transactions;
  return Object.keys(versions).find((store) => versionsOn(world.transactions, store, key)) ?? null;
}

/** Every key that has versions, of one Region or of all, each as its own Region's leader has it, in the order of keys. */
export function versionsNow(world: World, only: RegionId | null = null): KeyVersions[] {
  const regions = mapRegions(world);
  const leaders = new Map(regions.map(({ id }) => [id, leaderOf(world, id)?.store]));
  const found = new Map<Bytes, KeyVersions>();
  for (const [store, rows] of Object.entries(world.transactions.versions))
    for (const row of rows) {
      const home = regionAt(regions, encodeKey(row.key));
      if (home === null || (only !== null && home !== only)) continue;
      const leader = leaders.get(home);
      if (leader !== undefined && leader !== store) continue;
      // Where nobody leads, as whoever has applied most of it.
      if ((found.get(row.key)?.changedAt ?? -1) < row.changedAt) found.set(row.key, row);
    }
  return [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Of Regions in the order of their keys, the one that holds this encoded key; null: none does. */
export function regionAt(regions: readonly MappedRegion[], key: Bytes): RegionId | null {
  let low = 0;
  let high = regions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((regions[middle] as MappedRegion).region.startKey <= key) low = middle + 1;
    else high = middle;
  }
  const found = regions[low - 1]?.region;
  return found !== undefined && regionHolds(found, key) ? found.id : null;
}
