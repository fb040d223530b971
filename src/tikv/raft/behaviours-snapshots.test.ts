// Snapshots: rows S1 to S12 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import {
  type Bench,
  BenchNode,
  cluster,
  conf,
  led,
  message,
  outcome,
  snapshotAt,
} from '../../testing/raft-network.ts';
import type { Message, Snapshot } from './message.ts';

const give = (snapshot: Snapshot, fields: Partial<Message> = {}) =>
  message('MsgSnapshot', { term: 11, snapshot, ...fields });

const appendsTo = (messages: readonly Message[], to: number) =>
  messages.filter((m) => m.msgType === 'MsgAppend' && m.to === to);

describe('who gets a snapshot', () => {
  test('etcd:S1 its log, commit index and configuration are the snapshot’s', () => {
    const node = new BenchNode(1, { voters: [1, 2] });
    const [answer] = node.step(give(snapshotAt(11, 11, [1, 2, 3])));
    expect(answer).toMatchObject({ msgType: 'MsgAppendResponse', index: 11 });
    expect([node.lastIndex, node.committed, node.raw.raft.log.term(11)]).toEqual([11, 11, 11]);
    expect(node.raw.status().confState.voters).toEqual([1, 2, 3]);
    expect(node.store.firstIndex()).toBe(12);
    node.step(give(snapshotAt(11, 11, [1, 2, 3])));
    const ignored = node.events.filter((e) => e.type === 'raft/snapshot-ignored');
    expect(ignored).toHaveLength(1);
  });

  test('etcd:S1 it does not campaign before the snapshot is stored', () => {
    const { raw } = new BenchNode(1, { voters: [1, 2] });
    raw.step(give(snapshotAt(11, 11, [1, 2, 3])));
    for (let i = 0; i < 20; i++) raw.tick();
    expect(raw.raft.role).toBe('Follower');
  });

  test('etcd:S2 an older one is ignored', () => {
    const node = new BenchNode(1, { log: [1, 1, 1], term: 1, commit: 3 });
    const [answer] = node.step(give(snapshotAt(2, 1, [1, 2, 3])));
    expect(answer).toMatchObject({ index: 3 });
    expect(node.committed).toBe(3);
  });

  test('etcd:S2 one that the log has already moves the commit index', () => {
    const node = new BenchNode(1, { log: [1, 1, 1], term: 1, commit: 1 });
    const [answer] = node.step(give(snapshotAt(2, 1, [1, 2, 3])));
    expect(answer).toMatchObject({ index: 2 });
    expect([node.committed, node.lastIndex]).toEqual([2, 3]);
  });

  test('etcd:S10 learners and a joint configuration are taken over', () => {
    const node = new BenchNode(3, { voters: [3, 4, 5] });
    const rest = { learners: [6], votersOutgoing: [1, 2, 3], learnersNext: [1], autoLeave: true };
    node.step(give(snapshotAt(11, 11, [2, 3, 4], rest), { to: 3 }));
    expect(node.raw.status().confState).toEqual(conf([2, 3, 4], rest));
    expect(node.lastIndex).toBe(11);
  });

  test('etcd:S10 a voter may become a learner by it, and a learner a voter', () => {
    const voter = new BenchNode(3, { voters: [1, 2, 3] });
    voter.step(give(snapshotAt(11, 11, [1, 2], { learners: [3] }), { to: 3 }));
    expect([voter.lastIndex, voter.raw.raft.promotable]).toEqual([11, false]);
    const learner = new BenchNode(3, { voters: [1, 2], learners: [3] });
    learner.step(give(snapshotAt(11, 11, [1, 2, 3]), { to: 3 }));
    expect([learner.lastIndex, learner.raw.raft.promotable]).toEqual([11, true]);
  });

  test('etcd:S10 one that does not name the receiver is ignored', () => {
    const node = new BenchNode(4, { voters: [1, 2, 3] });
    node.step(give(snapshotAt(11, 11, [1, 2, 3]), { to: 4 }));
    expect(node.lastIndex).toBe(0);
  });
});

