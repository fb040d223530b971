// Where the words beside flying messages stand: on the side of the lane where they hide nothing, the same side for the
// whole flight where that can be. Words that find no room are left out; the mark, the list and the inspector have them.

import { overlaps, within, type Box, type Point } from '../chart/geometry.ts';

export interface LabelWish {
  readonly id: string;
  readonly at: Point;
  readonly radius: number;
  /** Of the text: width of its longest line, and its height. */
  readonly width: number;
  readonly height: number;
  /** Of its first line alone, where both find no room. */
  readonly least?: number;
  /** The unit vector to the right of the travel. */
  readonly right: Point;
}

export interface LabelPlace {
  /** The upper left corner of the text's box. */
  readonly box: Box;
  readonly align: 'start' | 'middle' | 'end';
  /** 1: to the right of the travel; −1: to its left. */
  readonly side: 1 | -1;
}

const NEAR = 7;
/** On the other lane's side, the other lane lies between. */
const OVER_THE_LANE = 13;

/** Places in the order of the wishes; `before` keeps each on its side. */
export function placeLabels(
  wishes: readonly LabelWish[],
  obstacles: readonly Box[],
  area: Box,
  before: ReadonlyMap<string, 1 | -1>,
): Map<string, LabelPlace> {
  const placed = new Map<string, LabelPlace>();
  const taken: Box[] = [...obstacles, ...wishes.map(markBox)];
  for (const wish of wishes) {
    const first = before.get(wish.id) ?? 1;
    const sides: (1 | -1)[] = [first, first === 1 ? -1 : 1];
    const own = markBox(wish);
    const heights = wish.least === undefined ? [wish.height] : [wish.height, wish.least];
    const place = heights
      .flatMap((height) => sides.flatMap((side) => candidates({ ...wish, height }, side)))
      .find(
        ({ box }) =>
          within(box, area) && taken.every((other) => sameBox(other, own) || !overlaps(box, other)),
      );
    if (place === undefined) continue;
    placed.set(wish.id, place);
    taken.push(place.box);
  }
  return placed;
}

const markBox = ({ at, radius }: LabelWish): Box => ({
  x: at.x - radius,
  y: at.y - radius,
  width: 2 * radius,
  height: 2 * radius,
});

const sameBox = (a: Box, b: Box): boolean => a.x === b.x && a.y === b.y && a.width === b.width;

/** Beside the mark, or a little further along the lane. */
function candidates(wish: LabelWish, side: 1 | -1): LabelPlace[] {
  const { at, radius, width, height, right } = wish;
  const away = { x: right.x * side, y: right.y * side };
  const distance = radius + NEAR + (side === 1 ? 0 : OVER_THE_LANE);
  if (Math.abs(away.x) < 0.4) {
    const y = at.y + away.y * distance;
    const top = away.y > 0 ? y - 3 : y - height + 3;
    return [0, width / 2, -width / 2].map((shift) => ({
      side,
      align: 'middle',
      box: { x: at.x - width / 2 + shift, y: top, width, height },
    }));
  }
  const align = away.x > 0 ? 'start' : 'end';
  const way = away.y < 0 ? -1 : 1;
  return [0, away.y * 10, away.y * 20, -10 * way, 16 * way, -20 * way, 26 * way].map((shift) => {
    const x = at.x + away.x * distance + Math.sign(away.x) * 5;
    const left = away.x > 0 ? x : x - width;
    return { side, align, box: { x: left, y: at.y - height / 2 + shift, width, height } };
  });
}
