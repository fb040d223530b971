// Between two layouts of the Weave: every column and row that both know is on its way from its old place to its new one.
// Pure.

import type { Column } from './columns.ts';
import type { Row, WeaveLayout } from './weave-layout.ts';

/** The house's curve for structure, cubic-bezier(.2, 0, 0, 1), close enough: quick at first, slow at the end. */
export const easing = (part: number): number => 1 - (1 - part) ** 3;

const mix = (a: number, b: number, part: number): number => a + (b - a) * part;

/** `part` 0 is `from`, 1 is `to`. Level and all that does not move are those of `to`. */
export function between<Id>(
  from: WeaveLayout<Id>,
  to: WeaveLayout<Id>,
  part: number,
): WeaveLayout<Id> {
  const starts = startsOf(from.columns, to.columns);
  const rows = new Map(from.rows.map((row) => [row.name, row]));
  return {
    ...to,
    columns: to.columns.map((column, i) => {
      const start = starts[i] ?? column;
      const width = mix(start.width, column.width, part);
      const gap = column.width - column.cell;
      return {
        ...column,
        x: mix(start.x, column.x, part),
        width,
        cell: Math.max(0.5, width - Math.min(gap, width * 0.5)),
      };
    }),
    rows: to.rows.map((row) => rowBetween(rows.get(row.name) ?? row, row, part)),
    tears: to.tears.map((tear) => ({ ...tear, height: tear.height * part })),
  };
}

function rowBetween(from: Row, to: Row, part: number): Row {
  return {
    ...to,
    y: mix(from.y, to.y, part),
    height: mix(from.height, to.height, part),
    cellY: mix(from.cellY, to.cellY, part),
    cellHeight: mix(from.cellHeight, to.cellHeight, part),
  };
}

interface Span {
  readonly x: number;
  readonly width: number;
}

/**
 * Where each new column begins its way. One that the old layout knows begins there. Columns that it does not know are what
 * a split has made: with the next known one to their right, which keeps the id, they share its old place.
 */
function startsOf<Id>(from: readonly Column<Id>[], to: readonly Column<Id>[]): Span[] {
  const places = new Map<Id, Span>();
  for (const column of from) for (const id of column.ids) places.set(id, column);
  const known = to.map(({ ids }) => ids.map((id) => places.get(id)).find((each) => each) ?? null);
  const starts: Span[] = [];
  let fresh = 0;
  for (const place of known) {
    if (place === null) {
      fresh += 1;
      continue;
    }
    const shares = fresh + 1;
    const width = place.width / shares;
    for (let k = 0; k < shares; k++) starts.push({ x: place.x + k * width, width });
    fresh = 0;
  }
  while (starts.length < to.length) starts.push(to[starts.length] as Span);
  return starts;
}
