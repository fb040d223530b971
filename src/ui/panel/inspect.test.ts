import { describe, expect, test } from 'vitest';
import { foldRecord } from '../../projections/fold.ts';
import { newWorld } from '../../projections/world.ts';
import { ringStory } from '../../testing/ring-story.ts';
import { inspect } from './inspect.ts';

const world = newWorld();
for (const record of ringStory().records) foldRecord(world, record);
const now = 13_705_000;
const values = (found: ReturnType<typeof inspect>) =>
  Object.fromEntries(found?.fields.map((field) => [field.name, field.value]) ?? []);

describe('the inspector', () => {
  test('a store, under TiKV’s names', () => {
    const found = inspect(world, 1, { type: 'node', node: 's2' }, now);
    expect(found?.title).toBe('Store 2, Region 1');
    expect(values(found)).toEqual({
      term: '7',
      vote: 'S2',
      log: '6 to 12',
      commit: '11',
      applied: '11',
      persisted: '12',
    });
  });

  test('a dead store says that it is down, and since when', () => {
    const found = inspect(world, 1, { type: 'node', node: 's1' }, now);
    expect(found?.under).toMatch(/^down since 12\.410/);
    expect(found?.node?.status).toBe('down');
  });

  test('an entry: where it is', () => {
    const found = inspect(world, 1, { type: 'entry', index: 12 }, now);
    expect(found?.under).toBe('term 6: put a = 3');
    expect(found?.tables[0]?.rows.map((row) => row.cells.at(-1))).toEqual([
      'lost with its memory',
      'on disk',
      'on disk',
    ]);
  });

  test('a message that is under way: its type, and when it arrives', () => {
    const id = Object.values(world.flights).find((flight) => flight.kind === 'vote-answer')?.id;
    const found = inspect(world, 1, { type: 'message', id: id ?? '' }, now);
    expect(values(found)['msg_type']).toBe('MsgRequestVoteResponse');
    expect(found?.remark).toMatch(/^Arrives at 13\.724/);
  });

  test('what is not there is not inspected', () => {
    expect(inspect(world, 1, { type: 'entry', index: 99 }, now)).toBeNull();
    expect(inspect(world, 1, { type: 'node', node: 's9' }, now)).toBeNull();
  });
});
