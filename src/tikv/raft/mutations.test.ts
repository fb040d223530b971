// Each rule is needed: a scenario that is harmless while it holds and not while it is broken. And judges notice.

import { describe, expect, test } from 'vitest';
import { AssertionFailed } from '../../base/assert.ts';
import {
  BenchNode,
  cluster,
  entries,
  led,
  message,
  outcome,
  snapshotAt,
  type BenchOptions,
} from '../../testing/raft-network.ts';
import { encodeConfChange } from './conf-change.ts';
import { MUTATIONS, rulesWith } from './mutations.ts';
import { RULE_IDS, RULES, type RuleId } from './rules.ts';

/** True where harm is done while the rules of `broken` are broken. A node that panics has been harmed. */
type Scenario = (options: BenchOptions) => boolean;

const granted = (node: BenchNode, fields: object): boolean =>
  node.step(message('MsgRequestVote', fields)).some((m) => m.reject !== true);

const accepted = (node: BenchNode, fields: object): boolean =>
  node.step(message('MsgAppend', fields)).some((m) => m.reject !== true);

const BY_RULE: Record<RuleId, Scenario> = {
  'raft/vote-stickiness': (o) => {
    const bench = led(3, { ...o, checkQuorum: true });
    bench.campaign(3);
    return bench.node(1).role !== 'Leader';
  },
  'raft/vote-once': (o) => {
    const node = new BenchNode(1, o);
    return granted(node, { from: 2, term: 1 }) && granted(node, { from: 3, term: 1 });
  },
  'raft/vote-log': (o) => {
    const bench = led(3, o);
    bench.isolate(3);
    bench.propose(1, 'x');
    bench.recover();
    bench.isolate(1);
    bench.campaign(3);
    return bench.node(3).role === 'Leader';
  },
  'raft/vote-priority': (o) => {
    const bench = cluster(3, { ...o, priority: 2 }, { 1: { priority: 1 } });
    bench.campaign(1);
    return bench.node(1).role === 'Leader';
  },
  'raft/vote-count-once': (o) => {
    const node = new BenchNode(1, { ...o, voters: [1, 2, 3, 4, 5] });
    node.campaign();
    const grant = message('MsgRequestVoteResponse', { from: 2, term: 1 });
    node.step(grant);
    node.step(grant);
    return node.role === 'Leader';
  },
  'raft/campaign-voter': (o) => {
    const node = new BenchNode(1, { ...o, voters: [2, 3] });
    node.campaign();
    return node.role !== 'Follower';
  },
  'raft/campaign-pending-conf': (o) => {
    const { raw, store } = new BenchNode(1, o);
    const data = encodeConfChange({ v1: { type: 'AddNode', nodeId: 4 } });
    const entry = { entryType: 'EntryConfChange' as const, term: 1, index: 1, data };
    raw.step(message('MsgAppend', { term: 1, entries: [entry], commit: 1 }));
    const ready = raw.ready();
    store.append(ready.entries);
    raw.advanceAppend(ready);
    raw.campaign();
    return raw.raft.role !== 'Follower';
  },
  'raft/append-term': (o) => {
    const node = new BenchNode(1, { ...o, term: 3 });
    const [answer] = node.step(message('MsgAppend', { term: 2, entries: entries([2]) }));
    // The deposed leader is answered in its own term, and takes the entry for replicated.
    return node.lastIndex === 1 && answer?.term === 2;
  },
  'raft/append-match': (o) =>
    accepted(new BenchNode(1, { ...o, log: [1, 2], term: 2 }), {
      term: 3,
      index: 2,
      logTerm: 1,
      entries: entries([3], 3),
    }),
  'raft/append-truncate': (o) => {
    const node = new BenchNode(1, { ...o, log: [1, 1, 1], term: 1, commit: 1 });
    // An empty append that was long on its way.
    node.step(message('MsgAppend', { term: 1, index: 2, logTerm: 1 }));
    return node.store.lastIndex() < 3;
  },
  'raft/append-commit-bound': (o) => {
    const node = new BenchNode(1, { ...o, log: [1, 1], term: 1 });
    // Entry 2 was not compared: the leader of term 2 may have another there.
    node.step(message('MsgAppend', { term: 2, index: 1, logTerm: 1, commit: 2 }));
    return node.committed === 2;
  },
  'raft/heartbeat-commit-bound': (o) => {
    const bench = led(3, o);
    bench.isolate(3);
    bench.propose(1, 'x');
    bench.recover();
    bench.tick(1);
    return false;
  },
  'raft/commit-quorum': (o) => {
    const bench = led(3, o);
    bench.isolate(1);
    bench.propose(1, 'x');
    return bench.node(1).committed === 2;
  },
  'raft/commit-current-term': (o) => {
    const node = new BenchNode(1, { ...o, voters: [1, 2], log: [1, 2], term: 2 });
    node.win();
    node.acknowledge(2, 2);
    return node.committed === 2;
  },
  'raft/leader-counts-persisted': (o) => {
    const { raw } = new BenchNode(1, { ...o, voters: [1] });
    raw.campaign();
    return raw.raft.log.committed > raw.raft.log.persisted;
  },
  'raft/persist-before-send': (o) => {
    const { raw } = new BenchNode(1, o);
    raw.step(message('MsgRequestVote', { term: 1 }));
    return raw.ready().messages.length > 0;
  },
  'raft/persist-vote': (o) => {
    const node = new BenchNode(1, o);
    const first = granted(node, { from: 2, term: 1 });
    node.restart();
    return first && granted(node, { from: 3, term: 1 });
  },
  'raft/persist-term': (o) => {
    const node = new BenchNode(1, o);
    granted(node, { from: 2, term: 5 });
    node.restart();
    return node.term < 5;
  },
  'raft/must-sync': (o) => {
    const { raw } = new BenchNode(1, o);
    raw.step(message('MsgAppend', { term: 1, entries: entries([1]) }));
    return !raw.ready().mustSync;
  },
  'raft/read-index-own-term': (o) => {
    const bench = led(3, o);
    bench.ignore('MsgAppend');
    bench.propose(1, 'acknowledged');
    bench.campaign(2);
    bench.readIndex(2, 'ctx');
    return bench.node(2).readStates.length > 0;
  },
  'raft/read-index-quorum': (o) => {
    const bench = led(3, o);
    bench.isolate(1);
    bench.readIndex(1, 'ctx');
    return bench.node(1).readStates.length > 0;
  },
  'raft/conf-change-pending': (o) => {
    const node = new BenchNode(1, { ...o, voters: [1] });
    node.win();
    node.raw.proposeConfChange('', { v1: { type: 'AddLearnerNode', nodeId: 2 } });
    node.raw.proposeConfChange('', { v1: { type: 'AddLearnerNode', nodeId: 3 } });
    return node.raw.raft.log.findConfChange(3, 4) !== 0;
  },
  'raft/conf-change-joint': (o) => {
    const joint = { voters: [1], votersOutgoing: [1] };
    const node = new BenchNode(1, { ...o, ...joint });
    node.win();
    const change = { v1: { type: 'AddLearnerNode', nodeId: 3 } } as const;
    node.raw.proposeConfChange('', change);
    return outcome(() => node.handle()) === 'ConfChangeError';
  },
  'raft/conf-one-voter': (o) => {
    const node = new BenchNode(1, o);
    const changes = [4, 5].map((nodeId) => ({ type: 'AddNode' as const, nodeId }));
    const after = node.raw.applyConfChange({ transition: 'Implicit', changes });
    return after.voters.length === 5 && after.votersOutgoing.length === 0;
  },
  'raft/snapshot-newer': (o) => {
    const node = new BenchNode(1, { ...o, log: [1, 1, 1], term: 1, commit: 3 });
    node.step(message('MsgSnapshot', { term: 1, snapshot: snapshotAt(2, 2, [1, 2, 3]) }));
    return node.lastIndex < 3;
  },
  'raft/snapshot-member': (o) => {
    const node = new BenchNode(4, { ...o, voters: [1, 2, 3] });
    const snapshot = snapshotAt(11, 1, [1, 2, 3]);
    node.step(message('MsgSnapshot', { to: 4, term: 1, snapshot }));
    return node.lastIndex === 11;
  },
  'raft/transfer-caught-up': (o) => {
    const bench = led(3, o);
    bench.isolate(3);
    bench.propose(1, 'x');
    bench.node(1).raw.transferLeader(3);
    return bench
      .node(1)
      .handle()
      .some((m) => m.msgType === 'MsgTimeoutNow');
  },
};

