// One Region on a few stores, end to end through createNode: what a person may do, and what must hold afterwards.
import { describe, expect, test } from 'vitest';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';

const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const get = (key: string): ClientRequest => ({ type: 'get', key });
const scan = (from = '', to = '', limit = 100): ClientRequest => ({
  type: 'scan',
  from,
  to,
  limit,
});
const cas = (key: string, previous: string | null, value: string): ClientRequest => ({
  type: 'cas',
  key,
  previous,
  value,
});
const value = (text: string | null) => ({ status: 'ok', result: { type: 'get', value: text } });

describe.each([1, 2, 3, 5, 7])('%i stores', (stores) => {
  test('elect a leader, answer, and agree', () => {
    const world = new TinyWorld({ stores });
    world.untilLeader(3000);
    expect(world.do(put('a', '1'))).toEqual({ status: 'ok', result: { type: 'put' } });
    expect(world.do(get('a'))).toEqual(value('1'));
    world.run(1000);
    const states = new Map<number, Set<number>>();
    for (const { index, state } of world.eventsOf(null, 'raftstore/applied'))
      states.set(index, (states.get(index) ?? new Set()).add(state));
    expect(states.size).toBeGreaterThanOrEqual(2);
    for (const [, found] of states) expect(found.size).toBe(1);
    expect(world.eventsOf(null, 'raftstore/applied').length).toBe(states.size * stores);
  });
});

test('the first leader appears one to two seconds after the start', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = new TinyWorld({ seed });
    world.untilLeader(4000);
    expect(world.now).toBeGreaterThan(1_000_000);
    expect(world.now).toBeLessThan(2_600_000);
  }
});

test('a lone store leads as soon as it has started', () => {
  const world = new TinyWorld({ stores: 1 });
  world.untilLeader(500);
});

test('what was acknowledged is read from the next leader, and after every store lost its power', () => {
  const world = new TinyWorld();
  const first = world.untilLeader();
  for (const key of ['a', 'b', 'c']) expect(world.do(put(key, `${key}1`)).status).toBe('ok');
  world.kill(first);
  expect(world.do(get('a'))).toEqual(value('a1'));
  const second = world.leader();
  expect(second).not.toBe(first);
  expect(world.do(put('d', 'd1')).status).toBe('ok');
  world.restart(first);
  world.run(2000);
  world.kill('s1', 's2', 's3', 'pd1');
  world.restart('s1', 's2', 's3', 'pd1');
  expect(world.do(scan())).toMatchObject({
    result: {
      pairs: [
        ['a', 'a1'],
        ['b', 'b1'],
        ['c', 'c1'],
        ['d', 'd1'],
      ],
    },
  });
  const [started] = world.eventsOf(first, 'raftstore/peer-started').slice(-1);
  expect(started?.lastIndex).toBeGreaterThanOrEqual(9);
});

test('a store that was away replays its log and catches up', () => {
  const world = new TinyWorld();
  const leader = world.untilLeader();
  const away = ['s1', 's2', 's3'].find((id) => id !== leader) as string;
  expect(world.do(put('a', '1')).status).toBe('ok');
  world.run(600);
  world.kill(away);
  for (let i = 0; i < 12; i++) expect(world.do(put(`k${i}`, 'x'.repeat(50))).status).toBe('ok');
  world.restart(away);
  const last = () => world.eventsOf(away, 'raftstore/applied').at(-1);
  const wanted = world.eventsOf(leader, 'raftstore/applied').at(-1);
  world.until(() => last()?.index === wanted?.index, 5000);
  expect(last()?.state).toBe(wanted?.state);
});

test('without a majority nothing is answered as done', () => {
  const world = new TinyWorld();
  const leader = world.untilLeader();
  expect(world.do(put('a', '1')).status).toBe('ok');
  for (const id of ['s1', 's2', 's3']) if (id !== leader) world.kill(id);
  expect(world.do(put('a', '2'))).toMatchObject({ status: 'undetermined' });
  expect(world.do(get('a'))).toMatchObject({ status: 'failed' });
});

