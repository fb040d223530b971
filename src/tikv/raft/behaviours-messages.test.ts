// Appends, heartbeats, proposals, one message at a time: rows R14 to R17 and R20 to R27 of the known behaviours.

import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { BenchNode, cluster, entries, led, message, outcome } from '../../testing/raft-network.ts';
import type { Message, MessageType } from './message.ts';
import { step } from './step.ts';

const of = (messages: readonly Message[], type: MessageType) =>
  messages.filter((m) => m.msgType === type);

describe('an append at a follower', () => {
  test.each([
    [{ logTerm: 3, index: 2, commit: 3 }, 2, 0, true],
    [{ logTerm: 3, index: 3, commit: 3 }, 2, 0, true],
    [{ logTerm: 1, index: 1, commit: 1 }, 2, 1, false],
    [{ logTerm: 0, index: 0, commit: 1, entries: entries([2]) }, 1, 1, false],
    [{ logTerm: 2, index: 2, commit: 3, entries: entries([2, 2], 3) }, 4, 3, false],
    [{ logTerm: 2, index: 2, commit: 4, entries: entries([2], 3) }, 3, 3, false],
    [{ logTerm: 1, index: 1, commit: 4, entries: entries([2], 2) }, 2, 2, false],
    [{ logTerm: 1, index: 1, commit: 3 }, 2, 1, false],
    [{ logTerm: 1, index: 1, commit: 3, entries: entries([2], 2) }, 2, 2, false],
    [{ logTerm: 2, index: 2, commit: 3 }, 2, 2, false],
    [{ logTerm: 2, index: 2, commit: 4 }, 2, 2, false],
  ])('etcd:R14 %j: last %i, committed %i, rejected %s', (fields, last, committed, rejected) => {
    const node = new BenchNode(1, { log: [1, 2], term: 2 });
    const [answer] = node.step(message('MsgAppend', { term: 2, ...fields }));
    expect([node.lastIndex, node.committed, answer?.reject ?? false]).toEqual([
      last,
      committed,
      rejected,
    ]);
  });
});

describe('heartbeats', () => {
  test.each([
    [3, 3],
    [1, 2],
  ])('etcd:R15 commit %i at a follower that has committed 2: %i', (commit, committed) => {
    const node = new BenchNode(1, { log: [1, 2, 3], term: 3, commit: 2 });
    const answers = node.step(message('MsgHeartbeat', { term: 3, commit }));
    expect(node.committed).toBe(committed);
    expect(answers.map((m) => m.msgType)).toEqual(['MsgHeartbeatResponse']);
  });

  test('etcd:R16 an answer of a peer that is behind brings an append, until it has caught up', () => {
    const node = new BenchNode(1, { log: [1, 1, 1], term: 1 });
    node.win();
    const answer = message('MsgHeartbeatResponse', { term: node.term });
    expect(of(node.step(answer), 'MsgAppend')).toHaveLength(1);
    expect(of(node.step(answer), 'MsgAppend')).toHaveLength(1);
    node.acknowledge(2, node.lastIndex);
    expect(of(node.step(answer), 'MsgAppend')).toEqual([]);
  });

  test('etcd:R20 every heartbeatTick, with no more of the commit index than the peer has', () => {
    const node = new BenchNode(1, { heartbeatTick: 2 });
    node.win();
    node.propose('a', 'b');
    node.acknowledge(2, 3);
    expect(node.committed).toBe(3);
    expect(node.tick()).toEqual([]);
    const beats = node.tick();
    expect(beats.map((m) => [m.msgType, m.to, m.commit, m.entries.length, m.index])).toEqual([
      ['MsgHeartbeat', 2, 3, 0, 0],
      ['MsgHeartbeat', 3, 0, 0, 0],
    ]);
  });

  test.each([
    ['Leader', 2],
    ['Follower', 0],
    ['Candidate', 0],
  ])('etcd:R21 MsgBeat at a %s: %i heartbeats', (role, count) => {
    const node = new BenchNode(1);
    if (role === 'Leader') node.win();
    if (role === 'Candidate') node.campaign();
    step(node.raw.raft, message('MsgBeat', { from: 1 }));
    expect(of(node.handle(), 'MsgHeartbeat')).toHaveLength(count);
  });
});