/** Where a mutation does something else than permit all that its rule is asked. */
const BY_MUTATION: Record<string, Scenario> = {
  'mut:M02': (o) => {
    const newer = { log: [1, 3], term: 3, commit: 2 };
    const bench = cluster(3, o, { 1: { log: [1, 2], term: 3 }, 2: newer, 3: newer });
    bench.campaign(1);
    return bench.node(1).role === 'Leader';
  },
  'mut:M06': (o) => {
    const { raw } = new BenchNode(1, { ...o, term: 1 });
    raw.step(message('MsgAppend', { term: 1, entries: entries([1]) }));
    const { messages, persistedMessages, mustSync } = raw.ready();
    return messages.length === 1 && persistedMessages.length === 0 && !mustSync;
  },
};

function harms(scenario: Scenario, broken: readonly string[]): boolean {
  try {
    return scenario({ broken });
  } catch (error) {
    if (error instanceof AssertionFailed) return true;
    throw error;
  }
}

describe('each rule is needed', () => {
  test.each(RULE_IDS)('%s', (rule) => {
    const scenario = BY_RULE[rule];
    expect(harms(scenario, []), 'while it holds').toBe(false);
    expect(harms(scenario, [rule]), 'while it is broken').toBe(true);
  });
});

describe('each mutation breaks what it says', () => {
  const real = Object.entries(MUTATIONS).filter(([, { breaks }]) => breaks.length > 0);

  test.each(real.map(([id, { breaks }]) => [id, breaks[0]] as const))(
    '%s breaks %s',
    (id, rule) => {
      const scenario = BY_MUTATION[id] ?? BY_RULE[rule as RuleId];
      expect(harms(scenario, [])).toBe(false);
      expect(harms(scenario, [id])).toBe(true);
    },
  );

  test('a broken rule says so in its verdict, and gives the same facts', () => {
    const facts = { term: 1, index: 1, myTerm: 2, myIndex: 5 };
    expect(RULES.voteLog(facts)).toEqual({ rule: 'raft/vote-log', holds: false, facts });
    expect(rulesWith(['mut:M01']).voteLog(facts)).toEqual({
      rule: 'raft/vote-log',
      holds: true,
      facts: { ...facts, broken: true },
    });
  });

  test('what belongs to other chapters is passed over; a rule that does not exist is refused', () => {
    expect(rulesWith(['mut:M19', 'mvcc/visible'])).toBe(RULES);
    expect(outcome(() => rulesWith(['raft/no-such-rule']))).toBe('ConfigInvalid');
  });

  test('two can be broken at once', () => {
    const rules = rulesWith(['mut:M01', 'mut:D3']);
    expect(rules.ways).toEqual({ ...RULES.ways, timeout: 'equal' });
    expect(rules.voteLog({ term: 0, index: 0, myTerm: 9, myIndex: 9 }).holds).toBe(true);
  });
});