test('PD down: what a client has cached goes on; a client without a cache fails, with the reason', () => {
  const world = new TinyWorld({ clients: 2 });
  world.untilLeader();
  expect(world.do(put('a', '1')).status).toBe('ok');
  world.kill('pd1');
  expect(world.do(get('a'))).toEqual(value('1'));
  const lost = world.do(get('a'), 'c2');
  expect(lost).toMatchObject({ status: 'failed', reason: expect.stringContaining('PD') });
});

describe('commands', () => {
  const world = new TinyWorld();
  world.untilLeader();

  test('delete takes a key away, and scans pass over it', () => {
    for (const key of ['a', 'b', 'c', 'd']) world.do(put(key, key));
    expect(world.do({ type: 'delete', key: 'b' })).toEqual({
      status: 'ok',
      result: { type: 'delete' },
    });
    expect(world.do(get('b'))).toEqual(value(null));
    const pairs = (request: ClientRequest) => world.do(request);
    expect(pairs(scan('', '', 2))).toMatchObject({
      result: {
        pairs: [
          ['a', 'a'],
          ['c', 'c'],
        ],
      },
    });
    expect(pairs(scan('b', 'd'))).toMatchObject({ result: { pairs: [['c', 'c']] } });
    expect(pairs(scan('d'))).toMatchObject({ result: { pairs: [['d', 'd']] } });
    expect(pairs(scan('x', 'y'))).toMatchObject({ result: { pairs: [] } });
    expect(pairs(scan('', '', 0))).toMatchObject({ result: { pairs: [] } });
  });

  test('keys of any bytes, and the empty value', () => {
    const odd = '\0\xff\0\0\0\0\0\0\0r';
    expect(world.do(put(odd, '')).status).toBe('ok');
    expect(world.do(get(odd))).toEqual(value(''));
    expect(world.do(put('', 'nameless')).status).toBe('ok');
    expect(world.do(scan('', '\x01'))).toMatchObject({
      result: {
        pairs: [
          ['', 'nameless'],
          [odd, ''],
        ],
      },
    });
  });

  test('compare-and-swap compares, and says what it found', () => {
    const done = (succeeded: boolean, previous: string | null) => ({
      status: 'ok',
      result: { type: 'cas', succeeded, previous },
    });
    expect(world.do(cas('n', '1', '2'))).toEqual(done(false, null));
    expect(world.do(cas('n', null, '1'))).toEqual(done(true, null));
    expect(world.do(cas('n', null, '5'))).toEqual(done(false, '1'));
    expect(world.do(cas('n', '1', '2'))).toEqual(done(true, '1'));
    expect(world.do(get('n'))).toEqual(value('2'));
  });

  test('an entry that is too large fails, and says the limit', () => {
    const outcome = world.do(put('big', 'x'.repeat(70_000)));
    expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('65536') });
    expect(world.do(get('big'))).toEqual(value(null));
  });
});

test('of many compare-and-swaps at one moment exactly one finds what it expects', () => {
  const world = new TinyWorld({ clients: 3 });
  world.untilLeader();
  expect(world.do(put('k', '0')).status).toBe('ok');
  const ops = Array.from({ length: 9 }, (_, i) =>
    world.request(cas('k', '0', `${i + 1}`), `c${(i % 3) + 1}`),
  );
  world.until(() => ops.every((op) => world.outcome(op) !== null), 20_000);
  const won = ops.filter((op) => {
    const outcome = world.outcome(op);
    return outcome?.status === 'ok' && outcome.result.type === 'cas' && outcome.result.succeeded;
  });
  expect(won.length).toBe(1);
  expect(world.do(get('k'))).toEqual(value(`${ops.indexOf(won[0] as number) + 1}`));
});
