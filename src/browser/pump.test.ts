import { expect, test } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { Judging } from './judging.ts';
import { pumpMax, pumpStretch, type Pumped } from './pump.ts';
import { UnderWay } from './under-way.ts';

const cluster = { stores: 3, clients: 1, settings: {} };

async function setUp(seed: number): Promise<Pumped> {
  const underWay = new UnderWay();
  const conductor = await Conductor.start({
    seed,
    cluster,
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) underWay.add(record);
    },
  });
  return { conductor, playback: null, underWay, judging: new Judging(), goal: null };
}

test('a frame moves time exactly as far as it shows', async () => {
  const pumped = await setUp(1);
  for (let i = 1; i <= 50; i++) {
    await pumpStretch(pumped, { by: 4167, idleBy: 4167 });
    expect(pumped.conductor.now).toBe(4167 * i);
  }
});

test('auto pace hurries while nothing is under way, and stops at the instant when something is', async () => {
  const hurried = await setUp(1);
  const steps: number[] = [];
  for (let i = 0; i < 400; i++) {
    const before = hurried.conductor.now;
    const quiet = !hurried.underWay.at(before + 4000);
    await pumpStretch(hurried, { by: 4000, idleBy: 40_000 });
    const moved = hurried.conductor.now - before;
    steps.push(moved);
    expect(moved).toBeGreaterThanOrEqual(4000);
    expect(moved).toBeLessThanOrEqual(40_000);
    if (!quiet) expect([moved, 'under way']).toEqual([4000, 'under way']);
  }
  expect(steps.some((moved) => moved === 40_000)).toBe(true);
  expect(steps.some((moved) => moved > 4000 && moved < 40_000)).toBe(true);

  const plain = await setUp(1);
  await plain.conductor.advance(hurried.conductor.now);
  expect(hurried.conductor.hash()).toBe(plain.conductor.hash());
});

test('as fast as it goes runs until its time is over, and is the same journal', async () => {
  const pumped = await setUp(2);
  let wall = 0;
  const start = pumped.conductor.now;
  await pumpMax(pumped, () => (wall += 1));
  expect(pumped.conductor.now).toBeGreaterThan(start + 20_000);
  const plain = await setUp(2);
  await plain.conductor.advance(pumped.conductor.now);
  expect(pumped.conductor.hash()).toBe(plain.conductor.hash());
});

test('what time is moved towards stops it directly after the input that meets it, at any pace', async () => {
  const reachedBy = async (pump: (pumped: Pumped) => Promise<boolean>) => {
    const lab = new Lab({ loom: 'test', build: '' });
    const underWay = new UnderWay();
    const conductor = await Conductor.start({
      ...{ seed: 3, cluster, hosts: memoryHosts() },
      onRecords: (records) => {
        lab.take(records);
        for (const record of records) underWay.add(record);
      },
    });
    lab.attach(conductor);
    const goal = lab.goal("leader('r1') != null", '10s');
    if (typeof goal === 'string') throw new Error(goal);
    const pumped = { conductor, playback: null, underWay, judging: new Judging(), goal };
    while (!(await pump(pumped)));
    return [goal.outcome.why, conductor.now, conductor.hash()];
  };
  let wall = 0;
  const atOnce = new Lab({ loom: 'test', build: '' });
  const onRecords = (records: readonly JournalRecord[]) => atOnce.take(records);
  atOnce.attach(await Conductor.start({ seed: 3, cluster, hosts: memoryHosts(), onRecords }));
  const { at } = await atOnce.until("leader('r1') != null", { within: '10s' });
  const expected = [null, Math.round(at * 1000), atOnce.hash()];
  expect(await reachedBy((of) => pumpStretch(of, { by: 4167, idleBy: 4167 }))).toEqual(expected);
  expect(await reachedBy((of) => pumpStretch(of, { by: 4167, idleBy: 41_670 }))).toEqual(expected);
  expect(await reachedBy((of) => pumpMax(of, () => (wall += 1)))).toEqual(expected);
});
