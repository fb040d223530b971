import { describe, expect, test } from 'vitest';
import { must } from '../base/assert.ts';
import { equalPlain } from '../base/plain.ts';
import { HandJournal } from '../testing/hand-journal.ts';
import { ringStory } from '../testing/ring-story.ts';
import { dataAt } from './fold-data.ts';
import { foldRecord } from './fold.ts';
import type { Replica } from './raft.ts';
import { cloneWorld, newWorld, type World } from './world.ts';

function foldAll(story: HandJournal, world: World = newWorld()): World {
  for (const record of story.records.slice(world.records)) foldRecord(world, record);
  return world;
}

const replica = (world: World, store: string): Replica => must(world.replicas[store]?.[1], store);

describe('the picture "ring"', () => {
  const world = foldAll(ringStory());

  test('the dead leader: what its disk holds, and what it last knew', () => {
    expect(world.nodes['s1']).toMatchObject({ status: 'down', since: 12_410_000, writes: [] });
    const dead = replica(world, 's1');
    expect(dead).toMatchObject({ role: 'leader', term: 6, persistedIndex: 11, timer: null });
    expect(dead.progress).toMatchObject([
      { store: 's2', matched: 11, next: 13, state: 'replicate' },
      { store: 's3', matched: 11, next: 13 },
    ]);
  });

  test('the candidate: its votes, its log, its timer', () => {
    const candidate = replica(world, 's2');
    expect(candidate).toMatchObject({
      role: 'candidate',
      term: 7,
      votedFor: 's2',
      leader: null,
      commit: 11,
      applied: 11,
      persistedIndex: 12,
      disk: { term: 7, vote: 102, lastIndex: 12, lastTerm: 6 },
    });
    expect(candidate.campaign).toMatchObject({
      kind: 'vote',
      term: 7,
      majorities: [{ side: 'only', needed: 2 }],
      votes: [
        { store: 's1', answer: 'coming' },
        { store: 's2', answer: 'own' },
        { store: 's3', answer: 'coming' },
      ],
    });
    expect(candidate.log.entries.map((entry) => [entry.index, entry.term])).toEqual(
      [6, 7, 8, 9, 10, 11, 12].map((index) => [index, 6]),
    );
    expect(candidate.log.entries.at(-1)?.content).toEqual({ type: 'put', key: 'a', value: '3' });
    expect(candidate.timer?.endsAt).toBe(15_000_000);
  });

  test('the voter', () => {
    expect(replica(world, 's3')).toMatchObject({ role: 'follower', term: 7, votedFor: 's2' });
    expect(replica(world, 's3').disk).toMatchObject({ term: 7, vote: 102 });
  });

  test('the messages under way: one will be lost, one will arrive', () => {
    const flights = Object.values(world.flights).filter((flight) => flight.term === 7);
    expect(
      flights.map(({ from, to, label, sign, doomed }) => [from, to, label, sign, doomed?.reason]),
    ).toEqual([
      ['s2', 's1', 'pre-vote request, term 7', null, 'receiver-down'],
      ['s2', 's3', 'pre-vote request, term 7', null, undefined],
      ['s2', 's1', 'vote request, term 7', null, 'receiver-down'],
      ['s3', 's2', 'vote granted, term 7', '+', undefined],
    ]);
  });

  test('data are those of the highest applied entry', () => {
    const region = must(world.regions[1], 'Region 1');
    expect(region).toMatchObject({ applied: 11, whole: true });
    expect(['a', 'b', 'c', 'd'].map((key) => dataAt(region, key))).toEqual(['2', '8', '5', null]);
  });

  test('the tape', () => {
    expect(world.timeline.terms[1]).toEqual([
      { term: 5, from: 0, leader: null, leaderFrom: null, leaderTo: null },
      { term: 6, from: 600_000, leader: 's1', leaderFrom: 770_000, leaderTo: 12_410_000 },
      { term: 7, from: 13_652_000, leader: null, leaderFrom: null, leaderTo: null },
    ]);
    expect(
      world.timeline.campaigns.map(({ store, kind, term, won }) => [store, kind, term, won]),
    ).toEqual([
      ['s1', 'pre-vote', 6, true],
      ['s1', 'vote', 6, true],
      ['s2', 'pre-vote', 7, true],
      ['s2', 'vote', 7, null],
    ]);
    expect(world.timeline.writes).toMatchObject([{ op: 1, startedAt: 12_400_000, endedAt: null }]);
    expect(world.timeline.faults).toEqual([
      { at: 12_410_000, command: { type: 'kill', node: 's1' } },
    ]);
  });

  test('a restart lifts the forecast', () => {
    const story = ringStory();
    story.go(13.7).boot('s1', 2);
    story.startPeer('s1', { term: 6, vote: 101, lastIndex: 11 });
    const after = foldAll(story);
    expect(Object.values(after.flights).every((flight) => flight.doomed === null)).toBe(true);
    expect(replica(after, 's1')).toMatchObject({
      role: 'follower',
      term: 6,
      progress: [],
      votedFor: 's1',
    });
    expect(after.nodes['s1']).toMatchObject({ status: 'up', incarnation: 2 });
  });
});

