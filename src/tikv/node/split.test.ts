// A Region is split on command, by size and by keys: every store makes the same parts of it, and clients find them.
import { expect, test } from 'vitest';
import { TinyWorld, type TinyOptions } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { NodeId } from '../ids.ts';
import type { PdOrder } from '../pd/message.ts';
import { boundOf } from '../raftstore/key-space.ts';
import type { Peer } from '../raftstore/region.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const get = (key: string): ClientRequest => ({ type: 'get', key });

function world(options: TinyOptions = {}): TinyWorld {
  const made = new TinyWorld(options);
  made.untilLeader();
  made.run(500);
  return made;
}

function split(w: TinyWorld, ...keys: string[]): void {
  const policy = keys.length === 0 ? 'scan' : 'usekey';
  const bounds = keys.map((key) => boundOf('raw', key));
  w.admin(w.leader() as NodeId, { type: 'split', policy, keys: bounds });
}

const parts = (w: TinyWorld, store: NodeId) =>
  w.eventsOf(store, 'raftstore/region-split').at(-1)?.regions;
const refused = (w: TinyWorld) => w.eventsOf(null, 'raftstore/admin-refused').at(-1)?.reason;
const STORES = ['s1', 's2', 's3'] as const;

test('the right part keeps the id, all parts have one new version, every store agrees', () => {
  const w = world();
  for (const key of ['a', 'k', 'z']) expect(w.do(put(key, key)).status).toBe('ok');
  split(w, 'k', 'p');
  w.until(() => STORES.every((store) => parts(w, store) !== undefined), 5000);
  const [left, middle, right] = parts(w, 's1') ?? [];
  expect(left).toMatchObject({ startKey: '', endKey: boundOf('raw', 'k') });
  expect(middle).toMatchObject({ startKey: boundOf('raw', 'k'), endKey: boundOf('raw', 'p') });
  expect(right).toMatchObject({ id: 1, startKey: boundOf('raw', 'p'), endKey: '' });
  for (const part of [left, middle, right]) expect(part?.epoch).toEqual({ confVer: 1, version: 3 });
  expect(left?.peers.map(({ storeId }) => storeId)).toEqual([1, 2, 3]);
  expect(
    new Set([left, middle, right].flatMap((part) => part?.peers.map(({ id }) => id))).size,
  ).toBe(9);
  for (const store of STORES) expect(parts(w, store)).toEqual([left, middle, right]);
});

test('the new Regions are led by the store that led the old one, at once, and hold its data', () => {
  const w = world();
  for (const key of ['a', 'k', 'z']) w.do(put(key, key));
  const leader = w.leader() as NodeId;
  split(w, 'k');
  w.until(() => parts(w, leader) !== undefined, 5000);
  const id = parts(w, leader)?.[0]?.id as number;
  const leads = () => w.eventsOf(leader, 'raft/became-leader').find(({ region }) => region === id);
  w.until(() => leads() !== undefined, 300);
  expect(leads()?.term).toBe(6);
  for (const key of ['a', 'k', 'z'])
    expect(w.do(get(key))).toMatchObject({ status: 'ok', result: { value: key } });
  expect(w.do(put('a', '2')).status).toBe('ok');
  expect(w.do(put('z', '3')).status).toBe('ok');
  expect(w.do(get('a'))).toMatchObject({ result: { value: '2' } });
});

test('a client that believes in the old Region is told of all that came of it', () => {
  const w = world();
  w.do(put('a', '1'));
  split(w, 'k', 'p');
  w.run(1000);
  w.do(get('a'));
  const error = w
    .eventsOf(null, 'raftstore/request-refused')
    .map((event) => event.error)
    .find(({ type }) => type === 'EpochNotMatch');
  expect(error).toMatchObject({ type: 'EpochNotMatch' });
  const regions = error?.type === 'EpochNotMatch' ? error.currentRegions : [];
  expect(regions.map(({ endKey }) => endKey)).toEqual([
    '',
    boundOf('raw', 'p'),
    boundOf('raw', 'k'),
  ]);
});

test('a write that is proposed behind a split waits for it and is refused', () => {
  const w = world();
  w.do(put('a', '1'));
  const leader = w.leader() as NodeId;
  split(w, 'k');
  w.until(() => w.eventsOf(leader, 'raftstore/admin-proposed').length > 0, 1000);
  const op = w.request(put('a', '2'));
  w.until(() => w.outcome(op) !== null, 5000);
  expect(w.outcome(op)?.status).toBe('ok');
  const applied = w.eventsOf(leader, 'raftstore/applied').filter((event) => event.refused);
  expect(applied).toEqual([]);
  expect(w.do(get('a'))).toMatchObject({ result: { value: '2' } });
});

