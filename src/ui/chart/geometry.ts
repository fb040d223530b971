// Points, boxes and segments: the arithmetic under every picture. Numbers in, numbers out.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Segment {
  readonly from: Point;
  readonly to: Point;
}

export const centreOf = (box: Box): Point => ({
  x: box.x + box.width / 2,
  y: box.y + box.height / 2,
});

/** The box, larger by `gap` on every side. */
export const grown = (box: Box, gap: number): Box => ({
  x: box.x - gap,
  y: box.y - gap,
  width: box.width + 2 * gap,
  height: box.height + 2 * gap,
});

export const lengthOf = ({ from, to }: Segment): number => Math.hypot(to.x - from.x, to.y - from.y);

/** The point at `part` of the way, 0 at `from` and 1 at `to`. */
export const along = ({ from, to }: Segment, part: number): Point => ({
  x: from.x + (to.x - from.x) * part,
  y: from.y + (to.y - from.y) * part,
});

/** The direction of travel in degrees, clockwise from the right as SVG turns. */
export const headingOf = ({ from, to }: Segment): number =>
  (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;

/** The unit vector to the right of the direction of travel (y points down). */
export function rightOf(segment: Segment): Point {
  const length = lengthOf(segment) || 1;
  return {
    x: -(segment.to.y - segment.from.y) / length,
    y: (segment.to.x - segment.from.x) / length,
  };
}

/** Which part of the segment lies inside the box, as [enter, leave] in 0…1; null where none does. (Liang–Barsky) */
export function insidePart({ from, to }: Segment, box: Box): readonly [number, number] | null {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  let enter = 0;
  let leave = 1;
  const sides: readonly (readonly [number, number])[] = [
    [-dx, from.x - box.x],
    [dx, box.x + box.width - from.x],
    [-dy, from.y - box.y],
    [dy, box.y + box.height - from.y],
  ];
  for (const [p, q] of sides) {
    if (p === 0 && q < 0) return null;
    if (p < 0) enter = Math.max(enter, q / p);
    if (p > 0) leave = Math.min(leave, q / p);
  }
  return enter < leave ? [enter, leave] : null;
}

export const crosses = (segment: Segment, box: Box): boolean => insidePart(segment, box) !== null;

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** True where `inner` lies within `outer`. */
export const within = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