describe('who sends it', () => {
  /** A leader of {1, 2} that starts from a snapshot at 11; entry 12 is its own. */
  function leader(): BenchNode {
    const node = new BenchNode(1, { snapshot: snapshotAt(11, 11, [1, 2]) });
    node.win();
    return node;
  }
  /** The same with that snapshot on its way to node 2. */
  function sending(): BenchNode {
    const node = leader();
    const peer = node.raw.raft.tracker.mustGet(2);
    peer.recentActive = true;
    peer.nextIdx = 1;
    peer.becomeSnapshot(11);
    return node;
  }

  test('etcd:S3 to a peer whose next entry is compacted', () => {
    const node = leader();
    const refusal = { term: node.term, index: 11, reject: true, rejectHint: 0 };
    const [sent] = node.step(message('MsgAppendResponse', refusal));
    expect(sent).toMatchObject({ msgType: 'MsgSnapshot', to: 2 });
    expect(sent?.snapshot?.metadata.index).toBe(11);
    expect(node.progress(2)).toMatchObject({ state: 'Snapshot', pendingSnapshot: 11 });
  });

  test('etcd:S4 not to one that was silent', () => {
    const node = leader();
    const peer = node.raw.raft.tracker.mustGet(2);
    peer.nextIdx = 5;
    peer.recentActive = false;
    peer.resume();
    expect(node.propose('some data')).toEqual([]);
  });

  test('etcd:S5 meanwhile nothing else', () => {
    const node = sending();
    expect(node.propose('some data')).toEqual([]);
  });

  test('etcd:S6 failed: probed from where it was, after the next answer to a heartbeat', () => {
    const node = sending();
    node.raw.reportSnapshot(2, 'Failure');
    expect(node.progress(2)).toMatchObject({
      state: 'Probe',
      pendingSnapshot: 0,
      nextIdx: 1,
      paused: true,
    });
    expect(node.propose('x')).toEqual([]);
    const sent = node.step(message('MsgHeartbeatResponse', { term: node.term }));
    expect(sent.map((m) => m.msgType)).toEqual(['MsgSnapshot']);
  });

  test('etcd:S7 finished: probed from after it, once it answers', () => {
    const node = sending();
    node.raw.reportSnapshot(2, 'Finish');
    expect(node.progress(2)).toMatchObject({
      state: 'Probe',
      pendingSnapshot: 0,
      nextIdx: 12,
      paused: true,
    });
  });

  test('etcd:S8 an answer at its index ends it, and replication goes on', () => {
    const node = sending();
    const sent = appendsTo(node.acknowledge(2, 11), 2);
    expect(node.progress(2)).toMatchObject({ pendingSnapshot: 0, matched: 11, state: 'Probe' });
    expect(sent.map((m) => [m.index, m.entries.length])).toEqual([[11, 1]]);
  });

  test('etcd:S9 a node that was away for long comes back by one', () => {
    const bench = led(3);
    bench.isolate(3);
    for (let i = 0; i < 100; i++) bench.propose(1, `p${i}`);
    bench.node(1).store.compact(bench.node(1).store.lastIndex());
    bench.recover();
    for (let i = 0; i < 3; i++) bench.tick(1);
    expect(bench.delivered.some((m) => m.msgType === 'MsgSnapshot')).toBe(true);
    bench.propose(1, 'after');
    expect(bench.node(3).committed).toBe(bench.node(1).committed);
    expect(bench.node(3).appliedData).toEqual(['after']);
  });

  test('etcd:S11 where the store has none yet it is tried again later', () => {
    const node = leader();
    node.store.setApplied(0);
    const refusal = { term: node.term, index: 11, reject: true, rejectHint: 0 };
    expect(node.step(message('MsgAppendResponse', refusal))).toEqual([]);
    expect(node.progress(2).state).toBe('Probe');
    const postponed = node.events.filter((e) => e.type === 'raft/snapshot-postponed');
    expect(postponed).toMatchObject([{ to: 2, reason: 'not-ready' }]);
    node.store.setApplied(12);
    const sent = node.step(message('MsgHeartbeatResponse', { term: node.term }));
    expect(sent.map((m) => m.msgType)).toEqual(['MsgSnapshot']);
  });
});

describe('who asks for it', () => {
  function settled(): Bench {
    const bench = led(3);
    bench.propose(1, 'a', 'b');
    return bench;
  }

  test('etcd:S12 a follower says so in a rejection, and is sent one that holds what it has', () => {
    const bench = settled();
    const follower = bench.node(2);
    follower.raw.requestSnapshot();
    const asked = follower.handle();
    expect(asked).toMatchObject([
      { msgType: 'MsgAppendResponse', to: 1, reject: true, requestSnapshot: 3, index: 3 },
    ]);
    // The leader has applied no further: a snapshot at 3 will do, and not one below.
    bench.node(1).store.setApplied(2);
    expect(bench.node(1).step(asked[0] as Message)).toEqual([]);
    expect(bench.node(1).progress(2).pendingRequestSnapshot).toBe(3);
    bench.node(1).store.setApplied(3);
    const sent = bench.node(1).step(message('MsgHeartbeatResponse', { term: 1 }));
    expect(sent.map((m) => [m.msgType, m.snapshot?.metadata.index])).toEqual([['MsgSnapshot', 3]]);
    expect(bench.node(1).progress(2)).toMatchObject({ state: 'Snapshot', pendingSnapshot: 3 });
    bench.send(sent);
    expect(bench.node(2).store.firstIndex()).toBe(4);
    // Its answer says nothing new of the log: the host's report ends the wait.
    bench.node(1).raw.reportSnapshot(2, 'Finish');
    bench.tick(1);
    bench.propose(1, 'c');
    expect(bench.node(2).committed).toBe(4);
    expect(bench.node(1).progress(2)).toMatchObject({
      state: 'Replicate',
      pendingRequestSnapshot: 0,
    });
  });

  test('etcd:S12 it goes on asking until it has one, and refuses appends meanwhile', () => {
    const bench = settled();
    const follower = bench.node(2);
    follower.raw.requestSnapshot();
    follower.handle();
    const again = follower.step(message('MsgHeartbeat', { from: 1, to: 2, term: 1 }));
    expect(again).toMatchObject([{ msgType: 'MsgAppendResponse', requestSnapshot: 3 }]);
    const append = message('MsgAppend', { from: 1, to: 2, term: 1, index: 3, logTerm: 1 });
    expect(follower.step(append)).toMatchObject([{ reject: true, requestSnapshot: 3 }]);
  });

  test('etcd:S12 it is refused at a leader, without one, and while it is asked for', () => {
    const ask = (node: BenchNode) => outcome(() => node.raw.requestSnapshot());
    expect(ask(new BenchNode(1))).toBe('RequestSnapshotDropped');
    const bench = settled();
    expect(ask(bench.node(1))).toBe('RequestSnapshotDropped');
    expect(ask(bench.node(2))).toBe('ok');
    expect(ask(bench.node(2))).toBe('RequestSnapshotDropped');
    const behind = cluster(3, {}, { 2: { log: [1], term: 2 } }).node(2);
    behind.step(message('MsgHeartbeat', { from: 1, to: 2, term: 2 }));
    expect(ask(behind)).toBe('RequestSnapshotDropped');
  });
});
