// What PD wants of Regions, with stores made by hand: each checker and scheduler, each way in which an operator ends.
import { beforeEach, describe, expect, test } from 'vitest';
import { PdBench } from '../../testing/pd-bench.ts';
import type { SettingChanges } from '../config.ts';
import { encodeRawKey } from '../raftstore/raw-codec.ts';
import { peerOn } from '../raftstore/region.ts';

let pd: PdBench;
const begin = (stores: number, changes: SettingChanges = {}): void => {
  pd = new PdBench({ 'replication.max-replicas': 3, ...changes });
  pd.begin(stores);
};
/** Regions named by the key at which each begins, after the first. */
const cut = (count: number): void => {
  for (let i = 1; i <= count; i++) pd.split(1, encodeRawKey(`k${String(i).padStart(3, '0')}`));
};
const steps = (desc: string): string[] => {
  const created = pd.events.find(
    (event) => event.type === 'pd/operator-created' && event.operator.desc === desc,
  );
  if (created?.type !== 'pd/operator-created') return [];
  return created.operator.steps.map(({ type }) => type);
};
const zone = (value: string) => [{ key: 'zone', value }];

describe('replicas', () => {
  test('that are missing are made up: a learner first, then it votes', () => {
    begin(2);
    expect(pd.storesOf(1)).toEqual([1, 2]);
    pd.addStore(3);
    pd.pass(3000);
    // PD keeps as many as the first Region began with.
    expect(pd.storesOf(1)).toEqual([1, 2]);
    pd.settings['replication.max-replicas'] = 3;
    pd.configured('replication.max-replicas');
    pd.pass(3000);
    expect(pd.storesOf(1)).toEqual([1, 2, 3]);
    expect(steps('make-up-replica')).toEqual(['AddLearner', 'PromoteLearner']);
    expect(pd.ended).toEqual(['make-up-replica: SUCCESS']);
  });

  test('that are too many lose one, and never the leader without a transfer', () => {
    begin(4);
    expect(pd.ask({ type: 'add-peer', region: 1, store: 4 })).toBeNull();
    pd.pass(3000);
    expect(pd.storesOf(1).length).toBe(3);
    expect(pd.ended).toContain('admin-add-peer: SUCCESS');
    expect(pd.ended).toContain('remove-extra-replica: SUCCESS');
  });

  test('on a store that is dead for long are replaced through a joint configuration', () => {
    begin(4);
    pd.pass(1000);
    pd.kill(2);
    pd.pass(14_000);
    expect(pd.storesOf(1)).toEqual([1, 2, 3]);
    pd.pass(4000);
    expect(pd.storesOf(1)).toEqual([1, 3, 4]);
    expect(steps('replace-down-replica')).toEqual([
      'AddLearner',
      'ChangePeerV2Enter',
      'ChangePeerV2Leave',
      'RemovePeer',
    ]);
    expect(pd.stateOf(2)).toBe('Down');
  });

  test('stay where they are while the dead store may come back, and where nobody can take them', () => {
    begin(3);
    pd.kill(3);
    pd.pass(30_000);
    expect(pd.storesOf(1)).toEqual([1, 2, 3]);
    expect(pd.ended).toEqual([]);
  });

  test('are mended no more where that is switched off', () => {
    begin(4, { 'schedule.enable-remove-down-replica': false });
    pd.kill(2);
    pd.pass(30_000);
    expect(pd.storesOf(1)).toEqual([1, 2, 3]);
  });

  test('a joint configuration that somebody left behind is left', () => {
    begin(3);
    const hand = pd.regions.get(1);
    if (hand === undefined) return expect.fail('no Region');
    const peers = hand.region.peers.map((peer) =>
      peer.storeId === 3 ? ({ ...peer, role: 'IncomingVoter' } as const) : peer,
    );
    hand.region = { ...hand.region, peers, epoch: { confVer: 2, version: 1 } };
    pd.pass(3000);
    expect(pd.ended).toContain('leave-joint-state: SUCCESS');
    expect(pd.regions.get(1)?.region.peers.every(({ role }) => role === 'Voter')).toBe(true);
  });
});

