// Elections: setup, then what must come of it. Rows E1 to E35 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { below, newChance } from '../../base/chance.ts';
import { BenchNode, cluster, entries, led, message } from '../../testing/raft-network.ts';
import { encodeConfChange } from './conf-change.ts';
import type { Message, MessageType } from './message.ts';
import type { RawNode } from './raw-node.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('who wins', () => {
  test('etcd:E1 a fresh node is a follower of nobody and has nothing to say', () => {
    const node = new BenchNode(1);
    expect([node.role, node.term, node.leader]).toEqual(['Follower', 0, 0]);
    expect(node.raw.hasReady()).toBe(false);
  });

  test('etcd:E2 one campaigns, and all follow', () => {
    const bench = cluster(3);
    bench.campaign(1);
    expect(bench.roles()).toBe('1:Leader@1 2:Follower@1 3:Follower@1');
    expect([bench.node(2).leader, bench.node(3).leader]).toEqual([1, 1]);
  });

  test.each([
    ['etcd:E3 three nodes, one down: Leader', 3, [3], 'Leader'],
    ['etcd:E4 three nodes, two down: Candidate', 3, [2, 3], 'Candidate'],
    ['etcd:E5 four nodes, two down: Candidate', 4, [3, 4], 'Candidate'],
    ['etcd:E6 five nodes, two down: Leader', 5, [4, 5], 'Leader'],
  ] as const)('%s', (_, n, down, role) => {
    const bench = cluster(n);
    for (const id of down) bench.isolate(id);
    bench.campaign(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual([role, 1]);
  });

  test('etcd:E7 a log that is behind loses at three of five', () => {
    const bench = cluster(
      5,
      {},
      {
        2: { log: [1], term: 1 },
        3: { log: [1], term: 1 },
        4: { log: [1, 1], term: 1 },
      },
    );
    bench.campaign(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 1]);
  });

  test('etcd:E8 without answers a pre-candidate stays one, and its term as it was', () => {
    const bench = cluster(3, { preVote: true });
    bench.isolate(1);
    bench.campaign(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['PreCandidate', 0]);
  });

  test.each([false, true])('etcd:E9 each node in turn can lead (preVote %s)', (preVote) => {
    const bench = cluster(3, { preVote });
    for (const id of [1, 2, 3]) {
      bench.campaign(id);
      for (const node of bench.nodes.values()) {
        expect([node.role, node.term]).toEqual([node.id === id ? 'Leader' : 'Follower', id]);
      }
    }
  });

  test('etcd:E10 a newer entry that no quorum has is overwritten', () => {
    const voted = { term: 2, vote: 3 };
    const bench = cluster(
      5,
      {},
      {
        1: { log: [1], term: 1 },
        2: { log: [1], term: 1 },
        3: { log: [2], term: 2 },
        4: voted,
        5: voted,
      },
    );
    bench.campaign(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 2]);
    bench.campaign(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Leader', 3]);
    for (const node of bench.nodes.values()) expect(node.terms).toEqual([1, 3]);
  });

  test('etcd:E17 a majority of grants, its own included, makes a leader', () => {
    for (const [n, grants] of [
      [1, 0],
      [3, 2],
      [3, 1],
      [5, 4],
      [5, 3],
      [5, 2],
    ] as const)
      expect(roleAfter(n, grants, 0), `${grants + 1} of ${n}`).toBe('Leader');
  });

  test('etcd:E18 a majority of refusals ends the campaign', () => {
    expect(roleAfter(3, 0, 2)).toBe('Follower');
    expect(roleAfter(5, 0, 4)).toBe('Follower');
    expect(roleAfter(5, 1, 3)).toBe('Follower');
  });

  test('etcd:E19 otherwise it goes on', () => {
    expect(roleAfter(3, 0, 0)).toBe('Candidate');
    expect(roleAfter(5, 1, 0)).toBe('Candidate');
    expect(roleAfter(5, 0, 2)).toBe('Candidate');
    expect(roleAfter(5, 0, 0)).toBe('Candidate');
  });

  test('etcd:E31 a voter alone elects itself', () => {
    const bench = cluster(1);
    bench.campaign(1);
    expect(bench.node(1).role).toBe('Leader');
  });
});

