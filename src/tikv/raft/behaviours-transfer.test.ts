// Leader transfer and reads: rows L1 to L9 and X1 to X6 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import {
  type Bench,
  BenchNode,
  cluster,
  led,
  message,
  outcome,
} from '../../testing/raft-network.ts';
import type { ConfChange } from './conf-change.ts';
import type { Message } from './message.ts';

const leaderOf = (bench: Bench) =>
  [...bench.nodes.values()].filter((n) => n.role === 'Leader').map((n) => [n.id, n.term]);

/** Node 1 leads; node 3 hears nothing, and is to take over. */
function waiting(options = {}): Bench {
  const bench = led(3, options);
  bench.isolate(3);
  bench.transfer(1, 3);
  expect(bench.node(1).raw.status().leadTransferee).toBe(3);
  return bench;
}

describe('leader transfer', () => {
  test('etcd:L1 to one that has everything: at once', () => {
    const bench = led(3);
    bench.transfer(1, 2);
    expect(leaderOf(bench)).toEqual([[2, 2]]);
    bench.propose(2, 'x');
    bench.transfer(2, 1);
    expect(leaderOf(bench)).toEqual([[1, 3]]);
  });

  test('etcd:L1 asked of a follower, which passes it on', () => {
    const bench = led(3);
    bench.transfer(2, 2);
    expect(leaderOf(bench)).toEqual([[2, 2]]);
  });

  test('etcd:L2 in spite of the leader that voters hear', () => {
    const bench = led(3, { checkQuorum: true, preVote: true });
    for (let i = 0; i < 3; i++) bench.tick(1);
    bench.transfer(1, 2);
    expect(leaderOf(bench)).toEqual([[2, 2]]);
    const request = bench.delivered.findLast((m) => m.msgType === 'MsgRequestVote');
    expect(request?.context).toBe('CampaignTransfer');
  });

  test('etcd:L3 one that lags is first brought up to date', () => {
    const bench = led(3);
    bench.isolate(3);
    bench.propose(1, 'a');
    bench.recover();
    expect(bench.node(1).progress(3).matched).toBe(1);
    bench.transfer(1, 3);
    expect(leaderOf(bench)).toEqual([[3, 2]]);
    expect(bench.node(3).appliedData).toEqual(['a']);
  });

  test('etcd:L4 one that needs a snapshot gets it first', () => {
    const bench = led(3);
    bench.isolate(3);
    bench.propose(1, 'a');
    bench.node(1).store.compact(3);
    bench.recover();
    bench.transfer(1, 3);
    expect(bench.delivered.some((m) => m.msgType === 'MsgSnapshot')).toBe(true);
    expect(leaderOf(bench)).toEqual([[3, 2]]);
  });

  test('etcd:L5 to itself, a stranger or a learner: nothing happens', () => {
    const bench = cluster(3, { voters: [1, 2], learners: [3] });
    bench.campaign(1);
    for (const to of [1, 3, 4]) bench.transfer(1, to);
    expect(leaderOf(bench)).toEqual([[1, 1]]);
    const reasons = bench
      .node(1)
      .events.flatMap((e) => (e.type === 'raft/transfer-ignored' ? [e.reason] : []));
    expect(reasons).toEqual(['already-leader', 'learner', 'unknown']);
  });

  test('etcd:L6 to one that cannot be reached: given up after electionTick', () => {
    const bench = waiting();
    bench.tick(1, 9);
    expect(bench.node(1).raw.status().leadTransferee).toBe(3);
    bench.tick(1);
    expect(bench.node(1).raw.status().leadTransferee).toBe(0);
    expect(leaderOf(bench)).toEqual([[1, 1]]);
  });

  test('etcd:L7 another wins meanwhile', () => {
    const bench = waiting();
    bench.campaign(2);
    expect(leaderOf(bench)).toEqual([[2, 2]]);
    expect(bench.node(1).raw.status().leadTransferee).toBe(0);
  });

  test.each([
    ['removed', { v1: { type: 'RemoveNode', nodeId: 3 } }],
    ['demoted', { v1: { type: 'AddLearnerNode', nodeId: 3 } }],
  ] as [string, ConfChange][])('etcd:L8 the one who should take over is %s: given up', (_, to) => {
    const bench = waiting();
    bench.node(1).raw.applyConfChange(to);
    bench.settle();
    expect(bench.node(1).raw.status().leadTransferee).toBe(0);
    expect(leaderOf(bench)).toEqual([[1, 1]]);
  });

  test('etcd:L9 to another instead: the first is dropped', () => {
    const bench = waiting();
    bench.transfer(1, 2);
    expect(leaderOf(bench)).toEqual([[2, 2]]);
  });

  test('etcd:L9 to the same again: the time it has stays the same', () => {
    const bench = waiting();
    bench.tick(1, 5);
    bench.transfer(1, 3);
    bench.tick(1, 5);
    expect(bench.node(1).raw.status().leadTransferee).toBe(0);
  });
});

