// A node's own clock: virtual time, give or take. It may stand apart and run fast or slow, and it never runs backwards:
// set back, it stands still until virtual time has caught up. Whole numbers only. (rules 1, 24)

import type { Micros } from '../tikv/ids.ts';

/** Plain data. From `since` on, the clock shows `base` plus the time that passed, faster by `ppm` millionths. */
export interface Clock {
  since: Micros;
  base: Micros;
  ppm: number;
  /** The latest time that it has shown. */
  shown: Micros;
}

/** A clock gains or loses at most this: a tenth of the time. */
export const PPM_MAX = 100_000;

export const newClock = (): Clock => ({ since: 0, base: 0, ppm: 0, shown: 0 });

/** What the clock shows at a virtual instant; remembered, so that it never shows less afterwards. */
export function readClock(clock: Clock, at: Micros): Micros {
  const passed = at - clock.since;
  clock.shown = Math.max(
    clock.shown,
    clock.base + passed + Math.floor((passed * clock.ppm) / 1_000_000),
  );
  return clock.shown;
}

/** The first virtual instant at which the clock shows `time` or more, not before `earliest`. */
export function instantOf(clock: Clock, time: Micros, earliest: Micros): Micros {
  const wanted = time - clock.base;
  let passed = Math.ceil((wanted * 1_000_000) / (1_000_000 + clock.ppm));
  // Rounding down inside may ask for one microsecond more.
  while (passed + Math.floor((passed * clock.ppm) / 1_000_000) < wanted) passed += 1;
  return Math.max(earliest, clock.since + passed);
}

/** From `at` on the clock stands `offset` from virtual time and gains `ppm`. */
export function setClock(clock: Clock, at: Micros, skew: { offset: Micros; ppm: number }): void {
  readClock(clock, at);
  clock.since = at;
  clock.base = at + skew.offset;
  clock.ppm = skew.ppm;
}
