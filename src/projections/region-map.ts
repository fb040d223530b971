// The Regions as a map of the keyspace: in the order of their keys, who holds each, and which of them ask for attention.
// Everything is derived on the spot; only what follows from a Region's description alone is kept beside it.

import { textOf, type Bytes } from '../base/bytes.ts';
import { countWhile } from '../base/sorted.ts';
import { storeNode, type NodeId, type RegionId } from '../tikv/ids.ts';
import { decodeBytes, RAW_PREFIX, TXN_PREFIX } from '../tikv/mvcc/key.ts';
import { regionHolds, type Region } from '../tikv/raftstore/region.ts';
import { isAlive, storesOf } from './questions.ts';
import type { Replica } from './raft.ts';
import { linkKey, type World } from './world.ts';

export interface MappedRegion {
  readonly id: RegionId;
  readonly region: Region;
  /** The bounds as people write them; null at the ends of the keyspace. */
  readonly from: string | null;
  readonly to: string | null;
  /** Stores that are to hold it, in the order of its peers; and those of them that vote. */
  readonly stores: readonly NodeId[];
  readonly voters: readonly NodeId[];
}

const known = new WeakMap<Region, MappedRegion>();

/** A Region with what follows from its description. */
export function mapped(region: Region): MappedRegion {
  const old = known.get(region);
  if (old !== undefined) return old;
  const made = {
    id: region.id,
    region,
    from: region.startKey === '' ? null : keyText(region.startKey),
    to: region.endKey === '' ? null : keyText(region.endKey),
    stores: region.peers.map(({ storeId }) => storeNode(storeId)),
    voters: region.peers
      .filter(({ role }) => role !== 'Learner')
      .map(({ storeId }) => storeNode(storeId)),
  };
  known.set(region, made);
  return made;
}

/** A bound of a Region, as people write the key: without encoding and without the prefix of its key space. */
export function keyText(bound: Bytes): string {
  const plain = decodeBytes(bound) ?? bound;
  const prefixed = plain.startsWith(RAW_PREFIX) || plain.startsWith(TXN_PREFIX);
  return textOf(prefixed && decodeBytes(bound) !== null ? plain.slice(1) : plain);
}

/** In the order of their first keys. */
export function mapRegions(world: World): MappedRegion[] {
  return Object.values(world.regions)
    .map(({ region }) => mapped(region))
    .toSorted((a, b) =>
      a.region.startKey < b.region.startKey ? -1 : a.region.startKey > b.region.startKey ? 1 : 0,
    );
}

/** Of Regions in the order of their keys, the one that holds this encoded key; null: none does. */
export function regionAt(regions: readonly MappedRegion[], key: Bytes): RegionId | null {
  const found = regions[countWhile(regions, ({ region }) => region.startKey <= key) - 1]?.region;
  return found !== undefined && regionHolds(found, key) ? found.id : null;
}

/** What stands in the head of a store's row. */
export interface StoreCounts {
  readonly leads: number;
  readonly replicas: number;
}

export function countsOf(world: World, store: NodeId): StoreCounts {
  const replicas = Object.values(world.replicas[store] ?? {});
  const leads = replicas.filter((replica) => replica.role === 'leader').length;
  return { leads: isAlive(world, store) ? leads : 0, replicas: replicas.length };
}

const passes = (world: World, from: NodeId, to: NodeId): boolean =>
  world.links[linkKey(from, to)]?.cut !== true;

/** True where both run and can talk both ways. */
export const reaches = (world: World, a: NodeId, b: NodeId): boolean =>
  isAlive(world, a) &&
  isAlive(world, b) &&
  (a === b || (passes(world, a, b) && passes(world, b, a)));

/**
 * The stores in groups that hear each other, each group and the stores in it by number: more than one where the network
 * is torn. A link that is cut one way only tears nothing, and a store that is down stays where it is.
 */
export function groupsOf(world: World): NodeId[][] {
  const groups: NodeId[][] = [];
  const left = new Set(storesOf(world));
  for (const first of left) {
    const group = [first];
    left.delete(first);
    for (const member of group)
      for (const other of left)
        if (passes(world, member, other) || passes(world, other, member)) {
          group.push(other);
          left.delete(other);
        }
    groups.push(storesOf(world).filter((store) => group.includes(store)));
  }
  return groups;
}

/** How many voters of a Region a store can count on, itself included. */
export const reachedBy = (world: World, region: MappedRegion, store: NodeId): number =>
  region.voters.filter((voter) => reaches(world, store, voter)).length;

export const majorityOfRegion = (region: MappedRegion): number =>
  Math.floor(region.voters.length / 2) + 1;

/** Which of the groups can still write to a Region; null where none can. */
export function writingGroup(
  world: World,
  region: MappedRegion,
  groups: readonly (readonly NodeId[])[],
): number | null {
  const found = groups.findIndex(
    (group) =>
      region.voters.filter((voter) => group.includes(voter) && isAlive(world, voter)).length >=
      majorityOfRegion(region),
  );
  return found < 0 ? null : found;
}

/** True where a replica still holds keys that a newer Region has taken over: it has not applied the split. */
export function holdsUnsplit(replica: Replica | undefined, region: MappedRegion): boolean {
  const range = replica?.described;
  if (range === null || range === undefined) return false;
  return (
    range.epoch.version < region.region.epoch.version &&
    range.startKey <= region.region.startKey &&
    (range.endKey === '' || region.region.startKey < range.endKey)
  );
}

/** A split that some stores have applied and others still have to. */
export interface SplitUnderWay {
  readonly left: MappedRegion;
  /** It keeps the number. */
  readonly right: MappedRegion;
  readonly applied: readonly NodeId[];
  readonly late: readonly NodeId[];
  /** The version before it. */
  readonly before: number;
}

export function splitsUnderWay(world: World, regions: readonly MappedRegion[]): SplitUnderWay[] {
  const found: SplitUnderWay[] = [];
  for (const [i, right] of regions.entries()) {
    const left = regions[i - 1];
    if (left === undefined) continue;
    const late = right.stores.filter((store) =>
      holdsUnsplit(world.replicas[store]?.[right.id], left),
    );
    const [first] = late;
    if (first === undefined) continue;
    const before = world.replicas[first]?.[right.id]?.described?.epoch.version ?? 0;
    const applied = right.stores.filter((store) => !late.includes(store));
    found.push({ left, right, applied, late, before });
  }
  return found;
}
