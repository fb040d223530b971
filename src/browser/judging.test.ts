import { describe, expect, test } from 'vitest';
import type { Command } from '../sim/command.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import { replay } from '../sim/replay.ts';
import { Judging } from './judging.ts';
import { pumpMax, pumpStretch, type Pumped } from './pump.ts';
import { UnderWay } from './under-way.ts';

// Whoever is told to stand is heard.
const settings = { 'raftstore.prevote': false, 'raftstore.check-quorum': false };
const cluster = { stores: 3, clients: 1, settings };
const put: Command = {
  type: 'request',
  client: 'c1',
  request: { type: 'put', key: 'a', value: '1' },
};
const mutate = (rule: string, on = true): Command => ({ type: 'mutate', rule, on });

async function setUp(): Promise<Pumped> {
  const judging = new Judging();
  const kept: JournalRecord[] = [];
  const conductor = await Conductor.start({
    ...{ seed: 1, cluster, hosts: memoryHosts() },
    onRecords: (records) => {
      kept.push(...records);
      judging.take(records, () => kept);
    },
  });
  await conductor.advance(4_000_000);
  return { conductor, playback: null, underWay: new UnderWay(), judging, goal: null };
}

/** Frames of the page until a promise is broken, at most so many. */
async function frames(pumped: Pumped, most: number): Promise<void> {
  for (let frame = 0; frame < most && pumped.judging.violations.length === 0; frame++)
    await pumpStretch(pumped, { by: 4000, idleBy: 4000 });
}

/** Whoever does not lead stands for election. */
const campaigns: Command[] = ['s1', 's2'].map((node) => ({ type: 'campaign', node, region: 1 }));

describe('a rule that is broken on purpose', () => {
  test.each([
    ['mut:M04', campaigns, 'inv:R11'],
    ['mut:M05', campaigns, 'inv:R11'],
    ['mut:M06', [put], 'inv:R11'],
    ['mut:M10', [put], 'inv:R8'],
  ] as const)(
    '%s stops time directly after the input that breaks a promise',
    async (rule, deeds, judge) => {
      const pumped = await setUp();
      const { conductor, judging } = pumped;
      await conductor.give(mutate(rule));
      expect(judging.onGuard).toBe(true);
      for (const deed of deeds) await conductor.give(deed);
      await frames(pumped, 500);
      const [found] = judging.violations;
      expect(found?.violation).toMatchObject({ judge, at: conductor.now });
      expect(found?.witnesses.map(({ id }) => id)).toEqual(found?.violation.witnesses);
      // Nothing but the records of that one input came after the record that broke the promise.
      expect(conductor.records - (found?.violation.record ?? 0)).toBeLessThan(30);

      // The next frame runs on, and the same recording says the same again.
      await pumpStretch(pumped, { by: 4000, idleBy: 4000 });
      const again = new Judging();
      await replay(conductor.recording(), {
        hosts: memoryHosts(),
        onRecords: (records) => void again.take(records, () => []),
      });
      expect(again.violations[0]?.violation).toEqual(found?.violation);
    },
  );

  test('as fast as it goes stops there too', async () => {
    const pumped = await setUp();
    const { conductor, judging } = pumped;
    await conductor.give(mutate('mut:M10'));
    await conductor.give(put);
    let wall = 0;
    for (let frame = 0; frame < 100 && judging.violations.length === 0; frame++)
      await pumpMax(pumped, () => (wall += 1));
    expect(judging.violations[0]?.violation).toMatchObject({ judge: 'inv:R8', at: conductor.now });
  });

  test('a rule that is mended is no reason for guard', async () => {
    const { conductor, judging } = await setUp();
    await conductor.give(mutate('mut:M10'));
    await conductor.give(mutate('mut:M10', false));
    expect(judging.onGuard).toBe(false);
  });
});

test('asked after each window, time stops behind the window', async () => {
  const { conductor } = await setUp();
  const plain = await setUp();
  let windows = 0;
  const stopped = await conductor.advance(conductor.now + 500_000, () => ++windows === 3, 'window');
  expect([stopped, windows]).toEqual([true, 3]);
  await plain.conductor.advance(conductor.now);
  expect(conductor.hash()).toBe(plain.conductor.hash());
});

test('sound nodes draw no objection', async () => {
  const pumped = await setUp();
  await pumped.conductor.give(put);
  await frames(pumped, 500);
  expect(pumped.judging.violations).toEqual([]);
});
