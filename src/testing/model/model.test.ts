// The model check's share of every run: small histories to the end, each mutation found, write skew counted.
import { describe, expect, test } from 'vitest';
import { MUTATED_RULES } from '../../tikv/txn/rules.ts';
import { MUTATED, SMALL } from './plan.ts';
import { search } from './search.ts';

describe('every order of moves keeps M1 to M14, and the paper agrees', () => {
  test.each(SMALL.map((profile) => [profile.name, profile] as const))('%s', (_, profile) => {
    const found = search(profile);
    expect(found.breach).toBeNull();
    expect(found.complete || found.depth === profile.depth).toBe(true);
    expect(found.states).toBeGreaterThan(30);
  });
});

describe('a rule that is removed is missed, and only then', () => {
  test.each(MUTATED.map((one) => [one.mutation, one] as const))('%s', (_, one) => {
    const broken = search({ ...one.profile, broken: [one.mutation] });
    expect(one.breaks).toContain(broken.breach?.invariant);
    const depth = broken.breach?.moves.length ?? 0;
    expect(search({ ...one.profile, depth }).breach).toBeNull();
  });

  test('each mutation of the list breaks a rule that exists', () => {
    expect(MUTATED.map(({ mutation }) => mutation)).toEqual(Object.keys(MUTATED_RULES));
  });
});

test('write skew happens under snapshot isolation, and is counted', () => {
  const skew = SMALL.find(({ name }) => name.startsWith('skew'));
  expect(skew && search(skew).skews).toBeGreaterThan(0);
});