describe('where replicas stand', () => {
  test('labels say: one zone loses its second replica to a zone that has none', () => {
    begin(3);
    for (const [id, name] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
    ] as const)
      pd.ask({ type: 'label-store', store: id, labels: zone(name) });
    pd.pass(2000);
    expect(pd.storesOf(1)).toEqual([1, 2, 3]);
    pd.addStore(4, zone('c'));
    pd.pass(4000);
    expect([
      [1, 3, 4],
      [2, 3, 4],
    ]).toContainEqual(pd.storesOf(1));
    expect(pd.ended).toContain('move-to-better-location: SUCCESS');
  });

  test('a replacement goes to the zone that lacks one, though another store is emptier', () => {
    begin(3);
    for (const [id, name] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const)
      pd.ask({ type: 'label-store', store: id, labels: zone(name) });
    pd.addStore(4, zone('a'));
    pd.addStore(5, zone('b'));
    pd.pass(1000);
    pd.kill(2);
    pd.pass(19_000);
    expect(pd.storesOf(1)).toEqual([1, 3, 5]);
  });
});

describe('balance', () => {
  test('leaders differ by one at most in the end, each by an operator with the counts', () => {
    begin(3);
    cut(8);
    expect(pd.leadersOn(1)).toBe(9);
    pd.pass(20_000);
    expect([1, 2, 3].map(pd.leadersOn)).toEqual([3, 3, 3]);
    const created = pd.events.flatMap((event) =>
      event.type === 'pd/operator-created' ? [event.operator] : [],
    );
    expect(created.every(({ reason }) => reason.type === 'leaders')).toBe(true);
    expect(pd.ended.every((each) => each === 'balance-leader: SUCCESS')).toBe(true);
  });

  test.each([1, 2, 3, 4, 5])('bytes come to a store that joins, seed %i', (seed) => {
    pd = new PdBench({ 'replication.max-replicas': 3 }, seed);
    pd.begin(3);
    cut(11);
    pd.addStore(4);
    pd.addStore(5);
    pd.pass(120_000);
    const bytes = [1, 2, 3, 4, 5].map(pd.bytesOn);
    const most = Math.max(...bytes) - Math.min(...bytes);
    expect(most).toBeLessThanOrEqual(200);
    const leaders = [1, 2, 3, 4, 5].map(pd.leadersOn);
    expect(Math.max(...leaders) - Math.min(...leaders)).toBeLessThanOrEqual(2);
    for (const { region } of pd.regions.values())
      expect(new Set(region.peers.map(({ storeId }) => storeId)).size).toBe(3);
    const done = pd.ended.length;
    pd.pass(30_000);
    expect(pd.ended.length, 'balance comes to rest').toBe(done);
  });

  test('a hot Region leaves the store that takes most', () => {
    begin(3);
    cut(2);
    pd.pass(10_000);
    const on1 = [...pd.regions.values()].filter(({ leader }) => leader.storeId === 1);
    const [first] = on1;
    const second = [...pd.regions.values()].find((hand) => hand !== first);
    if (first === undefined || second === undefined) return expect.fail('no Regions');
    second.leader = peerOn(second.region, 1) ?? second.leader;
    second.term += 1;
    first.writes = 900;
    second.writes = 500;
    pd.pass(15_000);
    expect(pd.ended).toContain('transfer-hot-write-leader: SUCCESS');
    expect(first.leader.storeId).not.toBe(second.leader.storeId);
  });

  test('a store that shall lead nothing leads nothing, until the scheduler goes', () => {
    begin(3);
    cut(5);
    pd.pass(15_000);
    expect(pd.ask({ type: 'add-scheduler', name: 'evict-leader', store: 2 })).toBeNull();
    pd.pass(10_000);
    expect(pd.leadersOn(2)).toBe(0);
    expect(
      pd.ask({ type: 'remove-scheduler', name: 'evict-leader-scheduler', store: 2 }),
    ).toBeNull();
    pd.pass(15_000);
    expect(pd.leadersOn(2)).toBe(2);
  });

  test('a paused scheduler does nothing until its time is over; a removed one comes back by hand alone', () => {
    begin(3);
    cut(5);
    pd.ask({ type: 'pause-scheduler', name: 'balance-leader', duration: 30_000_000 });
    const before = pd.ended.length;
    pd.pass(25_000);
    expect(pd.ended.length).toBe(before);
    pd.pass(20_000);
    expect(Math.max(...[1, 2, 3].map(pd.leadersOn))).toBe(2);
    pd.ask({ type: 'remove-scheduler', name: 'balance-leader', store: null });
    pd.reboot();
    pd.beat();
    expect(pd.ask({ type: 'resume-scheduler', name: 'balance-leader' })).toMatch(/does not run/);
  });
});

