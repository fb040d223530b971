// Replication and commit: rows R1 to R13 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { BenchNode, cluster, entries, entry, led, message } from '../../testing/raft-network.ts';
import { maybeCommit } from './commit-rule.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('a proposal becomes an entry everywhere', () => {
  test('etcd:R1 one proposal', () => {
    const bench = led(3);
    bench.propose(1, 'somedata');
    for (const node of bench.nodes.values()) {
      expect(node.committed).toBe(2);
      expect(node.appliedData).toEqual(['somedata']);
    }
  });

  test('etcd:R2 two leaders, a proposal each', () => {
    const bench = led(3);
    bench.propose(1, 'first');
    bench.campaign(2);
    bench.propose(2, 'second');
    for (const node of bench.nodes.values()) {
      expect(node.committed).toBe(4);
      expect(node.appliedData).toEqual(['first', 'second']);
    }
  });

  test('etcd:R3 a voter alone commits by itself', () => {
    const bench = led(1);
    bench.propose(1, 'a', 'b');
    expect(bench.node(1).committed).toBe(3);
  });
});

describe('the commit rule', () => {
  test('etcd:R4 entries of an earlier term wait for one of the new', () => {
    const bench = led(5);
    for (const id of [3, 4, 5]) bench.cut(1, id);
    bench.propose(1, 'a', 'b');
    expect(bench.node(1).committed).toBe(1);
    bench.recover();
    bench.ignore('MsgAppend');
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(2).committed]).toEqual(['Leader', 1]);
    bench.recover();
    bench.tick(2);
    bench.propose(2, 'c');
    expect(bench.node(2).committed).toBe(5);
    expect(bench.node(5).appliedData).toEqual(['a', 'b', 'c']);
  });

  test.each([
    [[1], [1], 1, 1],
    [[1], [1], 2, 0],
    [[2], [1, 2], 2, 2],
    [[1], [2], 2, 1],
    [[2, 1, 1], [1, 2], 1, 1],
    [[2, 1, 1], [1, 1], 2, 0],
    [[2, 1, 2], [1, 2], 2, 2],
    [[2, 1, 2], [1, 1], 2, 0],
    [[2, 1, 1, 1], [1, 2], 1, 1],
    [[2, 1, 1, 1], [1, 1], 2, 0],
    [[2, 1, 1, 2], [1, 2], 1, 1],
    [[2, 1, 1, 2], [1, 1], 2, 0],
    [[2, 1, 2, 2], [1, 2], 2, 2],
    [[2, 1, 2, 2], [1, 1], 2, 0],
  ] as const)(
    'etcd:R5 matched %j, log %j, term %i: commits %i',
    (matched, log, term, committed) => {
      const { raft } = new BenchNode(1, { voters: upTo(matched.length), log, term }).raw;
      raft.role = 'Leader';
      for (const [i, index] of matched.entries()) raft.tracker.mustGet(i + 1).matched = index;
      maybeCommit(raft);
      expect(raft.log.committed).toBe(committed);
    },
  );

  test.each([
    [1, 0],
    [2, 0],
    [3, 3],
  ])('etcd:R6 log of terms 1, 2 at a leader of term 3: a quorum at %i commits %i', (index, to) => {
    const node = new BenchNode(1, { voters: [1, 2], log: [1, 2], term: 2 });
    node.win();
    expect(node.term).toBe(3);
    node.acknowledge(2, index);
    expect(node.committed).toBe(to);
  });

  test.each([
    [1, 0, true],
    [3, 0, false],
    [3, 1, true],
    [3, 2, true],
    [5, 0, false],
    [5, 1, false],
    [5, 2, true],
    [5, 3, true],
    [5, 4, true],
  ])('etcd:R7 %i voters, %i others accept: %s', (n, acceptors, committed) => {
    const node = new BenchNode(1, { voters: upTo(n) });
    node.win();
    for (let id = 2; id <= n; id++) node.acknowledge(id, 1);
    expect(node.committed).toBe(1);
    node.propose('some data');
    for (let id = 2; id < 2 + acceptors; id++) node.acknowledge(id, 2);
    expect(node.committed).toBe(committed ? 2 : 1);
  });

  test.each([[[]], [[2]], [[1, 2]], [[1]]])(
    'etcd:R8 %j before it come out first, in order',
    (log) => {
      const bench = cluster(3, {}, { 1: { log, term: 2 } });
      bench.campaign(1);
      bench.propose(1, 'some data');
      const { applied, term } = bench.node(1);
      expect(applied.map((e) => [e.term, e.index])).toEqual([
        ...log.map((t, i) => [t, i + 1]),
        [term, log.length + 1],
        [term, log.length + 2],
      ]);
      expect(applied.at(-1)?.data).toBe('some data');
    },
  );

  test('etcd:R9 a follower applies exactly what the leader has committed', () => {
    const some = [entry(1, 1, 'a'), entry(1, 2, 'b')];
    for (const commit of [1, 2]) {
      const node = new BenchNode(1, { term: 1 });
      node.step(message('MsgAppend', { term: 1, entries: some, commit }));
      expect(node.appliedData).toEqual(['a', 'b'].slice(0, commit));
    }
  });
});

