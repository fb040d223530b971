// The lanes between boxes: a pair for every two nodes, right-hand traffic, twelve apart between stores. A lane is straight
// where it can be; a client's or PD's lane that would run through a card goes around it, along the shortest way.

import {
  along,
  centreOf,
  crosses,
  grown,
  insidePart,
  lengthOf,
  rightOf,
  type Box,
  type Point,
} from '../chart/geometry.ts';

export interface Place {
  readonly node: string;
  readonly box: Box;
}

/** The way of a message: at least two points. */
export type Lane = readonly Point[];

/** By `from>to`, as in `World.links`. */
export type Lanes = ReadonlyMap<string, Lane>;

/** A lane ends this far before a card's border, so that paper shows between. */
const GAP = 5;
const HALF_STORE_LANES = 6;
const HALF_OTHER_LANES = 4;
/** A way around a card keeps this far away from it. */
const CLEARANCE = HALF_OTHER_LANES + 2;
const PORTS = [0.5, 0.2, 0.8];

export interface RoutePlaces {
  readonly stores: readonly Place[];
  readonly all: readonly Place[];
  /** Words in the middle: lanes of clients and PD go around them. */
  readonly words: Box | null;
}

/** Both lanes of every pair of nodes. */
export function routeLanes(places: RoutePlaces): Lanes {
  const lanes = new Map<string, Lane>();
  const isStore = new Set(places.stores.map((place) => place.node));
  places.all.forEach((a, i) => {
    for (const b of places.all.slice(i + 1)) {
      const cards = places.all.filter((place) => place !== a && place !== b).map((p) => p.box);
      const bothStores = isStore.has(a.node) && isStore.has(b.node);
      const others = places.words === null || bothStores ? cards : [...cards, places.words];
      const half = bothStores ? HALF_STORE_LANES : HALF_OTHER_LANES;
      const axis = axisBetween(a.box, b.box, others);
      lanes.set(`${a.node}>${b.node}`, laneBeside(axis, a.box, b.box, half));
      lanes.set(`${b.node}>${a.node}`, laneBeside(axis.toReversed(), b.box, a.box, half));
    }
  });
  return lanes;
}

/** The axis moved to its right, and ended before both cards. */
function laneBeside(axis: Lane, a: Box, b: Box, half: number): Lane {
  const moved = movedRight(axis, half);
  const start = cutBefore(moved.toReversed(), a);
  return cutBefore(start.toReversed(), b);
}

/** Every point moved to the right of the travel; bends keep the distance. */
function movedRight(axis: Lane, distance: number): Lane {
  return axis.map((point, i) => {
    const before = axis[i - 1];
    const after = axis[i + 1];
    const into = before && rightOf({ from: before, to: point });
    const out = after && rightOf({ from: point, to: after });
    const one = into ?? out ?? { x: 0, y: 0 };
    const two = out ?? into ?? { x: 0, y: 0 };
    const bend = 1 + one.x * two.x + one.y * two.y || 1;
    return {
      x: point.x + ((one.x + two.x) / bend) * distance,
      y: point.y + ((one.y + two.y) / bend) * distance,
    };
  });
}

/** Ends the lane where it first comes near the box. */
function cutBefore(lane: Lane, box: Box): Lane {
  const near = grown(box, GAP);
  for (let i = 1; i < lane.length; i++) {
    const segment = { from: lane[i - 1] as Point, to: lane[i] as Point };
    const inside = insidePart(segment, near);
    if (inside !== null && inside[0] > 0) return [...lane.slice(0, i), along(segment, inside[0])];
  }
  return lane;
}

/** From the middle of `a` to the middle of `b` where that meets no other box; else around them; else straight after all. */
function axisBetween(a: Box, b: Box, others: readonly Box[]): Lane {
  const straight = [centreOf(a), centreOf(b)];
  const obstacles = others.map((box) => grown(box, CLEARANCE));
  if (isFree(straight[0] as Point, straight[1] as Point, obstacles)) return straight;
  return wayAround(a, b, others, obstacles) ?? straight;
}

const isFree = (from: Point, to: Point, obstacles: readonly Box[]): boolean =>
  obstacles.every((box) => !crosses({ from, to }, box));

/** The shortest way over ports of both boxes and corners of the obstacles. (Dijkstra) */
function wayAround(a: Box, b: Box, others: readonly Box[], obstacles: readonly Box[]): Lane | null {
  const starts = portsOf(a);
  const ends = portsOf(b);
  const corners = [...others, a, b].flatMap((box) => cornersOf(grown(box, CLEARANCE + 1)));
  const points = [...starts, ...corners, ...ends];
  const walls = [...obstacles, grown(a, -6), grown(b, -6)];
  const cost = points.map((_, i) => (i < starts.length ? 0 : Number.POSITIVE_INFINITY));
  const from = points.map(() => -1);
  const open = new Set(points.keys());
  for (;;) {
    let nearest = -1;
    for (const i of open)
      if ((cost[i] as number) < (cost[nearest] ?? Number.POSITIVE_INFINITY)) nearest = i;
    if (nearest < 0) return null;
    if (nearest >= points.length - ends.length) return wayTo(nearest, points, from);
    open.delete(nearest);
    const here = points[nearest] as Point;
    for (const i of open) {
      const there = points[i] as Point;
      const through = (cost[nearest] as number) + lengthOf({ from: here, to: there }) + BEND;
      if (through < (cost[i] as number) && isFree(here, there, walls)) {
        cost[i] = through;
        from[i] = nearest;
      }
    }
  }
}

/** A bend is worth a detour of this many pixels. */
const BEND = 24;

function wayTo(end: number, points: readonly Point[], from: readonly number[]): Lane {
  const way: Point[] = [];
  for (let i = end; i >= 0; i = from[i] as number) way.unshift(points[i] as Point);
  return way;
}

/** Points along the four edges, a little inside. */
function portsOf(box: Box): Point[] {
  const inner = grown(box, -5);
  return PORTS.flatMap((part) => [
    { x: inner.x + inner.width * part, y: inner.y },
    { x: inner.x + inner.width * part, y: inner.y + inner.height },
    { x: inner.x, y: inner.y + inner.height * part },
    { x: inner.x + inner.width, y: inner.y + inner.height * part },
  ]);
}

const cornersOf = (box: Box): Point[] => [
  { x: box.x, y: box.y },
  { x: box.x + box.width, y: box.y },
  { x: box.x, y: box.y + box.height },
  { x: box.x + box.width, y: box.y + box.height },
];
