// What idle Regions cost the engine: three stores in Node, split by command into so many Regions, asleep and awake. The
// figures are microseconds of the wall and records of the journal for a virtual second; what a cluster of one Region
// costs is among them, so that what the stores themselves cost can be told from what the Regions cost.
//
// A sleeping Region is not silent: its leader tells PD and its followers now and then that it is there, as in TiKV.

import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { NodeId } from '../tikv/ids.ts';
import { boundOf } from '../tikv/raftstore/key-space.ts';
import { NO_SPLITS, QUIET_PD } from './quiet-pd.ts';

export interface RegionsCost {
  readonly regions: number;
  readonly asleep: IdleCost;
  readonly awake: IdleCost;
}

interface IdleCost {
  /** Microseconds of the wall for a virtual second, the cheapest of some stretches. */
  readonly micros: number;
  readonly records: number;
}

const STORES = 3;
/** Every interval of a sleeping store ends in this time a whole number of times. */
const STRETCH = 4_000_000;
const STRETCHES = 5;
const SECOND = 1_000_000;
/** So many virtual seconds are waited for an even state; then the bench gives up. */
const PATIENCE = 300;
/** Keys of one split. */
const BATCH = 50;

export async function measureRegions(counts: readonly number[]): Promise<RegionsCost[]> {
  const costs: RegionsCost[] = [];
  for (const regions of counts)
    costs.push({
      regions,
      asleep: await measureIdle(regions, true),
      awake: await measureIdle(regions, false),
    });
  return costs;
}

/** What the journal says of the replicas. */
class Watch {
  readonly replicas = new Set<string>();
  readonly asleep = new Set<string>();
  leader: NodeId | null = null;
  readonly led = new Set<number>();

  observe(records: readonly JournalRecord[]): void {
    for (const { id, event } of records) {
      if (event.type === 'raftstore/peer-started')
        this.replicas.add(`${id.node}/${event.region.id}`);
      else if (event.type === 'raftstore/hibernated') this.asleep.add(`${id.node}/${event.region}`);
      else if (event.type === 'raftstore/woken') this.asleep.delete(`${id.node}/${event.region}`);
      else if (event.type === 'raft/became-leader') {
        this.led.add(event.region);
        if (event.region === 1) this.leader = id.node;
      }
    }
  }
}

async function measureIdle(regions: number, hibernate: boolean): Promise<IdleCost> {
  const watch = new Watch();
  const settings = { ...QUIET_PD, ...NO_SPLITS, 'raftstore.hibernate-regions': hibernate };
  const conductor = await Conductor.start({
    seed: 7,
    cluster: { stores: STORES, clients: 1, settings },
    hosts: memoryHosts(),
    onRecords: (records) => watch.observe(records),
  });
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    const end = conductor.now + PATIENCE * SECOND;
    while (!holds()) {
      if (conductor.now >= end) throw new Error(`${what}: not in ${PATIENCE} virtual seconds`);
      await conductor.advance(conductor.now + SECOND);
    }
  };
  await until('a leader of the first Region', () => watch.leader !== null);
  for (let made = 1; made < regions; made = Math.min(regions, made + BATCH)) {
    const count = Math.min(BATCH, regions - made);
    const keys = Array.from({ length: count }, (_, i) =>
      boundOf('raw', `k${`${made + i}`.padStart(6, '0')}`),
    );
    await conductor.give({
      type: 'admin',
      node: watch.leader ?? 's1',
      region: 1,
      request: { type: 'split', policy: 'usekey', keys },
    });
    const all = made + count;
    await until('a split', () => watch.led.size >= all && watch.replicas.size >= all * STORES);
  }
  if (hibernate) await until('sleep', () => watch.asleep.size >= watch.replicas.size);
  else await conductor.advance(conductor.now + 2 * SECOND);
  return stretches(conductor);
}

async function stretches(conductor: Conductor): Promise<IdleCost> {
  const virtual = STRETCH / SECOND;
  let micros = Infinity;
  let records = 0;
  for (let round = 0; round <= STRETCHES; round++) {
    const before = conductor.records;
    const began = performance.now();
    await conductor.advance(conductor.now + STRETCH);
    const wall = performance.now() - began;
    records = conductor.records - before;
    // The first stretch warms the engine up.
    if (round > 0) micros = Math.min(micros, (wall * 1000) / virtual);
  }
  return { micros, records: records / virtual };
}