function roleAfter(n: number, grants: number, refusals: number) {
  const node = new BenchNode(1, { voters: upTo(n) });
  node.campaign();
  for (let i = 0; i < grants + refusals; i++) {
    if (node.role !== 'Candidate') break;
    const fields = { from: i + 2, term: node.term, ...(i < grants ? {} : { reject: true }) };
    node.step(message('MsgRequestVoteResponse', fields));
  }
  return node.role;
}

describe('who is voted for', () => {
  const ROLES = ['Follower', 'PreCandidate', 'Candidate', 'Leader'] as const;

  function nodeAs(role: (typeof ROLES)[number]): BenchNode {
    const node = new BenchNode(1, { log: [1], term: 1, preVote: role === 'PreCandidate' });
    if (role === 'Leader') node.win();
    else if (role !== 'Follower') node.campaign();
    expect(node.role).toBe(role);
    return node;
  }

  test.each(ROLES)('etcd:E11 a %s grants a later term to a log as new', (role) => {
    const node = nodeAs(role);
    const term = node.term + 2;
    const [answer] = node.step(
      message('MsgRequestVote', { term, logTerm: term, index: node.lastIndex + 1 }),
    );
    expect(answer).toMatchObject({ msgType: 'MsgRequestVoteResponse', to: 2, term });
    expect(answer?.reject).toBeUndefined();
    expect([node.role, node.term, node.vote]).toEqual(['Follower', term, 2]);
  });

  test.each(ROLES)('etcd:E12 a pre-vote changes nothing at a %s', (role) => {
    const node = nodeAs(role);
    const before = [node.role, node.term, node.vote];
    const term = node.term + 2;
    const [answer] = node.step(
      message('MsgRequestPreVote', { term, logTerm: term, index: node.lastIndex + 1 }),
    );
    expect(answer).toMatchObject({ msgType: 'MsgRequestPreVoteResponse', to: 2, term });
    expect(answer?.reject).toBeUndefined();
    expect([node.role, node.term, node.vote]).toEqual(before);
  });

  test('etcd:E13 the last term decides, then the length', () => {
    for (let index = 0; index <= 3; index++) {
      for (let logTerm = 0; logTerm <= 3; logTerm++) {
        const node = new BenchNode(1, { log: [2, 2], term: 2 });
        const [answer] = node.step(message('MsgRequestVote', { term: 3, index, logTerm }));
        const granted = logTerm > 2 || (logTerm === 2 && index >= 2);
        expect(answer?.reject ?? false, `(${index}, ${logTerm})`).toBe(!granted);
      }
    }
  });

  test('etcd:E14 a vote is given once a term, and again to the same', () => {
    const ask = (from: number) => {
      const node = new BenchNode(1, { log: [2, 2], term: 3, vote: 2 });
      const [answer] = node.step(
        message('MsgRequestVote', { from, term: 3, logTerm: 3, index: 3 }),
      );
      return answer?.reject ?? false;
    };
    expect(ask(2)).toBe(false);
    expect(ask(3)).toBe(true);
  });

  test.each(['PreCandidate', 'Candidate', 'Leader'] as const)(
    'etcd:E15 a %s refuses its own term',
    (role) => {
      const node = new BenchNode(1, {
        log: [1],
        term: 2,
        vote: 1,
        preVote: role === 'PreCandidate',
      });
      if (role === 'Leader') node.win();
      else node.campaign();
      expect(node.role).toBe(role);
      const [answer] = node.step(
        message('MsgRequestVote', { term: node.term, logTerm: 9, index: 9 }),
      );
      expect(answer).toMatchObject({ msgType: 'MsgRequestVoteResponse', reject: true });
    },
  );

  test.each([
    [[1], [1, 1], true],
    [[1], [1, 2], true],
    [[1], [2, 1], true],
    [[1], [2, 2], true],
    [[1, 1], [1, 1], false],
    [[2], [1, 1], false],
    [[2], [1, 2], false],
    [[2, 2], [1, 1], false],
  ] as const)('etcd:E16 voter %j, candidate (term, index) %j: %s', (log, [logTerm, index], ok) => {
    const node = new BenchNode(1, { log, term: 2 });
    const [answer] = node.step(message('MsgRequestVote', { term: 3, logTerm, index }));
    expect(answer?.reject ?? false).toBe(!ok);
  });
});

