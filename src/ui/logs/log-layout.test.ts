import { describe, expect, test } from 'vitest';
import { layoutLogs } from './log-layout.ts';

const wide = {
  rows: 3,
  firstIndex: 6,
  lastIndex: 12,
  width: 768,
  height: 186,
  noteWidth: 130,
};

describe('the logs’ window', () => {
  test('a young log starts at its compacted block, and two empty columns follow the newest entry', () => {
    const { columns, mode } = layoutLogs(wide);
    expect(mode).toBe('wide');
    expect(columns[0]?.index).toBe(5);
    expect(columns.at(-1)?.index).toBe(14);
  });

  test('an old log shows its end', () => {
    const { columns } = layoutLogs({ ...wide, rows: 5, lastIndex: 1042, width: 460, height: 380 });
    expect(columns.at(-1)?.index).toBe(1044);
    expect((columns[0]?.index ?? 0) > 1000).toBe(true);
  });

  test('nothing leaves its space, at any size', () => {
    for (const rows of [1, 2, 3, 4, 5, 6, 7])
      for (const width of [340, 400, 460, 620, 768, 1100])
        for (const lastIndex of [5, 6, 12, 40, 4000]) {
          const layout = layoutLogs({ ...wide, rows, width, lastIndex, height: 420 });
          const last = layout.columns.at(-1);
          expect((last?.x ?? 0) + layout.entry.width).toBeLessThanOrEqual(width);
          expect((last?.index ?? 0) > lastIndex).toBe(true);
          expect(layout.bottom).toBeLessThanOrEqual(420);
          if (layout.noteX !== null)
            expect(layout.noteX).toBeGreaterThan((last?.x ?? 0) + layout.entry.width);
        }
  });

  test('the same index stands at the same place for all', () => {
    const { columns, pitch } = layoutLogs(wide);
    columns.slice(1).forEach((column, i) => expect(column.x - (columns[i]?.x ?? 0)).toBe(pitch));
  });
});
