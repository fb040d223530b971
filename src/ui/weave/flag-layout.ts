// Flags over narrow columns: a pole at each exceptional Region, its words to the right, to the left at the right end, and
// a tier higher where they would touch. What finds no place is counted. Pure.

export interface FlagWish {
  readonly id: number;
  /** The middle of its column. */
  readonly x: number;
  /** The width of its longest line. */
  readonly width: number;
}

export interface FlagPlace {
  readonly id: number;
  readonly x: number;
  /** The words begin here, or end here. */
  readonly textX: number;
  readonly side: 'right' | 'left';
  /** 0 is the lower tier, beside the ruler. */
  readonly tier: number;
}

const GAP = 12;
/** In the last stretch words flip to the left. */
const FLIPS = 160;

interface Taken {
  readonly from: number;
  readonly to: number;
  readonly tier: number;
  readonly pole: number;
}

/** Places in the order of urgency: an urgent flag is never displaced by a later one. */
export function layoutFlags(
  wishes: readonly FlagWish[],
  span: readonly [number, number],
  tiers: number,
): { places: FlagPlace[]; left: number[] } {
  const taken: Taken[] = [];
  const places: FlagPlace[] = [];
  const left: number[] = [];
  for (const wish of wishes) {
    const place = candidates(wish, span, tiers).find(({ own }) =>
      taken.every((other) => !meets(own, other)),
    );
    if (place === undefined) {
      left.push(wish.id);
      continue;
    }
    taken.push(place.own);
    places.push(place.place);
  }
  return { places, left };
}

function candidates(
  { id, x, width }: FlagWish,
  [from, to]: readonly [number, number],
  tiers: number,
): { own: Taken; place: FlagPlace }[] {
  const first = x > to - FLIPS ? 'left' : 'right';
  const sides = [first, first === 'right' ? 'left' : 'right'] as const;
  return Array.from({ length: tiers }, (_, tier) =>
    sides.map((side) => {
      const textX = side === 'right' ? x + GAP : x - GAP;
      const span =
        side === 'right' ? { from: x - 2, to: textX + width } : { from: textX - width, to: x + 2 };
      return { own: { ...span, tier, pole: x }, place: { id, x, textX, side, tier } };
    }),
  )
    .flat()
    .filter(({ own }) => own.from >= from && own.to <= to + FLIPS);
}

/** Words touch words of their tier, and a pole of a higher tier runs through the lower one. */
function meets(a: Taken, b: Taken): boolean {
  if (a.tier === b.tier) return a.from < b.to + 8 && b.from < a.to + 8;
  const [low, high] = a.tier < b.tier ? [a, b] : [b, a];
  return high.pole > low.from - 4 && high.pole < low.to + 4;
}
