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
/** Words may stand over this much beside the cloth; beyond it they flip to the left. */
const BESIDE = 160;
const SIDES = ['right', 'left'] as const;

interface Taken {
  readonly from: number;
  readonly to: number;
  readonly tier: number;
  readonly pole: number;
}

/** Wishes in the order of urgency: where not all find a place, the last ones are left out. */
export function layoutFlags(
  wishes: readonly FlagWish[],
  span: readonly [number, number],
  tiers: number,
): { places: FlagPlace[]; left: number[] } {
  for (let count = wishes.length; count > 0; count--) {
    const places = placeAll(wishes.slice(0, count), span, tiers);
    if (places !== null) return { places, left: wishes.slice(count).map(({ id }) => id) };
  }
  return { places: [], left: wishes.map(({ id }) => id) };
}

/** From the right: words stand to the right of their pole, so each sees what it might run into. Null where one has no place. */
function placeAll(
  wishes: readonly FlagWish[],
  span: readonly [number, number],
  tiers: number,
): FlagPlace[] | null {
  const taken: Taken[] = [];
  const places: FlagPlace[] = [];
  for (const wish of wishes.toSorted((a, b) => b.x - a.x)) {
    const found = candidates(wish, span, tiers).find(({ own }) =>
      taken.every((other) => !meets(own, other)),
    );
    if (found === undefined) return null;
    taken.push(found.own);
    places.push(found.place);
  }
  return places;
}

function candidates(
  { id, x, width }: FlagWish,
  [from, to]: readonly [number, number],
  tiers: number,
): { own: Taken; place: FlagPlace }[] {
  return SIDES.flatMap((side) =>
    Array.from({ length: tiers }, (_, tier) => {
      const textX = side === 'right' ? x + GAP : x - GAP;
      const span =
        side === 'right' ? { from: x - 2, to: textX + width } : { from: textX - width, to: x + 2 };
      return { own: { ...span, tier, pole: x }, place: { id, x, textX, side, tier } };
    }),
  ).filter(({ own }) => own.from >= from && own.to <= to + BESIDE);
}

/** Words touch words of their tier, and a pole of a higher tier runs through the lower one. */
function meets(a: Taken, b: Taken): boolean {
  if (a.tier === b.tier) return a.from < b.to + 8 && b.from < a.to + 8;
  const [low, high] = a.tier < b.tier ? [a, b] : [b, a];
  return high.pole > low.from - 4 && high.pole < low.to + 4;
}