describe('stores that go', () => {
  test('are emptied, and buried once they hold nothing; nothing is lost on the way', () => {
    begin(4);
    cut(5);
    pd.pass(20_000);
    expect(pd.ask({ type: 'delete-store', store: 1 })).toBeNull();
    expect(pd.stateOf(1)).toBe('Offline');
    pd.pass(60_000);
    expect(pd.stateOf(1)).toBe('Tombstone');
    expect(pd.bytesOn(1)).toBe(0);
    for (const id of pd.regions.keys()) expect(pd.storesOf(id)).toEqual([2, 3, 4]);
    pd.reboot();
    expect(pd.stateOf(1)).toBe('Tombstone');
    expect(pd.call({ type: 'put-store', store: 1, labels: [] })).toMatchObject({ type: 'refused' });
  });

  test('may not go where too few would be left, and may stay after all', () => {
    begin(3);
    expect(pd.ask({ type: 'delete-store', store: 1 })).toMatch(/2 other stores would be left/);
    pd.addStore(4);
    pd.pass(1000);
    expect(pd.ask({ type: 'delete-store', store: 1 })).toBeNull();
    expect(pd.ask({ type: 'cancel-delete-store', store: 1 })).toBeNull();
    expect(pd.stateOf(1)).toBe('Up');
  });

  test('may go while others are silent: those have not been given up', () => {
    begin(4);
    pd.kill(2);
    pd.pass(20_000);
    expect(pd.stateOf(2)).toBe('Down');
    expect(pd.ask({ type: 'delete-store', store: 1 })).toBeNull();
  });

  test('may not go where nobody else may lead', () => {
    begin(4);
    for (const store of [2, 3, 4])
      expect(pd.ask({ type: 'add-scheduler', name: 'evict-leader', store })).toBeNull();
    expect(pd.ask({ type: 'delete-store', store: 1 })).toMatch(/none would be left to lead/);
    pd.ask({ type: 'remove-scheduler', name: 'evict-leader', store: 3 });
    expect(pd.ask({ type: 'delete-store', store: 1 })).toBeNull();
  });

  test('may not go where they are alone', () => {
    begin(1);
    expect(pd.ask({ type: 'delete-store', store: 1 })).toBe(
      'S1 cannot go: 0 other stores would be left, and every Region needs 1. Let one join first',
    );
  });

  test('stay offline over a restart of PD', () => {
    begin(4);
    pd.obeys = false;
    pd.ask({ type: 'delete-store', store: 1 });
    pd.reboot();
    expect(pd.stateOf(1)).toBe('Offline');
  });
});

