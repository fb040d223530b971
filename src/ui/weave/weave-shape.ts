// What changes seldom in the Weave: which rows and columns there are, which Regions ask for attention, and what stands in
// heads, flags and links. Plain data, made from a world.

import { alarmsOf, type Alarm, type AlarmKind } from '../../projections/alarms.ts';
import { flightsOf } from '../../projections/flights.ts';
import { earlyVotes, type EarlyVote } from './early-votes.ts';
import { heldKeys } from '../../projections/key-home.ts';
import { isHeartbeat } from '../../projections/message-kind.ts';
import { isAlive } from '../../projections/questions.ts';
import {
  countsOf,
  groupsOf,
  mapRegions,
  regionAt,
  splitsUnderWay,
  writingGroup,
  type MappedRegion,
  type SplitUnderWay,
} from '../../projections/region-map.ts';
import { alarmWords, outWords, weaveSentence } from '../../projections/words/alarm-words.ts';
import {
  clock,
  commas,
  duration,
  nodeName,
  plural,
  shown,
} from '../../projections/words/format.ts';
import { linkKey, type World } from '../../projections/world.ts';
import type { LinkState } from '../../projections/cluster.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import { encodeKey } from '../../tikv/mvcc/key.ts';
import type { StoreState } from '../../tikv/pd/message.ts';
import { ordinalOf, type Transaction } from '../../projections/mvcc.ts';

export interface RegionHead {
  readonly id: RegionId;
  readonly from: string | null;
  readonly to: string | null;
  /** `epoch 4`, or which side of a tear can write. */
  readonly epoch: string;
  readonly writer: string | null;
  /** Where a split is under way: what became of the part, short and long. */
  readonly split: readonly [string, string] | null;
}

export interface StoreHead {
  readonly node: NodeId;
  readonly name: string;
  readonly out: readonly [string, string] | null;
  /** Where PD knows that it stands: short, and in full. Null: nowhere in particular. */
  readonly place: readonly [string, string] | null;
  /** What PD calls it, where it is not simply up; its node may run all the same. */
  readonly state: StoreState | null;
  readonly leads: string;
  readonly replicas: string;
}

export interface LinkSquare {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly look: 'self' | 'down' | 'cut' | 'open';
  readonly rate: number;
  readonly slow: string | null;
  readonly lossy: boolean;
}

export interface Flag {
  readonly region: RegionId;
  readonly kind: AlarmKind;
  readonly title: string;
  readonly line: string;
}

/** A transaction across keys, on its shelf. */
export interface Shelf {
  readonly name: string;
  readonly primary: Pin | null;
  readonly others: readonly Pin[];
  readonly phase: 'prewriting' | 'prewritten' | 'committing';
  readonly says: string;
}

export interface Pin {
  readonly key: string;
  readonly region: RegionId;
  readonly locked: boolean;
}

export interface WeaveShape {
  readonly groups: readonly (readonly NodeId[])[];
  readonly regions: readonly RegionHead[];
  readonly stores: readonly StoreHead[];
  readonly links: readonly (readonly LinkSquare[])[];
  readonly flags: readonly Flag[];
  readonly shelves: readonly Shelf[];
  readonly moreShelves: number;
  readonly sentence: string;
  /** Raft messages under way: how many, and how many of them are heartbeats. */
  readonly messages: { readonly all: number; readonly heartbeats: number };
  readonly locks: readonly LockedKey[];
  /** Since when the network is torn, and how many links are cut. */
  readonly torn: { readonly since: string; readonly links: number } | null;
  /** Splits that some stores have applied and others have not: the right part, and who has applied it. */
  readonly cuts: readonly { readonly region: RegionId; readonly rows: readonly NodeId[] }[];
  readonly early: readonly EarlyVote[];
  /** Keys that hold something, where they are few. */
  readonly keys: readonly LockMark[];
}

/** A key of a Region. */
export interface LockMark {
  readonly region: RegionId;
  readonly key: string;
  /** Which of the two key spaces it is of. */
  readonly space: 'raw' | 'txn';
}

/** A key that is locked, and the stores that have applied the lock. */
interface LockedKey extends LockMark {
  readonly stores: readonly NodeId[];
}

/** More locks are not marked one by one. */
const LOCKS = 400;