describe('an answer at the leader', () => {
  /** Term 1, log of three; of peer 2 it knows nothing, and would send entry 3 next. */
  function leader(): BenchNode {
    const node = new BenchNode(1);
    node.win();
    node.propose('a', 'b');
    const peer = node.raw.raft.tracker.mustGet(2);
    peer.nextIdx = 3;
    peer.resume();
    return node;
  }
  const answer = (index: number, reject: boolean) =>
    message('MsgAppendResponse', {
      term: 1,
      index,
      ...(reject ? { reject, rejectHint: index } : {}),
    });

  test('etcd:R17 a rejection of another index is stale', () => {
    const node = leader();
    expect(node.step(answer(3, true))).toEqual([]);
    expect(node.progress(2)).toMatchObject({ matched: 0, nextIdx: 3 });
  });

  test('etcd:R17 a rejection of what was sent takes one step back', () => {
    const node = leader();
    const sent = node.step(answer(2, true));
    expect(node.progress(2)).toMatchObject({ matched: 0, nextIdx: 2 });
    expect(sent.map((m) => [m.msgType, m.to, m.index])).toEqual([['MsgAppend', 2, 1]]);
  });

  test('etcd:R17 an acceptance commits and is told to all', () => {
    const node = leader();
    node.raw.raft.tracker.mustGet(3).resume();
    const sent = node.step(answer(2, false));
    expect(node.progress(2)).toMatchObject({ matched: 2, nextIdx: 4 });
    expect(node.committed).toBe(2);
    expect(sent.map((m) => [m.to, m.commit])).toEqual([
      [2, 2],
      [3, 2],
    ]);
  });

  test('etcd:R25 appends in any order end in equal logs', () => {
    const bench = led(3);
    const sent = bench.node(1).propose('a', 'b', 'c');
    bench.send(sent.toReversed());
    bench.tick(1);
    bench.tick(1);
    for (const node of bench.nodes.values()) {
      expect(node.appliedData).toEqual(['a', 'b', 'c']);
      expect(node.committed).toBe(4);
    }
  });
});

describe('proposals', () => {
  const proposeAt = (node: BenchNode, text = 'x') =>
    outcome(() => node.raw.propose('', bytesOf(text)));

  test('etcd:R22 a follower passes them on to the leader', () => {
    const bench = led(3);
    bench.propose(2, 'via 2');
    for (const node of bench.nodes.values()) expect(node.appliedData).toEqual(['via 2']);
  });

  test('etcd:R22 or drops them, if it is told to', () => {
    const bench = led(3, { disableProposalForwarding: true });
    expect(proposeAt(bench.node(2))).toBe('ProposalDropped');
    expect(proposeAt(bench.node(1))).toBe('ok');
  });

  test('etcd:R23 without a leader they are dropped', () => {
    const node = new BenchNode(1);
    expect(proposeAt(node)).toBe('ProposalDropped');
    node.campaign();
    expect(node.role).toBe('Candidate');
    expect(proposeAt(node)).toBe('ProposalDropped');
  });

  test('etcd:R23 without a quorum nothing commits', () => {
    const bench = led(3);
    bench.isolate(1);
    bench.propose(1, 'lonely');
    expect([bench.node(1).lastIndex, bench.node(1).committed]).toEqual([2, 1]);
  });

  test('etcd:R24 a leader that has removed itself drops them', () => {
    const bench = led(3);
    bench.changeConf(1, { v1: { type: 'RemoveNode', nodeId: 1 } });
    expect(bench.node(1).role).toBe('Leader');
    expect(proposeAt(bench.node(1))).toBe('ProposalDropped');
  });

  test('etcd:R24 a leader that hands over drops them', () => {
    const bench = led(3);
    bench.isolate(3);
    bench.transfer(1, 3);
    expect(proposeAt(bench.node(1))).toBe('ProposalDropped');
  });

  test('etcd:R26 a leader holds only so much uncommitted', () => {
    const bench = cluster(3, { maxUncommittedSize: 12, maxSizePerMsg: 12 });
    bench.campaign(1);
    const leader = bench.node(1);
    const size = () => leader.raw.status().uncommittedSize;
    bench.isolate(1);
    expect(proposeAt(leader, 'a proposal larger than the limit')).toBe('ok');
    expect(proposeAt(leader, '12 bytes ...')).toBe('ProposalDropped');
    expect(proposeAt(leader, '')).toBe('ok');
    bench.settle();
    expect(size()).toBe(32);
    bench.recover();
    bench.tick(1);
    expect([leader.committed, size()]).toEqual([3, 0]);
    expect(proposeAt(leader, '12 bytes ...')).toBe('ok');
    expect(proposeAt(leader, 'x')).toBe('ProposalDropped');
    expect(size()).toBe(12);
    bench.isolate(1);
    bench.settle();
    bench.campaign(2);
    bench.recover();
    bench.tick(2);
    expect([leader.role, size()]).toEqual(['Follower', 0]);
  });
});

describe('what may not come from outside', () => {
  test.each(['MsgHup', 'MsgBeat', 'MsgUnreachable', 'MsgSnapStatus', 'MsgCheckQuorum'] as const)(
    'etcd:R27 %s',
    (type) => {
      const node = new BenchNode(1);
      expect(outcome(() => node.raw.step(message(type, { term: 1 })))).toBe('StepLocalMsg');
    },
  );

  test.each([
    'MsgAppendResponse',
    'MsgRequestVoteResponse',
    'MsgHeartbeatResponse',
    'MsgRequestPreVoteResponse',
  ] as const)('etcd:R27 %s of a stranger', (type) => {
    const node = new BenchNode(1);
    const stranger = message(type, { from: 9, term: 1 });
    expect(outcome(() => node.raw.step(stranger))).toBe('StepPeerNotFound');
  });
});
