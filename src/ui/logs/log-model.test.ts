import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import type { HandJournal } from '../../testing/hand-journal.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { logModel } from './log-model.ts';

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
