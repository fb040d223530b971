// A broken rule that no judge notices would be a hole in our judges: each mutation, in the weather that finds it, from
// a seed that is known to. Decoys break nothing, however bad the weather.

import { describe, expect, test } from 'vitest';
import { AssertionFailed } from '../../base/assert.ts';
import { Violation } from '../../testing/raft-judge.ts';
import { RaftStorm, type Weather } from '../../testing/raft-storm.ts';

type Profile = Omit<Weather, 'seed' | 'steps'>;

const eager = { preVote: false, checkQuorum: false };
const PAIRS: Profile = {
  voters: 3,
  spares: 0,
  membership: 0,
  partition: 5000,
  crash: 0,
  config: eager,
};
const POWER_CUTS: Profile = { ...PAIRS, crash: 20_000 };
const DOUBLED: Profile = { ...PAIRS, voters: 5, partition: 10_000, double: 400_000, crash: 3000 };
const MEMBERS: Profile = { ...PAIRS, spares: 2, partition: 10_000, membership: 30_000 };

/** Mutation, weather, a seed that finds it, what it may break. */
const KNOWN: readonly (readonly [string, Profile, number, readonly string[]])[] = [
  ['mut:M01', PAIRS, 1, ['R4', 'R6']],
  ['mut:M02', PAIRS, 21, ['R4', 'R6']],
  ['mut:M03', PAIRS, 1, ['R7']],
  ['mut:M04', POWER_CUTS, 1, ['R9', 'R11', 'R1']],
  ['mut:M05', POWER_CUTS, 1, ['R9', 'R11', 'R1']],
  ['mut:M06', POWER_CUTS, 1, ['R8', 'R11', 'R4']],
  ['mut:M07', PAIRS, 6, ['R3', 'R4', 'R6']],
  ['mut:M08', PAIRS, 1, ['R4', 'R8']],
  ['mut:M09', PAIRS, 39, ['R4', 'R6', 'R8']],
  ['mut:M10', PAIRS, 1, ['R4', 'R6', 'R8']],
  ['mut:M11', MEMBERS, 50, ['R1', 'R4', 'R6']],
  ['mut:M12', DOUBLED, 11, ['R1', 'R4', 'R6']],
  ['mut:M13', PAIRS, 5, ['R15']],
  ['mut:M14', PAIRS, 1, ['R15']],
];

/** The first violation that any of these seeds brings. A node that panics is not what the judge has to see. */
function found(id: string, profile: Profile, from: number): string | null {
  for (let seed = from; seed < from + 60; seed++) {
    try {
      new RaftStorm({ ...profile, seed, steps: 4000, broken: [id] }).run();
    } catch (error) {
      if (error instanceof Violation) return error.invariant;
      if (!(error instanceof AssertionFailed)) throw error;
    }
  }
  return null;
}

describe('judges notice', () => {
  test.each(KNOWN)('%s', (id, profile, from, invariants) => {
    expect(invariants).toContain(found(id, profile, from));
  });
});

describe('decoys break nothing', () => {
  test.each(['mut:D1', 'mut:D2', 'mut:D3', 'mut:D4', 'mut:D5'])('%s', (id) => {
    let committed = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const profile = { ...PAIRS, voters: 4, crash: 3000 };
      const storm = new RaftStorm({ ...profile, seed, steps: 3000, broken: [id] });
      storm.run();
      committed += storm.committed;
    }
    expect(committed).toBeGreaterThan(100);
  });
});