/** Of transactions that touch several keys, the newest on shelves. */
const SHELVES = 3;
/** Above this, heads say only what they have room for. */
const MANY = 40;

export function weaveShape(world: World, now: Micros): WeaveShape {
  const regions = mapRegions(world);
  const groups = groupsOf(world);
  const alarms = alarmsOf(world, now);
  const splits = splitsUnderWay(world, regions);
  const open = openTransactions(world);
  const order = groups.flat();
  return {
    groups,
    regions: regions.map((region) =>
      headOf(world, region, { groups, splits, count: regions.length }),
    ),
    stores: order.map((store) => storeHead(world, store)),
    links: order.map((from) => order.map((to) => squareOf(world, from, to, now))),
    flags: alarms.map((alarm) => flagOf(world, alarm)),
    shelves: open.slice(0, SHELVES).map((txn) => shelfOf(world, txn, regions)),
    moreShelves: Math.max(0, open.length - SHELVES),
    sentence: weaveSentence(world, alarms),
    messages: countMessages(world),
    locks: locksOf(world),
    torn: tornOf(world, groups),
    cuts: splits.map(({ right, applied }) => ({ region: right.id, rows: applied })),
    early: earlyVotes(world, splits, order),
    keys: regions.length > 12 ? [] : keysOf(world, regions),
  };
}

function countMessages(world: World): WeaveShape['messages'] {
  let all = 0;
  let heartbeats = 0;
  for (const flight of flightsOf(world)) {
    if (flight.region === null || flight.message.type !== 'raft') continue;
    all += 1;
    if (isHeartbeat(flight.kind)) heartbeats += 1;
  }
  return { all, heartbeats };
}

function locksOf(world: World): LockedKey[] {
  const found = new Map<string, { region: RegionId; stores: NodeId[] }>();
  for (const [store, versions] of Object.entries(world.transactions.versions))
    for (const { key, region, lock } of versions) {
      if (lock === null) continue;
      const known = found.get(key);
      if (known !== undefined) known.stores.push(store);
      else if (found.size < LOCKS) found.set(key, { region, stores: [store] });
    }
  return [...found].map(([key, lock]) => ({ ...lock, key: shown(key), space: 'txn' }));
}

function tornOf(world: World, groups: readonly (readonly NodeId[])[]): WeaveShape['torn'] {
  if (groups.length < 2) return null;
  const group = (node: NodeId) => groups.findIndex((each) => each.includes(node));
  const cut = Object.values(world.links).filter(
    (link) =>
      link.cut &&
      group(link.from) >= 0 &&
      group(link.to) >= 0 &&
      group(link.from) !== group(link.to),
  );
  const since = Math.max(0, ...cut.map(({ cutSince }) => cutSince ?? 0));
  return { since: clock(since), links: cut.length };
}

/** Of more keys than this none is marked. */
const KEYS = 600;

function keysOf(world: World, regions: readonly MappedRegion[]): LockMark[] {
  const held = heldKeys(world);
  if (held.size > KEYS) return [];
  return [...held].flatMap(([encoded, { space, key }]): LockMark[] => {
    // Not what a store says: one that has not applied a split yet counts its keys for the whole Region.
    const region = regionAt(regions, encoded);
    return region === null ? [] : [{ region, key: shown(key), space }];
  });
}

interface HeadInput {
  readonly groups: readonly (readonly NodeId[])[];
  readonly splits: readonly SplitUnderWay[];
  readonly count: number;
}

function headOf(world: World, region: MappedRegion, input: HeadInput): RegionHead {
  const { id, from, to } = region;
  const { version } = region.region.epoch;
  const right = input.splits.find((split) => split.right.id === id);
  const left = input.splits.some((split) => split.left.id === id);
  const kept = right === undefined ? '' : `${right.before} → ${version}`;
  return {
    id,
    from,
    to,
    epoch: `epoch ${version}`,
    writer: input.count > MANY ? null : writerWord(world, region, input.groups),
    split:
      right !== undefined
        ? [kept, `keeps its id, ${kept}`]
        : left
          ? [`new`, `new, epoch ${version}`]
          : null,
  };
}