describe('reads', () => {
  const states = (node: BenchNode) => node.readStates.map((r) => [r.index, r.requestCtx]);

  test('etcd:X1 safe: one round of heartbeats, whoever asks', () => {
    const bench = led(3);
    let expected = 1;
    for (const asker of [1, 2, 3, 1, 2, 3]) {
      for (let i = 0; i < 10; i++) bench.propose(1, 'x');
      expected += 10;
      bench.delivered = [];
      bench.readIndex(asker, `ctx${expected}`);
      expect(states(bench.node(asker)).at(-1)).toEqual([expected, `ctx${expected}`]);
      expect(bench.delivered.filter((m) => m.msgType === 'MsgHeartbeat')).toHaveLength(2);
    }
  });

  test('etcd:X1 without a quorum there is no answer', () => {
    const bench = led(3);
    bench.isolate(1);
    bench.readIndex(1, 'ctx');
    expect(states(bench.node(1))).toEqual([]);
  });

  test('etcd:X2 by lease: at once, and only with checkQuorum', () => {
    const bench = led(3, { readOnlyOption: 'LeaseBased', checkQuorum: true });
    bench.propose(1, 'x');
    bench.delivered = [];
    bench.readIndex(1, 'a');
    bench.readIndex(2, 'b');
    expect(states(bench.node(1))).toEqual([[2, 'a']]);
    expect(states(bench.node(2))).toEqual([[2, 'b']]);
    expect(bench.delivered.some((m) => m.msgType === 'MsgHeartbeat')).toBe(false);
    expect(outcome(() => new BenchNode(1, { readOnlyOption: 'LeaseBased' }))).toBe('ConfigInvalid');
  });

  test('etcd:X3 a leader that has committed nothing in its term drops them', () => {
    const bench = led(3);
    bench.propose(1, 'x');
    bench.ignore('MsgAppend');
    bench.campaign(2);
    bench.readIndex(2, 'early');
    expect(states(bench.node(2))).toEqual([]);
    const dropped = bench.node(2).events.filter((e) => e.type === 'raft/read-index-dropped');
    expect(dropped).toMatchObject([{ reason: 'own-term', from: 2 }]);
    bench.recover();
    bench.tick(2);
    bench.readIndex(2, 'again');
    expect(states(bench.node(2))).toEqual([[3, 'again']]);
  });

  test('etcd:X4 late answers to an earlier round confirm nothing that was asked since', () => {
    const bench = led(3);
    // Node 3 asks twice for the same read; the second request and one answer stay on the way.
    const request = message('MsgReadIndex', {
      from: 3,
      to: 1,
      entries: [{ entryType: 'EntryNormal', term: 0, index: 0, data: bytesOf('a') }],
    });
    const late: Message[] = [];
    bench.filter = (m) => {
      const keeps = m.msgType === 'MsgHeartbeatResponse' && m.from === 2;
      if (keeps) late.push(m);
      return !keeps;
    };
    bench.send([request]);
    expect(states(bench.node(3))).toEqual([[1, 'a']]);
    bench.filter = null;
    // Meanwhile 2 leads and commits more.
    bench.isolate(1);
    bench.campaign(2);
    bench.propose(2, 'newer');
    expect(bench.node(2).committed).toBe(3);
    // At the old leader a read is asked now, then the old request arrives again, then the old answer.
    bench.node(1).raw.readIndex('b');
    bench.node(1).raw.step(request);
    for (const answer of late) bench.node(1).raw.step(answer);
    bench.node(1).handle();
    expect(states(bench.node(1))).toEqual([]);
  });

  test('etcd:X5 a read that waits is answered when the quorum becomes smaller', () => {
    const bench = led(2);
    bench.isolate(2);
    bench.readIndex(1, 'ctx');
    expect(states(bench.node(1))).toEqual([]);
    bench.node(1).raw.applyConfChange({ v1: { type: 'RemoveNode', nodeId: 2 } });
    bench.settle();
    expect(states(bench.node(1))).toEqual([[1, 'ctx']]);
  });

  test('etcd:X6 a learner asks the leader', () => {
    const bench = cluster(2, { voters: [1], learners: [2] });
    bench.campaign(1);
    for (let i = 0; i < 10; i++) bench.propose(1, 'x');
    bench.readIndex(2, 'ctx');
    expect(states(bench.node(2))).toEqual([[11, 'ctx']]);
  });

  test('etcd:X6 that a learner hears the leader confirms no read', () => {
    const bench = cluster(3, { voters: [1, 2], learners: [3] });
    bench.campaign(1);
    bench.isolate(2);
    bench.readIndex(3, 'ctx');
    expect(bench.delivered.at(-1)).toMatchObject({ msgType: 'MsgHeartbeatResponse', from: 3 });
    expect(states(bench.node(3))).toEqual([]);
    bench.recover();
    bench.tick(1);
    expect(states(bench.node(3))).toEqual([[1, 'ctx']]);
  });
});
