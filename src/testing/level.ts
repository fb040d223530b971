// What holds of a cluster in which PD rests: one owner for each key, the same for PD and on the stores, and stores as
// even as the schedulers promise.

import { storeNode, type RegionId, type StoreId } from '../tikv/ids.ts';
import { LEADER_TOLERANCE } from '../tikv/pd/balance.ts';
import type { Region } from '../tikv/raftstore/region.ts';
import type { Breach } from './storm-checks.ts';
import { leaderOf, storesOf } from '../projections/questions.ts';
import type { World } from '../projections/world.ts';

/** An empty Region counts as so many bytes, for PD. */
const SIZE_MIN = 128;

/** Null, or where these ranges leave a gap or lie over each other. */
export function tilingOf(regions: readonly Region[]): Breach | null {
  const sorted = regions.toSorted((a, b) => (a.startKey < b.startKey ? -1 : 1));
  let at: string | null = '';
  for (const { id, startKey, endKey } of sorted) {
    if (at !== startKey) return `Region ${id} begins where no other one ends`;
    at = endKey === '' ? null : endKey;
  }
  return at === null ? null : 'nobody owns the end of the key space';
}

/**
 * PD's tree tiles the key space; each of its Regions has its replicas, voters all, on the very stores that it names and
 * nowhere else, each with the same description; and PD knows who leads.
 */
export function ownersProblems(world: World): Breach[] {
  const known = Object.values(world.pd.regions);
  const gap = tilingOf(known.map(({ region }) => region));
  const problems: Breach[] = gap === null ? [] : [`PD: ${gap}`];
  const held = new Map<RegionId, Region[]>();
  for (const store of storesOf(world))
    for (const { region, described } of Object.values(world.replicas[store] ?? {})) {
      if (described === null) problems.push(`${store} has a replica of ${region} without a range`);
      else held.set(region, [...(held.get(region) ?? []), described]);
    }
  for (const { region, leader } of known) {
    const replicas = held.get(region.id) ?? [];
    held.delete(region.id);
    if (region.peers.some(({ role }) => role !== 'Voter') || region.peers.length !== 3)
      problems.push(`Region ${region.id} has the peers ${JSON.stringify(region.peers)}`);
    if (replicas.length !== 3 || replicas.some((each) => !isSame(each, region)))
      problems.push(`Region ${region.id} is not on the stores as PD knows it`);
    if (region.peers.some(({ storeId }) => !has(world, storeId, region.id)))
      problems.push(`Region ${region.id} is missing on a store`);
    if (leaderOf(world, region.id)?.store !== storeNode(leader.storeId))
      problems.push(`PD takes a store for the leader of Region ${region.id} that is not`);
  }
  return [...problems, ...[...held.keys()].map((id) => `PD does not know Region ${id}`)];
}

const has = (world: World, store: StoreId, region: RegionId): boolean =>
  world.replicas[storeNode(store)]?.[region] !== undefined;

const isSame = (a: Region, b: Region): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * balance-leader rests when no Region is led by a store that leads more than `LEADER_TOLERANCE` more Regions than another
 * store that holds the Region; balance-region rests when no replica could go to a store that holds none of its Region and
 * is lighter by more than the larger of this Region and the average one. Neither promises anything about stores that no
 * Region connects. PD's own rule about hot Regions: they are not moved; where PD rests, nobody writes, so there are none.
 */
export function evennessProblems(world: World): Breach[] {
  const known = Object.values(world.pd.regions);
  const stores = Object.values(world.pd.stores).map(({ id }) => id);
  const sizeOf = (id: RegionId) => Math.max(SIZE_MIN, world.pd.flow[id]?.approximateSize ?? 0);
  const average = Math.floor(
    known.reduce((sum, { region }) => sum + sizeOf(region.id), 0) / known.length,
  );
  const leaders = new Map(stores.map((id) => [id, 0]));
  const bytes = new Map(stores.map((id) => [id, 0]));
  const grow = (map: Map<StoreId, number>, id: StoreId, by: number) =>
    map.set(id, (map.get(id) ?? 0) + by);
  for (const { region, leader } of known) {
    grow(leaders, leader.storeId, 1);
    for (const { storeId } of region.peers) grow(bytes, storeId, sizeOf(region.id));
  }
  const problems: Breach[] = [];
  for (const { region, leader } of known) {
    const on = region.peers.map(({ storeId }) => storeId);
    const tolerance = Math.max(average, sizeOf(region.id));
    for (const store of on) {
      const more = (leaders.get(leader.storeId) ?? 0) - (leaders.get(store) ?? 0);
      if (more > LEADER_TOLERANCE)
        problems.push(`s${leader.storeId} leads ${more} Regions more than s${store}`);
      const target = stores.filter((other) => !on.includes(other));
      const lightest = Math.min(...target.map((other) => bytes.get(other) ?? 0));
      const over = (bytes.get(store) ?? 0) - lightest;
      if (over > tolerance)
        problems.push(`s${store} holds ${over} bytes more than another, ${tolerance} are allowed`);
    }
  }
  return problems;
}
