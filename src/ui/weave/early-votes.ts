// A vote request for a Region that its receiver does not know yet: it has still to apply the cut that makes it. The store
// keeps such a message until then. What is said of it, and where there is room to say it.

import { flightsOf } from '../../projections/flights.ts';
import type { SplitUnderWay } from '../../projections/region-map.ts';
import { listed, nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import type { Box } from '../chart/geometry.ts';
import { wrapped } from '../chart/text-width.ts';
import type { WeaveLayout } from './weave-layout.ts';

export interface EarlyVote {
  /** The new Region, and the first column that its words may stand in. */
  readonly region: RegionId;
  readonly to: NodeId;
  readonly title: string;
  readonly text: string;
  /** Of each row, which Regions have a cell there. */
  readonly held: readonly { readonly node: NodeId; readonly regions: readonly RegionId[] }[];
}

export function earlyVotes(
  world: World,
  splits: readonly SplitUnderWay[],
  order: readonly NodeId[],
): EarlyVote[] {
  return splits.flatMap(({ left, late }) =>
    late.flatMap((to): EarlyVote[] => {
      const asked = flightsOf(world).some(
        ({ region, kind, ...flight }) =>
          region === left.id &&
          flight.to === to &&
          (kind === 'vote' || kind === 'pre-vote') &&
          flight.doomed === null,
      );
      if (!asked || world.replicas[to]?.[left.id] !== undefined) return [];
      const name = nodeName(to);
      return [
        {
          region: left.id,
          to,
          title: `A vote request of R${left.id} comes too early`,
          text: `To ${name}, Region ${left.id} does not exist yet. ${name} will keep the request until it has applied the cut.`,
          held: order.map((node) => ({
            node,
            // The cell of a Region that is still whole there covers the new column too.
            regions: [
              ...Object.keys(world.replicas[node] ?? {}).map(Number),
              ...(late.includes(node) ? [left.id] : []),
            ],
          })),
        },
      ];
    }),
  );
}

/** The same in a line for each Region, where there is no room for more. */
export function earlyLines(votes: readonly EarlyVote[]): string[] {
  const regions = [...new Set(votes.map(({ region }) => region))];
  return regions.map((region) => {
    const asked = votes.filter((vote) => vote.region === region).map(({ to }) => nodeName(to));
    const [keeps, applied] = asked.length > 1 ? ['they keep', 'they have'] : ['it keeps', 'it has'];
    return `R${region} asks ${listed(asked)} too early: ${keeps} the request until ${applied} applied the cut.`;
  });
}

const LINE = 18;
const PAD = 12;
const WIDEST = 300;

/** A box in a row without cells, from the column of the new Region on; null where none is large enough. */
export function placeEarly(early: EarlyVote, layout: WeaveLayout<RegionId>): Box | null {
  const first = layout.columns.findIndex(({ ids }) => ids.includes(early.region));
  const from = layout.columns[first];
  if (first < 0 || from === undefined || layout.level > 0) return null;
  const receiver = layout.rows.findIndex(({ name }) => name === early.to);
  const near = layout.rows
    .map((row, i) => ({ row, far: Math.abs(i - receiver - 0.1) }))
    .toSorted((a, b) => a.far - b.far);
  for (const { row } of near) {
    const held = early.held.find(({ node }) => node === row.name)?.regions ?? [];
    const rest = layout.columns.slice(first);
    const blocked = rest.find(({ ids }) => ids.some((id) => held.includes(id)));
    const end = blocked?.x ?? layout.cloth.x + layout.cloth.width;
    const x = from.x + 2;
    const width = Math.min(WIDEST, end - 8 - x);
    if (width < 120) continue;
    const lines = linesOf(early, width);
    const height = lines * LINE + PAD;
    if (height > row.height - 6) continue;
    return { x, y: row.y + (row.height - height) / 2, width, height };
  }
  return null;
}

const linesOf = ({ title, text }: EarlyVote, width: number): number =>
  wrapped(title, 12.8, width - 2 * PAD).length + wrapped(text, 12.4, width - 2 * PAD).length;
