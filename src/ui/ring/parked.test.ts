import { expect, test } from 'vitest';
import type { Flight } from '../../projections/messages.ts';
import { parkedParts } from './parked.ts';

const lanes = new Map([
  [
    's1>s2',
    [
      { x: 0, y: 0 },
      { x: 300, y: 0 },
    ],
  ],
]);
const held = (n: number, done: number): Flight =>
  ({ id: `s1#${n}`, from: 's1', to: 's2', heldAt: 10, leg: { at: 10, done } }) as Flight;

test('a held message stands where it was stopped', () => {
  expect(parkedParts([held(1, 500_000)], lanes).get('s1#1')).toEqual({ part: 0.5, behind: 0 });
});

test('several stand one behind the other, the first the furthest along; the last bears the words', () => {
  const parts = parkedParts([held(1, 0), held(2, 0), held(3, 700_000)], lanes);
  const [first, second, third] = ['s1#3', 's1#1', 's1#2'].map((id) => parts.get(id));
  expect(first?.part).toBe(0.7);
  expect(second?.part).toBeGreaterThan((third?.part ?? 1) + 0.05);
  expect([first?.behind, second?.behind, third?.behind]).toEqual([null, null, 0]);
});

test('more than have room are counted', () => {
  const parts = parkedParts(
    Array.from({ length: 40 }, (_, i) => held(i, 0)),
    lanes,
  );
  expect(parts.size).toBe(5);
  expect([...parts.values()].map(({ behind }) => behind)).toContain(35);
});
