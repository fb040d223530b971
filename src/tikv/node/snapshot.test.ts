// A store that was away too long gets a snapshot, whatever loses its power on the way.
import { describe, expect, test } from 'vitest';
import { NO_SPLITS, QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { NodeId } from '../ids.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const STORES = ['s1', 's2', 's3'];

/** One store is down while the others give up the part of the log that it needs. */
function behind(options: { seed?: number; reloads?: number } = {}) {
  const world = new TinyWorld({ ...options, settings: { ...QUIET_PD, ...NO_SPLITS } });
  const leader = world.untilLeader();
  const away = STORES.find((id) => id !== leader) as NodeId;
  expect(world.do(put('old', '1')).status).toBe('ok');
  world.run(600);
  world.kill(away);
  for (let i = 0; i < 30; i++) expect(world.do(put(`k${i}`, `v${i}`)).status).toBe('ok');
  world.until(() => world.eventsOf(leader, 'raftstore/log-compacted').length > 0, 20_000);
  return { world, leader, away };
}

/** The newest state that each store has told, by index. */
function states(world: TinyWorld): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const { index, state } of world.eventsOf(null, 'raftstore/applied'))
    found.set(index, (found.get(index) ?? new Set()).add(state));
  return found;
}

const installed = (world: TinyWorld, store: NodeId) =>
  world.eventsOf(store, 'raftstore/snapshot-installed').at(-1);

test('the log is given up by threshold, and what is left is what the store says', () => {
  const world = new TinyWorld();
  const leader = world.untilLeader();
  for (let i = 0; i < 20; i++) expect(world.do(put(`k${i}`, 'v')).status).toBe('ok');
  world.run(3000);
  for (const store of STORES) {
    const [compacted] = world.eventsOf(store, 'raftstore/log-compacted').slice(-1);
    expect(compacted?.firstIndex).toBeGreaterThan(6);
    world.kill(store);
    world.restart(store);
  }
  world.untilLeader();
  world.run(500);
  for (const store of STORES) {
    const started = world.eventsOf(store, 'raftstore/peer-started').at(-1);
    expect(started?.log[0]?.index).toBe(started?.firstIndex);
    expect(started?.firstIndex).toBeGreaterThan(6);
  }
  expect(world.do({ type: 'get', key: 'k3' })).toMatchObject({ result: { value: 'v' } });
  expect(leader).toBeTruthy();
});

test('a store that is behind the log gets a snapshot, and the same data', () => {
  const { world, leader, away } = behind();
  world.restart(away);
  world.until(() => installed(world, away) !== undefined, 10_000);
  expect(world.eventsOf(leader, 'raftstore/snapshot-generated').length).toBeGreaterThan(0);
  expect(world.eventsOf(leader, 'raft/snapshot-postponed').at(0)).toMatchObject({
    reason: 'not-ready',
  });
  expect(world.do(put('new', '2')).status).toBe('ok');
  world.run(2000);
  for (const [, found] of states(world)) expect(found.size).toBe(1);
  const last = (store: NodeId) => world.eventsOf(store, 'raftstore/applied').at(-1)?.index;
  expect(last(away)).toBe(last(leader));
  expect(world.eventsOf(leader, 'raft/snapshot-reported').at(-1)).toMatchObject({
    status: 'Finish',
  });
});

test('nothing is acknowledged before the data are there', () => {
  const { world, away } = behind();
  const answers: number[] = [];
  world.watch = (from, _to, message) => {
    if (from !== away || message.type !== 'raft' || installed(world, away) !== undefined) return;
    const { msgType, reject, index } = message.message;
    if (msgType === 'MsgAppendResponse' && reject !== true) answers.push(index);
  };
  world.restart(away);
  world.until(() => world.eventsOf(away, 'raftstore/snapshot-installing').length > 0, 10_000);
  const index = world.eventsOf(away, 'raftstore/snapshot-installing').at(-1)?.index ?? 0;
  world.until(() => installed(world, away) !== undefined, 10_000);
  expect(answers.filter((each) => each >= index)).toEqual([]);
});

describe.each(['kv', 'raft', 'data'] as const)('power lost in stage %s', (stage) => {
  test.each([0, 3, 6])('%i ms into it', (ms) => {
    const { world, leader, away } = behind();
    world.restart(away);
    const reached = () =>
      world.eventsOf(away, 'raftstore/snapshot-installing').some((each) => each.stage === stage);
    world.until(reached, 10_000);
    world.run(ms);
    world.kill(away);
    world.run(300);
    world.restart(away);
    const last = (store: NodeId) => world.eventsOf(store, 'raftstore/applied').at(-1)?.index;
    expect(world.do(put('new', '2')).status).toBe('ok');
    world.until(() => last(away) === last(leader), 20_000);
    for (const [, found] of states(world)) expect(found.size).toBe(1);
    expect(world.eventsOf(away, 'raftstore/peer-started').at(-1)?.commit).toBeGreaterThan(5);
  });
});

test('a snapshot that is lost is sent again', () => {
  const { world, leader, away } = behind();
  let lost = 0;
  world.lose = (_from, _to, message) => {
    const snapshot = message.type === 'raft' && message.message.snapshot !== undefined;
    if (snapshot) lost += 1;
    return snapshot && lost <= 2;
  };
  world.restart(away);
  world.until(() => installed(world, away) !== undefined, 20_000);
  expect(lost).toBeGreaterThan(2);
  expect(
    world.eventsOf(leader, 'raft/snapshot-reported').filter(({ status }) => status === 'Failure'),
  ).toHaveLength(2);
});

test('a node that is made from what it saved, in the middle of it, goes on in the same way', () => {
  const run = (reloads: number) => {
    const { world, away } = behind({ reloads });
    world.restart(away);
    world.until(() => installed(world, away) !== undefined, 10_000);
    world.run(1000);
    return { told: world.told, disks: STORES.map((store) => world.disk(store)) };
  };
  expect(run(300_000)).toEqual(run(0));
});
