// Properties of PD's scheduling over clusters of chance: Regions of all sizes, stores that join, go and die. In the end PD
// rests; every Region has its replicas on different stores that serve; the stores are as even as the schedulers promise.
import { expect, test } from 'vitest';
import { below, between, newChance, pick } from '../../base/chance.ts';
import { PdBench } from '../../testing/pd-bench.ts';
import { encodeRawKey } from '../raftstore/raw-codec.ts';
import { LEADER_TOLERANCE } from './balance.ts';

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
/** What an empty Region counts. */
const SIZE_MIN = 128;

function grown(seed: number): { pd: PdBench; stores: number } {
  const chance = newChance(seed, 'cluster');
  // One seed of two moves many replicas at a time.
  const pd = new PdBench(
    { 'replication.max-replicas': 3, 'schedule.region-schedule-limit': seed % 2 === 0 ? 2 : 8 },
    seed,
  );
  pd.copiesTakeTime = true;
  pd.begin(3);
  for (let i = between(chance, 3, 24); i > 0; i--)
    pd.split(1, encodeRawKey(`k${String(30 - i).padStart(3, '0')}`));
  // One of four: all alike, so that a store which is counted wrong by one replica stands out.
  const alike = seed % 4 === 3;
  for (const hand of pd.regions.values()) hand.size = alike ? 100 : between(chance, 0, 600);
  const stores = between(chance, 4, 7);
  for (let id = 4; id <= stores; id++) pd.addStore(id);
  return { pd, stores };
}

function expectEven(pd: PdBench, serving: readonly number[]): void {
  const sizes = [...pd.regions.values()].map(({ size }) => Math.max(SIZE_MIN, size));
  const average = Math.floor(sizes.reduce((sum, size) => sum + size, 0) / sizes.length);
  const bytes = new Map(serving.map((id) => [id, 0]));
  for (const { region, size } of pd.regions.values())
    for (const { storeId } of region.peers)
      bytes.set(storeId, (bytes.get(storeId) ?? 0) + Math.max(SIZE_MIN, size));
  for (const { region, leader, size } of pd.regions.values()) {
    const on = region.peers.map(({ storeId }) => storeId);
    expect(new Set(on).size).toBe(3);
    for (const id of on) {
      expect(serving).toContain(id);
      expect(pd.leadersOn(leader.storeId) - pd.leadersOn(id)).toBeLessThanOrEqual(LEADER_TOLERANCE);
      // No move of this replica would bring two stores closer by more than the tolerance.
      const tolerance = Math.max(average, SIZE_MIN, size);
      const target = Math.min(
        ...serving.filter((other) => !on.includes(other)).map((other) => bytes.get(other) ?? 0),
      );
      if (serving.length > 3) expect((bytes.get(id) ?? 0) - target).toBeLessThanOrEqual(tolerance);
    }
  }
}

/** Nothing ends for ten seconds, and nothing is under way. */
function rest(pd: PdBench): void {
  for (let round = 0; round < 60; round++) {
    const before = pd.ended.length;
    pd.pass(10_000);
    if (pd.ended.length === before) return;
  }
  expect.fail('PD never rests');
}

test.each(SEEDS)('balance comes to rest, and is even, seed %i', (seed) => {
  const { pd, stores } = grown(seed);
  rest(pd);
  expectEven(
    pd,
    Array.from({ length: stores }, (_, i) => i + 1),
  );
  expect(new Set(pd.ended.map((each) => each.split(': ')[1]))).toEqual(new Set(['SUCCESS']));
});

test.each(SEEDS)(
  'a store that goes ends as a tombstone, one that dies is replaced, seed %i',
  (seed) => {
    const chance = newChance(seed, 'losses');
    const { pd, stores } = grown(seed);
    if (stores < 5) pd.addStore(5);
    const all = Array.from({ length: Math.max(stores, 5) }, (_, i) => i + 1);
    pd.pass(between(chance, 0, 8000));
    const gone = pick(chance, all);
    expect(pd.ask({ type: 'delete-store', store: gone })).toBeNull();
    pd.pass(between(chance, 0, 20_000));
    const left = all.filter((id) => id !== gone);
    const dead = pick(chance, left);
    if (below(chance, 2) === 0) pd.reboot();
    pd.kill(dead);
    pd.pass(90_000);
    rest(pd);
    expect(pd.stateOf(gone)).toBe('Tombstone');
    expect(pd.stateOf(dead)).toBe('Down');
    expectEven(
      pd,
      left.filter((id) => id !== dead),
    );
  },
);
