// RawNode and Ready: rows W1 to W12 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { AssertionFailed } from '../../base/assert.ts';
import { bytesOf } from '../../base/bytes.ts';
import {
  BenchNode,
  cluster,
  entries,
  entry,
  led,
  message,
  outcome,
  snapshotAt,
} from '../../testing/raft-network.ts';
import { encodeConfChange } from './conf-change.ts';
import type { Config } from './config.ts';
import type { RawNode } from './raw-node.ts';
import { newRawNode } from './raw-node.ts';
import { newMemStorage, type MemStorage } from './storage.ts';

describe('a restart', () => {
  test('etcd:W1 from hard state and log: nothing to send, and what is not applied comes out', () => {
    const { raw } = new BenchNode(1, { voters: [1], log: [1, 1], term: 1, commit: 1, applied: 0 });
    const ready = raw.ready();
    expect([ready.hs, ready.ss, ready.messages, ready.persistedMessages]).toEqual([
      undefined,
      undefined,
      [],
      [],
    ]);
    expect(ready.committedEntries.map((e) => e.index)).toEqual([1]);
    expect(ready.mustSync).toBe(false);
    raw.advance(ready);
    expect(raw.hasReady()).toBe(false);
  });

  test('etcd:W2 from a snapshot: only what comes after it', () => {
    const node = new BenchNode(1, {
      snapshot: snapshotAt(2, 1, [1, 2]),
      log: [1],
      term: 1,
      commit: 3,
    });
    expect(node.raw.status().applied).toBe(2);
    expect(node.raw.ready().committedEntries.map((e) => e.index)).toEqual([3]);
  });
});

describe('Readys', () => {
  test('etcd:W3 looking changes nothing', () => {
    const { raw } = new BenchNode(1);
    raw.campaign();
    const before = JSON.stringify(raw.save());
    for (let i = 0; i < 3; i++) {
      raw.status();
      raw.hasReady();
    }
    expect(JSON.stringify(raw.save())).toBe(before);
  });

  test('etcd:W3 a Ready is advanced before the next one', () => {
    const { raw } = new BenchNode(1);
    raw.campaign();
    const ready = raw.ready();
    expect(() => raw.ready()).toThrow(AssertionFailed);
    expect(() => raw.tick()).toThrow(AssertionFailed);
    expect(() => raw.step(message('MsgHeartbeat', { term: 3 }))).toThrow(AssertionFailed);
    raw.advance(ready);
    expect(() => raw.advance(ready)).toThrow(AssertionFailed);
  });

  test('etcd:W4 few committed entries at a time, none lost by a restart', () => {
    const log = Array.from({ length: 10 }, () => 1);
    const options = { voters: [1], log, term: 1, commit: 10, applied: 0 };
    const node = new BenchNode(1, { ...options, maxCommittedSizePerReady: 8 });
    const first = node.handleOne();
    expect(first).toEqual([]);
    const before = node.applied.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(10);
    node.restart();
    node.handle();
    expect(node.applied.map((e) => e.index)).toEqual(log.map((_, i) => i + 1));
  });

  test('etcd:W7 a follower’s answers wait for the disk', () => {
    const { raw, store } = new BenchNode(1);
    raw.step(message('MsgRequestVote', { term: 1, index: 1, logTerm: 1 }));
    let ready = raw.ready();
    expect(ready).toMatchObject({ messages: [], mustSync: true, hs: { term: 1, vote: 2 } });
    expect(ready.persistedMessages.map((m) => m.msgType)).toEqual(['MsgRequestVoteResponse']);
    raw.advance(ready);
    raw.step(message('MsgAppend', { term: 1, entries: entries([1]), commit: 1 }));
    ready = raw.ready();
    expect(ready).toMatchObject({ messages: [], mustSync: true, committedEntries: [] });
    expect(ready.persistedMessages.map((m) => m.msgType)).toEqual(['MsgAppendResponse']);
    store.append(ready.entries);
    // Only what is on its own disk is applied.
    expect(raw.advance(ready).committedEntries.map((e) => e.index)).toEqual([1]);
    raw.advanceApply();
    raw.step(message('MsgHeartbeat', { term: 1, commit: 1 }));
    ready = raw.ready();
    expect([ready.mustSync, ready.persistedMessages.length]).toEqual([false, 1]);
  });

  test('etcd:W7 a leader’s do not, but for the Ready in which it wins alone', () => {
    const node = new BenchNode(1, { voters: [1], learners: [2] });
    node.raw.campaign();
    const ready = node.raw.ready();
    // Its vote for itself is not on disk yet.
    expect([ready.messages.length, ready.persistedMessages.length]).toEqual([0, 1]);
    node.store.append(ready.entries);
    node.raw.advanceAppendAsync(ready);
    node.raw.propose('', 'x');
    node.step(message('MsgAppendResponse', { from: 2, term: 1, index: 1 }));
    const bench = led(3);
    bench.node(1).raw.propose('', 'x');
    const next = bench.node(1).raw.ready();
    expect([next.messages.length, next.persistedMessages.length]).toEqual([2, 0]);
  });
});

