// What must hold when power, links and disks fail: nothing acknowledged is lost, nothing is promised before it is
// durable, nothing is said to be done that may not be.
import { describe, expect, test } from 'vitest';
import { TinyWorld } from '../../testing/tiny-world.ts';
import type { ClientRequest } from '../client/request.ts';
import type { NodeId } from '../ids.ts';

const STORES = ['s1', 's2', 's3'];
const put = (key: string, value: string): ClientRequest => ({ type: 'put', key, value });
const get = (key: string): ClientRequest => ({ type: 'get', key });
const valueOf = (world: TinyWorld, key: string) => {
  const outcome = world.do(get(key));
  return outcome.status === 'ok' && outcome.result.type === 'get' ? outcome.result.value : outcome;
};

describe('the disk', () => {
  test('a follower acknowledges only what is durable', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    const [held, free] = STORES.filter((id) => id !== leader) as [NodeId, NodeId];
    world.kill(free);
    world.hold(held);
    const op = world.request(put('a', '1'));
    world.run(1500);
    expect(world.outcome(op)).toBeNull();
    expect(world.eventsOf(held, 'raft/appended').length).toBeGreaterThan(0);
    world.hold(held, false);
    world.run(200);
    expect(world.outcome(op)).toMatchObject({ status: 'ok' });
  });

  test('a leader counts itself only once its disk has the entry; followers may commit without it', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    const others = STORES.filter((id) => id !== leader) as [NodeId, NodeId];
    world.run(500);
    world.hold(leader);
    world.kill(others[0]);
    const alone = world.request(put('a', '1'));
    world.run(1500);
    expect(world.outcome(alone)).toBeNull();
    world.hold(leader, false);
    world.run(200);
    expect(world.outcome(alone)).toMatchObject({ status: 'ok' });
  });

  test('two followers commit an entry that the leader applies only when its own disk has it', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    world.run(500);
    world.hold(leader);
    const op = world.request(put('a', '1'));
    world.run(800);
    const committed = world.eventsOf(leader, 'raft/committed').at(-1)?.index;
    const applied = world.eventsOf(leader, 'raftstore/applied').at(-1)?.index;
    expect([committed, applied]).toEqual([7, 6]);
    expect(world.outcome(op)).toBeNull();
    world.hold(leader, false);
    world.run(200);
    expect(world.outcome(op)).toMatchObject({ status: 'ok' });
  });

  test('data that were applied and not synced are applied again after a power loss', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    world.run(1000);
    expect(world.do(put('a', '1')).status).toBe('ok');
    expect(world.disk(leader).cf_default).toBeUndefined();
    world.kill(...STORES);
    world.restart(...STORES);
    expect(valueOf(world, 'a')).toBe('1');
    world.run(1000);
    expect(world.disk(leader).cf_default?.length).toBe(1);
  });

  test('an applied entry whose commit index was not synced is known as committed after a restart', () => {
    const world = new TinyWorld({ stores: 1 });
    world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    world.run(600);
    const last = world.eventsOf('s1', 'raftstore/applied').at(-1)?.index;
    world.kill('s1');
    world.restart('s1');
    world.run(300);
    expect(world.eventsOf('s1', 'raftstore/peer-started').at(-1)).toMatchObject({ applied: last });
  });
});

