// Flow control and progress: rows T1 to T10 of what etcd's and TiKV's Raft are known to do.

import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { BenchNode, message } from '../../testing/raft-network.ts';
import type { Message } from './message.ts';
import { Progress } from './progress.ts';

const appends = (messages: readonly Message[]) =>
  messages.filter((m) => m.msgType === 'MsgAppend' && m.to === 2);

/** A leader of {1, 2}, whose peer is still being probed at the first entry. */
function probing(options = {}): BenchNode {
  const node = new BenchNode(1, { voters: [1, 2], ...options });
  node.win();
  return node;
}

/** A leader of {1, 2} whose peer has everything. */
function replicating(options = {}): BenchNode {
  const node = probing(options);
  node.acknowledge(2, 1);
  expect(node.progress(2).state).toBe('Replicate');
  return node;
}

const heartbeatAnswer = (node: BenchNode) => message('MsgHeartbeatResponse', { term: node.term });

describe('Probe', () => {
  test('etcd:T1 one append, and then it waits', () => {
    const node = new BenchNode(1, { voters: [1, 2] });
    expect(appends(node.win())).toHaveLength(1);
    expect(node.progress(2)).toMatchObject({ state: 'Probe', paused: true });
    expect(appends(node.propose('a', 'b'))).toEqual([]);
  });

  test('etcd:T2 an answer to a heartbeat lets one more through', () => {
    const node = probing();
    node.propose('a');
    for (let i = 0; i < 3; i++) {
      expect(appends(node.step(heartbeatAnswer(node)))).toHaveLength(1);
      expect(node.progress(2).paused).toBe(true);
    }
  });
});

describe('Replicate', () => {
  test('etcd:T3 appends run ahead of the answers', () => {
    const node = replicating();
    const sent: Message[] = [];
    for (let i = 0; i < 10; i++) sent.push(...appends(node.propose(`p${i}`)));
    expect(sent.map((m) => m.entries.map((e) => e.index))).toEqual(
      Array.from({ length: 10 }, (_, i) => [i + 2]),
    );
    expect(node.progress(2)).toMatchObject({ matched: 1, nextIdx: 12, inflight: 10 });
  });

  test('etcd:T5 an unreachable peer is probed again', () => {
    const node = replicating();
    node.propose('a', 'b');
    node.raw.reportUnreachable(2);
    expect(node.progress(2)).toMatchObject({ state: 'Probe', matched: 1, nextIdx: 2, inflight: 0 });
  });

  test('etcd:T6 a full window stops it', () => {
    const node = replicating({ maxInflightMsgs: 3 });
    for (const text of ['a', 'b', 'c']) expect(appends(node.propose(text))).toHaveLength(1);
    expect(node.progress(2)).toMatchObject({ paused: true, inflight: 3 });
    for (const text of ['d', 'e']) expect(appends(node.propose(text))).toEqual([]);
  });

  test('etcd:T7 an acknowledgement frees all up to it, an old one nothing', () => {
    const node = replicating({ maxInflightMsgs: 3 });
    for (const text of ['a', 'b', 'c']) node.propose(text);
    // Indexes 2, 3 and 4 are on their way.
    for (let acked = 2; acked <= 4; acked++) {
      node.acknowledge(2, acked);
      expect(node.progress(2).paused).toBe(false);
      expect(appends(node.propose('next'))).toHaveLength(1);
      expect(node.progress(2).paused).toBe(true);
      for (let old = 0; old < acked; old++) {
        node.acknowledge(2, old);
        expect(node.progress(2).paused).toBe(true);
      }
    }
    node.acknowledge(2, node.lastIndex);
    expect(node.progress(2).inflight).toBe(0);
  });

  test('etcd:T8 an answer to a heartbeat frees the first place of a full window', () => {
    const node = replicating({ maxInflightMsgs: 3, maxSizePerMsg: 0 });
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) node.propose(text);
    for (const index of [5, 6, 7]) {
      const sent = appends(node.step(heartbeatAnswer(node)));
      expect(sent.map((m) => m.entries[0]?.index)).toEqual([index]);
      expect(node.progress(2)).toMatchObject({ paused: true, inflight: 3 });
    }
  });

  test('etcd:T9 messages are as large, and as many, as allowed', () => {
    const node = probing({ maxInflightMsgs: 3, maxSizePerMsg: 2048 });
    const blob = 'a'.repeat(1000);
    for (let i = 0; i < 10; i++) node.raw.propose('', bytesOf(blob));
    expect(appends(node.handle())).toEqual([]);
    const first = appends(node.acknowledge(2, 1));
    expect(first.map((m) => m.entries.length)).toEqual([2, 2, 2]);
    const second = appends(node.acknowledge(2, first.at(-1)?.entries.at(-1)?.index ?? 0)).filter(
      (m) => m.entries.length > 0,
    );
    expect(second.map((m) => m.entries.length)).toEqual([2, 2]);
  });
});

describe('Snapshot', () => {
  test('etcd:T4 no append while a snapshot is on its way', () => {
    const node = replicating();
    node.raw.raft.tracker.mustGet(2).becomeSnapshot(10);
    expect(appends(node.propose('a', 'b', 'c'))).toEqual([]);
  });

  test.each([
    [1, 10, 11],
    [1, 0, 2],
    [12, 10, 13],
  ])('etcd:T10 matched %i, pending %i: probed again at %i', (matched, pending, next) => {
    const progress = new Progress(2, matched + 1, 256);
    progress.matched = matched;
    if (pending > 0) progress.becomeSnapshot(pending);
    else progress.becomeReplicate();
    progress.becomeProbe();
    expect(progress).toMatchObject({ state: 'Probe', matched, nextIdx: next, pendingSnapshot: 0 });
  });
});
