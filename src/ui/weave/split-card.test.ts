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
    heads: ['R3 before', 'R8, new', 'R3 now'],
    rows: [
      ['Keys', '−∞ to d', '−∞ to b', 'b to d'],
      ['Epoch', '3', '4', '4'],
      ['Holds', '', '8 keys', '8 keys'],
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

test('a store that holds the Region no more keeps no split in the news', () => {
  const after = structuredClone(world);
  delete after.replicas['s3']?.[3];
  expect(card(after)?.stores.at(-1)).toEqual(['S3', 'holds the Region no more']);
  expect(splitCard(after, story.at + 5_000_000, null)).toBeNull();
});

test('keys stand in the part that holds them, whoever has still to apply the split', () => {
  const put = (store: string, of: World) =>
    foldRecord(of, {
      n: of.records,
      at: of.at,
      id: { node: store, n: 0 },
      cause: null,
      event: {
        type: 'mvcc/write-written',
        region: 3,
        key: 'ann',
        commitTs: 2,
        startTs: 1,
        writeType: 'Put',
        protected: false,
        overlappedRollback: false,
        gcFence: null,
        shortValue: '9',
      },
    });
  const before = newWorld();
  for (const record of story.records) {
    if (record.event.type === 'raftstore/region-split' && record.id.node === 's1') break;
    foldRecord(before, record);
  }
  const split = story.records.find(({ event }) => event.type === 'raftstore/region-split');
  if (split === undefined) throw new Error('no split');
  for (const store of ['s1', 's3']) put(store, before);
  foldRecord(before, { ...split, n: before.records });
  const regionOn = (store: string) => before.transactions.versions[store]?.[0]?.region;
  expect([regionOn('s1'), regionOn('s3')]).toEqual([8, 3]);
  const { keys } = weaveShape(before, story.at);
  expect(keys.slice(0, 16).map(({ region }) => region)).toEqual(
    Array.from({ length: 16 }, (_, i) => (i < 8 ? 8 : 3)),
  );
  expect(keys.filter(({ key }) => key === 'ann')).toEqual([
    { region: 8, key: 'ann', space: 'txn' },
  ]);
});
