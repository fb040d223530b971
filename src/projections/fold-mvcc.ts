// Versions, transactions and timestamps, from what stores have applied and what clients and PD tell.

import type { Bytes } from '../base/bytes.ts';
import { clonePlain } from '../base/plain.ts';
import type { ClientEvent } from '../tikv/client/event.ts';
import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import { encodeKey } from '../tikv/mvcc/key.ts';
import type { PdEvent } from '../tikv/pd/event.ts';
import type { RaftstoreEvent } from '../tikv/raftstore/event.ts';
import { regionHolds } from '../tikv/raftstore/region.ts';
import type { RegionTxnEvent } from '../tikv/txn/message.ts';
import type { SimEvent } from '../sim/record.ts';
import {
  KEYS_KEPT,
  TIMESTAMPS_KEPT,
  TRANSACTIONS_KEPT,
  VERSIONS_KEPT,
  type KeyVersions,
  type StoreVersions,
  type Transaction,
} from './mvcc.ts';
import type { World } from './world.ts';

/** A store has applied a change of a key's versions. Other events of the chapter change nothing here. */
export function foldVersions(world: World, at: Micros, node: NodeId, event: RegionTxnEvent): void {
  if (!CHANGES.includes(event.type) || !('key' in event)) return;
  const { type: _type, region, key, ...row } = event;
  const versions = versionsOf(world, node, key);
  Object.assign(versions, { region, changedAt: at });
  switch (event.type) {
    case 'mvcc/lock-written':
      versions.lock = row as KeyVersions['lock'];
      return;
    case 'mvcc/lock-removed':
      versions.lock = null;
      return;
    case 'mvcc/write-written':
      putRow(versions, 'writes', row as KeyVersions['writes'][0], (each) => each.commitTs);
      return;
    case 'mvcc/write-removed':
      versions.writes = versions.writes.filter(({ commitTs }) => commitTs !== event.commitTs);
      return;
    case 'mvcc/value-written':
      putRow(versions, 'values', row as KeyVersions['values'][0], (each) => each.startTs);
      return;
    case 'mvcc/value-removed':
      versions.values = versions.values.filter(({ startTs }) => startTs !== event.startTs);
      return;
    default:
      return;
  }
}

const CHANGES: readonly string[] = [
  'mvcc/lock-written',
  'mvcc/lock-removed',
  'mvcc/write-written',
  'mvcc/write-removed',
  'mvcc/value-written',
  'mvcc/value-removed',
];

/** The rows of a key, made the newest of its store; of too many keys the one that changed first goes. */
function versionsOf(world: World, node: NodeId, key: Bytes): KeyVersions {
  const store: StoreVersions = (world.transactions.versions[node] ??= []);
  const place = store.findIndex((each) => each.key === key);
  const [found] = place < 0 ? [] : store.splice(place, 1);
  const kept = found ?? newVersions(key);
  store.push(kept);
  if (store.length > KEYS_KEPT) store.shift();
  return kept;
}

const newVersions = (key: Bytes): KeyVersions => ({
  key,
  region: 0,
  lock: null,
  writes: [],
  values: [],
  dropped: 0,
  changedAt: 0,
});

function putRow<Name extends 'writes' | 'values'>(
  versions: KeyVersions,
  name: Name,
  row: KeyVersions[Name][number],
  tsOf: (row: KeyVersions[Name][number]) => number | 'max',
): void {
  const rows = versions[name] as KeyVersions[Name][number][];
  const others = rows.filter((each) => tsOf(each) !== tsOf(row));
  const place = others.findIndex((each) => Number(tsOf(each)) < Number(tsOf(row)));
  others.splice(place < 0 ? others.length : place, 0, row);
  if (others.length > VERSIONS_KEPT) {
    others.length = VERSIONS_KEPT;
    if (name === 'writes') versions.dropped += 1;
  }
  versions[name] = others as KeyVersions[Name];
}

