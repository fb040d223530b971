// Where the columns stand: Regions in the order of their keys, of one width where there is room, with a fisheye over the
// ones that ask for attention. Where even stripes find no room, quiet neighbours share one. Pure: numbers in, numbers out.

import { cellWidth, levelAt, LEVELS, type Level } from './levels.ts';

export interface ColumnWish<Id> {
  readonly id: Id;
  /** `flag`: asks for attention; `chosen`: somebody looks at it. */
  readonly look: 'quiet' | 'flag' | 'chosen';
}

export interface Column<Id> {
  /** The Regions of it: one, or quiet neighbours that share a stripe. */
  readonly ids: readonly Id[];
  readonly look: ColumnWish<Id>['look'];
  readonly x: number;
  readonly width: number;
  /** Of its cells. */
  readonly cell: number;
  readonly level: Level;
}

/** The narrowest stripe. */
const STRIPE = 2;
const FLAGGED = 16;
const CHOSEN = 72;
const FULL_FROM = 60;
/** Special columns together never take more than this part of the room. */
const MOST_SPECIAL = 0.6;

export function layoutColumns<Id>(
  wishes: readonly ColumnWish<Id>[],
  x: number,
  width: number,
): Column<Id>[] {
  if (wishes.length === 0 || width <= 0) return [];
  const even = width / wishes.length;
  if (levelAt(even) === 0)
    return placed(
      wishes.map(single),
      wishes.map(() => even),
      x,
    );
  const special = widthsOfSpecial(wishes, even, width);
  const taken = sum(special.filter((each) => each !== null));
  const quiet = special.filter((each) => each === null).length;
  const room = width - taken;
  const share = quiet === 0 ? 0 : room / quiet;
  if (share >= STRIPE || quiet === 0) {
    const widths = special.map((each) => each ?? share);
    // Without a quiet one, the special ones take what there is.
    const scale = quiet === 0 ? width / taken : 1;
    return placed(
      wishes.map(single),
      widths.map((each) => each * scale),
      x,
    );
  }
  return bucketed(wishes, special, room, x);
}

const single = <Id>(wish: ColumnWish<Id>) => ({ ids: [wish.id], look: wish.look });
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The widths of the columns that widen; null for the others. */
function widthsOfSpecial<Id>(
  wishes: readonly ColumnWish<Id>[],
  even: number,
  width: number,
): (number | null)[] {
  const wished = wishes.map(({ look }) => {
    if (look === 'chosen' && even < CHOSEN) return CHOSEN;
    return look === 'flag' && even < FLAGGED ? FLAGGED : null;
  });
  const taken = sum(wished.filter((each) => each !== null));
  const scale = Math.min(1, (MOST_SPECIAL * width) / Math.max(1, taken));
  return wished.map((each) => (each === null ? null : Math.max(even, each * scale)));
}

interface Group<Id> {
  readonly ids: readonly Id[];
  readonly look: ColumnWish<Id>['look'];
}

function placed<Id>(
  groups: readonly Group<Id>[],
  widths: readonly number[],
  x: number,
): Column<Id>[] {
  let left = x;
  return groups.map(({ ids, look }, i) => {
    const width = widths[i] ?? 0;
    // The one that somebody looks at says everything in little room.
    const full = look === 'chosen' && width >= FULL_FROM;
    const shape = full
      ? { cell: width - LEVELS[0].gap, level: 0 as const }
      : { cell: cellWidth(width), level: levelAt(width) };
    const column = { ids, look, x: left, width, ...shape };
    left += width;
    return column;
  });
}

/** Quiet neighbours in buckets of one size, as even as they go within each run between special columns. */
function bucketed<Id>(
  wishes: readonly ColumnWish<Id>[],
  special: readonly (number | null)[],
  room: number,
  x: number,
): Column<Id>[] {
  const quiet = special.filter((each) => each === null).length;
  const size = Math.ceil((quiet * STRIPE) / room);
  const groups: Group<Id>[] = [];
  const widths: (number | null)[] = [];
  let run: Id[] = [];
  const close = () => {
    const buckets = Math.ceil(run.length / size);
    for (let i = 0; i < buckets; i++) {
      const from = Math.floor((i * run.length) / buckets);
      const to = Math.floor(((i + 1) * run.length) / buckets);
      groups.push({ ids: run.slice(from, to), look: 'quiet' });
      widths.push(null);
    }
    run = [];
  };
  for (const [i, wish] of wishes.entries()) {
    const wide = special[i] ?? null;
    if (wide === null) {
      run.push(wish.id);
      continue;
    }
    close();
    groups.push(single(wish));
    widths.push(wide);
  }
  close();
  const stripe = room / widths.filter((each) => each === null).length;
  return placed(
    groups,
    widths.map((each) => each ?? stripe),
    x,
  );
}

/** The column that holds a place; null beside all of them. */
export function columnAt<Id>(columns: readonly Column<Id>[], x: number): Column<Id> | null {
  let low = 0;
  let high = columns.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const column = columns[middle] as Column<Id>;
    if (x < column.x) high = middle - 1;
    else if (x >= column.x + column.width) low = middle + 1;
    else return column;
  }
  return null;
}
