import { expect, test } from 'vitest';
import { runGeneric, switchesOf } from './generic-storm.ts';

// A few of the sixty-four settings; `npm run storm -- --profile generic` tries them all.
test.each([0, 7, 24, 33, 63])(
  'clients read what they were told is written: seed %d',
  async (seed) => {
    const { breaches, counts } = await runGeneric({ seed, seconds: 12 });
    expect(breaches).toEqual([]);
    expect(counts.ok).toBeGreaterThan(5);
  },
);

test('a store that forgets what it acknowledged is found out', async () => {
  const { breaches } = await runGeneric({ seed: 8, seconds: 12, broken: ['mut:M05'] });
  expect(breaches.length).toBeGreaterThan(0);
});

test('sixty-four seeds are sixty-four settings', () => {
  const all = Array.from({ length: 64 }, (_, seed) => JSON.stringify(switchesOf(seed)));
  expect(new Set(all).size).toBe(64);
});
