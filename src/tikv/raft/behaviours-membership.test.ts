// Membership: rows M1 to M14 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import {
  type Bench,
  BenchNode,
  cluster,
  conf,
  led,
  message,
  outcome,
} from '../../testing/raft-network.ts';
import type { ConfChangeSingle, ConfChangeTransition, ConfChangeV2 } from './conf-change.ts';

const add = (nodeId: number): ConfChangeSingle => ({ type: 'AddNode', nodeId });
const learn = (nodeId: number): ConfChangeSingle => ({ type: 'AddLearnerNode', nodeId });
const remove = (nodeId: number): ConfChangeSingle => ({ type: 'RemoveNode', nodeId });

const change = (
  transition: ConfChangeTransition,
  ...changes: readonly ConfChangeSingle[]
): ConfChangeV2 => ({ transition, changes });

const LEAVE = change('Auto');

const alone = (): BenchNode => {
  const node = new BenchNode(1, { voters: [1] });
  node.win();
  return node;
};

describe('one change at a time', () => {
  test('etcd:M1 a second one before the first is applied becomes an empty entry', () => {
    const node = alone();
    node.raw.proposeConfChange('', { v1: learn(2) });
    node.raw.proposeConfChange('', { v1: learn(3) });
    node.handle();
    expect(node.log.map((e) => e.entryType)).toEqual([
      'EntryNormal',
      'EntryConfChange',
      'EntryNormal',
    ]);
    expect(node.log.at(-1)?.data).toBe('');
    expect(node.raw.status().confState.learners).toEqual([2]);
    const refused = node.events.find((e) => e.type === 'raft/conf-change-refused');
    expect(refused).toMatchObject({ index: 3, verdict: { rule: 'raft/conf-change-pending' } });
  });

  test('etcd:M2 a new leader first applies what it has inherited', () => {
    const { raw, store } = new BenchNode(1, { voters: [1], log: [1, 1], term: 1 });
    raw.campaign();
    expect(raw.status().pendingConfIndex).toBe(2);
    raw.proposeConfChange('', { v1: learn(2) });
    expect(raw.raft.log.slice(4, 5)?.[0]).toMatchObject({ entryType: 'EntryNormal', data: '' });
    const ready = raw.ready();
    store.append(ready.entries);
    raw.advanceAppend(ready);
    raw.advanceApply();
    raw.proposeConfChange('', { v1: learn(2) });
    expect(raw.raft.log.slice(5, 6)?.[0]).toMatchObject({ entryType: 'EntryConfChange' });
  });
});

describe('applying', () => {
  test('etcd:M3 a voter more; the same again changes nothing', () => {
    const node = alone();
    for (let i = 0; i < 2; i++)
      expect(node.raw.applyConfChange({ v1: add(2) })).toEqual(conf([1, 2]));
    expect([...node.raw.status().progress.keys()]).toEqual([1, 2]);
  });

  test('etcd:M4 a voter less, but never the last', () => {
    const node = new BenchNode(1, { voters: [1, 2] });
    expect(node.raw.applyConfChange({ v1: remove(2) })).toEqual(conf([1]));
    const last = { v1: remove(1) };
    expect(outcome(() => node.raw.applyConfChange(last))).toBe('ConfChangeError');
    expect(node.raw.status().confState).toEqual(conf([1]));
  });

  test('etcd:M5 a learner comes, goes and is promoted; it never counts', () => {
    const node = alone();
    expect(node.raw.applyConfChange({ v1: learn(2) })).toEqual(conf([1], { learners: [2] }));
    expect(node.progress(2).learner).toBe(true);
    node.propose('without 2');
    expect(node.committed).toBe(2);
    expect(node.raw.applyConfChange({ v1: remove(2) })).toEqual(conf([1]));
    node.raw.applyConfChange({ v1: learn(2) });
    expect(node.raw.applyConfChange({ v1: add(2) })).toEqual(conf([1, 2]));
    expect(node.progress(2).learner).toBe(false);
    node.propose('with 2');
    expect(node.committed).toBe(2);
  });

  test('etcd:M5 a learner’s acknowledgement and its vote stand for nobody', () => {
    const node = new BenchNode(1, { voters: [1, 2], learners: [3] });
    node.campaign();
    node.step(message('MsgRequestVoteResponse', { from: 3, term: 1 }));
    expect(node.role).toBe('Candidate');
    node.step(message('MsgRequestVoteResponse', { from: 2, term: 1 }));
    expect(node.role).toBe('Leader');
    node.acknowledge(3, 1);
    expect([node.progress(3).matched, node.committed]).toEqual([1, 0]);
    node.acknowledge(2, 1);
    expect(node.committed).toBe(1);
  });

  test('a change of a kind that nobody knows touches no member', () => {
    const unknown = { type: 'UpdateNode', nodeId: 2 } as unknown as ConfChangeSingle;
    const node = new BenchNode(1, { voters: [1, 2] });
    expect(node.raw.applyConfChange({ v1: unknown })).toEqual(conf([1, 2]));
    const both = change('Auto', add(3), unknown);
    expect(node.raw.applyConfChange(both)).toMatchObject({ voters: [1, 2, 3] });
  });

  test('etcd:M6 what waits for a removed voter is committed at once', () => {
    const node = new BenchNode(1, { voters: [1, 2] });
    node.win();
    node.acknowledge(2, 1);
    node.raw.proposeConfChange('', { v1: remove(2) });
    node.propose('hello');
    node.acknowledge(2, 2);
    expect(node.committed).toBe(3);
    expect(node.appliedData).toEqual(['hello']);
  });
});

