// How many virtual seconds of a whole cluster pass in one second of the wall, in Node, over disks in memory.

import { Conductor } from '../sim/conductor.ts';
import { Bench } from '../sim/judges/bench.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';

export interface ClusterSpeed {
  /** Virtual seconds in a second of the wall. */
  readonly idle: number;
  /** The same with a put every 20 virtual milliseconds. */
  readonly loaded: number;
  /** Judges over the loaded cluster: their part of the time that everything takes, in per cent. */
  readonly judging: number;
  /** Records in a virtual second. */
  readonly idleRecords: number;
  readonly loadedRecords: number;
}

const SECONDS = 60;

/** Five stores, the median of `rounds`. */
export async function measureCluster(rounds: number): Promise<ClusterSpeed> {
  const idle: Stretch[] = [];
  const loaded: Stretch[] = [];
  const judged: { readonly speed: number }[] = [];
  for (let seed = 0; seed <= rounds; seed++) {
    const bench = new Bench();
    let watched = 0;
    const conductor = await Conductor.start({
      seed,
      cluster: { stores: 5, clients: 1, settings: {} },
      hosts: memoryHosts(),
      onRecords: (records) => {
        const began = performance.now();
        bench.observe(records);
        watched += performance.now() - began;
      },
    });
    await conductor.advance(5_000_000);
    idle.push(
      await measure(conductor, () => conductor.advance(conductor.now + SECONDS * 1_000_000)),
    );
    const began = performance.now();
    watched = 0;
    loaded.push(await measure(conductor, () => load(conductor)));
    judged.push({ speed: (100 * watched) / (performance.now() - began) });
  }
  // The first round warms the engine up.
  const [calm, busy] = [median(idle.slice(1)), median(loaded.slice(1))];
  return {
    idle: calm.speed,
    loaded: busy.speed,
    judging: median(judged.slice(1)).speed,
    idleRecords: calm.records,
    loadedRecords: busy.records,
  };
}

interface Stretch {
  readonly speed: number;
  readonly records: number;
}

async function measure(conductor: Conductor, work: () => Promise<unknown>): Promise<Stretch> {
  const [records, at] = [conductor.records, conductor.now];
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  const virtual = (conductor.now - at) / 1_000_000;
  return { speed: virtual / wall, records: (conductor.records - records) / virtual };
}

async function load(conductor: Conductor): Promise<void> {
  for (let i = 0; i < (SECONDS * 1000) / 20; i++) {
    const request = { type: 'put', key: `k${i % 100}`, value: `v${i}` } as const;
    await conductor.give({ type: 'request', client: 'c1', request });
    await conductor.advance(conductor.now + 20_000);
  }
}

export function median<T extends { readonly speed: number }>(runs: readonly T[]): T {
  const sorted = runs.toSorted((a, b) => a.speed - b.speed);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new Error('a median of nothing');
  return middle;
}
