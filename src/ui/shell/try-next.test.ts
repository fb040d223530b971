import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { HandJournal } from '../../testing/hand-journal.ts';
import { labOf, runAll } from '../../testing/lab-of.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { tryNext } from './try-next.ts';

function worldOf(story: HandJournal): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

const words = (world: World) => tryNext(world, 1).map((suggestion) => suggestion.words);

describe('what is worth trying', () => {
  test('nothing before the cluster has begun', () => {
    expect(tryNext(newWorld(), 1)).toEqual([]);
  });

  test('the dead leader can be restarted; a read can be tried without one; who does not ask yet can ask', () => {
    expect(words(worldOf(ringStory()))).toEqual([
      'Restart Store 1',
      'Read a while nobody leads',
      'Let Store 3 ask for votes now',
    ]);
  });

  test('a fresh leader is given something to write first', () => {
    const story = new HandJournal();
    story.go(1).raft('s1', { type: 'raft/became-candidate', term: 6 });
    story.raft('s1', { type: 'raft/became-leader', term: 6, lastIndex: 5 });
    expect(words(worldOf(story))[0]).toBe('Write a = 1');
  });

  test('where there are several Regions, it is said which one the store leads', async () => {
    const lab = await labOf(7, { clients: 1 });
    await runAll(lab, ["wait until {leader('r1')}", 'put z 1', 'put a 1', 'wait 1s']);
    expect(words(lab.world).join()).toMatch(/Kill Store \d, the leader/);
    await runAll(lab, ['split m', 'wait 2s']);
    expect(words(lab.world).join()).toMatch(/Kill Store \d, which leads Region 1/);
  });

  test('another store can join where PD has none for the replicas of one that is gone', async () => {
    const lab = await labOf(7, { clients: 1 });
    await runAll(lab, ["wait until {leader('r1')}", 'wait 1s', 'destroy s2', 'wait 20s']);
    const [first] = tryNext(lab.world, 1);
    expect(first?.words).toBe('Let Store 4 join');
    if (first !== undefined) expect((await lab.give(first.command)).ok).toBe(true);
    await runAll(lab, ['wait 5s']);
    expect(words(lab.world)).not.toContain('Let Store 5 join');
  });

  test('a paused store can go on, a cut can be healed', () => {
    const story = new HandJournal();
    story.go(1).tell('world', { type: 'node/paused', node: 's3' });
    story.tell('world', { type: 'network/cut', from: 's1', to: 's2' });
    expect(words(worldOf(story)).slice(0, 2)).toEqual(['Let Store 3 go on', 'Heal the network']);
  });
});