test('what makes no sense is refused, with the reason', () => {
  const w = world();
  split(w);
  expect(refused(w)).toContain('holds no data');
  w.do(put('a', '1'));
  w.admin(w.leader() as NodeId, { type: 'split', policy: 'usekey', keys: [''] });
  expect(refused(w)).toContain('inside the Region');
  const follower = STORES.find((store) => store !== w.leader()) as NodeId;
  w.admin(follower, { type: 'split', policy: 'scan', keys: [] });
  expect(refused(w)).toContain('does not lead');
});

test('a Region is split by itself when it has too many keys, and in halves when asked', () => {
  const w = world({
    settings: { 'coprocessor.region-split-keys': 4, 'coprocessor.region-max-keys': 6 },
  });
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const key of keys) expect(w.do(put(key, key)).status).toBe('ok');
  w.until(() => STORES.every((store) => parts(w, store) !== undefined), 10_000);
  expect(w.eventsOf(null, 'raftstore/split-asked')[0]?.why).toBe('keys');
  expect(parts(w, 's1')?.[0]?.endKey).toBe(boundOf('raw', 'e'));
  for (const key of keys) expect(w.do(get(key))).toMatchObject({ result: { value: key } });
});

test('a power loss after the split is applied and before it is on the disk undoes it, and the log does it again', () => {
  const w = world();
  for (const key of ['a', 'k', 'z']) w.do(put(key, key));
  const leader = w.leader() as NodeId;
  const other = STORES.find((store) => store !== leader) as NodeId;
  split(w, 'k');
  const applied = () => w.eventsOf(other, 'raftstore/applied').at(-1)?.index;
  const before = applied();
  w.until(() => applied() !== before, 5000);
  expect(parts(w, other)).toBeUndefined();
  w.kill(other);
  w.restart(other);
  w.until(() => parts(w, other) !== undefined, 10_000);
  expect(parts(w, other)).toEqual(parts(w, leader));
  w.run(2000);
  expect(w.disk(other).region_state).toHaveLength(2);
});

test('stores that were away for the split make the new Regions when they have caught up', () => {
  const w = world();
  for (const key of ['a', 'k', 'z']) w.do(put(key, key));
  const away = STORES.find((store) => store !== w.leader()) as NodeId;
  w.kill(away);
  split(w, 'k');
  w.run(3000);
  w.do(put('a', '2'));
  w.restart(away);
  w.until(() => parts(w, away) !== undefined, 20_000);
  const id = parts(w, away)?.[0]?.id;
  w.until(() => w.eventsOf(away, 'raftstore/applied').some(({ region }) => region === id), 20_000);
});

test('a node that is made from what it saved goes on in the same way through a split', () => {
  const run = (reloads: number) => {
    const w = world({ reloads });
    for (const key of ['a', 'k', 'z']) w.do(put(key, key));
    split(w, 'k');
    w.run(700);
    w.do(put('a', '2'));
    w.run(1500);
    return w.told;
  };
  expect(run(200_000)).toEqual(run(0));
});

test('an order of PD is obeyed by the leader that it means, and by nobody else', () => {
  const w = world();
  for (const key of ['a', 'k', 'z']) w.do(put(key, key));
  const leader = w.leader() as NodeId;
  const [region] = w.eventsOf(leader, 'raftstore/peer-started').map((event) => event.region);
  const order = (changes: Partial<PdOrder>) =>
    w.inject(leader, {
      type: 'message',
      now: w.now,
      from: 'pd1',
      message: {
        type: 'pd-order',
        regionId: 1,
        regionEpoch: region?.epoch ?? { confVer: 1, version: 1 },
        targetPeer: region?.peers.find(({ storeId }) => `s${storeId}` === leader) as Peer,
        order: { type: 'SplitRegion', policy: 'scan', keys: [] },
        ...changes,
      },
    });
  const last = () => w.eventsOf(leader, 'raftstore/order-received').at(-1)?.refused;
  order({ targetPeer: { id: 999, storeId: 1, role: 'Voter' } });
  expect(last()).toContain('another peer');
  order({ regionId: 77 });
  expect(last()).toContain('no peer');
  order({ regionEpoch: { confVer: 1, version: 0 } });
  expect(last()).toContain('has changed');
  order({});
  expect(last()).toBeNull();
  w.until(() => parts(w, leader) !== undefined, 5000);
});