test('a leader that was killed does not lead when it starts, even before it has read its disk', () => {
  const story = ringStory();
  story.go(13.7).boot('s1', 2);
  const world = foldAll(story);
  expect(world.nodes['s1']?.status).toBe('up');
  expect(replica(world, 's1')).toMatchObject({ role: 'follower', leader: null, progress: [] });
});

describe('folding', () => {
  test('a keyframe goes on as the world it was made from', () => {
    const { records } = ringStory();
    const whole = newWorld();
    let branch = newWorld();
    for (const [i, record] of records.entries()) {
      foldRecord(whole, record);
      foldRecord(branch, record);
      if (i % 7 === 3) branch = cloneWorld(branch);
    }
    expect(equalPlain(whole, branch)).toBe(true);
  });

  test('a record is never changed', () => {
    const story = ringStory();
    const before = JSON.stringify(story.records);
    foldAll(story);
    expect(JSON.stringify(story.records)).toBe(before);
  });

  test('a record out of its place is a bug', () => {
    const world = newWorld();
    expect(() => foldRecord(world, must(ringStory().records[1], 'record'))).toThrow(
      /record 1 is folded where 0/,
    );
  });
});

describe('messages', () => {
  test('what arrives at a paused store waits, and is heard on resume', () => {
    const story = new HandJournal();
    story.go(1).raft('s1', { type: 'raft/became-follower', term: 6, leader: 0 });
    story.tell('world', { type: 'node/paused', node: 's1' });
    story.deliver(story.send('s2', 's1', { term: 6 }), 's1');
    const world = foldAll(story);
    expect(world.nodes['s1']?.waiting).toHaveLength(1);
    expect(replica(world, 's1').heardAt).toBeNull();
    story.go(2).tell('world', { type: 'node/resumed', node: 's1' });
    foldAll(story, world);
    expect(world.nodes['s1']?.waiting).toEqual([]);
    expect(replica(world, 's1')).toMatchObject({ heardAt: 2_000_000, leader: 's2' });
  });

  test('a message that was lost stays readable, with its reason', () => {
    const story = new HandJournal();
    story.go(1).tell('world', { type: 'network/cut', from: 's1', to: 's2' });
    const sent = story.send('s1', 's2', { msgType: 'MsgRequestVote', term: 6 }, null);
    expect(foldAll(story).flights[`s1#${sent.n}`]?.doomed).toEqual({
      reason: 'cut',
      since: 1_000_000,
    });
    story.go(1.015).tell('world', { type: 'network/lost', sent, to: 's2', reason: 'cut' }, sent);
    const world = foldAll(story);
    expect(world.flights).toEqual({});
    expect(world.losses).toMatchObject([
      { at: 1_015_000, reason: 'cut', flight: { label: 'vote request, term 6' } },
    ]);
    expect(world.links['s1>s2']).toMatchObject({ cut: true, sent: 1, lost: 1 });
  });
});

