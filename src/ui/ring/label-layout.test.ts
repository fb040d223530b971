import { describe, expect, test } from 'vitest';
import { overlaps } from '../chart/geometry.ts';
import { placeLabels, type LabelWish } from './label-layout.ts';

const area = { x: 0, y: 0, width: 400, height: 300 };
const wish = (id: string, x: number, y: number): LabelWish => ({
  id,
  at: { x, y },
  radius: 9,
  width: 80,
  height: 30,
  right: { x: 0, y: 1 },
});

describe('words beside messages', () => {
  test('they stand on the right of the travel', () => {
    const place = placeLabels([wish('a', 100, 100)], [], area, new Map()).get('a');
    expect(place?.side).toBe(1);
    expect(place?.box.y).toBeGreaterThan(100);
  });

  test('they go to the other side where something is in the way, and stay there', () => {
    const wall = { x: 0, y: 110, width: 400, height: 40 };
    const first = placeLabels([wish('a', 100, 100)], [wall], area, new Map()).get('a');
    expect(first?.side).toBe(-1);
    const later = placeLabels([wish('a', 120, 100)], [], area, new Map([['a', -1]])).get('a');
    expect(later?.side).toBe(-1);
  });

  test('where two lines find no room, the first one alone may', () => {
    const walls = [
      { x: 0, y: 0, width: 400, height: 72 },
      { x: 0, y: 132, width: 400, height: 168 },
    ];
    const tight = { ...wish('a', 100, 100), right: { x: 0, y: 1 } };
    expect(placeLabels([tight], walls, area, new Map()).get('a')).toBeUndefined();
    const place = placeLabels([{ ...tight, least: 14 }], walls, area, new Map()).get('a');
    expect(place?.box.height).toBe(14);
  });

  test('two replies that come close together on neighbouring lanes each have their words', () => {
    const wall = { x: 0, y: 0, width: 178, height: 300 };
    const up = { ...wish('a', 200, 150), right: { x: 1, y: 0 } };
    const beside = { ...wish('b', 203, 170), right: { x: 1, y: 0 } };
    const placed = placeLabels([up, beside], [wall], area, new Map());
    expect([...placed.keys()]).toEqual(['a', 'b']);
  });

  test('no two overlap; what finds no room is left out', () => {
    const wishes = [0, 1, 2, 3, 4, 5].map((i) => wish(`m${i}`, 150 + i * 12, 120));
    const placed = [...placeLabels(wishes, [], area, new Map()).values()].map((p) => p.box);
    expect(placed.length).toBeGreaterThan(0);
    expect(placed.length).toBeLessThan(6);
    placed.forEach((a, i) => {
      for (const b of placed.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
    });
  });
});
