// The speeds of time: how much virtual time passes in one second of the wall. A scale of stops, each about twice the last.

import type { Speed } from '../../browser/session-types.ts';

const MILLISECOND = 1000;

export const SPEEDS: readonly Speed[] = [
  ...[2, 5, 10, 20, 40, 100, 250, 500, 1000, 2000, 5000, 10_000, 30_000].map(
    (ms) => ms * MILLISECOND,
  ),
  'max',
];

/** The stop nearest to a speed. */
export function stopOf(speed: Speed): number {
  if (speed === 'max') return SPEEDS.length - 1;
  let best = 0;
  SPEEDS.forEach((each, i) => {
    if (each === 'max') return;
    const distance = Math.abs(Math.log(each / speed));
    const kept = SPEEDS[best];
    if (kept !== undefined && kept !== 'max' && distance < Math.abs(Math.log(kept / speed)))
      best = i;
  });
  return best;
}

/** `1 s = 20 ms`, `as fast as it goes`. */
export function speedWords(speed: Speed): string {
  if (speed === 'max') return 'as fast as it goes';
  const ms = speed / MILLISECOND;
  return ms < 1000 ? `1\u00a0s = ${ms}\u00a0ms` : `1\u00a0s = ${ms / 1000}\u00a0s`;
}

/** One stop slower (−1) or faster (1). */
export function stepped(speed: Speed, by: 1 | -1): Speed {
  const stop = Math.min(SPEEDS.length - 1, Math.max(0, stopOf(speed) + by));
  return SPEEDS[stop] ?? speed;
}
