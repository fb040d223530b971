// Which rows of a long table are in the document: those in sight and a few on either side. Pure.

const BESIDE = 8;

/** Rows from (inclusive) to (exclusive); `top` beyond the end is the end. */
export function shownRange(of: {
  readonly count: number;
  readonly row: number;
  readonly top: number;
  readonly height: number;
}): { readonly from: number; readonly to: number } {
  const { count, row, top, height } = of;
  const fit = Math.ceil(height / row);
  const first = Math.min(Math.floor(top / row), Math.max(0, count - fit));
  return { from: Math.max(0, first - BESIDE), to: Math.min(count, first + fit + BESIDE) };
}