describe('time', () => {
  const isVote = (m: Message) => m.msgType === 'MsgRequestVote';

  test('etcd:E20 a follower that hears nothing stands for election', () => {
    const node = new BenchNode(1, { term: 1 });
    expect(node.tick(9)).toEqual([]);
    const sent = node.tick();
    expect([node.role, node.term, node.vote]).toEqual(['Candidate', 2, 1]);
    expect(sent.filter(isVote).map((m) => [m.to, m.term])).toEqual([
      [2, 2],
      [3, 2],
    ]);
  });

  test('etcd:E21 a candidate that hears nothing stands again', () => {
    const node = new BenchNode(1, { term: 1 });
    node.tick(10);
    const sent = node.tick(10);
    expect([node.role, node.term]).toEqual(['Candidate', 3]);
    expect(sent.filter(isVote)).toHaveLength(2);
  });

  test('etcd:E25 the time-out takes every value of [electionTick, 2 electionTick)', () => {
    const chance = newChance(7, 'time-outs');
    const node = new BenchNode(1, { random: (n) => below(chance, n) });
    const seen = new Set<number>();
    for (let term = 1; term <= 1000; term++) {
      node.step(message('MsgHeartbeat', { term }));
      seen.add(node.raw.status().randomizedElectionTimeout);
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const narrow = new BenchNode(1, {
      random: (n) => n - 1,
      minElectionTick: 12,
      maxElectionTick: 15,
    });
    expect(narrow.raw.status().randomizedElectionTimeout).toBe(14);
  });

  test('etcd:E26 two nodes seldom time out at once', () => {
    let conflicts = 0;
    const chances = upTo(5).map((id) => newChance(id, 'conflict'));
    for (let round = 0; round < 1000; round++) {
      const nodes = chances.map(
        (chance, i) =>
          new BenchNode(i + 1, { voters: upTo(5), random: (n) => below(chance, n), trace: false }),
      );
      let timedOut = 0;
      while (timedOut === 0) timedOut = nodes.filter((node) => node.tick().length > 0).length;
      if (timedOut > 1) conflicts++;
    }
    expect(conflicts).toBeLessThan(300);
  });

  test.each([[[1]], [[1, 2]]])('etcd:E27 a request carries the end of the log %j', (terms) => {
    const node = new BenchNode(1);
    const last = terms.at(-1) as number;
    node.step(message('MsgAppend', { term: last, entries: entries(terms) }));
    const sent = node.tick(10).filter(isVote);
    expect(sent.map((m) => [m.to, m.term, m.index, m.logTerm])).toEqual([
      [2, last + 1, terms.length, last],
      [3, last + 1, terms.length, last],
    ]);
  });
});

describe('terms', () => {
  test.each([1, 2])('etcd:E22 a candidate of term 1 yields to an append of term %i', (term) => {
    const node = new BenchNode(1);
    node.campaign();
    expect([node.role, node.term]).toEqual(['Candidate', 1]);
    node.step(message('MsgAppend', { term }));
    expect([node.role, node.term, node.leader]).toEqual(['Follower', term, 2]);
  });

  test.each(['Follower', 'Candidate', 'Leader'])('etcd:E23 a %s takes a higher term', (role) => {
    const node = new BenchNode(1);
    if (role === 'Candidate') node.campaign();
    if (role === 'Leader') node.win();
    node.step(message('MsgAppend', { term: 2 }));
    expect([node.role, node.term]).toEqual(['Follower', 2]);
  });

  test('etcd:E24 an older term is ignored, or told the newer', () => {
    const stale = message('MsgAppend', { term: 1, entries: entries([1]) });
    const plain = new BenchNode(1, { term: 2 });
    expect(plain.step(stale)).toEqual([]);
    expect(plain.lastIndex).toBe(0);
    for (const options of [{ checkQuorum: true }, { preVote: true }]) {
      const node = new BenchNode(1, { term: 2, ...options });
      const [answer] = node.step(stale);
      expect(answer).toMatchObject({ msgType: 'MsgAppendResponse', to: 2, term: 2, index: 0 });
    }
  });

  test('etcd:E28 a candidate with an older log takes everybody to its term and loses', () => {
    const bench = cluster(3);
    bench.cut(1, 3);
    bench.campaign(1);
    bench.campaign(3);
    expect(bench.roles()).toBe('1:Leader@1 2:Follower@1 3:Candidate@1');
    bench.recover();
    bench.campaign(3);
    expect(bench.roles()).toBe('1:Follower@2 2:Follower@2 3:Follower@2');
    expect([...bench.nodes.values()].map((n) => n.terms)).toEqual([[1], [1], []]);
  });

  test('etcd:E29 with pre-votes it disturbs nobody', () => {
    const bench = cluster(3, { preVote: true });
    bench.cut(1, 3);
    bench.campaign(1);
    bench.campaign(3);
    bench.recover();
    bench.campaign(3);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Leader', 1]);
    expect(bench.node(2).role).toBe('Follower');
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['Follower', 1]);
  });

  test('etcd:E30 a candidate concedes to the leader of its term', () => {
    const bench = cluster(3);
    bench.isolate(1);
    bench.campaign(1);
    bench.campaign(3);
    bench.recover();
    bench.tick(3);
    bench.propose(3, 'force follower');
    bench.tick(3);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 1]);
    for (const node of bench.nodes.values()) expect(node.terms).toEqual([1, 1]);
  });

  test('etcd:E32 an append of an older term changes no log', () => {
    const bench = cluster(3);
    for (const id of [1, 2, 1]) bench.campaign(id);
    const late = message('MsgAppend', {
      from: 2,
      to: 1,
      term: 2,
      logTerm: 2,
      index: 2,
      entries: entries([2], 3),
    });
    bench.send([late, { ...late, to: 3 }]);
    bench.propose(1, 'somedata');
    for (const node of bench.nodes.values()) {
      expect(node.terms).toEqual([1, 2, 3, 3]);
      expect(node.committed).toBe(4);
    }
  });

  test('etcd:E33 a leader that campaigns stays where it is', () => {
    for (const preVote of [false, true]) {
      const bench = led(3, { preVote });
      bench.campaign(1);
      expect([bench.node(1).role, bench.node(1).term]).toEqual(['Leader', 1]);
    }
  });
});

