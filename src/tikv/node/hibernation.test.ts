// Idle Regions sleep, and wake for whatever happens to them.
import { expect, test } from 'vitest';
import { QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld, type TinyOptions } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { NodeId } from '../ids.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const STORES = ['s1', 's2', 's3'] as const;
const asleep = (w: TinyWorld, store: NodeId) =>
  w.eventsOf(store, 'raftstore/hibernated').length > w.eventsOf(store, 'raftstore/woken').length;

function sleeping(options: TinyOptions = {}) {
  const settings = { ...QUIET_PD, 'raftstore.hibernate-regions': true };
  const w = new TinyWorld({ ...options, settings });
  const leader = w.untilLeader();
  w.until(() => STORES.every((store) => asleep(w, store)), 20_000);
  return { w, leader };
}

const raftMessages = (w: TinyWorld, ms: number): string[] => {
  const seen: string[] = [];
  w.watch = (_from, _to, message) => {
    if (message.type === 'raft') seen.push(message.extra ?? message.message.msgType);
  };
  w.run(ms);
  w.watch = () => undefined;
  return seen;
};

test('nobody ticks, nobody is elected, and the leader says now and then that it is there', () => {
  const { w } = sleeping();
  const elections = w.eventsOf(null, 'raft/became-pre-candidate').length;
  const seen = raftMessages(w, 8000);
  expect(new Set(seen)).toEqual(new Set(['MsgHeartbeat', 'MsgHeartbeatResponse']));
  expect(seen.length).toBeLessThan(24);
  expect(STORES.every((store) => asleep(w, store))).toBe(true);
  expect(w.eventsOf(null, 'raft/became-pre-candidate').length).toBe(elections);
});

test('without the setting nobody sleeps', () => {
  const w = new TinyWorld();
  w.untilLeader();
  w.run(5000);
  expect(w.eventsOf(null, 'raftstore/hibernated')).toEqual([]);
});

test('a write wakes everybody, and afterwards they sleep again', () => {
  const { w } = sleeping();
  expect(w.do(put('a', '1')).status).toBe('ok');
  expect(STORES.some((store) => asleep(w, store))).toBe(false);
  w.until(() => STORES.every((store) => asleep(w, store)), 20_000);
  expect(w.do({ type: 'get', key: 'a' })).toMatchObject({ result: { value: '1' } });
});

test('a leader that dies in its sleep is found out', () => {
  const { w, leader } = sleeping();
  w.kill(leader);
  w.until(() => w.leader() !== null && w.leader() !== leader, 20_000);
  expect(w.eventsOf(null, 'raftstore/woken').map(({ why }) => why)).toContain('doubt');
  expect(w.do(put('a', '1')).status).toBe('ok');
});

test('a peer that is away keeps the others awake', () => {
  const settings = { ...QUIET_PD, 'raftstore.hibernate-regions': true };
  const w = new TinyWorld({ settings });
  const leader = w.untilLeader();
  const away = STORES.find((store) => store !== leader) as NodeId;
  w.kill(away);
  w.do(put('a', '1'));
  w.run(8000);
  expect(w.eventsOf(leader, 'raftstore/hibernated')).toEqual([]);
});

test('a node that is made from what it saved sleeps and wakes in the same way', () => {
  const run = (reloads: number) => {
    const { w } = sleeping({ reloads });
    w.do(put('a', '1'));
    w.run(6000);
    return w.told;
  };
  expect(run(200_000)).toEqual(run(0));
});
