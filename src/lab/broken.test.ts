// What is said to be broken after each fault, and that its mending is whole: checked by the lines that it is.

import { expect, test } from 'vitest';
import { printCommand } from './print-command.ts';
import type { Command } from '../sim/command.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { brokenThings, mendAll } from '../projections/broken.ts';
import { foldRecord } from '../projections/fold.ts';
import { newWorld, type World } from '../projections/world.ts';

async function cluster(): Promise<{ world: World; conductor: Conductor }> {
  const world = newWorld();
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (records) => {
      for (const record of records) foldRecord(world, record);
    },
  });
  await conductor.advance(2_000_000);
  return { world, conductor };
}

const usual = { jitter: 10_000, duplicatePerMillion: 0, reorderPerMillion: 0 };

/** What is said of a fault, and the lines that mend it. */
const FAULTS: readonly (readonly [Command, string, readonly string[]])[] = [
  [{ type: 'kill', node: 's2' }, 'S2 is down', ['restart s2']],
  [{ type: 'destroy', node: 's2' }, 'S2 lost its disk', []],
  [{ type: 'pause', node: 's3' }, 'S3 is paused', ['resume s3']],
  [{ type: 'isolate', node: 's1' }, 'S1 is cut off', ['heal s1']],
  [{ type: 'cut', from: 's1', to: 's3' }, 'S1 to S3 cut', ['mend s1 s3']],
  [
    { type: 'partition', groups: [['s1'], ['s3']], oneWay: false },
    'S1–S3 cut',
    ['mend s1 s3', 'mend s3 s1'],
  ],
  [
    { type: 'loss', a: 's1', b: 's2', perMillion: 200_000 },
    'S1–S2 20% lost',
    ['link s1 s2 30ms jitter 10ms', 'link s2 s1 30ms jitter 10ms'],
  ],
  [
    { type: 'link', from: 's3', to: 's2', latency: 400_000, lossPerMillion: 0, ...usual },
    'S3 to S2 400\u00a0ms ± 10\u00a0ms',
    ['link s3 s2 30ms jitter 10ms'],
  ],
  [
    { type: 'disk', node: 's1', fault: { type: 'slow', by: 200_000 } },
    'disk of S1 200\u00a0ms slower',
    ['disk s1 ok'],
  ],
  [{ type: 'disk', node: 's1', fault: { type: 'stuck' } }, 'disk of S1 stuck', ['disk s1 ok']],
  [
    { type: 'skew', node: 's2', offset: -250_000, ppm: 0 },
    'clock of S2 250\u00a0ms behind',
    ['skew s2 0ms'],
  ],
  [
    { type: 'hold-kind', kind: 'MsgHeartbeat', from: null, to: null },
    'hold: MsgHeartbeat',
    ['release MsgHeartbeat'],
  ],
  [
    { type: 'hold-kind', kind: null, from: 's1', to: null },
    'hold: every message from S1',
    ['release all from s1'],
  ],
];

test.each(FAULTS)('$type is said, and its mending is whole', async (command, words, lines) => {
  const { world, conductor } = await cluster();
  expect(brokenThings(world)).toEqual([]);
  await conductor.give(command);
  const [thing, ...more] = brokenThings(world);
  expect(more).toEqual([]);
  expect(thing?.words).toBe(words);
  expect(thing?.mend.map(printCommand)).toEqual(lines);
  for (const mend of thing?.mend ?? [])
    expect(await conductor.give(mend)).toMatchObject({ ok: true });
  if (lines.length > 0) expect(brokenThings(world)).toEqual([]);
});

test('everything at once is mended by one list of commands', async () => {
  const { world, conductor } = await cluster();
  for (const [command] of FAULTS)
    if (command.type !== 'destroy' && command.type !== 'kill') await conductor.give(command);
  await conductor.give({ type: 'kill', node: 's2' });
  await conductor.advance(3_000_000);
  const lines = mendAll(world).map(printCommand);
  expect(lines.slice(0, 1)).toEqual(['heal']);
  expect(lines.slice(-2).toSorted()).toEqual(['restart s2', 'resume s3']);
  for (const command of mendAll(world))
    expect(await conductor.give(command), printCommand(command)).toMatchObject({ ok: true });
  expect(brokenThings(world)).toEqual([]);
});
