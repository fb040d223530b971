// A joint configuration on the ring: the old voters inside a dashed line, the new ones inside a solid one. Where the two
// overlap stand the voters of both; every decision needs a majority of each.

import { polygonHull } from 'd3';
import type { Box } from '../chart/geometry.ts';
import type { Place } from './lane-route.ts';
import type { VoterSet } from './ring-model.ts';

/** How far the lines stay off the cards: never on one another. */
const PAD = { old: 12, new: 19 } as const;

export function JointSets({
  sets,
  stores,
}: {
  sets: readonly VoterSet[];
  stores: readonly Place[];
}) {
  if (sets.length === 0) return null;
  return (
    <g aria-hidden="true" data-mark="joint">
      {sets.map(({ side, nodes }) => {
        const boxes = stores.filter(({ node }) => nodes.includes(node)).map(({ box }) => box);
        return <path key={side} className={`voters-${side}`} d={around(boxes, PAD[side])} />;
      })}
    </g>
  );
}

/** A line around all the boxes, `pad` off them, round at its corners. */
function around(boxes: readonly Box[], pad: number): string {
  const slant = pad * 0.71;
  const points = boxes.flatMap(({ x, y, width, height }): [number, number][] =>
    [
      [x, y, -1, -1],
      [x + width, y, 1, -1],
      [x + width, y + height, 1, 1],
      [x, y + height, -1, 1],
    ].flatMap(([cx = 0, cy = 0, dx = 0, dy = 0]): [number, number][] => [
      [cx + dx * pad, cy],
      [cx + dx * slant, cy + dy * slant],
      [cx, cy + dy * pad],
    ]),
  );
  const hull = polygonHull(points) ?? [];
  return hull.length === 0 ? '' : `M${hull.map((point) => point.join(' ')).join('L')}Z`;
}
