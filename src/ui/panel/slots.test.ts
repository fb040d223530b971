import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('a line keeps its row, and a new line takes the row of one that has gone', () => {
  const slots = new Slots();
  expect(slots.of(['c', 'b', 'a'])).toEqual([0, 1, 2]);
  expect(slots.of(['d', 'c', 'b'])).toEqual([2, 0, 1]);
  expect(slots.of(['d', 'c', 'b'])).toEqual([2, 0, 1]);
});

test('where all lines are new, each row stays where it is', () => {
  const slots = new Slots();
  slots.of(['c', 'b', 'a']);
  expect(slots.of(['f', 'e', 'd'])).toEqual([0, 1, 2]);
});

test('a longer list gets rows of its own, and no two lines share one', () => {
  const slots = new Slots();
  slots.of(['b', 'a']);
  const rows = slots.of(['e', 'd', 'c', 'b']);
  expect(new Set(rows).size).toBe(4);
  expect(rows[3]).toBe(0);
});
