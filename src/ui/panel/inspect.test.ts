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
      'election timeout': '1.4\u00a0s',
      tick: '100\u00a0ms',
    });
    const timer = found?.fields.find((field) => field.name === 'election timeout');
    expect(timer?.real).toBe('10 to 20\u00a0s');
    expect(found?.fields.every((field) => field.means.length > 4)).toBe(true);
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
    expect(values(found)).toMatchObject({
      msg_type: 'MsgRequestVoteResponse',
      term: '7',
      region_id: '1',
      'region_epoch.conf_ver': '1',
    });
    expect(found?.ways.map(({ words }) => words)).toEqual(['S3', 'S2', 'link S3 to S2']);
    expect(found?.remark).toMatch(/^Arrives at 13\.724/);
  });

  test('an operation: what TiKV calls it, how long it waits, where it went', () => {
    const found = inspect(world, 1, { type: 'operation', op: 1 }, now);
    expect(found?.under).toBe('Client c1 puts a = 3');
    expect(values(found)).toMatchObject({ rpc: 'RawPut', 'waits for': '1.3\u00a0s' });
    const client = inspect(world, 1, { type: 'node', node: 'c1' }, now);
    expect(client?.tables[0]?.rows[0]?.to).toEqual({ type: 'operation', op: 1 });
  });

  test('a Region and a link, with ways on', () => {
    const region = inspect(world, 1, { type: 'region', region: 1 }, now);
    expect(values(region)).toMatchObject({ conf_ver: '1', version: '1', start_key: 'none' });
    expect(region?.tables[0]?.rows).toHaveLength(3);
    const link = inspect(world, 1, { type: 'link', from: 's1', to: 's2' }, now);
    expect(values(link)).toMatchObject({ latency: '30\u00a0ms', loss: '0%' });
    expect(link?.ways[0]?.to).toEqual({ type: 'node', node: 's1' });
  });

  test('what is not there is not inspected', () => {
    expect(inspect(world, 1, { type: 'entry', index: 99 }, now)).toBeNull();
    expect(inspect(world, 1, { type: 'node', node: 's9' }, now)).toBeNull();
  });
});
