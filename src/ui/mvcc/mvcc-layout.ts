// Where the boxes, arrows and marks of the inspector stand. Numbers in, numbers out.

/** Three columns, as wide as the panel lets them be. */
const COLUMNS = { lock: [0, 92], write: [108, 88], value: [216, 88] } as const;
export const WIDTH = 304;
const BOX = 39;
const PITCH = 48;
const ARROW_HEAD = 7;

export type Column = keyof typeof COLUMNS;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The box of a row, counted from the top. */
export function boxOf(column: Column, row: number): Box {
  const [x, width] = COLUMNS[column];
  return { x, y: row * PITCH + 1, width, height: BOX };
}

/** From the right edge of a column's box to the left edge of the value's, in the same row: a line and its head. */
export function arrowOf(from: 'lock' | 'write', row: number): { line: string; head: string } {
  const box = boxOf(from, row);
  const y = box.y + BOX / 2;
  const end = COLUMNS.value[0] - 2;
  const head = `M${end - ARROW_HEAD} ${y - 4}L${end} ${y}L${end - ARROW_HEAD} ${y + 4}`;
  return { line: `M${box.x + box.width} ${y}H${end}`, head };
}

export const heightOf = (rows: number): number => Math.max(1, rows) * PITCH - (PITCH - BOX) + 2;

/** Half of the slider's handle: so far from either end its middle stays. */
const HANDLE = 8;

/** Where `n` stands on the slider that goes from `from` to `to`. */
export function placeOn(n: number, range: { readonly from: number; readonly to: number }): number {
  const span = Math.max(1, range.to - range.from);
  const share = Math.min(1, Math.max(0, (n - range.from) / span));
  return HANDLE + share * (WIDTH - 2 * HANDLE);
}

/** Room that a number needs below its mark. */
const LABEL = 30;

/** Which of these marks, left to right, may have their number: none stands in another's, and the latest come first. */
export function labelled(places: readonly number[]): boolean[] {
  const shown = places.map(() => false);
  let free = Infinity;
  for (let i = places.length - 1; i >= 0; i--) {
    const place = places[i] as number;
    if (place > free) continue;
    shown[i] = true;
    free = place - LABEL;
  }
  return shown;
}
