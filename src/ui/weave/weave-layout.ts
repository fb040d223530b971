// Where everything of the Weave stands: stores as rows, Regions as columns, the lane beside the cells, the links at the
// end of each row, the band where the network is torn. Pure: numbers in, numbers out.

import type { Box } from '../chart/geometry.ts';
import { layoutColumns, type Column, type ColumnWish } from './columns.ts';
import { levelAt, type Level } from './levels.ts';

export interface WeaveInput<Id> {
  readonly width: number;
  readonly height: number;
  /** Names of the rows, in groups that hear each other. */
  readonly groups: readonly (readonly string[])[];
  readonly columns: readonly ColumnWish<Id>[];
  /** Shelves of transactions over the cells. */
  readonly shelves: number;
}

export interface Row {
  readonly name: string;
  /** The band of the row, and the cells in its middle. */
  readonly y: number;
  readonly height: number;
  readonly cellY: number;
  readonly cellHeight: number;
  /** Which group it belongs to, from 0. */
  readonly group: number;
}

export interface WeaveLayout<Id> {
  readonly level: Level;
  readonly columns: readonly Column<Id>[];
  /** From the first column to the end of the last. */
  readonly cloth: Box;
  readonly rows: readonly Row[];
  /** The torn bands between groups. */
  readonly tears: readonly Box[];
  readonly headX: number;
  readonly rulerY: number;
  /** The text line of Region heads; null where columns are too narrow for them. */
  readonly regionsY: number | null;
  readonly writersY: number | null;
  /** Text lines of the shelves, and of heat and locks at the narrow levels. */
  readonly shelfY: readonly number[];
  readonly heatY: number | null;
  readonly locksY: number | null;
  /** The lower tier of flags; null where there are none. A tier is 34 high. */
  readonly flagsY: number | null;
  readonly flagTiers: number;
  readonly links: { readonly x: number; readonly pitch: number; readonly size: number };
}

const HEAD_X = 24;
const COLUMNS_X = 116;
const LINKS = 168;
const LINK = { size: 22, gap: 2 };
/** A line for what has no row, below the last one. */
const FOOT = 30;
const TEAR = 50;
/** Links further left than this would leave the cloth too little. */
const NARROW = 640;

export function layoutWeave<Id>(input: WeaveInput<Id>): WeaveLayout<Id> {
  const { width, height, groups, columns: wishes } = input;
  const stores = groups.reduce((count, group) => count + group.length, 0);
  const linkWidth = stores * (LINK.size + LINK.gap) - LINK.gap;
  const left = width < NARROW ? 92 : COLUMNS_X;
  const right = width < NARROW ? linkWidth + 24 : Math.max(LINKS, linkWidth + 48);
  const columns = layoutColumns(wishes, left, Math.max(80, width - left - right));
  const level = levelAt((width - left - right) / Math.max(1, wishes.length));
  const heads = headLines(level, input);
  const rows = layoutRows(groups, heads.top, height - FOOT, level);
  const end = columns.at(-1);
  return {
    level,
    columns,
    rows: rows.rows,
    tears: rows.tears.map((y) => ({ x: 0, y, width, height: TEAR })),
    cloth: {
      x: left,
      y: heads.top,
      width: (end === undefined ? left : end.x + end.width) - left,
      height: height - FOOT - heads.top,
    },
    headX: width < NARROW ? 12 : HEAD_X,
    ...heads,
    links: { x: width - 24 - linkWidth, pitch: LINK.size + LINK.gap, size: LINK.size },
  };
}

/** What stands over the cells, line by line. */
function headLines<Id>(level: Level, { groups, shelves, height }: WeaveInput<Id>) {
  const tight = height < 520;
  if (level >= 2) {
    const ruler = tight ? 104 : 142;
    return {
      flagsY: tight ? 46 : 82,
      flagTiers: tight ? 1 : 2,
      rulerY: ruler,
      heatY: ruler + 18,
      locksY: ruler + (tight ? 40 : 44),
      regionsY: null,
      writersY: null,
      shelfY: [],
      top: ruler + (tight ? 54 : 60),
    };
  }
  const torn = groups.length > 1;
  const ruler = tight ? 64 : 80;
  const regions = ruler + (tight ? 20 : 24);
  const writers = torn ? regions + 24 : null;
  const first = (writers ?? regions) + 28;
  const shelfY = Array.from({ length: shelves }, (_, i) => first + i * 28);
  const last = shelfY.at(-1) ?? writers ?? regions;
  return {
    flagsY: null,
    flagTiers: 0,
    rulerY: ruler,
    heatY: null,
    locksY: null,
    regionsY: regions,
    writersY: writers,
    shelfY,
    top: last + (tight ? 14 : 22),
  };
}

function layoutRows(
  groups: readonly (readonly string[])[],
  top: number,
  bottom: number,
  level: Level,
): { rows: Row[]; tears: number[] } {
  const count = Math.max(
    1,
    groups.reduce((sum, group) => sum + group.length, 0),
  );
  const room = bottom - top - (groups.length - 1) * TEAR;
  const pitch = Math.max(34, Math.min(level >= 2 ? 96 : 104, Math.floor(room / count)));
  const cellHeight = cellHeightAt(pitch, level);
  const rows: Row[] = [];
  const tears: number[] = [];
  let y = top;
  for (const [group, names] of groups.entries()) {
    if (group > 0) {
      tears.push(y);
      y += TEAR;
    }
    for (const name of names) {
      const cellY = y + Math.floor((pitch - cellHeight) / 2);
      rows.push({ name, y, height: pitch, cellY, cellHeight, group });
      y += pitch;
    }
  }
  return { rows, tears };
}

function cellHeightAt(pitch: number, level: Level): number {
  if (level >= 2) return Math.max(20, Math.min(66, pitch - 14));
  if (pitch >= 88) return 76;
  return pitch >= 78 ? 68 : Math.max(24, pitch - 10);
}

/** The box of a cell. */
export function cellBox<Id>(column: Column<Id>, row: Row): Box {
  const inset = column.level <= 1 ? 2 : 0;
  return {
    x: column.x + inset,
    y: row.cellY,
    width: column.cell,
    height: row.cellHeight,
  };
}

/** The middle of the lane beside the cells of a column. */
export const laneOf = <Id>(column: Column<Id>): number =>
  column.x +
  2 +
  column.cell +
  (column.level === 0 ? 9 : Math.max(1, (column.width - column.cell - 2) / 2));

/** The row at a place; null between and beside them. */
export const rowAt = (rows: readonly Row[], y: number): Row | null =>
  rows.find((row) => y >= row.y && y < row.y + row.height) ?? null;
