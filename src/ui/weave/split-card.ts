// What the panel says of a split: the Region before it and its two parts, and how far each store is. Plain data, made from
// a world.

import type { Bytes } from '../../base/bytes.ts';
import { storeNode, type Micros, type NodeId, type RegionId } from '../../tikv/ids.ts';
import { regionHolds, type Region } from '../../tikv/raftstore/region.ts';
import { heldKeys } from '../../projections/key-home.ts';
import { entryAt } from '../../projections/log-window.ts';
import { KEYS_KEPT } from '../../projections/mvcc.ts';
import { isAlive, leaderOf } from '../../projections/questions.ts';
import { mapped } from '../../projections/region-map.ts';
import type { SplitMark } from '../../projections/timeline.ts';
import { commas, nodeName, plural } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';

export interface SplitCard {
  readonly title: string;
  readonly line: string;
  readonly heads: readonly [before: string, left: string, right: string];
  /** A row for each name: before, left, right. */
  readonly rows: readonly (readonly [name: string, before: string, left: string, right: string])[];
  readonly stores: readonly (readonly [store: string, words: string])[];
}

/** A split that no store has still to apply is news for so long after it began, in virtual time. */
const NEWS: Micros = 1_000_000;
/** Of more Regions than this a split is told only of the chosen one. */
const FEW = 12;

/** The newest split of the Region that somebody looks at, or of any; null: there is no news of one. */
export function splitCard(world: World, now: Micros, focus: RegionId | null): SplitCard | null {
  if (focus === null && Object.keys(world.regions).length > FEW) return null;
  const { splits } = world.timeline;
  const split = splits.findLast((mark) =>
    focus === null ? true : mark.region === focus || mark.made === focus,
  );
  if (split === undefined || split.at > now) return null;
  const stores = split.before.peers.map(({ storeId }) => storeNode(storeId));
  const states = stores.map((store) => stateOf(world, store, split));
  const applied = states.filter((state) => state === 'applied').length;
  const isOver = states.every((state) => state === 'applied' || state === 'gone');
  if (isOver && now - split.at > NEWS) return null;
  return {
    title: `Split of Region ${split.region}`,
    line: `log entry ${commas(split.index)}${termWords(world, split)}, applied on ${applied} of ${stores.length} stores`,
    heads: [`R${split.region} before`, `R${split.made}, new`, `R${split.region} now`],
    rows: rowsOf(world, split),
    stores: stores.map((store) => [nodeName(store), storeWords(world, store, split)]),
  };
}

type StoreState = 'down' | 'gone' | 'waits' | 'has' | 'applied';

function stateOf(world: World, store: NodeId, { region, index }: SplitMark): StoreState {
  const replica = world.replicas[store]?.[region];
  if (replica === undefined) return 'gone';
  if (replica.applied >= index) return 'applied';
  if (!isAlive(world, store)) return 'down';
  return replica.log.lastIndex >= index ? 'has' : 'waits';
}

function storeWords(world: World, store: NodeId, split: SplitMark): string {
  const entry = commas(split.index);
  switch (stateOf(world, store, split)) {
    case 'gone':
      return 'holds the Region no more';
    case 'down':
      return `is down, and will apply entry ${entry} when it is back`;
    case 'waits':
      return `does not have entry ${entry} yet`;
    case 'has':
      return `has entry ${entry}, has not applied it`;
    case 'applied':
      return `applied${partWords(world, store, split.made)}`;
  }
}

/** What the new Region does on a store that has applied the split. */
function partWords(world: World, store: NodeId, made: RegionId): string {
  const part = world.replicas[store]?.[made];
  if (part === undefined) return '';
  if (!isAlive(world, store)) return ', now down';
  const name = `, R${made}`;
  if (part.role === 'leader') return `${name} leads`;
  if (part.role !== 'follower') return `${name} asks for votes`;
  return part.leader === null
    ? `${name} waits to be asked`
    : `${name} follows ${nodeName(part.leader)}`;
}

function rowsOf(world: World, split: SplitMark): SplitCard['rows'] {
  const [left, right] = split.parts;
  const all = [split.before, left, right] as const;
  const row = (name: string, of: (region: Region) => string) =>
    [name, of(all[0]), of(all[1]), of(all[2])] as const;
  const leader = (region: Region) => {
    const found = leaderOf(world, region.id);
    return found === null ? 'none yet' : nodeName(found.store);
  };
  const rows = [
    row('Keys', (region) => {
      const { from, to } = mapped(region);
      return `${from ?? '−∞'} to ${to ?? '+∞'}`;
    }),
    row('Epoch', ({ epoch }) => commas(epoch.version)),
  ];
  const keys = keysOf(world);
  const count = (region: Region) =>
    plural(keys?.filter((key) => regionHolds(region, key)).length ?? 0, 'key');
  if (keys !== null) rows.push(['Holds', '', count(left), count(right)]);
  rows.push(['Leader', leader(right), leader(left), leader(right)]);
  return rows;
}

/** Every key that holds something, encoded; null where there are more than are kept here. */
function keysOf(world: World): Bytes[] | null {
  const stores = Object.values(world.transactions.versions);
  const full = stores.some((versions) => versions.length >= KEYS_KEPT);
  return full ? null : [...heldKeys(world).keys()];
}

function termWords(world: World, { region, index, before }: SplitMark): string {
  for (const { storeId } of before.peers) {
    const replica = world.replicas[storeNode(storeId)]?.[region];
    const entry = replica === undefined ? null : entryAt(replica.log, index);
    if (entry !== null) return ` of term ${entry.term}`;
  }
  return '';
}
