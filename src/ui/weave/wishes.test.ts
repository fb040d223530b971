import { expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld } from '../../projections/world.ts';
import { weaveStory } from '../../testing/weave-stories.ts';
import { cutAt, dragWords, wishOfDrag } from './wishes.ts';
import { layoutWeave } from './weave-layout.ts';

const world = newWorld();
for (const record of weaveStory().records) foldRecord(world, record);
const wish = (store: string, region: number, to: string) =>
  wishOfDrag(world, { store, region }, to);

test('a leader goes to a follower, a replica to a store without one, and nothing else is asked', () => {
  expect(wish('s1', 8, 's2')).toEqual({ type: 'transfer-leader', region: 8, store: 2 });
  expect(wish('s2', 8, 's5')).toEqual({ type: 'transfer-peer', region: 8, from: 2, to: 5 });
  expect(wish('s1', 8, 's4')).toEqual({ type: 'transfer-peer', region: 8, from: 1, to: 4 });
  expect(wish('s2', 8, 's3')).toBeNull();
  expect(wish('s1', 8, 's1')).toBeNull();
  expect(wish('s5', 8, 's1')).toBeNull();
});

test('the place under a drag says what would be asked', () => {
  const says = (store: string, region: number, to: string) =>
    dragWords(wish(store, region, to), { store, region }, to);
  expect(says('s1', 8, 's2')).toBe('R8 led by S2');
  expect(says('s2', 8, 's5')).toBe('R8 from S2');
  expect(says('s2', 8, 's3')).toBe('only a leader can move here');
});

const layout = layoutWeave({
  width: 1052,
  height: 628,
  groups: [['s1', 's2', 's3']],
  columns: [1, 2].map((id) => ({ id, look: 'quiet' as const })),
  shelves: 0,
});
const keys = ['a', 'b', 'c', 'x'].map((key) => ({
  key,
  region: key === 'x' ? 2 : 1,
  space: 'raw' as const,
}));

test('scissors cut between two keys of one Region, at the nearest gap', () => {
  const [first, second] = layout.columns;
  if (first === undefined || second === undefined) throw new Error('no columns');
  const at = (part: number) => cutAt(layout, keys, first.x + first.width * part)?.mark.key;
  expect(at(0.01)).toBe('b');
  expect(at(0.36)).toBe('b');
  expect(at(0.9)).toBe('c');
  // One key alone cannot be parted.
  expect(cutAt(layout, keys, second.x + 10)).toBeNull();
});
