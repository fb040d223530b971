// Where the cards of a Region, its clients and the placement driver stand, and along which lanes they talk. Pure:
// numbers in, numbers out. One to seven stores stand on an ellipse, the first on top, clockwise; clients stand in the
// upper left corner and PD in the upper right, where an ellipse leaves room.

import { centreOf, grown, overlaps, within, type Box, type Point } from '../chart/geometry.ts';
import { routeLanes, type Lanes, type Place } from './lane-route.ts';

export interface ClusterNodes {
  readonly stores: readonly string[];
  readonly clients: readonly string[];
  readonly pd: string | null;
  /** Those of the stores that have no vote: their cards are lower. */
  readonly learners?: readonly string[];
}

export type CardSize = 'large' | 'middle' | 'small' | 'tiny';

export interface ClusterLayout {
  readonly size: CardSize;
  readonly stores: readonly Place[];
  readonly clients: readonly Place[];
  readonly pd: Place | null;
  /** Where the sentence of the moment stands: its middle, and how wide it may be. Null: no room. */
  readonly centre: (Point & { readonly width: number }) | null;
  /** The radius of a message. */
  readonly radius: number;
  readonly lanes: Lanes;
}

interface Sizes {
  readonly card: readonly [width: number, height: number];
  readonly client: readonly [width: number, height: number];
  readonly pd: readonly [width: number, height: number];
  readonly radius: number;
  /** Cards never come closer than this. */
  readonly gap: number;
}

const SIZES: Record<CardSize, Sizes> = {
  large: { card: [200, 96], client: [156, 66], pd: [112, 48], radius: 9, gap: 40 },
  middle: { card: [138, 84], client: [124, 60], pd: [112, 44], radius: 7, gap: 18 },
  small: { card: [112, 72], client: [96, 46], pd: [96, 44], radius: 6, gap: 14 },
  tiny: { card: [96, 58], client: [84, 42], pd: [60, 36], radius: 6, gap: 6 },
};

/** Of a learner's card, beside that of a voter. */
export const LEARNER_HEIGHT = 0.75;

/** Never wider than this beside the middle, so that a wide stage keeps a ring. */
const WIDEST = 242;
/** Clients and PD stand this much higher than the first card, so that a lane can pass above it. */
const LIFT = 14;

/** A head and up to three lines. */
export const CENTRE_HEIGHT = 96;

/** Lays the cluster out in `area`, with the largest cards that leave room between them. */
export function layoutCluster(nodes: ClusterNodes, area: Box): ClusterLayout {
  const count = nodes.stores.length;
  const sizes: CardSize[] = count <= 3 ? ['large', 'middle', 'small'] : ['middle', 'small'];
  for (const size of sizes) {
    const placed = placeAll(nodes, area, size);
    if (hasRoom(placed, area, SIZES[size].gap)) return routed(placed, size, area);
  }
  return routed(placeAll(nodes, area, 'tiny'), 'tiny', area);
}

type Placed = Pick<ClusterLayout, 'stores' | 'clients' | 'pd'>;

function placeAll(nodes: ClusterNodes, area: Box, size: CardSize): Placed {
  const stores = ringOf(nodes.stores, area, SIZES[size].card).map(({ node, box }) => ({
    node,
    box: nodes.learners?.includes(node) === true ? lowered(box) : box,
  }));
  return { stores, ...cornersOf(nodes, area, size) };
}

/** Around the same middle. */
const lowered = (box: Box): Box => ({
  ...box,
  y: box.y + (box.height * (1 - LEARNER_HEIGHT)) / 2,
  height: box.height * LEARNER_HEIGHT,
});

const everyPlace = ({ stores, clients, pd }: Placed): Place[] => [
  ...stores,
  ...clients,
  ...(pd === null ? [] : [pd]),
];

function hasRoom(placed: Placed, area: Box, gap: number): boolean {
  const outer = { ...area, y: area.y - LIFT, height: area.height + LIFT };
  const boxes = everyPlace(placed).map((place) => place.box);
  return boxes.every(
    (box, i) =>
      within(box, outer) && boxes.slice(i + 1).every((other) => !overlaps(grown(box, gap), other)),
  );
}

function routed(placed: Placed, size: CardSize, area: Box): ClusterLayout {
  const centre = centreFor(placed.stores, area);
  const words =
    centre === null || placed.stores.length > 3
      ? null
      : {
          x: centre.x - centre.width / 2,
          y: centre.y - CENTRE_HEIGHT / 2,
          width: centre.width,
          height: CENTRE_HEIGHT,
        };
  return {
    ...placed,
    size,
    centre,
    radius: SIZES[size].radius,
    lanes: routeLanes({ stores: placed.stores, all: everyPlace(placed), words }),
  };
}

/** The n places on the ellipse that touches the area above and below. */
function ringOf(
  nodes: readonly string[],
  area: Box,
  [width, height]: readonly [number, number],
): Place[] {
  const directions = directionsOf(nodes.length);
  const highest = Math.max(...directions.map((d) => d.y));
  const lowest = Math.min(...directions.map((d) => d.y));
  const reach = Math.max(...directions.map((d) => Math.abs(d.x)), 0.01);
  const rx = Math.min((area.width - width) / 2 / reach, WIDEST / reach);
  const ry = highest > lowest ? (area.height - height) / (highest - lowest) : 0;
  const middleX = area.x + area.width / 2;
  const middleY = highest > lowest ? area.y + height / 2 + ry * highest : area.y + area.height / 2;
  return nodes.map((node, i) => ({
    node,
    box: {
      x: Math.round(middleX + rx * (directions[i]?.x ?? 0) - width / 2),
      y: Math.round(middleY - ry * (directions[i]?.y ?? 0) - height / 2),
      width,
      height,
    },
  }));
}

/** Unit vectors, y up: one in the middle, two side by side, more from the top clockwise. */
function directionsOf(count: number): Point[] {
  if (count === 1) return [{ x: 0, y: 0 }];
  if (count === 2) return [-1, 1].map((x) => ({ x, y: 0 }));
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return { x: Math.sin(angle), y: Math.cos(angle) };
  });
}

/** Clients in the upper left, one below the other; PD in the upper right. */
function cornersOf(
  nodes: ClusterNodes,
  area: Box,
  size: CardSize,
): { clients: Place[]; pd: Place | null } {
  const [width, height] = SIZES[size].client;
  const [pdWidth, pdHeight] = SIZES[size].pd;
  const top = area.y - LIFT;
  const clients = nodes.clients.map((node, i) => ({
    node,
    box: { x: area.x, y: top + i * (height + 10), width, height },
  }));
  const pdBox = { x: area.x + area.width - pdWidth, y: top, width: pdWidth, height: pdHeight };
  return { clients, pd: nodes.pd === null ? null : { node: nodes.pd, box: pdBox } };
}

function centreFor(stores: readonly Place[], area: Box): ClusterLayout['centre'] {
  const x = area.x + area.width / 2;
  if (stores.length < 3) return { x, y: area.y + area.height * 0.8, width: area.width - 48 };
  const middles = stores.map(({ box }) => centreOf(box).y);
  const y = middles.reduce((sum, middle) => sum + middle, 0) / middles.length;
  for (const width of [270, 250, 230, 190, 150]) {
    const box = { x: x - width / 2, y: y - 42, width, height: 84 };
    if (stores.every((place) => !overlaps(grown(place.box, 6), box))) return { x, y, width };
  }
  return null;
}
