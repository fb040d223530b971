import { describe, expect, test } from 'vitest';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { foldRecord } from './fold.ts';
import { decides, majoritiesOf, membersOf } from './membership.ts';
import { leaderOf } from './questions.ts';
import { newWorld } from './world.ts';

const region = (
  roles: Record<number, 'Voter' | 'Learner' | 'IncomingVoter' | 'DemotingVoter'>,
) => ({
  id: 1,
  startKey: '',
  endKey: '',
  epoch: { confVer: 1, version: 1 },
  peers: Object.entries(roles).map(([id, role]) => ({ id: +id, storeId: +id, role })),
});

describe('who decides', () => {
  test('learners do not', () => {
    const members = membersOf(region({ 1: 'Voter', 2: 'Voter', 3: 'Voter', 4: 'Learner' }));
    expect(majoritiesOf(members)).toEqual([{ side: 'only', voters: [1, 2, 3], needed: 2 }]);
    expect(decides(members, (peer) => peer >= 3)).toBe(false);
    expect(decides(members, (peer) => peer <= 2)).toBe(true);
  });

  test('while it is joint, a majority of the old and one of the new', () => {
    const members = membersOf(
      region({
        1: 'DemotingVoter',
        2: 'Voter',
        3: 'Voter',
        4: 'IncomingVoter',
        5: 'IncomingVoter',
      }),
    );
    expect(majoritiesOf(members)).toEqual([
      { side: 'old', voters: [1, 2, 3], needed: 2 },
      { side: 'new', voters: [2, 3, 4, 5], needed: 3 },
    ]);
    expect(decides(members, (peer) => [1, 2].includes(peer))).toBe(false);
    expect(decides(members, (peer) => [2, 4, 5].includes(peer))).toBe(false);
    expect(decides(members, (peer) => [2, 3, 5].includes(peer))).toBe(true);
  });
});

test('an election in a joint configuration asks both sets', async () => {
  const world = newWorld();
  const conductor = await Conductor.start({
    ...{ seed: 3, hosts: memoryHosts() },
    cluster: { stores: 5, clients: 1, settings: { 'replication.max-replicas': 3 } },
    onRecords: (records) => {
      for (const record of records) foldRecord(world, record);
    },
  });
  const until = (holds: () => boolean) => conductor.advance(conductor.now + 60_000_000, holds);
  const leader = () => leaderOf(world, 1);
  await until(() => leader() !== null && (leader()?.members.incoming.length ?? 0) === 3);
  const members = world.regions[1]?.region.peers.map((peer) => `s${peer.storeId}`) ?? [];
  const free = ['s1', 's2', 's3', 's4', 's5'].filter((store) => !members.includes(store));
  const numbers = free.map((store) => Number(store.slice(1)));
  const joins = numbers.map((store) => ({ do: 'join', store }) as const);
  const given = await conductor.give({
    type: 'admin',
    node: leader()?.store ?? '',
    region: 1,
    request: { type: 'change-peer', changes: joins },
  });
  expect(given.ok).toBe(true);
  await until(() => (leader()?.members.outgoing.length ?? 0) > 0 && leader() !== null);
  await until(() =>
    members.every((store) => (world.replicas[store]?.[1]?.members.outgoing.length ?? 0) === 3),
  );
  expect(leader()?.members.incoming).toHaveLength(5);
  const dead = leader()?.store ?? '';
  await conductor.give({ type: 'kill', node: dead });
  await until(() =>
    Object.values(world.replicas).some((store) => store[1]?.campaign?.kind === 'vote'),
  );
  const campaign = Object.values(world.replicas)
    .map((store) => store[1]?.campaign)
    .find((each) => each?.kind === 'vote');
  expect(
    campaign?.majorities.map(({ side, needed, voters }) => [side, needed, voters.length]),
  ).toEqual([
    ['old', 2, 3],
    ['new', 3, 5],
  ]);
  expect(campaign?.votes).toHaveLength(5);
});
