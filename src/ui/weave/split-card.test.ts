import { expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { splitStory } from '../../testing/weave-stories.ts';
import { splitCard } from './split-card.ts';
import { weaveShape } from './weave-shape.ts';

const story = splitStory();
const world = newWorld();
for (const record of story.records) foldRecord(world, record);
const card = (of: World, region: number | null = null) => splitCard(of, story.at, region);

test('the Region before, its two parts, and how far each store is', () => {
  expect(card(world)).toEqual({
    title: 'Split of Region 3',
    line: 'log entry 47 of term 7, applied on 2 of 3 stores',
    rows: [
      ['Region', '3', '8', '3'],
      ['Keys', '−∞ to d', '−∞ to b', 'b to d'],
      ['Epoch', '3', '4', '4'],
      ['Holds', '16 keys', '8 keys', '8 keys'],
      ['Leader', 'S1', 'none yet', 'S1'],
    ],
    stores: [
      ['S1', 'applied, R8 asks for votes'],
      ['S2', 'applied, R8 waits to be asked'],
      ['S3', 'has entry 47, has not applied it'],
    ],
  });
});

test('of the chosen Region, else of any; and not of one that was not split', () => {
  expect(card(world, 8)).toEqual(card(world, 3));
  expect(card(world, 5)).toBeNull();
});

test('a moment after the last store has applied it, it is no news any more', () => {
  const after = structuredClone(world);
  const late = after.replicas['s3']?.[3];
  if (late === undefined) throw new Error('no replica');
  late.applied = 47;
  expect(card(after)?.line).toBe('log entry 47 of term 7, applied on 3 of 3 stores');
  expect(splitCard(after, story.at + 5_000_000, null)).toBeNull();
  expect(splitCard(world, story.at + 5_000_000, null)).not.toBeNull();
});

test('the keys of a part are that part’s on every store that has applied the split', () => {
  const regionOn = (store: string) =>
    world.transactions.versions[store]?.map(({ region }) => region);
  const parts = Array.from({ length: 16 }, (_, i) => (i < 8 ? 8 : 3));
  expect(regionOn('s1')).toEqual(parts);
  expect(regionOn('s3')).toEqual(parts.map(() => 3));
  expect(weaveShape(world, story.at).keys.map(({ region }) => region)).toEqual(parts);
});
