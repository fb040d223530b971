import { expect, test } from 'vitest';
import { runSplits, SPLITS } from './splits-storm.ts';

// `npm run storm -- --profile splits` tries many.
test.each([3])('fifty splits under faults, seed %d', { timeout: 120_000 }, async (seed) => {
  const { breaches, counts, splits, moves } = await runSplits({ seed });
  expect(breaches).toEqual([]);
  expect(splits).toBeGreaterThanOrEqual(SPLITS);
  expect(counts).toMatchObject({ undecided: 0 });
  expect(counts.ok).toBeGreaterThan(100);
  expect(Math.min(counts.kills, moves.leaders, moves.regions)).toBeGreaterThan(0);
});
