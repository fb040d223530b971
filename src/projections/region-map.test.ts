import { describe, expect, test } from 'vitest';
import { bigStory, partitionStory, splitStory, weaveStory } from '../testing/weave-stories.ts';
import type { LoomEvent } from '../sim/record.ts';
import { WeaveJournal } from '../testing/weave-journal.ts';
import { alarmsOf } from './alarms.ts';
import { foldRecord } from './fold.ts';
import {
  countsOf,
  groupsOf,
  holdsUnsplit,
  majorityOfRegion,
  mapRegions,
  reachedBy,
  writingGroup,
} from './region-map.ts';
import { alarmWords, weaveSentence } from './words/alarm-words.ts';
import { newWorld, type World } from './world.ts';

function folded(story: WeaveJournal): World {
  const world = newWorld();
  for (const record of story.records) foldRecord(world, record);
  return world;
}

const alarmsIn = (story: WeaveJournal) => {
  const world = folded(story);
  return alarmsOf(world, story.at).map((alarm) => [
    alarm.region,
    alarm.kind,
    ...Object.values(alarmWords(world, alarm)),
  ]);
};

describe('the map of Regions', () => {
  const story = weaveStory();
  const world = folded(story);

  test('follows their keys, with bounds as people write them', () => {
    expect(mapRegions(world).map(({ id, from, to }) => [id, from, to])).toEqual([
      [8, null, 'b'],
      [3, 'b', 'd'],
      [5, 'd', 'h'],
      [2, 'h', 'm'],
      [6, 'm', 'p'],
      [4, 'p', 's'],
      [7, 's', 'v'],
      [1, 'v', null],
    ]);
  });

  test('counts leaders and replicas of each store; one that is down leads nothing', () => {
    const counts = ['s1', 's2', 's3', 's4', 's5'].map((store) => countsOf(world, store));
    expect(counts.map(({ leads }) => leads)).toEqual([2, 2, 2, 0, 1]);
    expect(counts.map(({ replicas }) => replicas)).toEqual([5, 5, 5, 4, 5]);
  });

  test('a link that is cut one way tears nothing', () => {
    expect(groupsOf(world)).toEqual([['s1', 's2', 's3', 's4', 's5']]);
    expect(weaveSentence(world, alarmsOf(world, story.at))).toBe(
      'Store 4 is gone. Region 6 lost its leader, and S1 asks for votes.',
    );
    expect(alarmsIn(weaveStory())).toEqual([
      [6, 'election', 'R6 changes leader', 'S1 asks for votes, term 8'],
    ]);
  });
});

describe('a torn network', () => {
  const world = folded(partitionStory());

  test('has its sides, and each Region one that can write', () => {
    const groups = groupsOf(world);
    expect(groups).toEqual([
      ['s1', 's4'],
      ['s2', 's3', 's5'],
    ]);
    const sides = mapRegions(world).map((region) => [
      region.id,
      writingGroup(world, region, groups),
    ]);
    expect(sides).toEqual([
      [8, 1],
      [3, 1],
      [5, 1],
      [2, 1],
      [6, 0],
      [4, 1],
      [7, 1],
      [1, 0],
    ]);
  });

  test('a leader that is cut off reaches no majority', () => {
    const [first] = mapRegions(world);
    if (first === undefined) throw new Error('no Region');
    expect(majorityOfRegion(first)).toBe(2);
    expect([reachedBy(world, first, 's1'), reachedBy(world, first, 's2')]).toEqual([1, 2]);
  });

  test('two leaders are in different terms, and said to be', () => {
    expect(alarmsIn(partitionStory())).toContainEqual([
      8,
      'two-leaders',
      'R8 has two leaders',
      'S2 leads the newer term, S1 an older one',
    ]);
  });
});

test('a store that has not applied a split still holds both parts', () => {
  const world = folded(splitStory());
  const [left, right] = mapRegions(world);
  if (left === undefined || right === undefined) throw new Error('no split');
  expect([left.id, right.id]).toEqual([8, 3]);
  const held = (store: string) => holdsUnsplit(world.replicas[store]?.[3], left);
  expect([held('s1'), held('s2'), held('s3')]).toEqual([false, false, true]);
});

test('a split under way is said, and which stores have still to apply it', () => {
  const story = splitStory();
  const world = folded(story);
  expect(weaveSentence(world, alarmsOf(world, story.at))).toBe(
    'Region 3 is cut at key b: S1 and S2 have applied it, S3 has not yet.',
  );
});

test('nothing is called quiet while a client works, PD moves something or a Region is hot', () => {
  const story = new WeaveJournal(3, [
    { id: 1, from: null, to: 'm', stores: [1, 2, 3], leader: 1, term: 6, last: 9 },
    { id: 2, from: 'm', to: null, stores: [1, 2, 3], leader: 2, term: 6, last: 9 },
  ]).go(2);
  const says = (...events: LoomEvent[]) => {
    for (const event of events) story.tell(event.type.startsWith('pd') ? 'pd1' : 'c1', event);
    const world = folded(story);
    return weaveSentence(world, alarmsOf(world, story.at));
  };
  expect(says()).toBe('Both Regions are quiet.');
  const load = { kind: 'hot', rate: 20, duration: null } as const;
  expect(says({ type: 'client/load-started', load })).toBe(
    'c1 works: puts, most of them on a few keys, 20 a second. No Region asks for attention.',
  );
  const flow = {
    approximateSize: 100,
    approximateKeys: 4,
    writtenBytesRate: 400,
    writtenKeysRate: 20,
    readBytesRate: 0,
    readKeysRate: 0,
    pending: [],
    down: [],
    hot: true,
  };
  expect(says({ type: 'pd/region-measured', regionId: 2, flow })).toContain('Region 2 is hot.');
});

test('of 300 Regions three ask for attention, the most urgent first', () => {
  expect(alarmsIn(bigStory())).toEqual([
    [117, 'election', 'R117 changes leader', 'S1 asks for votes, term 9'],
    [203, 'old-lock', 'R203, old lock', 'order/0269, 3.1\u00a0s past its time'],
    [271, 'lag', 'R271, S2 lags 40', 'link S3 to S2 takes 400\u00a0ms'],
  ]);
});

test('too few stores for a majority is said first', () => {
  const story = weaveStory();
  const world = folded(story);
  for (const store of ['s1', 's3']) {
    const node = world.nodes[store];
    if (node !== undefined) node.status = 'down';
  }
  const [first] = alarmsOf(world, story.at);
  expect(first?.kind).toBe('unavailable');
  expect(weaveSentence(world, alarmsOf(world, story.at))).toMatch(/^S1, S3 and S4 are gone\./);
});
