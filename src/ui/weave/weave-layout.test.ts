import { describe, expect, test } from 'vitest';
import { overlaps, within } from '../chart/geometry.ts';
import { cellBox, laneOf, layoutWeave } from './weave-layout.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `s${i + 1}`);
const quiet = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, look: 'quiet' as const }));

const SIZES = [
  [1052, 628],
  [816, 628],
  [892, 448],
  [656, 448],
  [1576, 800],
] as const;

describe('the Weave', () => {
  test('eight Regions on five stores stand where they are drawn', () => {
    const layout = layoutWeave({
      width: 1052,
      height: 628,
      groups: [names(5)],
      columns: quiet(8),
      shelves: 1,
    });
    expect(layout.level).toBe(0);
    expect([layout.rulerY, layout.regionsY, layout.shelfY]).toEqual([80, 104, [132]]);
    const [row] = layout.rows;
    const [column] = layout.columns;
    if (row === undefined || column === undefined) throw new Error('nothing stands anywhere');
    expect(row.height).toBe(88);
    expect(cellBox(column, row)).toEqual({ x: 118, y: 160, width: 78, height: 76 });
    expect(laneOf(column)).toBe(205);
    expect(layout.links.x).toBe(910);
  });

  test('a tear lies between the groups, and no row in it', () => {
    const layout = layoutWeave({
      width: 1052,
      height: 628,
      groups: [
        ['s1', 's4'],
        ['s2', 's3', 's5'],
      ],
      columns: quiet(8),
      shelves: 0,
    });
    expect(layout.rows.map(({ name }) => name)).toEqual(['s1', 's4', 's2', 's3', 's5']);
    const [tear] = layout.tears;
    if (tear === undefined) throw new Error('there is no tear');
    for (const row of layout.rows)
      expect(row.y + row.height <= tear.y || row.y >= tear.y + tear.height).toBe(true);
  });

  test.each(SIZES)('nothing overlaps or leaves the stage at %d × %d', (width, height) => {
    for (const stores of [1, 3, 5, 7])
      for (const regions of [1, 2, 8, 12, 30, 100, 300, 1000]) {
        const groups =
          stores > 3 ? [names(stores).slice(0, 2), names(stores).slice(2)] : [names(stores)];
        for (const torn of [[names(stores)], groups]) {
          const layout = layoutWeave({
            width,
            height,
            groups: torn,
            columns: quiet(regions),
            shelves: 1,
          });
          const stage = { x: 0, y: 0, width, height };
          const boxes = layout.columns.flatMap((column) =>
            layout.rows.map((row) => cellBox(column, row)),
          );
          const some = boxes.slice(0, 60);
          const bad = [
            ...boxes.filter((box) => !within(box, stage)),
            ...some.filter((box, i) => some.slice(i + 1).some((other) => overlaps(box, other))),
            ...layout.columns.filter((column) => {
              const lane = laneOf(column);
              const beside = lane > column.x + column.cell && lane < column.x + column.width;
              return column.level <= 1 && !beside;
            }),
          ];
          expect(bad, `${stores} stores, ${regions} Regions`).toEqual([]);
          const last = layout.columns.at(-1);
          expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThan(layout.links.x);
        }
      }
  });
});
