// Events tell and change nothing.

import { expect, test } from 'vitest';
import { hashPlain, newHash } from '../../base/hash.ts';
import { type Bench, cluster, led } from '../../testing/raft-network.ts';
import type { RaftEvent } from './event.ts';
import { isRuleName } from './rules.ts';

const play = (trace: boolean): Bench => {
  const bench = cluster(3, { trace, checkQuorum: true, preVote: true });
  bench.campaign(1);
  bench.propose(1, 'a', 'b');
  bench.isolate(3);
  bench.propose(1, 'c');
  bench.readIndex(1, 'r');
  bench.recover();
  bench.tickAll(3);
  bench.transfer(1, 2);
  bench.changeConf(2, { v1: { type: 'AddLearnerNode', nodeId: 4 } });
  return bench;
};

test('a peer that collects none behaves the same', () => {
  const [loud, silent] = [play(true), play(false)];
  expect(silent.delivered).toEqual(loud.delivered);
  expect(silent.node(1).events).toEqual([]);
});

const of = <T extends RaftEvent['type']>(events: readonly RaftEvent[], type: T) =>
  events.filter((e): e is Extract<RaftEvent, { type: T }> => e.type === type);

test('they are plain, and their verdicts name rules', () => {
  const bench = play(true);
  for (const { events } of bench.nodes.values()) {
    hashPlain(newHash(), events);
    for (const event of events) {
      const verdicts =
        'verdicts' in event ? event.verdicts : 'verdict' in event ? [event.verdict] : [];
      for (const { rule } of verdicts) expect(isRuleName(rule)).toBe(true);
    }
  }
});

test('an election tells who stood, who voted and why, and who leads', () => {
  const bench = led(3);
  const leader = bench.node(1).events;
  expect(of(leader, 'raft/became-candidate')).toMatchObject([{ term: 1 }]);
  expect(of(leader, 'raft/vote-received').map((e) => [e.from, e.granted])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(of(leader, 'raft/became-leader')).toMatchObject([{ term: 1, lastIndex: 0 }]);
  const [vote] = of(bench.node(2).events, 'raft/voted');
  expect(vote).toMatchObject({ candidate: 1, term: 1, pre: false, granted: true });
  expect(vote?.verdicts.map((v) => v.rule)).toEqual([
    'raft/vote-once',
    'raft/vote-log',
    'raft/vote-priority',
  ]);
});

test('replication tells what came, what was cut and what is committed', () => {
  const bench = led(3);
  bench.isolate(1);
  bench.propose(1, 'lost');
  bench.campaign(2);
  bench.recover();
  bench.tick(2);
  const { events } = bench.node(1);
  expect(of(events, 'raft/truncated')).toMatchObject([{ from: 2 }]);
  expect(of(events, 'raft/appended').map((e) => [e.from, e.entries.map((x) => x.term)])).toEqual([
    [1, [1]],
    [2, [1]],
    [2, [2]],
  ]);
  expect(of(events, 'raft/committed').map((e) => [e.index, e.by])).toEqual([
    [1, 'quorum'],
    [2, 'leader'],
  ]);
  const digests = [1, 2].map((id) => of(bench.node(id).events, 'raft/appended').at(-1)?.entries);
  expect(digests[0]).toEqual(digests[1]);
});

test('the leader’s view of a peer is told when it changes, and only then', () => {
  const bench = led(3);
  const progress = () => of(bench.node(1).events, 'raft/progress-changed');
  const before = progress().length;
  expect(progress().at(-1)).toMatchObject({ state: 'Replicate', matched: 1, nextIdx: 2 });
  bench.node(1).handle();
  expect(progress()).toHaveLength(before);
  bench.isolate(3);
  bench.propose(1, 'x');
  expect(
    progress()
      .filter((e) => e.peer === 3)
      .at(-1),
  ).toMatchObject({ nextIdx: 3, inflight: 1 });
});
