// Where the versions of a transactional key are looked at: at the leader of its Region, or where they were last seen.

import type { Bytes } from '../base/bytes.ts';
import type { NodeId, RegionId } from '../tikv/ids.ts';
import { encodeKey } from '../tikv/mvcc/key.ts';
import { regionHolds, type Region } from '../tikv/raftstore/region.ts';
import { versionsOn, type KeyVersions } from './mvcc.ts';
import { leaderOf } from './questions.ts';
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
  const all = Object.values(world.regions)
    .filter(({ region }) => only === null || region.id === only)
    .flatMap(({ region }) => versionsIn(world, region));
  return all.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function versionsIn(world: World, region: Region): KeyVersions[] {
  const store = leaderOf(world, region.id)?.store;
  const { versions } = world.transactions;
  const rows = store === undefined ? Object.values(versions).flat() : (versions[store] ?? []);
  const held = rows.filter(({ key }) => regionHolds(region, encodeKey(key)));
  // Where nobody leads, each key as whoever has applied most of it.
  const newest = new Map<Bytes, KeyVersions>();
  for (const row of held)
    if ((newest.get(row.key)?.changedAt ?? -1) < row.changedAt) newest.set(row.key, row);
  return [...newest.values()];
}