describe('who may campaign', () => {
  test('etcd:E34 a node that is no voter never does', () => {
    const node = new BenchNode(1, { voters: [2, 3, 4] });
    node.tick(30);
    node.step(message('MsgTimeoutNow', { term: 1 }));
    node.campaign();
    for (const from of [2, 3])
      node.step(message('MsgRequestVoteResponse', { from, term: node.term }));
    expect(node.role).toBe('Follower');
  });

  const waysToCampaign: readonly [string, (node: RawNode) => void][] = [
    ['its timeout', (node) => Array.from({ length: 20 }, () => node.tick())],
    ['MsgTimeoutNow', (node) => node.step(message('MsgTimeoutNow', { term: node.raft.term }))],
  ];

  test.each(
    (['EntryConfChange', 'EntryConfChangeV2'] as const).flatMap((type) =>
      waysToCampaign.map(([name, act]) => [type, name, act] as const),
    ),
  )('etcd:E35 an unapplied %s holds back %s', (entryType, _, act) => {
    const { raw, store } = new BenchNode(1);
    const single = { type: 'AddLearnerNode', nodeId: 4 } as const;
    const change =
      entryType === 'EntryConfChange'
        ? { v1: single }
        : { transition: 'Auto' as const, changes: [single] };
    const data = encodeConfChange(change);
    const entry = { entryType, term: 1, index: 1, data };
    raw.step(message('MsgAppend', { term: 1, entries: [entry], commit: 1 }));
    const ready = raw.ready();
    store.append(ready.entries);
    raw.advanceAppend(ready);
    act(raw);
    expect(raw.raft.role).toBe('Follower');
    raw.applyConfChange(change);
    raw.advanceApply();
    act(raw);
    expect(raw.raft.role).toBe('Candidate');
  });

  test('nobody speaks of an election by messages of another kind', () => {
    const kinds: MessageType[] = ['MsgHeartbeatResponse', 'MsgReadIndexResp', 'MsgAppendResponse'];
    const node = new BenchNode(1);
    for (const kind of kinds) node.step(message(kind, { term: 0 }));
    expect(node.role).toBe('Follower');
  });
});