describe('decoys', () => {
  test('mut:D1 a next index at random is found right by probing', () => {
    const bench = cluster(
      3,
      { broken: ['mut:D1'], log: [1, 1, 1, 1], term: 1, random: (n) => n >> 1 },
      { 3: { log: [1], term: 1 } },
    );
    bench.campaign(1);
    bench.propose(1, 'x');
    for (const node of bench.nodes.values()) expect(node.committed).toBe(6);
  });

  test('mut:D2 pre-vote is off', () => {
    const bench = cluster(3, { broken: ['mut:D2'], preVote: true });
    bench.isolate(1);
    bench.campaign(1);
    expect(bench.node(1).role).toBe('Candidate');
  });

  test('mut:D3 every time-out is the shortest', () => {
    const node = new BenchNode(1, { broken: ['mut:D3'], random: (n) => n - 1 });
    expect(node.raw.status().randomizedElectionTimeout).toBe(10);
  });

  test('mut:D4 a heartbeat is answered when the next one comes', () => {
    const node = new BenchNode(1, { broken: ['mut:D4'] });
    const beat = message('MsgHeartbeat', { term: 1, context: 'a' });
    expect(node.step(beat)).toEqual([]);
    expect(node.step({ ...beat, context: 'b' })).toMatchObject([{ context: 'a' }]);
  });

  test('mut:D5 two of four commit, and three of four elect', () => {
    const bench = led(4, { broken: ['mut:D5'] });
    bench.isolate(3);
    bench.isolate(4);
    bench.propose(1, 'x');
    expect(bench.node(1).committed).toBe(2);
    bench.campaign(2);
    expect(bench.node(2).role).toBe('Candidate');
  });
});