describe('a follower compares', () => {
  const follower = (commit = 0) => new BenchNode(1, { log: [1, 2], term: 2, commit });

  test.each([
    [0, 0, 1],
    [1, 1, 1],
    [2, 2, 2],
  ])('etcd:R10 after (term %i, index %i) it answers %i', (logTerm, index, answered) => {
    const [answer] = follower(1).step(message('MsgAppend', { term: 2, logTerm, index }));
    expect(answer).toMatchObject({ msgType: 'MsgAppendResponse', index: answered });
    expect(answer?.reject).toBeUndefined();
  });

  test.each([
    [1, 2, 1, 1],
    [3, 3, 2, 2],
  ])(
    'etcd:R11 (term %i, index %i) is refused with a hint at (%i, term %i)',
    (logTerm, index, rejectHint, hintTerm) => {
      const [answer] = follower(1).step(message('MsgAppend', { term: 2, logTerm, index }));
      expect(answer).toMatchObject({ reject: true, index, rejectHint, logTerm: hintTerm });
    },
  );

  test.each([
    [2, 2, [3], [1, 2, 3]],
    [1, 1, [3, 4], [1, 3, 4]],
    [0, 0, [1], [1, 2]],
    [0, 0, [3], [3]],
  ] as const)('etcd:R12 after %i, terms %j: the log is %j', (index, logTerm, terms, log) => {
    const node = follower();
    const fields = { term: 4, index, logTerm, entries: entries(terms, index + 1) };
    node.step(message('MsgAppend', fields));
    expect(node.terms).toEqual(log);
    expect(node.store.lastIndex()).toBe(log.length);
  });

  const LEADER = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

  test.each([
    [[1, 1, 1, 4, 4, 5, 5, 6, 6]],
    [[1, 1, 1, 4]],
    [[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    [[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    [[1, 1, 1, 4, 4, 4, 4]],
    [[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('etcd:R13 the log %j of figure 7 becomes the leader’s', (log) => {
    const bench = cluster(3, {}, { 1: { log: LEADER, term: 8 }, 2: { log, term: 7 } });
    bench.isolate(3);
    bench.campaign(1);
    // A third node votes too: the second may have the newer log.
    bench.send(bench.node(1).step(message('MsgRequestVoteResponse', { from: 3, term: 9 })));
    bench.propose(1, '');
    expect(bench.node(1).role).toBe('Leader');
    expect(bench.node(2).terms).toEqual([...LEADER, 9, 9]);
    expect(bench.node(2).log).toEqual(bench.node(1).log);
  });
});

describe('a log that the follower cannot match', () => {
  const rejections = [
    [
      [1, 2, 2, 4, 4, 4, 4],
      [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3],
      [7, 3],
      [3, 2],
    ],
    [
      [1, 2, 2, 3, 4, 4, 4, 5],
      [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3],
      [8, 3],
      [4, 3],
    ],
    [
      [1, 1, 1, 1],
      [1, 2, 2, 4],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 1, 1, 1, 1, 1],
      [1, 2, 2, 4],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 1, 1, 1],
      [1, 2, 2, 4, 4, 4],
      [1, 1],
      [1, 1],
    ],
    [
      [1, 1, 1, 4, 5],
      [1, 1, 1, 4, 6, 6],
      [4, 4],
      [4, 4],
    ],
    [
      [2, 5, 5, 5, 5, 5, 5, 5, 5],
      [2, 4, 4, 4, 4, 4],
      [6, 4],
      [1, 2],
    ],
    [
      [2, 2, 2, 2, 2],
      [2, 4, 4, 4, 4, 4],
      [1, 2],
      [1, 2],
    ],
    [
      [1, 3, 3, 3, 3, 3, 3, 7],
      [1, 3, 3, 4, 4, 5, 5, 5, 6],
      [8, 5],
      [7, 3],
    ],
  ] as const;

  test.each(rejections)(
    'etcd:R18 leader %j, follower %j: hint %j, next append after %j',
    (leaderLog, followerLog, hint, next) => {
      const leader = new BenchNode(1, { log: leaderLog, term: 9 });
      const follower = new BenchNode(2, { log: followerLog, term: 9 });
      const [probe] = leader.win().filter((m) => m.to === 2 && m.msgType === 'MsgAppend');
      const [answer] = follower.step(probe as NonNullable<typeof probe>);
      expect([answer?.rejectHint, answer?.logTerm]).toEqual(hint);
      const [append] = leader.step(answer as NonNullable<typeof answer>);
      expect([append?.index, append?.logTerm]).toEqual(next);
    },
  );

  test('etcd:R19 a whole term is passed over in one round', () => {
    const bench = cluster(
      2,
      { voters: [1, 2, 3] },
      { 1: { log: [1, 1, 1, 1], term: 4 }, 2: { log: [1, 2, 2, 4], term: 4 } },
    );
    bench.node(1).campaign();
    const grant = message('MsgRequestVoteResponse', { from: 3, term: 5 });
    bench.send(bench.node(1).step(grant));
    const appends = bench.delivered.filter((m) => m.msgType === 'MsgAppend');
    expect(appends.slice(0, 2).map((m) => [m.index, m.logTerm])).toEqual([
      [4, 1],
      [1, 1],
    ]);
    expect(bench.node(2).terms).toEqual([1, 1, 1, 1, 5]);
  });
});
