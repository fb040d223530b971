// The Weave on a phone, turned: stores are columns, because they are few, and Regions are rows that scroll; Raft runs
// sideways, in a lane under the cells. Pure: numbers in, numbers out.

import type { Box } from '../chart/geometry.ts';
import type { Way } from './threads.ts';

export interface PhoneLayout {
  /** The middle of each store's column, and the width of its cells. */
  readonly columns: readonly { readonly store: string; readonly x: number }[];
  readonly cell: number;
  /** Regions from `first` up to but not `end` are in sight. */
  readonly first: number;
  readonly end: number;
  /** Of all Regions. */
  readonly height: number;
}

/** One Region: a touch is at least 44 high. */
export const ROW = 58;
export const CELL_HEIGHT = 44;
const CELL_TOP = 4;
/** Of the lane, from the top of its row. */
const LANE = 53;
const HEADS = 48;
const WIDEST = 72;

export interface PhoneInput {
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled. */
  readonly scrolled: number;
  readonly stores: readonly string[];
  readonly regions: number;
}

export function layoutPhone({ width, height, scrolled, stores, regions }: PhoneInput): PhoneLayout {
  const pitch = (width - HEADS - 8) / Math.max(1, stores.length);
  const first = Math.max(0, Math.min(Math.floor(scrolled / ROW), regions - 1));
  return {
    columns: stores.map((store, i) => ({ store, x: HEADS + pitch * (i + 0.5) })),
    cell: Math.min(WIDEST, pitch - 8),
    first,
    end: Math.min(regions, Math.ceil((scrolled + height) / ROW)),
    height: regions * ROW,
  };
}

/** The cell of the `region`-th Region in a store's column, from the top of all. */
export const phoneCell = (layout: PhoneLayout, region: number, x: number): Box => ({
  x: x - layout.cell / 2,
  y: region * ROW + CELL_TOP,
  width: layout.cell,
  height: CELL_HEIGHT,
});

/** Out of one cell's foot, along the lane under the row, into another's. */
export function phoneWay(region: number, from: number, to: number): Way {
  const foot = region * ROW + CELL_TOP + CELL_HEIGHT;
  const lane = region * ROW + LANE;
  return [
    { x: from, y: foot },
    { x: from, y: lane },
    { x: to, y: lane },
    { x: to, y: foot },
  ];
}
