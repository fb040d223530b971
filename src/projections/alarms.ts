// Regions that ask for attention, the most urgent first: what a picture of hundreds of Regions must not hide. All others
// are quiet. Derived on the spot.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import { physicalOf, tsOf } from '../tikv/mvcc/timestamp.ts';
import type { Bytes } from '../base/bytes.ts';
import { isAlive, termSpans } from './questions.ts';
import type { Replica } from './raft.ts';
import { majorityOfRegion, mapRegions, reachedBy, type MappedRegion } from './region-map.ts';
import type { World } from './world.ts';

/** In the order of urgency. `unavailable`: too few of its voters run to elect anybody. */
export const ALARM_KINDS = [
  'unavailable',
  'leaderless',
  'election',
  'two-leaders',
  'old-lock',
  'lag',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

export interface Alarm {
  readonly kind: AlarmKind;
  readonly region: RegionId;
  /** Who asks for votes, who leads the newest term, who lags. */
  readonly store: NodeId | null;
  /** Who leads the older term, who led before. */
  readonly other: NodeId | null;
  /** Voters that run, the term asked for, entries that are missing, how long a lock is past its time. */
  readonly count: number;
  /** The locked key. */
  readonly key: Bytes | null;
}

/** So many entries behind the leader ask for attention. */
export const LAG_THAT_ALARMS = 10;

/** The newest answer: several views ask for the same moment. */
let newest: { world: World; records: number; now: Micros; alarms: Alarm[] } | null = null;

/** At most one for each Region, the most urgent first. */
export function alarmsOf(world: World, now: Micros): readonly Alarm[] {
  if (newest?.world === world && newest.records === world.records && newest.now === now)
    return newest.alarms;
  const alarms = findAlarms(world, now);
  newest = { world, records: world.records, now, alarms };
  return alarms;
}

function findAlarms(world: World, now: Micros): Alarm[] {
  const locks = oldLocks(world, now);
  const found: Alarm[] = [];
  for (const region of mapRegions(world)) {
    const replicas = replicasAt(world, region);
    const alarm =
      alarmOf(world, region, replicas) ?? locks.get(region.id) ?? lagging(world, region, replicas);
    if (alarm !== undefined && alarm !== null) found.push(alarm);
  }
  const rank = (alarm: Alarm) => ALARM_KINDS.indexOf(alarm.kind);
  return found.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count);
}

const NONE = { store: null, other: null, count: 0, key: null } as const;

/** `replicas`: those of the Region on stores that are to hold it. */
function alarmOf(world: World, region: MappedRegion, replicas: readonly Replica[]): Alarm | null {
  const { id } = region;
  const leaders = replicas.filter(
    (replica) => replica.role === 'leader' && isAlive(world, replica.store),
  );
  const alive = region.voters.filter((voter) => isAlive(world, voter)).length;
  if (alive < majorityOfRegion(region))
    return { ...NONE, kind: 'unavailable', region: id, count: alive };
  const candidate = replicas.find(
    (replica) => replica.campaign !== null && isAlive(world, replica.store),
  );
  const serving = leaders.find(
    (leader) => reachedBy(world, region, leader.store) >= majorityOfRegion(region),
  );
  const newest = leaders.toSorted((a, b) => b.term - a.term);
  if (candidate !== undefined && (serving === undefined || candidate.role === 'candidate')) {
    const other = newest[0]?.store ?? ledBefore(world, id);
    const term = candidate.campaign?.term ?? candidate.term;
    return { ...NONE, kind: 'election', region: id, store: candidate.store, other, count: term };
  }
  if (leaders.length > 1) {
    const [first, second] = newest;
    const stores = { store: first?.store ?? null, other: second?.store ?? null };
    return { ...NONE, ...stores, kind: 'two-leaders', region: id, count: first?.term ?? 0 };
  }
  // Before anybody was elected for the first time, nobody is missed.
  if (leaders.length > 0 || ledBefore(world, id) === null) return null;
  return { ...NONE, kind: 'leaderless', region: id, other: ledBefore(world, id) };
}

const replicasAt = (world: World, region: MappedRegion): Replica[] =>
  region.stores.flatMap((store) => world.replicas[store]?.[region.id] ?? []);

const ledBefore = (world: World, region: RegionId): NodeId | null =>
  termSpans(world, region).findLast((span) => span.leader !== null)?.leader ?? null;

function lagging(world: World, region: MappedRegion, replicas: readonly Replica[]): Alarm | null {
  const leader = replicas.find((each) => each.role === 'leader' && isAlive(world, each.store));
  if (leader === undefined) return null;
  let worst: Replica | null = null;
  for (const replica of replicas)
    if (
      isAlive(world, replica.store) &&
      replica.log.lastIndex < (worst ?? leader).log.lastIndex &&
      replica.initialized
    )
      worst = replica;
  const count = worst === null ? 0 : leader.log.lastIndex - worst.log.lastIndex;
  if (worst === null || count < LAG_THAT_ALARMS) return null;
  return {
    ...NONE,
    kind: 'lag',
    region: region.id,
    store: worst.store,
    other: leader.store,
    count,
  };
}

/** Per Region the lock that is longest past its time. */
function oldLocks(world: World, now: Micros): Map<RegionId, Alarm> {
  const found = new Map<RegionId, Alarm>();
  for (const versions of Object.values(world.transactions.versions))
    for (const { key, region, lock } of versions) {
      if (lock === null) continue;
      const past = now - (physicalOf(tsOf(lock.startTs)) + Number(lock.ttl)) * 1000;
      if (past <= 0 || past <= (found.get(region)?.count ?? 0)) continue;
      found.set(region, { ...NONE, kind: 'old-lock', region, count: past, key });
    }
  return found;
}
