// Where the versions of a transactional key are looked at: at the leader of its Region, or where they were last seen.

import type { Bytes } from '../base/bytes.ts';
import type { NodeId, RegionId } from '../tikv/ids.ts';
import { encodeKey } from '../tikv/mvcc/key.ts';
import { boundOf, type KeySpace } from '../tikv/raftstore/key-space.ts';
import { versionsOn, type KeyVersions } from './mvcc.ts';
import { leaderOf } from './questions.ts';
import { mapRegions, regionAt } from './region-map.ts';
import type { World } from './world.ts';

/** The store that leads the Region which holds a key; null where nobody does. */
export function leaderOfKey(world: World, key: Bytes): NodeId | null {
  const home = regionAt(mapRegions(world), encodeKey(key));
  return home === null ? null : (leaderOf(world, home)?.store ?? null);
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
  const leaders = new Map<RegionId, NodeId | undefined>();
  const leaderIn = (region: RegionId): NodeId | undefined => {
    if (!leaders.has(region)) leaders.set(region, leaderOf(world, region)?.store);
    return leaders.get(region);
  };
  const found = new Map<Bytes, KeyVersions>();
  for (const [store, rows] of Object.entries(world.transactions.versions))
    for (const row of rows) {
      const home = regionAt(regions, encodeKey(row.key));
      if (home === null || (only !== null && home !== only)) continue;
      const leader = leaderIn(home);
      if (leader !== undefined && leader !== store) continue;
      // Where nobody leads, as whoever has applied most of it.
      if ((found.get(row.key)?.changedAt ?? -1) < row.changedAt) found.set(row.key, row);
    }
  return [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** Every key that holds something on some store, by its encoded form. */
export function heldKeys(
  world: World,
): Map<Bytes, { readonly space: KeySpace; readonly key: Bytes }> {
  const found = new Map<Bytes, { space: KeySpace; key: Bytes }>();
  for (const { data } of Object.values(world.regions))
    for (const [key] of data) found.set(boundOf('raw', key), { space: 'raw', key });
  const txn = new Set<Bytes>();
  for (const rows of Object.values(world.transactions.versions))
    for (const { key, writes } of rows) if (writes.length > 0) txn.add(key);
  for (const key of txn) found.set(encodeKey(key), { space: 'txn', key });
  return found;
}
