import { expect, test } from 'vitest';
import { newChance } from '../../base/chance.ts';
import { BACKOFF, waitMs, type BackoffKind } from './backoff.ts';

const kinds = Object.keys(BACKOFF) as BackoffKind[];

test.each(kinds)('%s doubles from its base up to its cap', (kind) => {
  const { baseMs, capMs, equalJitter } = BACKOFF[kind];
  for (let attempt = 0; attempt < 12; attempt++) {
    const full = Math.min(capMs, baseMs * 2 ** attempt);
    const least = equalJitter ? full - Math.floor(full / 2) : full;
    for (let seed = 0; seed < 20; seed++) {
      const wait = waitMs(kind, attempt, newChance(seed, 'c1#1'));
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(full);
      expect(Number.isInteger(wait)).toBe(true);
    }
  }
});

test('every wait draws once, so that kinds do not shift each other', () => {
  for (const kind of kinds) {
    const [one, other] = [newChance(1, 'c'), newChance(1, 'c')];
    waitMs(kind, 3, one);
    waitMs('tikvRPC', 0, other);
    expect(one).toEqual(other);
  }
});