describe('the disk is slower', () => {
  /** The only voter of its group; its Readys are stored at once and on disk later. */
  function leader(): { raw: RawNode; store: MemStorage; store1: () => number } {
    const { raw, store } = new BenchNode(1, { voters: [1] });
    const store1 = () => {
      const ready = raw.ready();
      store.append(ready.entries);
      raw.advanceAppendAsync(ready);
      return ready.number;
    };
    raw.campaign();
    raw.onPersistReady(store1());
    store1();
    raw.advanceApply();
    return { raw, store, store1 };
  }

  test('etcd:W5 a leader does not count itself before its own disk has the entry', () => {
    const { raw, store1 } = leader();
    raw.propose('', 'x');
    const number = store1();
    expect([raw.status().hs.commit, raw.status().persisted]).toEqual([1, 1]);
    raw.onPersistReady(number);
    expect([raw.status().hs.commit, raw.status().persisted]).toEqual([2, 2]);
    expect(raw.ready().committedEntries.map((e) => e.index)).toEqual([2]);
  });

  test('etcd:W5 others may commit what its own disk has not got, and it applies only then', () => {
    const { raw, store } = new BenchNode(1);
    const store1 = () => {
      const ready = raw.ready();
      store.append(ready.entries);
      raw.advanceAppendAsync(ready);
      return ready;
    };
    const acknowledge = (from: number, index: number) =>
      raw.step(message('MsgAppendResponse', { from, term: 1, index }));
    raw.campaign();
    raw.onPersistReady(store1().number);
    raw.step(message('MsgRequestVoteResponse', { from: 2, term: 1 }));
    const { number } = store1();
    acknowledge(2, 1);
    expect(raw.status().hs.commit).toBe(0);
    acknowledge(3, 1);
    expect([raw.status().hs.commit, raw.status().persisted]).toEqual([1, 0]);
    expect(store1().committedEntries).toEqual([]);
    raw.onPersistReady(number);
    expect(store1().committedEntries.map((e) => e.index)).toEqual([1]);
  });

  test('etcd:W6 what is on disk is everything up to that Ready', () => {
    const { raw, store1 } = leader();
    const numbers = Array.from({ length: 10 }, (_, i) => {
      raw.propose('', `p${i}`);
      return store1();
    });
    expect(raw.status()).toMatchObject({ persisted: 1, lastIndex: 11 });
    raw.onPersistReady(numbers[3] as number);
    expect(raw.status()).toMatchObject({ persisted: 5, hs: { commit: 5 } });
    expect(store1()).toBeGreaterThan(numbers[9] as number);
    raw.onPersistReady(numbers[9] as number);
    expect(raw.status()).toMatchObject({ persisted: 11, hs: { commit: 11 } });
  });

  test('etcd:W6 an entry that was replaced meanwhile is not taken for persisted', () => {
    const { raw, store } = new BenchNode(1, { term: 1 });
    const store1 = () => {
      const ready = raw.ready();
      store.append(ready.entries);
      raw.advanceAppendAsync(ready);
      return ready.number;
    };
    raw.step(message('MsgAppend', { term: 1, entries: entries([1, 1, 1]) }));
    const old = store1();
    raw.step(message('MsgAppend', { term: 2, index: 1, logTerm: 1, entries: entries([2, 2], 2) }));
    const replaced = store1();
    raw.onPersistReady(old);
    expect(raw.status().persisted).toBe(0);
    raw.onPersistReady(replaced);
    expect(raw.status().persisted).toBe(3);
  });
});

