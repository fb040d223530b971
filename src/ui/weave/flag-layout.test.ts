import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutFlags } from './flag-layout.ts';

describe('flags', () => {
  test('three stand as they are drawn: one a tier higher, so that its words touch no pole', () => {
    const { places, left } = layoutFlags(
      [
        { id: 1, x: 430, width: 140 },
        { id: 2, x: 627, width: 190 },
        { id: 3, x: 805, width: 165 },
      ],
      [116, 884],
      2,
    );
    expect(left).toEqual([]);
    expect(places.map(({ id, side, tier }) => [id, side, tier])).toEqual([
      [3, 'right', 0],
      [2, 'right', 1],
      [1, 'right', 0],
    ]);
  });

  test('where not all have a place, the least urgent are counted', () => {
    const wishes = Array.from({ length: 6 }, (_, id) => ({ id, x: 400 + id, width: 150 }));
    const { places, left } = layoutFlags(wishes, [116, 884], 2);
    expect(places.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      wishes.slice(0, places.length).map(({ id }) => id),
    );
    expect(left).toEqual(wishes.slice(places.length).map(({ id }) => id));
  });

  test('each wish has a place or is counted, and words touch neither words nor poles', () => {
    const wish = fc.record({
      x: fc.integer({ min: 116, max: 884 }),
      width: fc.integer({ min: 60, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 12 }), (given) => {
        const wishes = given.map((each, id) => ({ id, ...each }));
        const { places, left } = layoutFlags(wishes, [116, 884], 2);
        expect([...places.map(({ id }) => id), ...left].toSorted((a, b) => a - b)).toEqual(
          wishes.map(({ id }) => id),
        );
        const words = places.map((place) => {
          const width = wishes[place.id]?.width ?? 0;
          const from = place.side === 'right' ? place.textX : place.textX - width;
          return { ...place, from, to: from + width };
        });
        for (const [i, a] of words.entries())
          for (const b of words.slice(i + 1)) {
            if (a.tier === b.tier) expect(a.to <= b.from || b.to <= a.from).toBe(true);
            const [low, high] = a.tier < b.tier ? [a, b] : [b, a];
            if (low.tier < high.tier) expect(high.x > low.from && high.x < low.to).toBe(false);
          }
      }),
      { numRuns: 300 },
    );
  });
});
