// The law over the real nodes: one recording, one journal, however time is cut, whatever is cloned, frozen or saved.

import { expect, test } from 'vitest';
import { below, between, newChance, pick, type Chance } from '../base/chance.ts';
import { inCuts, withSaves } from '../testing/replays.ts';
import type { Command } from './command.ts';
import { Conductor } from './conductor.ts';
import { memoryHosts } from './memory-hosts.ts';
import type { JournalRecord, LoomEvent } from './record.ts';
import { replay } from './replay.ts';

const cluster = { stores: 3, clients: 2, settings: {} };

/** A few keys fill a Region: it splits. */
const SMALL_REGIONS = { 'coprocessor.region-split-keys': 3, 'coprocessor.region-max-keys': 5 };

function command(chance: Chance, i: number): Command {
  const node = pick(chance, ['s1', 's2', 's3', 's1', 's2', 's3', 'pd1', 'c2']);
  const client = pick(chance, ['c1', 'c2']);
  const key = pick(chance, ['a', 'b', 'c']);
  switch (below(chance, 12)) {
    case 0:
      return { type: 'kill', node };
    case 1:
    case 2:
      return { type: 'restart', node };
    case 3:
      return { type: 'pause', node };
    case 4:
      return { type: 'resume', node };
    case 5:
      return { type: 'partition', groups: [['s1'], ['s2', 's3', 'pd1']], oneWay: false };
    case 6:
      return { type: 'heal', node: null };
    case 7:
      return { type: 'loss', a: 's1', b: node === 's1' ? 's2' : node, perMillion: 300_000 };
    case 8:
      return { type: 'request', client, request: { type: 'get', key } };
    case 9: {
      const request = { type: 'cas', key, previous: null, value: `${i}` } as const;
      return { type: 'request', client, request };
    }
    default:
      return { type: 'request', client, request: { type: 'put', key, value: `${i}` } };
  }
}

/** What makes the cluster another one: a store joins, PD is asked, clients work on their own. */
function growth(chance: Chance): Command {
  const node = pick(chance, ['s4', 's5']);
  const client = pick(chance, ['c1', 'c2']);
  switch (below(chance, 10)) {
    case 0:
    case 1:
      return { type: 'join', node, labels: [{ key: 'zone', value: 'z1' }] };
    case 2:
      return { type: 'pd', request: { type: 'add-peer', region: 1, store: 4 } };
    case 3:
      return { type: 'pd', request: { type: 'delete-store', store: 1 } };
    case 4:
      return { type: 'kill', node };
    case 5:
      return { type: 'load-stop', client };
    case 6:
    case 7:
    case 8: {
      const [policy, space] = ['usekey', 'raw'] as const;
      const keys = [pick(chance, ['b', 'c'])];
      return { type: 'pd', request: { type: 'split-region', region: 1, policy, keys, space } };
    }
    default: {
      const kind = pick(chance, ['uniform', 'hot', 'append'] as const);
      return { type: 'load', client, load: { kind, rate: 20, duration: 900_000 } };
    }
  }
}

async function session(seed: number, grows: boolean, told: LoomEvent[]): Promise<Conductor> {
  const config = grows ? { ...cluster, settings: SMALL_REGIONS } : cluster;
  const onRecords = (records: readonly JournalRecord[]) =>
    void told.push(...records.map(({ event }) => event));
  const conductor = await Conductor.start({
    seed,
    cluster: config,
    hosts: memoryHosts(),
    onRecords,
  });
  const chance = newChance(seed, 'law');
  await conductor.advance(2_500_000);
  for (let i = 0; i < 50; i++) {
    await conductor.give(grows && i % 3 === 0 ? growth(chance) : command(chance, i));
    await conductor.advance(conductor.now + between(chance, 1, 400_000));
  }
  return conductor;
}

test.each([
  [1, false],
  [2, false],
  [3, false],
  [4, true],
  [5, true],
  [6, true],
] as const)(
  'one recording, one journal, over real nodes (seed %i, growing: %s)',
  async (seed, grows) => {
    const told: LoomEvent[] = [];
    const live = await session(seed, grows, told);
    if (grows) expect(told.some(({ type }) => type === 'raftstore/region-split')).toBe(true);
    const recording = live.recording();
    expect(recording.commands.length).toBeGreaterThan(20);
    expect(live.records).toBeGreaterThan(600);
    const hashes = {
      again: (await replay(recording, { hosts: memoryHosts() })).hash(),
      cloned: (await replay(recording, { hosts: memoryHosts({ handling: 'clone' }) })).hash(),
      frozen: (await replay(recording, { hosts: memoryHosts({ handling: 'freeze' }) })).hash(),
      cut: await inCuts(recording, seed),
      saved: await withSaves(recording, seed),
    };
    const hash = live.hash();
    expect(hashes).toEqual({ again: hash, cloned: hash, frozen: hash, cut: hash, saved: hash });
  },
);
