import { expect, test } from 'vitest';
import { shownRange } from './log-table-range.ts';

test('a short log is there as a whole', () => {
  expect(shownRange({ count: 5, row: 28, top: 0, height: 400 })).toEqual({ from: 0, to: 5 });
});

test('of a long one what is in sight, and a little more', () => {
  const { from, to } = shownRange({ count: 5000, row: 28, top: 28_000, height: 280 });
  expect(from).toBeLessThanOrEqual(1000);
  expect(to).toBeGreaterThanOrEqual(1010);
  expect(to - from).toBeLessThan(40);
});

test('beyond its end is its end', () => {
  const { to } = shownRange({ count: 300, row: 28, top: Number.MAX_SAFE_INTEGER, height: 400 });
  expect(to).toBe(300);
});