describe('a write whose answer is lost', () => {
  test('is undetermined, and is never sent again', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    let sent = 0;
    world.watch = (_from, _to, message) => {
      if (message.type === 'kv-request' && message.request.type === 'raw-put') sent += 1;
    };
    world.lose = (from, to) => from === leader && to === 'c1';
    const outcome = world.do(put('a', '1'));
    expect(outcome).toMatchObject({
      status: 'undetermined',
      reason: expect.stringContaining(leader),
    });
    world.lose = () => false;
    world.run(5000);
    expect(sent).toBe(1);
    expect(valueOf(world, 'a')).toBe('1');
  });

  test('a late answer changes nothing', () => {
    const world = new TinyWorld({ settings: { 'client.rpc-timeout': 100 } });
    const leader = world.untilLeader();
    for (const id of STORES) if (id !== leader) world.hold(id);
    const op = world.request(put('a', '1'));
    world.run(500);
    expect(world.outcome(op)).toMatchObject({ status: 'undetermined' });
    for (const id of STORES) world.hold(id, false);
    world.run(1000);
    expect(world.eventsOf('c1', 'client/op-ended').length).toBe(1);
  });

  test('a read whose answer is lost is asked again', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    let lost = 0;
    world.lose = (from, to) => from === leader && to === 'c1' && lost++ === 0;
    expect(valueOf(world, 'a')).toBe('1');
    expect(lost).toBeGreaterThan(1);
  });

  test('a call that could not be delivered is no loss: it is sent to another store', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    world.kill(leader);
    expect(world.do(put('a', '2'))).toEqual({ status: 'ok', result: { type: 'put' } });
    expect(valueOf(world, 'a')).toBe('2');
  });
});

describe('a leader that is cut off', () => {
  const cutOff = (world: TinyWorld, leader: NodeId) => {
    const inside = (id: NodeId) => id === leader;
    world.lose = (from, to, message) => message.type === 'raft' && inside(from) !== inside(to);
  };

  test('answers no read: its client is served by the next one', () => {
    const world = new TinyWorld();
    const old = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    cutOff(world, old);
    const read = world.request(get('a'));
    world.until(() => world.outcome(read) !== null, 20_000);
    expect(world.outcome(read)).toEqual({ status: 'ok', result: { type: 'get', value: '1' } });
    const stale = world.eventsOf(old, 'raftstore/request-refused').map(({ error }) => error.type);
    expect(stale).toContain('StaleCommand');
    expect(world.eventsOf(old, 'raftstore/read-served').length).toBe(0);
  });

  test('does not refuse its proposals: the log decides, and a dead one is refused for certain', () => {
    const world = new TinyWorld({ settings: { 'client.rpc-timeout': 20_000 } });
    const old = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    cutOff(world, old);
    const op = world.request(put('a', '2'));
    world.until(() => world.leader() !== old, 10_000);
    world.run(3000);
    expect(world.outcome(op)).toBeNull();
    world.lose = () => false;
    world.until(() => world.outcome(op) !== null, 10_000);
    expect(world.outcome(op)).toEqual({ status: 'ok', result: { type: 'put' } });
    const refusals = world.eventsOf(old, 'raftstore/request-refused');
    expect(refusals.map(({ error }) => error.type)).toEqual(['StaleCommand', 'NotLeader']);
    expect(valueOf(world, 'a')).toBe('2');
  });

  test('a proposal that the next leader carries on is answered as done', () => {
    const world = new TinyWorld({ settings: { 'client.rpc-timeout': 20_000 } });
    const old = world.untilLeader();
    world.run(500);
    // The entry reaches the others, their acknowledgements never come back.
    world.lose = (_from, to, message) => message.type === 'raft' && to === old;
    const op = world.request(put('a', '2'));
    world.until(() => world.leader() !== old, 10_000);
    world.lose = () => false;
    world.until(() => world.outcome(op) !== null, 10_000);
    expect(world.outcome(op)).toEqual({ status: 'ok', result: { type: 'put' } });
    const puts = world
      .eventsOf(old, 'raftstore/entries-taken')
      .flatMap(({ entries }) => entries)
      .filter(({ content }) => content.type === 'put');
    expect(puts.length).toBe(1);
  });
});

