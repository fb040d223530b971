// A power cut at every persist point: a storm is run once to learn when each disk write began and became durable, and then
// again for each of these instants, with the power of that node cut there. Every judge watches each run.

import type { NodeId } from '../tikv/ids.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Recording } from '../sim/recording.ts';
import { foldRecord } from '../projections/fold.ts';
import { openOperations } from '../projections/questions.ts';
import { newWorld } from '../projections/world.ts';
import { StormChecks, type Breach } from './storm-checks.ts';
import { mend, settle, untilLevel } from './storm-run.ts';

export interface PersistPoint {
  readonly node: NodeId;
  /** The power goes after all inputs of this instant. */
  readonly at: number;
}

type Watch = (records: readonly JournalRecord[]) => void;

/** A cluster to which the recording's commands can be given as far as they fit: what a crash changed refuses some. */
async function stage({ seed, cluster, commands }: Recording, watch: Watch) {
  const conductor = await Conductor.start({
    seed,
    cluster,
    hosts: memoryHosts(),
    onRecords: watch,
  });
  const give = async (from: number, to: number) => {
    for (const timed of commands) {
      if (timed.at < from || timed.at >= to) continue;
      if (timed.at > conductor.now) await conductor.advance(timed.at);
      await conductor.give(timed.command);
    }
  };
  return { conductor, give };
}

/** After each start of a write of a store, one microsecond before each end, and after it. */
export async function persistPoints(recording: Recording): Promise<PersistPoint[]> {
  const points = new Map<string, PersistPoint>();
  const note = (node: NodeId, at: number) => points.set(`${node} ${at}`, { node, at });
  const { give } = await stage(recording, (records) => {
    for (const { event, id, at } of records) {
      if (event.type === 'disk/write-started') note(id.node, at);
      if (event.type !== 'disk/durable') continue;
      note(id.node, at - 1);
      note(id.node, at);
    }
  });
  await give(0, Number.MAX_SAFE_INTEGER);
  return [...points.values()].filter(({ node }) => node.startsWith('s'));
}

/** The recording with one more power cut; what it broke. */
export async function crashAt(recording: Recording, { node, at }: PersistPoint): Promise<Breach[]> {
  const world = newWorld();
  const checks = new StormChecks();
  const { conductor, give } = await stage(recording, (records) => {
    for (const record of records) foldRecord(world, record);
    checks.take(records);
  });
  await give(0, at + 1);
  if (at > conductor.now) await conductor.advance(at);
  await conductor.give({ type: 'kill', node });
  await conductor.advance(at + 200_000);
  await conductor.give({ type: 'restart', node });
  await give(at + 1, Number.MAX_SAFE_INTEGER);
  await mend(conductor, world);
  const ended = await settle(conductor, () => openOperations(world).length === 0);
  const stuck = await untilLevel(conductor, world);
  return [
    ...checks.verdict().breaches,
    ...(ended ? [] : ['operations stay open in calm weather']),
    ...(stuck === null ? [] : [stuck]),
  ];
}
