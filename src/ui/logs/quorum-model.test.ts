import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { HandJournal } from '../../testing/hand-journal.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { quorumModel } from './quorum-model.ts';

function worldOf(story: HandJournal): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

describe('the commit rule', () => {
  test('nobody leads: nobody counts', () => {
    expect(quorumModel(worldOf(ringStory()), 1, null)).toBeNull();
  });

  test('the second highest of three decides', () => {
    const story = new HandJournal();
    story.go(1).raft('s1', { type: 'raft/became-candidate', term: 6 });
    story.raft('s1', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
    story.append('s1', 6, [[6, 'no-op']]);
    story.raft('s1', { type: 'raft/persisted', index: 6, term: 6 });
    const model = quorumModel(worldOf(story), 1, 6);
    expect(model?.sets[0]?.boxes.map((box) => [box.name, box.index, box.decides])).toEqual([
      ['S1', 6, false],
      ['S2', expect.any(Number), true],
      ['S3', expect.any(Number), false],
    ]);
    expect(model?.sets[0]?.rule).toMatch(/^second of three = commit \d+$/);
    expect(model?.head).toBe('Why is 6 not committed?');
  });

  test('while the configuration is joint there are two rows, and both have to allow it', () => {
    const story = new HandJournal();
    story.go(1).raft('s1', { type: 'raft/became-candidate', term: 6 });
    story.raft('s1', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
    story.append('s1', 6, [[6, 'no-op']]);
    story.raft('s1', { type: 'raft/persisted', index: 6, term: 6 });
    story.raft('s1', {
      type: 'raft/conf-changed',
      confState: {
        voters: [101, 102],
        votersOutgoing: [101, 103],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
    });
    const progress = { type: 'raft/progress-changed', nextIdx: 7, state: 'Replicate' } as const;
    const quiet = { paused: false, inflight: 0, pendingSnapshot: 0, recentActive: true };
    story.raft('s1', { ...progress, ...quiet, peer: 102, matched: 6 });
    story.raft('s1', { ...progress, ...quiet, peer: 103, matched: 5 });
    const model = quorumModel(worldOf(story), 1, 6);
    expect(model?.sets.map(({ side, rule }) => [side, rule])).toEqual([
      ['old', 'second of two = 5'],
      ['new', 'second of two = 6'],
    ]);
    expect(model?.both).toBe('both allow = commit 5');
    expect(model?.text).toContain('2 of 2 old and 2 of 2 new are needed');
  });
});
