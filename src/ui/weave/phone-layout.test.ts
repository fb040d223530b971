import { describe, expect, test } from 'vitest';
import { overlaps, within } from '../chart/geometry.ts';
import { CELL_HEIGHT, layoutPhone, phoneCell, phoneWay, ROW } from './phone-layout.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i + 1}`);

describe('the Weave on a phone', () => {
  test.each([1, 3, 5, 7])(
    'cells of %d stores stand beside each other, within the width',
    (count) => {
      const stores = names(count);
      const layout = layoutPhone({ width: 390, height: 460, scrolled: 0, stores, regions: 8 });
      const boxes = layout.columns.flatMap(({ x }) => [0, 1].map((i) => phoneCell(layout, i, x)));
      for (const [i, box] of boxes.entries()) {
        expect(within(box, { x: 48, y: 0, width: 342, height: layout.height })).toBe(true);
        for (const other of boxes.slice(i + 1)) expect(overlaps(box, other)).toBe(false);
      }
      expect(CELL_HEIGHT).toBeGreaterThanOrEqual(44);
    },
  );

  test('a lane runs under the cells of its row and above the next row', () => {
    const layout = layoutPhone({
      width: 390,
      height: 460,
      scrolled: 0,
      stores: names(5),
      regions: 8,
    });
    const [a, b] = [layout.columns[0]?.x ?? 0, layout.columns[4]?.x ?? 0];
    const way = phoneWay(2, a, b);
    expect(way.map(({ x }) => x)).toEqual([a, a, b, b]);
    expect(way[1]?.y).toBeGreaterThan(2 * ROW + CELL_HEIGHT);
    expect(way[1]?.y).toBeLessThan(3 * ROW);
  });

  test('of 300 Regions only those in sight are drawn', () => {
    const at = (scrolled: number) =>
      layoutPhone({ width: 390, height: 464, scrolled, stores: names(5), regions: 300 });
    expect([at(0).first, at(0).end]).toEqual([0, 8]);
    expect([at(100 * ROW).first, at(100 * ROW).end]).toEqual([100, 108]);
    expect(at(299 * ROW).end).toBe(300);
  });
});
