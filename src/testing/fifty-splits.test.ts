import { expect, test } from 'vitest';
import { runSplits, SPLITS } from './splits-storm.ts';

// `npm run storm -- --profile splits` tries many.
// Of 10: a store that waits for its disk is asked to write when Raft has taken its leadership already.
test.each([3, 10])('fifty splits under faults, seed %d', { timeout: 120_000 }, async (seed) => {
  const { breaches, counts, splits, moves } = await runSplits({ seed });
  expect(breaches).toEqual([]);
  expect(splits).toBeGreaterThanOrEqual(SPLITS);
  expect(counts).toMatchObject({ undecided: 0 });
  expect(counts.ok).toBeGreaterThan(100);
  expect(Math.min(counts.kills, moves.leaders, moves.regions)).toBeGreaterThan(0);
});
