import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnAt, layoutColumns, type ColumnWish } from './columns.ts';

const looks = fc.array(
  fc.constantFrom('quiet' as const, 'quiet' as const, 'quiet' as const, 'flag' as const),
  { minLength: 1, maxLength: 1200 },
);
const wishesOf = (given: readonly ColumnWish<number>['look'][], chosen: number) =>
  given.map((look, id) => ({ id, look: id === chosen ? ('chosen' as const) : look }));

describe('columns', () => {
  test('eight Regions stand as they are drawn: a pitch of 96, cells of 78', () => {
    const columns = layoutColumns(wishesOf(Array(8).fill('quiet'), 3), 116, 768);
    expect(columns.map(({ x, width, cell, level }) => [x, width, cell, level])).toEqual(
      Array.from({ length: 8 }, (_, i) => [116 + i * 96, 96, 78, 0]),
    );
  });

  test('of 300 the chosen one widens to 72 and the flagged ones to 16', () => {
    const given = Array(300).fill('quiet');
    given[203] = 'flag';
    const columns = layoutColumns(wishesOf(given, 117), 116, 768);
    expect(columns).toHaveLength(300);
    expect(columns[117]).toMatchObject({ width: 72, cell: 54, level: 0 });
    expect(columns[203]?.width).toBe(16);
    expect(columns[0]?.width).toBeCloseTo((768 - 88) / 298);
  });

  test('a thousand share stripes with their neighbours, and none of the flagged ones does', () => {
    const given = Array(1000).fill('quiet');
    given[500] = 'flag';
    const columns = layoutColumns(wishesOf(given, -1), 0, 768);
    expect(columns.length).toBeLessThan(400);
    expect(columns.find(({ ids }) => ids.includes(500))?.ids).toEqual([500]);
    const sizes = columns.filter(({ look }) => look === 'quiet').map(({ ids }) => ids.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  test('every Region has its column, in order, without a gap, over the whole width', () => {
    fc.assert(
      fc.property(
        looks,
        fc.nat(1199),
        fc.integer({ min: 200, max: 1600 }),
        (given, chosen, width) => {
          const columns = layoutColumns(wishesOf(given, chosen), 50, width);
          expect(columns.flatMap(({ ids }) => ids)).toEqual(given.map((_, i) => i));
          let x = 50;
          for (const column of columns) {
            expect(column.x).toBeCloseTo(x, 6);
            expect(column.width).toBeGreaterThan(0);
            expect(column.cell).toBeLessThanOrEqual(column.width);
            x += column.width;
          }
          expect(x).toBeCloseTo(50 + width, 4);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a fisheye never makes a special column narrower than the others', () => {
    fc.assert(
      fc.property(looks, fc.nat(1199), (given, chosen) => {
        const columns = layoutColumns(wishesOf(given, chosen), 0, 768);
        const quiet = columns.filter(({ look }) => look === 'quiet').map(({ width }) => width);
        for (const { look, width } of columns)
          if (look !== 'quiet' && quiet.length > 0)
            expect(width).toBeGreaterThanOrEqual(Math.min(...quiet) - 1e-9);
      }),
      { numRuns: 150 },
    );
  });

  test('a place is found in its column', () => {
    const columns = layoutColumns(wishesOf(Array(300).fill('quiet'), 10), 116, 768);
    for (const column of columns)
      expect(columnAt(columns, column.x + column.width / 2)).toBe(column);
    expect(columnAt(columns, 115)).toBeNull();
    expect(columnAt(columns, 885)).toBeNull();
  });
});