describe('options', () => {
  test('etcd:W8 batchAppend: ten proposals, one message', () => {
    const bench = led(3, { batchAppend: true });
    const leader = bench.node(1);
    for (let i = 0; i < 10; i++) leader.raw.propose('', `p${i}`);
    const sent = leader.handle().filter((m) => m.msgType === 'MsgAppend');
    expect(sent.map((m) => [m.to, m.entries.length])).toEqual([
      [2, 10],
      [3, 10],
    ]);
    bench.send(sent);
    expect(bench.node(3).appliedData).toHaveLength(10);
  });

  test('etcd:W9 skipBcastCommit: followers hear of a commit with the next append or heartbeat', () => {
    const bench = led(3, { skipBcastCommit: true });
    const commits = () => [...bench.nodes.values()].map((n) => n.committed);
    bench.tick(1);
    expect(commits()).toEqual([1, 1, 1]);
    bench.propose(1, 'a');
    expect(commits()).toEqual([2, 1, 1]);
    bench.propose(1, 'b');
    expect(commits()).toEqual([3, 2, 2]);
    bench.tick(1);
    expect(commits()).toEqual([3, 3, 3]);
    bench.changeConf(1, { v1: { type: 'AddLearnerNode', nodeId: 4 } });
    expect(commits()).toEqual([4, 4, 4]);
    bench.node(1).raw.setSkipBcastCommit(false);
    bench.propose(1, 'c');
    expect(commits()).toEqual([5, 5, 5]);
  });

  test.each([
    [[1, 3, 2], 1, 'Follower'],
    [[1, 3, 2], 2, 'Leader'],
    [[1, 3, 2], 3, 'Leader'],
    [[1, 1, 1], 1, 'Leader'],
    [[3, 1, 1], 1, 'Leader'],
    [[1, 3, 3], 1, 'Follower'],
  ] as const)('etcd:W10 priorities %j, equal logs, %i campaigns: %s', (priorities, id, role) => {
    const bench = cluster(3);
    for (const [i, priority] of priorities.entries()) bench.node(i + 1).raw.setPriority(priority);
    bench.campaign(id);
    expect(bench.node(id).role).toBe(role);
  });

  test('etcd:W10 a longer log outweighs a lower priority', () => {
    const bench = cluster(3, { priority: 2 }, { 1: { log: [1], term: 1, priority: 1 } });
    bench.campaign(1);
    expect(bench.node(1).role).toBe('Leader');
  });

  test('etcd:W11 a refused vote still teaches what is committed', () => {
    const bench = led(3, { skipBcastCommit: true });
    bench.propose(1, 'a');
    // Node 1 alone knows that 2 is committed; it was led away from.
    expect([bench.node(2).committed, bench.node(3).committed]).toEqual([1, 1]);
    const [, answer] = [1, 2].map((from) => {
      const request = { from, to: 3, term: 2, index: 1, logTerm: 1, commit: 2, commitTerm: 1 };
      return bench.node(3).step(message('MsgRequestVote', request))[0];
    });
    expect(answer).toMatchObject({ reject: true, commit: 2, commitTerm: 1 });
    expect(bench.node(3).committed).toBe(2);
    const asker = bench.node(2);
    const requests = asker.campaign();
    expect(asker.role).toBe('Candidate');
    expect(requests.map((m) => [m.commit, m.commitTerm])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    asker.step({ ...(answer as NonNullable<typeof answer>), to: 2 });
    expect(asker.committed).toBe(2);
  });

  test.each([false, true])(
    'etcd:W11 who learns so that a conf change is committed stands back (preVote %s)',
    (preVote) => {
      for (const [changes, role] of [
        [true, 'Follower'],
        [false, preVote ? 'PreCandidate' : 'Candidate'],
      ] as const) {
        const node = new BenchNode(1, { voters: [1, 2, 3, 4, 5], preVote });
        const data = encodeConfChange({ v1: { type: 'AddLearnerNode', nodeId: 6 } });
        const second = changes
          ? { entryType: 'EntryConfChange' as const, term: 1, index: 2, data }
          : entry(1, 2, 'no change');
        node.step(message('MsgAppend', { term: 1, entries: [entry(1, 1), second], commit: 1 }));
        node.raw.campaign();
        const { term } = node;
        const type = preVote ? 'MsgRequestPreVoteResponse' : 'MsgRequestVoteResponse';
        node.raw.step(message(type, { term, reject: true, commit: 2, commitTerm: 1 }));
        expect([node.committed, node.role, node.term]).toEqual([2, role, term]);
      }
    },
  );

  test('etcd:W11 of entries that it has not got, or has in another term, it learns nothing', () => {
    const node = new BenchNode(1, { voters: [1, 2, 3, 4, 5], log: [1, 1], term: 2, commit: 1 });
    node.campaign();
    for (const [from, commit, commitTerm] of [
      [2, 2, 2],
      [3, 3, 1],
    ] as const)
      node.step(
        message('MsgRequestVoteResponse', { from, term: 3, reject: true, commit, commitTerm }),
      );
    expect([node.committed, node.role]).toEqual([1, 'Candidate']);
  });

  test('rs: with groups, an entry is committed when two of them have it', () => {
    const node = new BenchNode(1);
    node.win();
    node.raw.enableGroupCommit(true);
    node.raw.assignCommitGroups(
      new Map([
        [1, 1],
        [2, 1],
        [3, 2],
      ]),
    );
    node.acknowledge(2, 1);
    expect(node.committed).toBe(0);
    node.acknowledge(3, 1);
    expect(node.committed).toBe(1);
    node.propose('a');
    node.acknowledge(2, 2);
    expect(node.committed).toBe(1);
    node.raw.enableGroupCommit(false);
    expect(node.committed).toBe(2);
    expect(node.progress(3)).toMatchObject({ matched: 1, commitGroupId: 2 });
  });

  const base: Config = { id: 1, electionTick: 10, heartbeatTick: 1, random: () => 0 };

  test.each([
    [{ id: 0 }],
    [{ heartbeatTick: 0 }],
    [{ electionTick: 1 }],
    [{ electionTick: 5, heartbeatTick: 6 }],
    [{ maxInflightMsgs: 0 }],
    [{ readOnlyOption: 'LeaseBased' }],
    [{ minElectionTick: 9 }],
    [{ minElectionTick: 20 }],
    [{ maxElectionTick: 10 }],
    [{ maxSizePerMsg: 2, maxUncommittedSize: 1 }],
  ] as [Partial<Config>][])('etcd:W12 %j is no configuration', (wrong) => {
    expect(outcome(() => newRawNode({ ...base, ...wrong }, newMemStorage()))).toBe('ConfigInvalid');
  });

  test('etcd:W12 the least one is', () => {
    const node = newRawNode(base, newMemStorage());
    expect([node.id, node.status().ss.raftState]).toEqual([1, 'Follower']);
  });

  test('entries are handed out whole', () => {
    const node = new BenchNode(1, { voters: [1] });
    node.win();
    node.raw.propose(bytesOf('why'), bytesOf('what'));
    node.handle();
    expect(node.applied.at(-1)).toEqual({ ...entry(1, 2, 'what'), context: 'why' });
  });
});
