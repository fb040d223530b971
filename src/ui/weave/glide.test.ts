import { describe, expect, test } from 'vitest';
import { between } from './glide.ts';
import { layoutWeave } from './weave-layout.ts';

const at = (regions: readonly number[], groups = [['s1', 's2', 's3']]) =>
  layoutWeave({
    width: 1052,
    height: 628,
    groups,
    columns: regions.map((id) => ({ id, look: 'quiet' as const })),
    shelves: 0,
  });

describe('between two layouts', () => {
  test('a split begins as halves of the old column, the left one new', () => {
    const before = at([1, 3]);
    const after = at([1, 8, 3]);
    const old = before.columns[1];
    const start = between(before, after, 0);
    expect(start.columns.map(({ x, width }) => [x, width])).toEqual([
      [116, 384],
      [old?.x, 192],
      [(old?.x ?? 0) + 192, 192],
    ]);
    const end = between(before, after, 1);
    expect(end.columns.map(({ x, width }) => [x, width])).toEqual(
      after.columns.map(({ x, width }) => [x, width]),
    );
  });

  test('columns stay in order and together the whole way', () => {
    const before = at([1, 2, 3]);
    const after = at([9, 1, 7, 8, 2, 3]);
    for (const part of [0, 0.2, 0.5, 0.9, 1]) {
      const { columns } = between(before, after, part);
      for (const [i, column] of columns.entries()) {
        const next = columns[i + 1];
        if (next !== undefined) expect(column.x + column.width).toBeCloseTo(next.x, 6);
      }
    }
  });

  test('rows travel to their side of a tear', () => {
    const before = at([1], [['s1', 's2', 's3']]);
    const after = at([1], [['s1', 's3'], ['s2']]);
    const half = between(before, after, 0.5);
    expect(half.rows.map(({ name }) => name)).toEqual(['s1', 's3', 's2']);
    const y = (layout: typeof before, name: string) =>
      layout.rows.find((row) => row.name === name)?.y ?? 0;
    expect(y(half, 's3')).toBeCloseTo((y(before, 's3') + y(after, 's3')) / 2, 6);
  });
});
