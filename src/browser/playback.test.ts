import { expect, test } from 'vitest';
import { below, between, newChance, pick } from '../base/chance.ts';
import type { Command } from '../sim/command.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { createToyNode } from '../testing/toy-node.ts';
import { Playback } from './playback.ts';

const cluster = { stores: 3, clients: 1, settings: {} };
const start = (seed: number) =>
  Conductor.start({ seed, cluster, hosts: memoryHosts({ create: createToyNode }) });

async function recorded(seed: number): Promise<Conductor> {
  const conductor = await start(seed);
  const chance = newChance(seed, 'commands');
  for (let i = 0; i < 30; i++) {
    if (below(chance, 2) === 0) await conductor.step();
    else await conductor.advance(conductor.now + between(chance, 0, 40_000));
    const types = ['kill', 'restart', 'pause', 'resume'] as const;
    const command: Command = { type: pick(chance, types), node: pick(chance, ['s1', 's2', 's3']) };
    await conductor.give(command);
  }
  return conductor;
}

const SEEDS = [1, 2, 3, 4, 5];

test.each(SEEDS)(
  'seed %i: a recording that is watched, in any stretches, is the same journal',
  async (seed) => {
    const original = await recorded(seed);
    const conductor = await start(seed);
    const playback = new Playback(conductor, original.recording());
    const chance = newChance(seed, 'stretches');
    let ended = false;
    while (!ended)
      ended =
        below(chance, 3) === 0
          ? await playback.step()
          : await playback.advance(conductor.now + between(chance, 0, 30_000));
    expect(conductor.hash()).toBe(original.hash());
    expect(conductor.recording()).toEqual(original.recording());
  },
);

test('time stops at the end', async () => {
  const original = await recorded(7);
  const conductor = await start(7);
  const playback = new Playback(conductor, original.recording());
  expect(await playback.advance(original.now + 10_000_000)).toBe(true);
  expect(conductor.now).toBe(original.now);
  expect(await playback.step()).toBe(true);
  expect(conductor.hash()).toBe(original.hash());
});

test('step by step, each step is one input or one command', async () => {
  const original = await recorded(3);
  const conductor = await start(3);
  const playback = new Playback(conductor, original.recording());
  while (!(await playback.step()));
  expect(conductor.hash()).toBe(original.hash());
});
