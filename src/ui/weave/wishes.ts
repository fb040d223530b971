// What hands on the Weave ask of PD. A leader that is dropped where the Region has a follower shall lead there; a replica
// that is dropped on a store without one shall move there; a snip between two keys shall split their Region. Pure.

import { nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import { parseNodeId, type NodeId, type RegionId } from '../../tikv/ids.ts';
import type { PdCommand } from '../../tikv/pd/command.ts';
import { columnAt } from './columns.ts';
import { keyPlaces } from './key-places.ts';
import type { Place } from './twin-model.ts';
import type { WeaveLayout } from './weave-layout.ts';
import type { LockMark } from './weave-shape.ts';

const storeOf = (node: NodeId): number => parseNodeId(node)?.number ?? 0;

/** What a drag asks of PD; null where it means nothing. */
export function wishOfDrag(world: World, { store, region }: Place, to: NodeId): PdCommand | null {
  const replica = world.replicas[store]?.[region];
  if (replica === undefined || store === to) return null;
  if (world.replicas[to]?.[region] === undefined)
    return { type: 'transfer-peer', region, from: storeOf(store), to: storeOf(to) };
  if (replica.role !== 'leader') return null;
  return { type: 'transfer-leader', region, store: storeOf(to) };
}

/** What the place says over which a drag is. */
export function dragWords(wish: PdCommand | null, { store, region }: Place, to: NodeId): string {
  if (wish?.type === 'transfer-leader') return `R${region} led by ${nodeName(to)}`;
  if (wish?.type === 'transfer-peer') return `R${region} from ${nodeName(store)}`;
  return 'only a leader can move here';
}

export interface CutAt {
  readonly x: number;
  readonly mark: LockMark;
}

/** The cut nearest to the left of a key that is not its Region's first: both parts shall hold something. */
export function cutAt(
  layout: WeaveLayout<RegionId>,
  keys: readonly LockMark[],
  x: number,
): CutAt | null {
  const region = columnAt(layout.columns, x)?.ids[0];
  if (region === undefined) return null;
  const places = keyPlaces(layout.columns, keys);
  const own = keys
    .filter((mark) => mark.region === region)
    .map((mark) => ({ mark, x: places.get(mark.key) ?? 0 }))
    .toSorted((a, b) => a.x - b.x);
  let best: CutAt | null = null;
  for (const [i, key] of own.entries()) {
    const before = own[i - 1];
    if (before === undefined) continue;
    const middle = (before.x + key.x) / 2;
    if (best === null || Math.abs(middle - x) < Math.abs(best.x - x))
      best = { x: middle, mark: key.mark };
  }
  return best;
}
