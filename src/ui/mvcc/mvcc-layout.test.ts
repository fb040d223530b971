import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrowOf, boxOf, heightOf, labelled, placeOn, WIDTH } from './mvcc-layout.ts';

test('boxes stand side by side inside the panel, rows below each other', () => {
  for (const row of [0, 1, 9]) {
    const [lock, write, value] = (['lock', 'write', 'value'] as const).map((column) =>
      boxOf(column, row),
    ) as [ReturnType<typeof boxOf>, ReturnType<typeof boxOf>, ReturnType<typeof boxOf>];
    expect(lock.x + lock.width).toBeLessThan(write.x);
    expect(write.x + write.width).toBeLessThan(value.x);
    expect(value.x + value.width).toBe(WIDTH);
    expect(value.y + value.height).toBeLessThan(boxOf('value', row + 1).y);
    expect(heightOf(row + 1)).toBeGreaterThan(value.y + value.height);
  }
});

test('an arrow begins at its box and ends before the value', () => {
  expect(arrowOf('write', 1).line).toBe('M196 68.5H214');
  expect(arrowOf('lock', 0).line).toBe('M92 20.5H214');
});

test('marks stand where the handle stands at their timestamp', () => {
  const range = { from: 388, to: 414 };
  expect(placeOn(388, range)).toBe(8);
  expect(placeOn(414, range)).toBe(WIDTH - 8);
  expect(placeOn(401, range)).toBe(WIDTH / 2);
  expect(placeOn(1, range)).toBe(8);
  expect(placeOn(5, { from: 5, to: 5 })).toBe(8);
});

test('numbers never stand in each other, and the newest has its own', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 })), (unsorted) => {
      const places = unsorted.toSorted((a, b) => a - b);
      const shown = places.filter((_, i) => labelled(places)[i]);
      expect(shown.length > 0).toBe(places.length > 0);
      if (places.length > 0) expect(shown.at(-1)).toBe(places.at(-1));
      for (const [i, place] of shown.entries())
        if (i > 0) expect(place - (shown[i - 1] as number)).toBeGreaterThanOrEqual(30);
    }),
  );
});
