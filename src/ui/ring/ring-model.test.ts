import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { HandJournal } from '../../testing/hand-journal.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { ringModel, type StoreCardModel } from './ring-model.ts';

function worldOf(story: HandJournal): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

const card = (world: World, node: string): StoreCardModel => {
  const found = ringModel(world, 1).stores.find((each) => each.node === node);
  if (found === undefined) throw new Error(`no card of ${node}`);
  return found;
};

describe('the ring of the first picture', () => {
  const world = worldOf(ringStory());

  test('the dead leader is down, and only its disk speaks', () => {
    expect(card(world, 's1')).toMatchObject({ look: 'down', term: null, timer: null, votes: null });
    expect(card(world, 's1').diskLines[1]).toBe('memory is gone');
  });

  test('the candidate has its own vote, one is coming, one never will', () => {
    expect(card(world, 's2')).toMatchObject({ look: 'candidate', term: 7 });
    expect(card(world, 's2').votes?.map((vote) => vote.state)).toEqual(['none', 'has', 'coming']);
  });

  test('the voter says whom it voted for', () => {
    expect(card(world, 's3')).toMatchObject({
      look: 'follower',
      note: 'voted for S2',
      lastIndex: 12,
      commit: 11,
    });
  });

  test('a card says in words what it shows', () => {
    expect(card(world, 's2').says).toBe(
      'S2, candidate, term 7, log to 12, commit 11, 1 of 3 votes',
    );
  });

  test('the client waits for the store that it asked', () => {
    expect(ringModel(world, 1).clients[0]).toMatchObject({ asks: 'put a 3', tone: 'waits' });
  });
});

describe('links', () => {
  test('a cut is seen in the direction in which it is', () => {
    const story = new HandJournal();
    story.go(1).tell('world', { type: 'network/cut', from: 's1', to: 's2' });
    const { links } = ringModel(worldOf(story), 1);
    expect(links.find((link) => link.a === 's1' && link.b === 's2')).toMatchObject({
      cutThere: true,
      cutBack: false,
    });
    expect(links.find((link) => link.a === 's1' && link.b === 's3')?.cutThere).toBe(false);
  });
});
