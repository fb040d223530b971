import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { mapped } from '../../projections/region-map.ts';
import { storesOf } from '../../projections/questions.ts';
import { newWorld, type World } from '../../projections/world.ts';
import { partitionStory, weaveStory } from '../../testing/weave-stories.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { cellModel, sightOf, type CellLook } from './cell-model.ts';
import { signColumn, storeSight } from './cell-sign.ts';
import { LAG_THAT_EMPTIES } from './levels.ts';

/** Tones do not tell these apart. */
const SAME: Partial<Record<CellLook, CellLook>> = {
  'pre-candidate': 'candidate',
  learner: 'follow',
};

/** What a cell without words is painted from. */
function looks(world: World, id: RegionId): string[] {
  const state = world.regions[id];
  if (state === undefined) return [];
  const sight = sightOf(world, mapped(state.region));
  return storesOf(world).map((store) => {
    const cell = cellModel(world, sight, store, 2);
    const runs = storeSight(world, store).alive;
    if (cell === null) return `${runs}`;
    const lag = cell.look === 'lead' ? 0 : Math.min(LAG_THAT_EMPTIES, cell.lag);
    return `${runs} ${SAME[cell.look] ?? cell.look} ${lag}`;
  });
}

function signs(world: World, ids: readonly RegionId[]): number[] {
  const all: number[] = [];
  const stores = storesOf(world).map((store) => storeSight(world, store));
  signColumn(ids, stores, (row, value) => (all[row] = value));
  return all;
}

describe.each([
  ['elections and a dead store', weaveStory],
  ['a torn network', partitionStory],
])('%s', (_, story) => {
  test('a cell that is to be painted otherwise has another number', () => {
    const world = newWorld();
    const known = new Map<RegionId, { looks: string[]; signs: number[] }>();
    let changes = 0;
    for (const record of story().records) {
      foldRecord(world, record);
      for (const { region } of Object.values(world.regions)) {
        const now = { looks: looks(world, region.id), signs: signs(world, [region.id]) };
        const before = known.get(region.id);
        known.set(region.id, now);
        if (before === undefined) continue;
        now.looks.forEach((look, row) => {
          if (look === before.looks[row]) return;
          changes += 1;
          expect(now.signs[row], `${before.looks[row]} → ${look}`).not.toBe(before.signs[row]);
        });
      }
    }
    expect(changes).toBeGreaterThan(5);
  });
});

test('neighbours that share a stripe have another number when a leader or a replica is lost', () => {
  const world = newWorld();
  for (const record of weaveStory().records) foldRecord(world, record);
  const before = signs(world, [3, 5]);
  const replica = world.replicas['s2']?.[3];
  if (replica === undefined) throw new Error('s2 holds Region 3');
  replica.role = 'follower';
  const led = signs(world, [3, 5]);
  expect(led).not.toEqual(before);
  delete world.replicas['s2']?.[3];
  expect(signs(world, [3, 5])).not.toEqual(led);
});