describe('learners', () => {
  const learner = () => new BenchNode(2, { voters: [1], learners: [2] });

  test('etcd:M7 a learner does not campaign', () => {
    const node = learner();
    node.tick(40);
    node.campaign();
    node.step(message('MsgTimeoutNow', { from: 1, to: 2, term: 1 }));
    expect(node.role).toBe('Follower');
  });

  test('etcd:M8 it votes all the same: it may have been promoted without its knowledge', () => {
    const request = { from: 3, to: 2, term: 2, logTerm: 11, index: 11 };
    const [answer] = learner().step(message('MsgRequestVote', request));
    expect(answer).toMatchObject({ msgType: 'MsgRequestVoteResponse', to: 3, term: 2 });
    expect(answer?.reject).toBeUndefined();
  });

  test('etcd:M9 once promoted it can win', () => {
    const bench = cluster(2, { voters: [1], learners: [2] });
    bench.campaign(1);
    bench.changeConf(1, { v1: add(2) });
    bench.tick(1);
    expect(bench.node(2).raw.raft.promotable).toBe(true);
    bench.campaign(2);
    expect(bench.roles()).toBe('1:Follower@2 2:Leader@2');
  });

  test('etcd:M10 it gets entries, and nobody waits for it', () => {
    const bench = cluster(2, { voters: [1], learners: [2] });
    bench.campaign(1);
    bench.isolate(2);
    bench.propose(1, 'somedata');
    expect(bench.node(1).committed).toBe(2);
    bench.recover();
    bench.tick(1);
    bench.tick(1);
    expect(bench.node(2).appliedData).toEqual(['somedata']);
    expect(bench.node(1).progress(2).matched).toBe(2);
  });
});

