import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { HandJournal } from '../../testing/hand-journal.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { logModel, quorumModel } from './log-model.ts';

function worldOf(story: HandJournal): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

describe('the logs of the first picture', () => {
  const model = logModel(worldOf(ringStory()), 1, 5, 14);
  const row = (store: string) => model.rows.find((each) => each.store === store);
  const states = (store: string) => row(store)?.cells.map((cell) => cell.state);

  test('a candidate’s log: compacted, applied, one entry only on disk, then nothing', () => {
    expect(states('s2')).toEqual([
      'compacted',
      ...Array.from({ length: 6 }, () => 'applied'),
      'disk',
      'missing',
      'missing',
    ]);
  });

  test('of a dead store only what its disk has is there', () => {
    expect(row('s1')?.down).toBe(true);
    expect(states('s1')?.[7]).toBe('missing');
  });

  test('match and next are what the dead leader last knew', () => {
    expect(row('s3')).toMatchObject({ match: 11, next: 13, stale: true });
    expect(row('s3')?.note).toEqual(['S1 last knew', 'match 11, next 13']);
  });

  test('the column in question is the oldest that nobody knows committed', () => {
    expect(model.question).toBe(12);
    expect(model.heads.find((head) => head.index === 12)).toMatchObject({
      word: 'a=3',
      open: true,
    });
  });
});

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
    expect(model?.boxes.map((box) => [box.name, box.index, box.decides])).toEqual([
      ['S1', 6, false],
      ['S2', expect.any(Number), true],
      ['S3', expect.any(Number), false],
    ]);
    expect(model?.rule).toMatch(/^second of three = commit \d+$/);
    expect(model?.head).toBe('Why is 6 not committed?');
  });
});
