import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, newClock, readClock, setClock } from './clock.ts';

const micros = fc.integer({ min: 0, max: 10 ** 10 });
const skew = fc.record({
  offset: fc.integer({ min: -(10 ** 8), max: 10 ** 8 }),
  ppm: fc.integer({ min: -100_000, max: 100_000 }),
});

test('a clock never runs backwards, however it is set', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(micros, fc.option(skew))), (moments) => {
      const clock = newClock();
      let last = 0;
      for (const [at, set] of moments.toSorted((a, b) => a[0] - b[0])) {
        if (set !== null) setClock(clock, at, set);
        const shown = readClock(clock, at);
        expect(shown).toBeGreaterThanOrEqual(last);
        last = shown;
      }
    }),
  );
});

test('a timer falls due at the first instant at which the clock shows its moment', () => {
  fc.assert(
    fc.property(micros, skew, micros, (at, set, ahead) => {
      const clock = newClock();
      setClock(clock, at, set);
      const time = clock.base + ahead;
      const due = instantOf(clock, time, 0);
      expect(readClock({ ...clock, shown: -(10 ** 12) }, due)).toBeGreaterThanOrEqual(time);
      if (due > at) expect(readClock({ ...clock, shown: -(10 ** 12) }, due - 1)).toBeLessThan(time);
    }),
  );
});
