import { expect, test } from 'vitest';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { microsOf } from '../tikv/config.ts';
import { foldRecord } from './fold.ts';
import { leaderOf, leaseOf } from './questions.ts';
import { newWorld } from './world.ts';

async function led() {
  const world = newWorld();
  const conductor = await Conductor.start({
    ...{ seed: 1, hosts: memoryHosts(), cluster: { stores: 3, clients: 1, settings: {} } },
    onRecords: (records) => {
      for (const record of records) foldRecord(world, record);
    },
  });
  await conductor.advance(10_000_000, () => (leaderOf(world, 1)?.lease ?? null) !== null);
  await conductor.advance(conductor.now + 3_000_000);
  return { world, conductor };
}

test('an idle leader’s lease is renewed before it ends, and is as long as the setting says', async () => {
  const { world, conductor } = await led();
  const leader = leaderOf(world, 1);
  const lease = leader && leaseOf(world, leader);
  expect(lease?.state).toBe('valid');
  const length = microsOf(world.settings['raftstore.raft-store-max-leader-lease']);
  expect((lease?.until ?? 0) - (lease?.from ?? 0)).toBe(length);
  expect(lease?.from).toBeLessThanOrEqual(conductor.now);
  expect(lease?.until).toBeGreaterThan(conductor.now);
});

test('a clock that stands apart moves nothing: the lease is shown in virtual time', async () => {
  const { world, conductor } = await led();
  const store = leaderOf(world, 1)?.store ?? '';
  await conductor.give({ type: 'skew', node: store, offset: 5_000_000, ppm: 0 });
  await conductor.advance(conductor.now + 2_000_000);
  const leader = leaderOf(world, 1);
  expect(leader?.store).toBe(store);
  const lease = leader && leaseOf(world, leader);
  // On the leader's own clock it ends five seconds later.
  expect(leader?.lease?.until).toBe((lease?.until ?? 0) + 5_000_000);
  expect(lease?.until).toBeGreaterThan(conductor.now);
  expect(lease?.until).toBeLessThan(conductor.now + 1_000_000);
});
