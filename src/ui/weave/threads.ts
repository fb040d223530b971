// The way of a thread: out of the right edge of one cell, along the lane, into the right edge of another. Pure.

import type { Box, Point } from '../chart/geometry.ts';

/** A way as points: from a cell's edge, into the lane, along it, and out of it again. */
export type Way = readonly Point[];

/** From the middle of a cell's right edge along `lane` to the middle of another's. */
export function threadWay(from: Box, to: Box, lane: number): Way {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x + to.width, y: to.y + to.height / 2 };
  return [start, { x: lane, y: start.y }, { x: lane, y: end.y }, end];
}

export const wayLength = (way: Way): number => {
  let sum = 0;
  for (let i = 1; i < way.length; i++) sum += stretch(way, i);
  return sum;
};

const stretch = (way: Way, i: number): number =>
  Math.abs((way[i]?.x ?? 0) - (way[i - 1]?.x ?? 0)) +
  Math.abs((way[i]?.y ?? 0) - (way[i - 1]?.y ?? 0));

export interface WaySpot extends Point {
  /** The direction of travel: one of them is 0, the other 1 or −1. */
  readonly dx: number;
  readonly dy: number;
}

/** The place at `part` of a way, 0 to 1. */
export function spotOnWay(way: Way, part: number): WaySpot {
  let left = wayLength(way) * Math.min(1, Math.max(0, part));
  for (let i = 1; i < way.length; i++) {
    const length = stretch(way, i);
    const from = way[i - 1] as Point;
    const to = way[i] as Point;
    if (left <= length || i === way.length - 1) {
      const along = length === 0 ? 0 : left / length;
      return {
        x: from.x + (to.x - from.x) * along,
        y: from.y + (to.y - from.y) * along,
        dx: Math.sign(to.x - from.x),
        dy: Math.sign(to.y - from.y),
      };
    }
    left -= length;
  }
  return { x: way[0]?.x ?? 0, y: way[0]?.y ?? 0, dx: 0, dy: 0 };
}
