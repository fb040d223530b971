import { describe, expect, test } from 'vitest';
import { must } from '../base/assert.ts';
import { deepFreeze, equalPlain } from '../base/plain.ts';
import { between, newChance } from '../base/chance.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { replay } from '../sim/replay.ts';
import { runStorm } from '../testing/storm-run.ts';
import { foldRecord } from './fold.ts';
import { Past, recordsUntil } from './past.ts';
import { cloneWorld, newWorld, sharingOf, type Sharing, type World } from './world.ts';

async function lively(): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (batch) => records.push(...batch),
  });
  await conductor.advance(5_000_000);
  for (let second = 5; second < 60; second++) {
    const value = String(second);
    const request = { type: 'put', key: `k${second % 9}`, value } as const;
    await conductor.give({ type: 'request', client: 'c1', request });
    if (second % 20 === 10) await conductor.give({ type: 'kill', node: 's1' });
    if (second % 20 === 15) await conductor.give({ type: 'restart', node: 's1' });
    await conductor.advance(second * 1_000_000);
  }
  return records;
}

/** Freezes whatever a copy of the world would have in common with it. */
function freezeShared(value: unknown, within: Sharing): void {
  if (within === 'whole') deepFreeze(value);
  else if (value !== null && typeof value === 'object')
    for (const [name, own] of Object.entries(value)) freezeShared(own, sharingOf(name, within));
}

test.each(['messages', 'regions', 'power'] as const)(
  'no fold changes in place what copies of a world share: %s',
  async (profile) => {
    const plan = { seed: 5, stores: 5, clients: 2, profile, seconds: 12 };
    const { recording } = await runStorm(plan);
    const world = newWorld();
    const onRecords = (batch: readonly JournalRecord[]) => {
      for (const record of batch) {
        foldRecord(world, record);
        if (world.records % 50 === 0) freezeShared(world, 'none');
      }
    };
    await replay(recording, { hosts: memoryHosts(), onRecords });
    expect(world.records).toBeGreaterThan(2000);
  },
);

describe('looking back', async () => {
  const records = await lively();
  const chance = newChance(3, 'moments');
  const moments = Array.from({ length: 12 }, () => between(chance, 0, records.length));
  const past = new Past();
  const world = newWorld();
  const whole = new Map<number, World>();
  for (const record of records) {
    if (moments.includes(world.records)) whole.set(world.records, cloneWorld(world));
    foldRecord(world, record);
    past.note(world);
  }
  whole.set(records.length, cloneWorld(world));

  test('a past world is the one that was, message by message', () => {
    for (const [count, expected] of whole)
      expect(equalPlain(past.worldAfter(records, count), expected), `after ${count}`).toBe(true);
  });

  test('a world of before is folded on where that is nearer, and taken back where it is not', () => {
    const ordered = [...whole.keys()].toSorted((a, b) => a - b);
    let from: World | null = null;
    for (const count of [...ordered, ...ordered.toReversed()]) {
      from = past.worldAfter(records, count, from);
      expect(equalPlain(from, must(whole.get(count), 'a world'))).toBe(true);
    }
  });

  test('the newest world and the keyframes are left alone', () => {
    const before = JSON.stringify(world);
    foldRecord(past.worldAfter(records, 2), must(records[2], 'a record'));
    past.worldAfter(records, records.length - 1);
    expect(JSON.stringify(world)).toBe(before);
  });

  test('where old records are gone, the past begins at a keyframe, and is whole from there', () => {
    const kept = records.slice(2500);
    const begins = must(past.begins(kept), 'a beginning');
    expect(begins.records).toBeGreaterThanOrEqual(2500);
    expect(begins.records).toBeLessThan(2500 + 2500);
    const count = begins.records + 700;
    const expected = newWorld();
    for (const record of records.slice(0, count)) foldRecord(expected, record);
    expect(equalPlain(past.worldAfter(kept, count), expected)).toBe(true);
    expect(() => past.worldAfter(kept, 100)).toThrow(/2500 is the first/);
  });

  test('the records up to an instant', () => {
    const last = must(records.at(-1), 'a record');
    expect(recordsUntil(records, last.at)).toBe(records.length);
    expect(recordsUntil(records, -1)).toBe(0);
    const at = must(records[1200], 'a record').at;
    const count = recordsUntil(records, at);
    expect(must(records[count - 1], 'a record').at).toBe(at);
    expect(must(records[count], 'a record').at).toBeGreaterThan(at);
    expect(recordsUntil(records.slice(1000), at)).toBe(count);
  });
});
