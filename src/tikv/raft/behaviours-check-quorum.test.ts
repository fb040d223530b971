// CheckQuorum and PreVote: rows C1 to C12 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { type Bench, BenchNode, cluster, led, message } from '../../testing/raft-network.ts';

describe('a leader checks its quorum', () => {
  test('etcd:C1 while one of two answers, it stays', () => {
    const node = new BenchNode(1, { checkQuorum: true });
    node.win();
    for (let i = 0; i < 11; i++) {
      node.step(message('MsgHeartbeatResponse', { term: 1 }));
      node.tick();
    }
    expect(node.role).toBe('Leader');
  });

  test('etcd:C2 without answers it steps down', () => {
    const node = new BenchNode(1, { checkQuorum: true });
    node.win();
    node.tick(11);
    expect([node.role, node.term]).toEqual(['Follower', 1]);
  });

  test('etcd:C10 a new member counts as heard from once', () => {
    const node = new BenchNode(1, { voters: [1], checkQuorum: true });
    node.win();
    node.tick(9);
    node.raw.applyConfChange({ v1: { type: 'AddNode', nodeId: 2 } });
    node.tick();
    expect(node.role).toBe('Leader');
    node.tick(10);
    expect(node.role).toBe('Follower');
  });

  test('etcd:C12 switched off while running, silence is no reason', () => {
    const node = new BenchNode(1, { checkQuorum: true });
    node.win();
    node.raw.setCheckQuorum(false);
    node.tick(50);
    expect(node.role).toBe('Leader');
    node.raw.setCheckQuorum(true);
    node.tick(10);
    expect(node.role).toBe('Follower');
  });
});

describe('who hears a leader does not listen to candidates', () => {
  test('etcd:C3 a vote is ignored until the leader has been silent for electionTick', () => {
    const bench = cluster(3, { checkQuorum: true });
    bench.node(2).raw.setRandomizedElectionTimeout(11);
    bench.campaign(1);
    bench.campaign(3);
    expect(bench.roles()).toBe('1:Leader@1 2:Follower@1 3:Candidate@2');
    bench.node(2).raw.setRandomizedElectionTimeout(15);
    for (let i = 0; i < 10; i++) bench.node(2).raw.tick();
    bench.campaign(3);
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['Leader', 3]);
    expect(bench.node(1).role).toBe('Follower');
  });

  test('etcd:C4 a stuck candidate frees itself through the heartbeat of the old term', () => {
    const bench = led(3, { checkQuorum: true });
    bench.isolate(1);
    bench.campaign(3);
    bench.campaign(3);
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['Candidate', 3]);
    bench.recover();
    bench.send([message('MsgHeartbeat', { from: 1, to: 3, term: 1 })]);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 3]);
    bench.campaign(3);
    expect(bench.node(3).role).toBe('Leader');
  });

  test('etcd:C5 without pre-vote a follower cut off for a while brings the leader down', () => {
    const bench = led(3, { checkQuorum: true });
    bench.isolate(3);
    for (let i = 0; i < 20; i++) bench.node(3).raw.tick();
    bench.settle();
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['Candidate', 3]);
    bench.recover();
    bench.send([message('MsgHeartbeat', { from: 1, to: 3, term: 1 })]);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 3]);
  });

  test('etcd:C6 with pre-vote and a shorter log it does not', () => {
    const bench = led(3, { checkQuorum: true, preVote: true });
    bench.isolate(3);
    bench.propose(1, 'a', 'b', 'c');
    for (let i = 0; i < 20; i++) bench.node(3).raw.tick();
    bench.settle();
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['PreCandidate', 1]);
    bench.recover();
    bench.tick(1);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Leader', 1]);
    expect([bench.node(3).role, bench.node(3).term]).toEqual(['Follower', 1]);
  });
});

describe('pre-votes', () => {
  test('etcd:C7 two who campaign together split the vote, and the next round decides', () => {
    const bench = led(3, { preVote: true });
    bench.isolate(1);
    const both = [...bench.node(2).campaign(), ...bench.node(3).campaign()];
    bench.send(both);
    expect([bench.node(2).role, bench.node(3).role]).toEqual(['Candidate', 'Candidate']);
    expect([bench.node(2).term, bench.node(3).term]).toEqual([2, 2]);
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(2).term]).toEqual(['Leader', 3]);
    expect(bench.node(3).role).toBe('Follower');
  });

  test('etcd:C8 with checkQuorum, a new leader comes once the old one has been silent', () => {
    const bench = led(3, { preVote: true, checkQuorum: true });
    bench.isolate(1);
    for (const node of bench.nodes.values()) expect(node.term).toBe(1);
    bench.campaign(2);
    expect(bench.node(2).role).toBe('PreCandidate');
    bench.node(3).raw.setRandomizedElectionTimeout(19);
    for (let i = 0; i < 10; i++) bench.node(3).raw.tick();
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(3).role]).toEqual(['Leader', 'Follower']);
  });

  test('etcd:C9 a node of a smaller term completes an election', () => {
    const bench = cluster(3, { preVote: true });
    bench.cut(1, 3);
    bench.cut(2, 3);
    bench.campaign(1);
    bench.campaign(3);
    expect(bench.roles()).toBe('1:Leader@1 2:Follower@1 3:PreCandidate@0');
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(2).term]).toEqual(['Leader', 2]);
    bench.recover();
    bench.cut(1, 2);
    bench.cut(1, 3);
    bench.campaign(3);
    bench.campaign(2);
    const leaders = [2, 3].filter((id) => bench.node(id).role === 'Leader');
    expect(leaders).toHaveLength(1);
  });

  /** Nodes 1 and 2 pre-vote, 3 does not yet: it comes back as a candidate of a later term and then pre-votes too. */
  function migrated(): Bench {
    const bench = cluster(3, { preVote: true }, { 3: { preVote: false } });
    bench.campaign(1);
    bench.isolate(3);
    bench.propose(1, 'some data');
    bench.campaign(3);
    bench.campaign(3);
    expect(bench.roles()).toBe('1:Leader@1 2:Follower@1 3:Candidate@3');
    bench.node(3).raw.raft.preVote = true;
    bench.recover();
    return bench;
  }

  test('etcd:C11 a mixed group elects after the migration', () => {
    const bench = migrated();
    bench.isolate(1);
    bench.campaign(3);
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(3).role]).toEqual(['Follower', 'PreCandidate']);
    bench.campaign(3);
    bench.campaign(2);
    expect([bench.node(2).role, bench.node(3).role]).toEqual(['Leader', 'Follower']);
  });

  test('etcd:C11 a pre-candidate of a later term is freed', () => {
    const bench = migrated();
    bench.campaign(3);
    expect(bench.node(3).role).toBe('PreCandidate');
    bench.send([message('MsgHeartbeat', { from: 1, to: 3, term: 1 })]);
    expect([bench.node(1).role, bench.node(1).term]).toEqual(['Follower', 3]);
  });
});