describe('joint configurations', () => {
  const confOf = (bench: Bench, id = 1) => bench.node(id).raw.status().confState;

  function pair(): Bench {
    const bench = cluster(2, { voters: [1] });
    bench.campaign(1);
    return bench;
  }

  const conf12 = conf([1, 2]);

  test('etcd:M11 one change, Auto: the simple protocol', () => {
    const bench = pair();
    bench.changeConf(1, change('Auto', add(2)));
    expect(confOf(bench)).toEqual(conf12);
    expect(bench.node(1).log.filter((e) => e.entryType !== 'EntryNormal')).toHaveLength(1);
  });

  test.each(['Auto', 'Implicit'] as const)('etcd:M11 two changes, %s: in and out', (transition) => {
    const bench = pair();
    const changes = transition === 'Auto' ? [add(2), learn(3)] : [add(2)];
    bench.changeConf(1, change(transition, ...changes));
    expect(confOf(bench)).toEqual(transition === 'Auto' ? conf([1, 2], { learners: [3] }) : conf12);
    const joint = bench
      .node(1)
      .events.find((e) => e.type === 'raft/conf-changed' && e.confState.votersOutgoing.length > 0);
    expect(joint).toMatchObject({ confState: { votersOutgoing: [1], autoLeave: true } });
    expect(bench.node(1).log.at(-1)).toMatchObject({ entryType: 'EntryConfChangeV2', data: '' });
  });

  test('etcd:M11 Explicit: it stays joint until it is told to leave', () => {
    const bench = pair();
    bench.changeConf(1, change('Explicit', add(2)));
    const joint = conf([1, 2], { votersOutgoing: [1] });
    expect(confOf(bench)).toEqual(joint);
    bench.changeConf(1, { v1: learn(3) });
    expect(confOf(bench)).toEqual(joint);
    bench.changeConf(1, LEAVE);
    expect(confOf(bench)).toEqual(conf12);
    bench.changeConf(1, LEAVE);
    expect(bench.node(1).log.at(-1)?.entryType).toBe('EntryNormal');
    expect(confOf(bench, 2)).toEqual(conf12);
  });

  test.each(['Implicit', 'Explicit'] as const)(
    'an empty change, %s, neither enters nor leaves a joint configuration: it is refused',
    (transition) => {
      const bench = pair();
      const empty = change(transition);
      bench.changeConf(1, empty);
      expect(confOf(bench)).toEqual(conf([1]));
      bench.changeConf(1, change('Explicit', add(2)));
      const joint = conf([1, 2], { votersOutgoing: [1] });
      bench.changeConf(1, empty);
      expect(confOf(bench)).toEqual(joint);
      expect(bench.node(1).log.at(-1)).toMatchObject({ entryType: 'EntryNormal', data: '' });
      expect(bench.node(2).committed).toBe(bench.node(1).lastIndex);
      bench.changeConf(1, LEAVE);
      expect(confOf(bench, 2)).toEqual(conf12);
    },
  );

  test('etcd:M12 a voter that is to become a learner waits until the end', () => {
    const bench = pair();
    bench.changeConf(1, change('Explicit', add(2), learn(1), learn(3)));
    expect(confOf(bench)).toEqual(
      conf([2], { votersOutgoing: [1], learners: [3], learnersNext: [1] }),
    );
    bench.changeConf(1, LEAVE);
    expect(confOf(bench)).toEqual(conf([2], { learners: [1, 3] }));
  });

  test('etcd:M13 a later leader leaves a joint configuration that leaves by itself', () => {
    const { raw, store } = new BenchNode(1, { voters: [1] });
    const store2 = () => {
      while (raw.hasReady()) {
        const ready = raw.ready();
        store.append(ready.entries);
        raw.advanceAppend(ready);
      }
    };
    raw.campaign();
    store2();
    raw.advanceApply();
    const joint = change('Implicit', learn(2));
    raw.proposeConfChange('', joint);
    store2();
    // Its office is lost before the change is applied.
    raw.step(message('MsgAppend', { from: 2, term: raw.raft.term + 1 }));
    raw.applyConfChange(joint);
    raw.advanceApply();
    expect(raw.status().confState.votersOutgoing).toEqual([1]);
    expect(raw.raft.log.lastIndex()).toBe(2);
    raw.campaign();
    store2();
    raw.advanceApply();
    store2();
    const leaving = raw.raft.log.slice(4, 5)?.[0];
    expect(leaving).toMatchObject({ entryType: 'EntryConfChangeV2', data: '' });
    expect(raw.raft.log.committed).toBe(4);
    raw.applyConfChange(LEAVE);
    raw.advanceApply();
    expect(raw.status().confState).toEqual(conf([1], { learners: [2] }));
  });

  test('etcd:M14 a leader that has removed itself leads until another takes over', () => {
    const bench = led(3);
    bench.changeConf(1, { v1: remove(1) });
    expect(confOf(bench, 2).voters).toEqual([2, 3]);
    expect(bench.node(1).role).toBe('Leader');
    bench.tick(1);
    bench.campaign(2);
    expect(bench.node(2).role).toBe('Leader');
  });
});
