import { describe, expect, test } from 'vitest';
import { foldRecord } from '../projections/fold.ts';
import { leaderOf } from '../projections/questions.ts';
import { newWorld, type World } from '../projections/world.ts';
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

async function setUp(): Promise<Pumped & { readonly world: World }> {
  const world = newWorld();
  const judging = new Judging();
  const kept: JournalRecord[] = [];
  const conductor = await Conductor.start({
    ...{ seed: 1, cluster, hosts: memoryHosts() },
    onRecords: (records) => {
      kept.push(...records);
      for (const record of records) foldRecord(world, record);
      judging.take(records, () => kept);
    },
  });
  await conductor.advance(4_000_000);
  return { conductor, playback: null, underWay: new UnderWay(), judging, goal: null, world };
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

/**
 * An entry that only its leader has; the leader loses its power and is elected again, in a later term. The entry is too
 * large to travel together with the new term's first one, so a majority has it alone for a moment.
 */
test('mut:M03 commits an entry of an older term by counting, and inv:R7 stops time there', async () => {
  const pumped = await setUp();
  const { conductor, judging } = pumped;
  const leader = leaderOf(pumped.world, 1)?.store ?? '';
  const others = ['s1', 's2', 's3'].filter((store) => store !== leader);
  const large = { type: 'put', key: 'a', value: 'x'.repeat(400) } as const;
  await conductor.give(mutate('mut:M03'));
  for (const other of others) await conductor.give({ type: 'cut', from: leader, to: other });
  await conductor.give({ type: 'request', client: 'c1', request: large });
  await conductor.advance(conductor.now + 400_000);
  await conductor.give({ type: 'kill', node: leader });
  await conductor.give({ type: 'restart', node: leader });
  await conductor.give({ type: 'heal', node: null });
  await conductor.advance(conductor.now + 300_000);
  await conductor.give({ type: 'campaign', node: leader, region: 1 });
  await frames(pumped, 500);
  const [found] = judging.violations;
  expect(found?.violation).toMatchObject({ judge: 'inv:R7', at: conductor.now });
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