describe('reads', () => {
  test('a lost round is asked again with the next heartbeat', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    world.run(300);
    const lostUntil = world.now + 150_000;
    world.lose = (from, _to, message) =>
      from !== leader &&
      message.type === 'raft' &&
      message.message.msgType === 'MsgHeartbeatResponse' &&
      world.now < lostUntil;
    const op = world.request(get('a'));
    world.run(140);
    expect(world.outcome(op)).toBeNull();
    world.until(() => world.outcome(op) !== null, 600);
    expect(world.outcome(op)).toMatchObject({ status: 'ok' });
    expect(world.eventsOf('c1', 'client/backed-off').length).toBe(0);
  });

  test('a read waits until its index is applied here', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    world.run(500);
    world.hold(leader);
    world.request(put('a', '1'));
    world.run(100);
    const op = world.request(get('a'));
    world.run(1000);
    expect(world.eventsOf(leader, 'raft/read-index-confirmed').length).toBeGreaterThan(0);
    expect(world.outcome(op)).toBeNull();
    world.hold(leader, false);
    world.run(100);
    expect(world.outcome(op)).toEqual({ status: 'ok', result: { type: 'get', value: '1' } });
  });

  test('a leader without a committed entry of its term sends its readers away at once', () => {
    const world = new TinyWorld();
    const old = world.untilLeader();
    expect(world.do(put('a', '1')).status).toBe('ok');
    world.kill(old);
    world.until(() => world.leader() !== null && world.leader() !== old, 10_000);
    const fresh = world.leader() as NodeId;
    world.lose = (_from, to, message) =>
      to === fresh && message.type === 'raft' && message.message.msgType === 'MsgAppendResponse';
    const op = world.request(get('a'));
    world.run(300);
    const refused = world.eventsOf(fresh, 'raftstore/request-refused');
    expect(refused.some(({ error }) => error.type === 'StaleCommand')).toBe(true);
    world.lose = () => false;
    world.until(() => world.outcome(op) !== null);
    expect(world.outcome(op)).toEqual({ status: 'ok', result: { type: 'get', value: '1' } });
    for (const { readIndex } of world.eventsOf(fresh, 'raftstore/read-served'))
      expect(readIndex).toBeGreaterThanOrEqual(8);
  });
});

describe('the start', () => {
  test('a store whose disk was lost stays out, and says why', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    const lost = STORES.find((id) => id !== leader) as NodeId;
    world.kill(lost);
    world.wipe(lost);
    world.restart(lost);
    world.run(3000);
    expect(world.eventsOf(lost, 'raftstore/start-refused').length).toBe(1);
    expect(world.eventsOf(lost, 'raftstore/peer-started').length).toBe(1);
    expect(world.do(put('a', '1')).status).toBe('ok');
  });

  test('a store that has just started takes no votes for one election time-out', () => {
    const world = new TinyWorld();
    const leader = world.untilLeader();
    const [a, b] = STORES.filter((id) => id !== leader) as [NodeId, NodeId];
    world.run(500);
    world.kill(leader, a);
    world.restart(a);
    world.run(200);
    const votes = () => world.eventsOf(a, 'raft/voted').length;
    const before = votes();
    world.campaign(b);
    world.run(300);
    expect(votes()).toBe(before);
    world.run(700);
    world.campaign(b);
    world.run(100);
    expect(votes()).toBeGreaterThan(before);
  });

  test('whenever the power goes while the cluster is made, it is made in the end', () => {
    for (let ms = 0; ms <= 140; ms += 5) {
      const world = new TinyWorld({ seed: ms + 1 });
      world.run(ms);
      const victims = [['s2'], ['pd1'], ['s1', 's2', 's3', 'pd1']][ms % 3] as NodeId[];
      world.kill(...victims);
      world.run(40);
      world.restart(...victims);
      world.untilLeader(8000);
      expect(world.do(put('a', '1')).status).toBe('ok');
      world.run(1500);
      expect(world.eventsOf(null, 'raftstore/start-refused')).toEqual([]);
      for (const store of STORES)
        expect(world.eventsOf(store, 'raftstore/applied').at(-1)?.index).toBeGreaterThan(6);
    }
  });
});
