// A store that was away too long gets a snapshot, whatever loses its power on the way.
import { describe, expect, test } from 'vitest';
import { NO_SPLITS, QUIET_PD } from '../../testing/quiet-pd.ts';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { SettingChanges } from '../config.ts';
import type { NodeId } from '../ids.ts';
import { EMPTY_CONF_STATE, newMessage } from '../raft/message.ts';
import type { SnapshotAnswer, SnapshotChunk } from '../raftstore/message.ts';
import type { Message } from './message.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const STORES = ['s1', 's2', 's3'];

/** One store is down while the others give up the part of the log that it needs. */
function behind(options: { seed?: number; reloads?: number; settings?: SettingChanges } = {}) {
  const settings = { ...QUIET_PD, ...NO_SPLITS, ...options.settings };
  const world = new TinyWorld({ ...options, settings });
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

describe('chunks', () => {
  const isChunk = (message: Message, chunk: number): boolean =>
    message.type === 'snapshot-chunk' && message.chunk === chunk;
  const reports = (world: TinyWorld, leader: NodeId) =>
    world.eventsOf(leader, 'raft/snapshot-reported').map(({ status }) => status);
  const broken = (world: TinyWorld, store: NodeId) =>
    world.eventsOf(store, 'raftstore/snapshot-broken').map(({ side, why }) => `${side}: ${why}`);
  const received = (world: TinyWorld, store: NodeId) =>
    world.eventsOf(store, 'raftstore/snapshot-receiving');

  test('a snapshot comes in the order of its chunks, none longer than the setting says', () => {
    const { world, leader, away } = behind();
    const chunks: SnapshotChunk[] = [];
    world.watch = (_from, _to, message) => {
      if (message.type === 'snapshot-chunk') chunks.push(message);
      else if (message.type === 'raft') expect(message.message.snapshot).toBeUndefined();
    };
    world.restart(away);
    world.until(() => installed(world, away) !== undefined, 10_000);
    const [sending] = world.eventsOf(leader, 'raftstore/snapshot-sending');
    const of = sending?.chunks ?? 0;
    expect(of).toBeGreaterThan(3);
    expect(chunks.map(({ chunk }) => chunk)).toEqual(Array.from({ length: of + 1 }, (_, i) => i));
    const lengths = chunks.map(({ data }) => data.length);
    expect(lengths[0]).toBe(0);
    expect(lengths.slice(1, -1).every((length) => length === 128)).toBe(true);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(sending?.bytes);
    expect(received(world, away).map(({ chunk }) => chunk)).toEqual(chunks.map((c) => c.chunk));
    world.run(100);
    expect(reports(world, leader)).toEqual(['Finish']);
  });

  test.each([0, 1, 3])('chunk %i is lost twice: it fails twice, and is sent again', (lost) => {
    const { world, leader, away } = behind();
    let times = 0;
    world.lose = (_from, _to, message) => isChunk(message, lost) && ++times <= 2;
    world.restart(away);
    world.until(() => installed(world, away) !== undefined, 20_000);
    world.run(500);
    expect(reports(world, leader)).toEqual(['Failure', 'Failure', 'Finish']);
    expect(broken(world, leader)).toEqual(Array(2).fill('sender: the connection broke'));
  });

  test('a chunk that comes before its turn breaks the stream', () => {
    const { world, leader, away } = behind();
    world.restart(away);
    world.until(() => received(world, away).at(-1)?.chunk === 1, 20_000);
    // As if a hand had held chunk 2 back.
    const stream = received(world, away).at(-1)?.stream ?? 0;
    const chunk = { type: 'snapshot-chunk', regionId: 1, stream, of: 9, bytes: 9 } as const;
    const late = { ...chunk, chunk: 3, head: null, data: 'x' };
    world.inject(away, { type: 'message', now: world.now, from: leader, message: late });
    expect(broken(world, away)).toEqual(['receiver: chunk 2 is missing']);
    world.until(() => installed(world, away) !== undefined, 20_000);
    world.run(500);
    expect(reports(world, leader)).toEqual(['Failure', 'Finish']);
  });

  test('a copy of a chunk, and one of a stream that is over, change nothing', () => {
    const { world, leader, away } = behind();
    const chunks: SnapshotChunk[] = [];
    world.watch = (_from, _to, message) => {
      if (message.type === 'snapshot-chunk') chunks.push(message);
    };
    const again = (chunk: number) => {
      const message = chunks.find((each) => each.chunk === chunk) as SnapshotChunk;
      world.inject(away, { type: 'message', now: world.now, from: leader, message });
    };
    world.restart(away);
    world.until(() => received(world, away).at(-1)?.chunk === 2, 20_000);
    for (const chunk of [0, 1, 2]) again(chunk);
    world.until(() => installed(world, away) !== undefined, 10_000);
    again(2);
    again(0);
    world.run(10_000);
    expect(reports(world, leader)).toEqual(['Finish']);
    for (const [, found] of states(world)) expect(found.size).toBe(1);
  });

  test.each(['receiver', 'sender'] as const)('the %s loses its power in the middle', (who) => {
    const { world, leader, away } = behind();
    world.restart(away);
    world.until(() => received(world, away).at(-1)?.chunk === 2, 20_000);
    const dying = who === 'receiver' ? away : leader;
    world.kill(dying);
    world.run(who === 'receiver' ? 30 : 300);
    world.restart(dying);
    world.until(() => installed(world, away) !== undefined, 30_000);
    world.run(4000);
    for (const [, found] of states(world)) expect(found.size).toBe(1);
    if (who === 'receiver') expect(reports(world, leader)).toEqual(['Failure', 'Finish']);
    else expect(broken(world, away).length).toBeGreaterThan(0);
    expect(world.do(put('new', '2')).status).toBe('ok');
  });

  test('an answer that never comes is a failure for Raft, and harms nothing', () => {
    const { world, leader, away } = behind();
    world.lose = (_from, _to, message) => message.type === 'snapshot-answer';
    world.restart(away);
    world.until(() => broken(world, leader).length > 0, 20_000);
    expect(broken(world, leader)).toEqual(['sender: no answer came']);
    world.run(1000);
    const last = (store: NodeId) => world.eventsOf(store, 'raftstore/applied').at(-1)?.index;
    expect(world.do(put('new', '2')).status).toBe('ok');
    world.until(() => last(away) === last(leader), 5000);
  });

  test('a receiver that is asked for too many says so, and is asked again', () => {
    const { world, leader, away } = behind({
      settings: { 'server.concurrent-send-snap-limit': 1 },
    });
    world.restart(away);
    world.until(() => installed(world, away) !== undefined, 20_000);
    const head = (n: number): SnapshotChunk => {
      const message = newMessage('MsgSnapshot', 9);
      const peer = { id: 9, storeId: 1, role: 'Voter' } as const;
      const metadata = { index: 9, term: 9, confState: EMPTY_CONF_STATE };
      const raft = {
        type: 'raft',
        regionId: 50 + n,
        fromPeer: peer,
        toPeer: peer,
        regionEpoch: { confVer: 1, version: 1 },
        message: { ...message, snapshot: { data: '', metadata } },
      } as const;
      const of = { type: 'snapshot-chunk', regionId: 50 + n, chunk: 0, of: 2, bytes: 200 } as const;
      return { ...of, stream: 77 + n, head: raft, data: '' };
    };
    const answers: SnapshotAnswer[] = [];
    world.watch = (_from, _to, message) => {
      if (message.type === 'snapshot-answer') answers.push(message);
    };
    for (let n = 0; n < 6; n++)
      world.inject(away, { type: 'message', now: world.now, from: leader, message: head(n) });
    expect(answers.map(({ why }) => why)).toEqual(Array(2).fill('too many snapshots arrive'));
    // Partials of which nothing more comes do not stay.
    world.run(5000);
    expect(broken(world, away)).toEqual(Array(4).fill('receiver: no chunk came for too long'));
  });
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
