import { describe, expect, test } from 'vitest';
import { runStorm } from './storm-run.ts';
import { PROFILES } from './storm-profiles.ts';

describe('a few storms; the many are for `npm run storm`', () => {
  test.each(PROFILES.map((profile, i) => [profile, i + 1] as const))(
    '%s, seed %d',
    async (profile, seed) => {
      const stores = seed % 2 === 0 ? 5 : 3;
      const { breaches, counts } = await runStorm({
        seed,
        stores,
        clients: 3,
        profile,
        seconds: 20,
      });
      expect(breaches).toEqual([]);
      expect(counts.undecided).toBe(0);
      expect(counts.ok).toBeGreaterThan(10);
    },
  );
});

test.each([
  { rule: 'mut:M15', judge: 'inv:key-in-region', profile: 'regions', seed: 1, stores: 5 },
  { rule: 'mut:M16', judge: 'inv:S1', profile: 'regions', seed: 2, stores: 3 },
  { rule: 'mut:M18', judge: 'inv:route-monotonic', profile: 'routes', seed: 1, stores: 3 },
  { rule: 'mut:M29', judge: 'inv:R14', profile: 'leases', seed: 1, stores: 3 },
] as const)('$rule draws an objection of $judge', async ({ rule, judge, seed, ...storm }) => {
  for (let tried = seed; tried < seed + 10; tried++) {
    const plan = { ...storm, seed: tried, clients: 3, seconds: 60, broken: [rule] };
    const { breaches } = await runStorm(plan);
    if (breaches.some((breach) => breach.startsWith(judge))) return;
  }
  expect.fail(`no objection from seed ${seed} on`);
});

test('who no longer leads asks nobody to lead, in a term that its disk does not hold', async () => {
  const plan = { seed: 50_289, stores: 5, clients: 3, profile: 'raft', seconds: 15 } as const;
  expect((await runStorm(plan)).breaches).toEqual([]);
});

test('a disk that lies is found out', async () => {
  const plan = { seed: 1, stores: 3, clients: 3, profile: 'liars', seconds: 15 } as const;
  const { breaches } = await runStorm(plan);
  expect(breaches[0]).toMatch(
    /^inv:R11 at record \d+: S\d had entry \d+ on its disk, and it was committed/,
  );
});

test('the same seed is the same storm', async () => {
  const plan = { seed: 77, stores: 3, clients: 2, profile: 'mixed', seconds: 10 } as const;
  const [one, two] = [await runStorm(plan), await runStorm(plan)];
  expect(two.hash).toBe(one.hash);
  expect(two.recording).toEqual(one.recording);
});