function writerWord(
  world: World,
  mapped: MappedRegion,
  groups: readonly (readonly NodeId[])[],
): string | null {
  if (groups.length < 2) return null;
  const group = writingGroup(world, mapped, groups);
  if (group === null) return 'nobody';
  if (groups.length > 2) return nodeName(groups[group]?.[0] ?? '');
  return group === 0 ? 'above' : 'below';
}

function storeHead(world: World, node: NodeId): StoreHead {
  const { leads, replicas } = countsOf(world, node);
  const store = world.pd.stores[Number(node.slice(1))];
  const labels = store?.labels ?? [];
  return {
    node,
    name: nodeName(node),
    out: outWords(world, node),
    place:
      labels.length === 0
        ? null
        : [
            labels.map(({ value }) => value).join(' '),
            labels.map(({ key, value }) => `${key} ${value}`).join(', '),
          ],
    state: store === undefined || store.state === 'Up' ? null : store.state,
    leads: `leads ${commas(leads)}`,
    replicas: plural(replicas, 'replica'),
  };
}

/** Messages in the last whole virtual second. */
export function rateOf(link: LinkState | undefined, now: Micros): number {
  if (link === undefined) return 0;
  const second = Math.floor(now / 1_000_000);
  if (link.rateSecond === second) return link.rateBefore;
  return link.rateSecond === second - 1 ? link.rateNow : 0;
}

function squareOf(world: World, from: NodeId, to: NodeId, now: Micros): LinkSquare {
  const link = world.links[linkKey(from, to)];
  const alive = isAlive(world, from) && isAlive(world, to);
  const look = from === to ? 'self' : link?.cut ? 'cut' : alive ? 'open' : 'down';
  const slower = link !== undefined && link.changed && link.lossPerMillion === 0;
  return {
    from,
    to,
    look,
    rate: rateOf(link, now),
    slow:
      slower && look === 'open'
        ? `${nodeName(from)} to ${nodeName(to)}: ${duration(link.latency)}`
        : null,
    lossy: (link?.lossPerMillion ?? 0) > 0,
  };
}

const flagOf = (world: World, alarm: Alarm): Flag => ({
  region: alarm.region,
  kind: alarm.kind,
  ...alarmWords(world, alarm),
});

const openTransactions = (world: World): Transaction[] =>
  world.transactions.list
    .filter(({ phase, primary }) => primary !== null && OPEN_PHASES.includes(phase))
    .toReversed();

const OPEN_PHASES: readonly string[] = ['prewriting', 'committing', 'abandoned'];

function shelfOf(world: World, txn: Transaction, regions: readonly MappedRegion[]): Shelf {
  const keys = new Set(txn.buffer.map(([key]) => key));
  for (const versions of Object.values(world.transactions.versions))
    for (const { key, lock } of versions) if (lock?.startTs === txn.startTs) keys.add(key);
  if (txn.primary !== null) keys.add(txn.primary);
  const pins = [...keys].flatMap((key): Pin[] => {
    const region = regionAt(regions, encodeKey(key));
    return region === null
      ? []
      : [{ key: shown(key), region, locked: isLocked(world, key, txn.startTs) }];
  });
  const primary =
    pins.find(({ key }) => txn.primary !== null && key === shown(txn.primary)) ?? null;
  const others = pins.filter((pin) => pin !== primary);
  const all = pins.every(({ locked }) => locked);
  const start = ordinalOf(world.transactions, txn.startTs);
  const of = (locked: boolean) => pins.filter((pin) => pin.locked === locked).map(({ key }) => key);
  const locked = of(true);
  const coming = of(false);
  const parts = [
    ...(locked.length === 0
      ? []
      : [`${locked.join(', ')} ${locked.length === 1 ? 'is' : 'are'} locked`]),
    ...(coming.length === 0
      ? []
      : [`${coming.join(', ')} ${coming.length === 1 ? 'is' : 'are'} being locked`]),
  ];
  return {
    name: txn.name,
    primary,
    others,
    phase: txn.phase === 'committing' ? 'committing' : all ? 'prewritten' : 'prewriting',
    says: `${txn.name}, start ${start ?? txn.startTs}: ${parts.join(', ')}`,
  };
}

const isLocked = (world: World, key: string, startTs: number): boolean =>
  Object.values(world.transactions.versions).some((versions) =>
    versions.some((each) => each.key === key && each.lock?.startTs === startTs),
  );
