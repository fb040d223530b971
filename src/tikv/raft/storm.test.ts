// Random weather over a whole group, judged from outside; and a peer that is saved and loaded does the same as one that
// is not. RAFT_SEEDS asks for more seeds than the few that run by default.

import { describe, expect, test } from 'vitest';
import { RaftStorm, type Weather } from '../../testing/raft-storm.ts';

const SEEDS = Number(process.env['RAFT_SEEDS'] ?? 8);
const FIRST = Number(process.env['RAFT_FIRST_SEED'] ?? 1);
const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);

const PROFILES: Record<string, Omit<Weather, 'seed' | 'steps'>> = {
  'three voters': {},
  'five voters, much loss': { voters: 5, spares: 1, lose: 150_000, crash: 1000 },
  'power cuts': { crash: 20_000, membership: 0 },
  'without pre-vote and quorum checks': { config: { preVote: false, checkQuorum: false } },
  'membership all the time': { voters: 3, spares: 3, membership: 20_000, crash: 1000 },
  'every option': {
    voters: 4,
    config: { batchAppend: true, skipBcastCommit: true, maxInflightMsgs: 1, maxSizePerMsg: 0 },
    double: 100_000,
  },
  'applied ahead of the disk': {
    config: { maxApplyUnpersistedLogLimit: 4 },
    crash: 0,
    membership: 0,
  },
};

describe.each(Object.entries(PROFILES))('%s', (_, profile) => {
  test('every invariant holds, and something is committed', () => {
    let committed = 0;
    for (const seed of seeds) {
      const storm = new RaftStorm({ ...profile, seed, steps: 4000 });
      try {
        storm.run();
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
      committed += storm.committed;
    }
    expect(committed).toBeGreaterThan(20 * SEEDS);
  });

  test('saving and loading at any moment changes nothing', () => {
    for (const seed of seeds.slice(0, 3)) {
      const weather = { ...profile, seed, steps: 2000 };
      const plain = new RaftStorm(weather).run();
      expect(new RaftStorm({ ...weather, reload: 200_000 }).run(), `seed ${seed}`).toBe(plain);
    }
  });
});
