// What a step back costs, in Node: ten virtual minutes of three stores under puts and kills, folded as the page folds
// them; then somebody drags over the whole tape, to and fro, and jumps about. Only the world of the past is made here,
// no picture is drawn.

import { below, newChance } from '../base/chance.ts';
import { foldRecord } from '../projections/fold.ts';
import { Past, recordsUntil } from '../projections/past.ts';
import { newWorld, type World } from '../projections/world.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Micros } from '../tikv/ids.ts';

export interface PastFigures {
  readonly records: number;
  /** p95 of a seek, milliseconds: on the wall, and of the processor. */
  readonly wall: number;
  readonly thread: number;
}

const SECOND = 1_000_000;
const SECONDS = 600;
const SEEKS = 200;

export async function measurePast(): Promise<PastFigures> {
  const records = await session();
  const end = records.at(-1)?.at ?? 0;
  const past = new Past();
  const world = newWorld();
  for (const record of records) {
    foldRecord(world, record);
    past.note(world);
  }
  const walls: number[] = [];
  const threads: number[] = [];
  let from: World | null = null;
  for (const at of places(end)) {
    const began = performance.now();
    const used = process.cpuUsage();
    from = past.worldAfter(records, recordsUntil(records, at), from);
    const { user, system } = process.cpuUsage(used);
    walls.push(performance.now() - began);
    threads.push((user + system) / 1000);
  }
  return { records: records.length, wall: p95(walls), thread: p95(threads) };
}

/** Ten puts a second; every minute a store is dead for ten seconds. */
async function session(): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: 3, clients: 1, settings: {} },
    hosts: memoryHosts(),
    onRecords: (batch) => records.push(...batch),
  });
  for (let second = 0; second < SECONDS; second++) {
    if (second % 60 === 30) await conductor.give({ type: 'kill', node: 's1' });
    if (second % 60 === 40) await conductor.give({ type: 'restart', node: 's1' });
    for (let i = 0; i < 10; i++) {
      const request = { type: 'put', key: `k${i}`, value: `${second}` } as const;
      await conductor.give({ type: 'request', client: 'c1', request });
      await conductor.advance(second * SECOND + (i + 1) * (SECOND / 10));
    }
  }
  return records;
}

/** Back over all of it, forth again, and here and there. */
function places(end: Micros): Micros[] {
  const back = Array.from({ length: SEEKS }, (_, i) => Math.floor((end * (SEEKS - i)) / SEEKS));
  const chance = newChance(5, 'seeks');
  const anywhere = Array.from({ length: SEEKS }, () => below(chance, end));
  return [...back, ...back.toReversed(), ...anywhere];
}

const p95 = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length * 0.95)] ?? 0;