describe('disks', () => {
  test('a power loss leaves what was durable, not what was under way', () => {
    const story = new HandJournal();
    story.go(1).append('s1', 5, [[6, 'a=1']]);
    story.tell('s1', {
      type: 'disk/write-started',
      queue: 'raft',
      write: 1,
      ops: 2,
      durableAt: 1_010_000,
    });
    story.go(1.01).tell('s1', { type: 'disk/durable', queue: 'raft', write: 1 });
    story.tell('s1', { type: 'raftstore/persisted', region: 1, index: 6, term: 5 });
    story.append('s1', 5, [[7, 'a=2']]);
    story.tell('s1', {
      type: 'disk/write-started',
      queue: 'raft',
      write: 2,
      ops: 2,
      durableAt: 1_020_000,
    });
    const world = foldAll(story);
    expect(world.nodes['s1']?.writes).toMatchObject([{ write: 2, durableAt: 1_020_000 }]);
    story.go(1.015).tell('world', { type: 'node/killed', node: 's1', why: 'command' });
    foldAll(story, world);
    expect(replica(world, 's1').disk).toEqual({ term: 5, vote: 0, lastIndex: 6, lastTerm: 5 });
    expect(world.nodes['s1']?.writes).toEqual([]);
  });
});

describe('logs', () => {
  test('a conflict takes entries out, and they can still be shown', () => {
    const story = new HandJournal();
    story.go(1).append('s1', 6, [
      [6, 'x=1'],
      [7, 'x=2'],
      [8, 'x=3'],
    ]);
    story.go(2).raft('s1', { type: 'raft/truncated', from: 7 });
    story.append('s1', 7, [[7, 'no-op']]);
    const { log } = replica(foldAll(story), 's1');
    expect(log.entries.map(({ index, term }) => [index, term])).toEqual([
      [6, 6],
      [7, 7],
    ]);
    expect(log).toMatchObject({ lastIndex: 7, removed: { at: 2_000_000, from: 7 } });
    expect(log.removed?.entries.map(({ index }) => index)).toEqual([7, 8]);
  });

  test('a long log keeps its newest entries', () => {
    const story = new HandJournal();
    story.go(1);
    for (let index = 6; index < 2006; index++) story.append('s1', 5, [[index, `k=${index}`]]);
    const { log } = replica(foldAll(story), 's1');
    expect(log).toMatchObject({ firstIndex: 6, lastIndex: 2005, firstKept: 1494 });
    expect(log.entries).toHaveLength(512);
    expect(log.entries[0]?.content).toEqual({ type: 'put', key: 'k', value: '1494' });
  });
});

test('a client that loses its power abandons its operations', () => {
  const story = ringStory();
  story.go(14).tell('world', { type: 'node/killed', node: 'c1', why: 'command' });
  const world = foldAll(story);
  expect(world.clients['c1']?.open).toEqual([]);
  expect(world.clients['c1']?.ended).toMatchObject([
    { op: 1, abandoned: true, endedAt: 14_000_000 },
  ]);
  expect(world.timeline.writes).toMatchObject([{ outcome: 'abandoned' }]);
});

test('a replica that no disk knew is gone after a power loss', () => {
  const story = new HandJournal({ stores: 4 });
  const verdict = { rule: 'raftstore/creates-peer', holds: true, facts: {} } as const;
  story.tell('s4', { type: 'raftstore/peer-destroyed', region: 1, peer: 104, reason: 'removed' });
  story.tell('s4', { type: 'raftstore/peer-created', region: 1, peer: 1001, verdict });
  expect(replica(foldAll(story), 's4')).toMatchObject({ peer: 1001, initialized: false });
  const started = { type: 'raftstore/store-started', firstTickIn: 1 } as const;
  story.tell('s4', { ...started, store: 4, regions: [] });
  story.tell('s3', { ...started, store: 3, regions: [1] });
  const world = foldAll(story);
  expect(world.replicas['s4']).toEqual({});
  expect(replica(world, 's3').peer).toBe(103);
});