export function foldTransactions(world: World, at: Micros, node: NodeId, event: ClientEvent): void {
  if (!('startTs' in event)) return;
  const { list } = world.transactions;
  if (event.type === 'client/txn-begun') {
    const { name, startTs } = event;
    const open = { phase: 'open', buffer: [], primary: null, commitTs: null } as const;
    list.push({ name, client: node, startTs, begunAt: at, endedAt: null, ...open, buffer: [] });
    if (list.length > TRANSACTIONS_KEPT) list.shift();
    return;
  }
  const txn = list.findLast(({ startTs }) => startTs === event.startTs);
  if (txn !== undefined) goOn(txn, at, event);
}

function goOn(txn: Transaction, at: Micros, event: ClientEvent): void {
  switch (event.type) {
    case 'client/txn-buffered': {
      const others = txn.buffer.filter(([key]) => key !== event.key);
      const all: Transaction['buffer'] = [...others, [event.key, event.value]];
      txn.buffer = all.toSorted(([a], [b]) => (a < b ? -1 : 1));
      return;
    }
    case 'client/txn-prewriting':
      Object.assign(txn, { phase: 'prewriting', primary: event.primary });
      return;
    case 'client/txn-committing':
      Object.assign(txn, { phase: 'committing', commitTs: event.commitTs });
      return;
    case 'client/txn-ended': {
      txn.phase = event.status;
      txn.endedAt = at;
      if (event.status !== 'undetermined') txn.commitTs = event.commitTs;
      return;
    }
    default:
      return;
  }
}

/** Timestamps are shown by their place in the order in which PD gave them out. */
export function foldTimestamps(world: World, event: PdEvent): void {
  if (event.type !== 'pd/tso-given') return;
  const { given } = world.transactions;
  const { timestamp, count } = event;
  const before = world.pd.given - count;
  for (let i = Math.max(0, count - TIMESTAMPS_KEPT); i < count; i++)
    given.push({ timestamp: timestamp - count + 1 + i, n: before + i + 1 });
  given.splice(0, Math.max(0, given.length - TIMESTAMPS_KEPT));
}

/**
 * A snapshot has replaced a store's data. It tells no single version, so they are taken from the replica that has applied
 * most: what that one has beyond the snapshot the store learns from its log in a moment.
 */
export function foldInstalled(world: World, node: NodeId, region: RegionId): void {
  const { versions } = world.transactions;
  const appliedOn = (store: NodeId) => world.replicas[store]?.[region]?.applied ?? 0;
  const [source] = Object.keys(versions)
    .filter((store) => store !== node)
    .toSorted((a, b) => appliedOn(b) - appliedOn(a));
  const others = (versions[node] ?? []).filter((each) => each.region !== region);
  const copied = (source === undefined ? [] : (versions[source] ?? [])).filter(
    (each) => each.region === region,
  );
  if (others.length + copied.length > 0) versions[node] = [...others, ...clonePlain(copied)];
}

/** A store has applied a split: the keys of a part are that part's from here on, as far as this store knows. */
export function foldSplitVersions(
  world: World,
  node: NodeId,
  { region, regions }: Extract<RaftstoreEvent, { type: 'raftstore/region-split' }>,
): void {
  for (const versions of world.transactions.versions[node] ?? []) {
    if (versions.region !== region) continue;
    const encoded = encodeKey(versions.key);
    versions.region = regions.find((part) => regionHolds(part, encoded))?.id ?? region;
  }
}

/** A disk is gone with its versions; a client's memory is gone with its transactions. */
export function foldLoss(world: World, at: Micros, event: SimEvent): void {
  if (event.type === 'node/destroyed') delete world.transactions.versions[event.node];
  const isLoss = ['node/killed', 'node/destroyed', 'node/panicked'].includes(event.type);
  if (!isLoss || !('node' in event)) return;
  for (const txn of world.transactions.list)
    if (txn.client === event.node && txn.endedAt === null)
      Object.assign(txn, { phase: 'abandoned', endedAt: at });
}
