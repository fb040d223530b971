import { expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { mapRegions, splitsUnderWay } from '../../projections/region-map.ts';
import { newWorld } from '../../projections/world.ts';
import { splitStory } from '../../testing/weave-stories.ts';
import { earlyLines, earlyVotes, placeEarly } from './early-votes.ts';
import { layoutWeave } from './weave-layout.ts';

const STORES = ['s1', 's2', 's3', 's4', 's5'];
const world = newWorld();
for (const record of splitStory().records) foldRecord(world, record);
const early = earlyVotes(world, splitsUnderWay(world, mapRegions(world)), STORES);

const layoutOf = (width: number) =>
  layoutWeave({
    width,
    height: 590,
    groups: [STORES],
    columns: mapRegions(world).map(({ id }) => ({ id, look: 'quiet' })),
    shelves: 0,
  });

test('a vote for a Region that the receiver has still to make is named', () => {
  expect(early).toHaveLength(1);
  expect(early[0]?.to).toBe('s3');
  expect(early[0]?.title).toBe('A vote request of R8 comes too early');
});

test('its words stand in a row without cells, nearest to the receiver, or nowhere', () => {
  const [vote] = early;
  if (vote === undefined) throw new Error('no vote');
  const layout = layoutOf(1050);
  const box = placeEarly(vote, layout);
  const row = layout.rows.find(({ name }) => name === 's4');
  const third = layout.columns[2];
  if (box === null || row === undefined || third === undefined) throw new Error('no place');
  expect(box.y).toBeGreaterThanOrEqual(row.y);
  expect(box.y + box.height).toBeLessThanOrEqual(row.y + row.height);
  expect(box.x + box.width).toBeLessThan(third.x);
  expect(placeEarly(vote, layoutOf(420))).toBeNull();
});

test('they cover no cell of a store that has still to apply the cut', () => {
  const order = STORES.slice(0, 3);
  const [vote] = earlyVotes(world, splitsUnderWay(world, mapRegions(world)), order);
  if (vote === undefined) throw new Error('no vote');
  const columns = [8, 3].map((id) => ({ id, look: 'quiet' as const }));
  const layout = layoutWeave({ width: 1050, height: 590, groups: [order], columns, shelves: 0 });
  expect(placeEarly(vote, layout)).toBeNull();
  expect(earlyLines([vote, { ...vote, to: 's4' }])).toEqual([
    'R8 asks S3 and S4 too early: they keep the request until they have applied the cut.',
  ]);
});