describe('operators', () => {
  beforeEach(() => {
    begin(4);
    pd.pass(1000);
  });

  test('that nobody obeys are said again, and given up in the end', () => {
    pd.obeys = false;
    pd.ask({ type: 'transfer-leader', region: 1, store: 2 });
    pd.pass(5000);
    expect(pd.orders.length).toBeGreaterThan(5);
    pd.pass(17_000);
    expect(pd.ended).toEqual(['admin-transfer-leader: TIMEOUT']);
  });

  test('end where somebody else changes the members', () => {
    pd.obeys = false;
    pd.ask({ type: 'add-peer', region: 1, store: 4 });
    const hand = pd.regions.get(1);
    if (hand === undefined) return expect.fail('no Region');
    hand.region = { ...hand.region, epoch: { confVer: 3, version: 1 } };
    pd.beat();
    expect(pd.ended).toEqual(['admin-add-peer: CANCELED']);
  });

  test('give way to what is more urgent, and to nothing else', () => {
    pd.obeys = false;
    pd.ask({ type: 'transfer-leader', region: 1, store: 2 });
    expect(pd.ask({ type: 'transfer-leader', region: 1, store: 3 })).toMatch(/has an operator/);
    pd.ask({ type: 'add-scheduler', name: 'evict-leader', store: 1 });
    pd.pass(2000);
    expect(pd.ended).toEqual([]);
    expect(pd.ask({ type: 'remove-operator', region: 1 })).toBeNull();
    expect(pd.ask({ type: 'remove-operator', region: 1 })).toMatch(/no operator/);
    expect(pd.ended).toEqual(['admin-transfer-leader: CANCELED']);
  });

  test('move a leader as they move its replica', () => {
    expect(pd.regions.get(1)?.leader.storeId).toBe(1);
    expect(pd.ask({ type: 'transfer-peer', region: 1, from: 1, to: 4 })).toBeNull();
    expect(steps('admin-move-peer')).toEqual([
      'AddLearner',
      'TransferLeader',
      'ChangePeerV2Enter',
      'ChangePeerV2Leave',
      'RemovePeer',
    ]);
    pd.pass(2000);
    expect(pd.storesOf(1)).toEqual([2, 3, 4]);
  });

  test('are refused with what is there instead', () => {
    expect(pd.ask({ type: 'transfer-leader', region: 1, store: 4 })).toBe(
      'Region 1 has no replica on S4. It has them on S1, S2, S3.',
    );
    expect(pd.ask({ type: 'transfer-leader', region: 1, store: 1 })).toMatch(
      /leads Region 1 already/,
    );
    expect(pd.ask({ type: 'add-peer', region: 1, store: 2 })).toMatch(/already/);
    expect(pd.ask({ type: 'remove-peer', region: 1, store: 4 })).toMatch(/no replica on S4/);
    expect(pd.ask({ type: 'add-peer', region: 9, store: 2 })).toBe('PD knows no Region 9.');
    expect(pd.ask({ type: 'add-peer', region: 1, store: 9 })).toBe('PD knows no store S9.');
  });

  test('a split says its keys, encoded, to the leader of the Region that holds them', () => {
    const split = { type: 'split-region', policy: 'usekey', space: 'raw' } as const;
    expect(pd.ask({ ...split, region: null, keys: ['m'] })).toBeNull();
    expect(pd.orders.at(-1)?.order).toEqual({
      type: 'SplitRegion',
      policy: 'usekey',
      keys: [encodeRawKey('m')],
    });
    cut(1);
    pd.beat();
    expect(pd.ended).toEqual(['admin-split-region: SUCCESS']);
  });

  test('go on from where they were when PD is saved and loaded', () => {
    pd.obeys = false;
    pd.ask({ type: 'transfer-peer', region: 1, from: 2, to: 4 });
    pd.moveOver();
    pd.obeys = true;
    pd.pass(3000);
    expect(pd.storesOf(1)).toEqual([1, 3, 4]);
  });

  test('are in memory alone: a PD that starts again has none', () => {
    pd.obeys = false;
    pd.ask({ type: 'transfer-leader', region: 1, store: 2 });
    pd.reboot();
    expect(pd.ask({ type: 'remove-operator', region: 1 })).toMatch(/no operator/);
  });
});

describe('splits', () => {
  test('get ids that nobody had, once they are on disk; a stale Region gets none', () => {
    begin(3);
    cut(1);
    const ids = [...pd.regions.values()].flatMap(({ region }) => region.peers.map(({ id }) => id));
    expect(new Set(ids).size).toBe(6);
    const stale = pd.regions.get(1)?.region;
    if (stale === undefined) return expect.fail('no Region');
    const older = { ...stale, epoch: { confVer: 1, version: 1 } };
    expect(pd.call({ type: 'ask-batch-split', region: older, count: 1 })).toMatchObject({
      type: 'refused',
    });
    const all = pd.call({ type: 'scan-regions', startKey: '', endKey: '', limit: 10 });
    expect(all?.type === 'scan-regions' && all.regions.map(({ region }) => region.endKey)).toEqual([
      encodeRawKey('k001'),
      '',
    ]);
  });
});
