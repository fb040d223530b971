// Recordings that these tests make in Node, and what Node says of a recording: its journal's hash and its disks.

import { between, newChance, pick, type Chance } from '../src/base/chance.ts';
import type { Command } from '../src/sim/command.ts';
import { Conductor } from '../src/sim/conductor.ts';
import { imageDigest } from '../src/sim/memory-disk.ts';
import { memoryHosts } from '../src/sim/memory-hosts.ts';
import type { JournalRecord } from '../src/sim/record.ts';
import type { Recording } from '../src/sim/recording.ts';
import { replay } from '../src/sim/replay.ts';

export interface Recorded {
  readonly recording: Recording;
  readonly hash: string;
}

const cluster = { stores: 3, clients: 1, settings: {} };
const STORES = ['s1', 's2', 's3'];

/** Three kills with restarts, a pause, a partition, losses and fifty writes, in about eight seconds of virtual time. */
export async function eventfulRecording(seed: number): Promise<Recorded> {
  const conductor = await Conductor.start({ seed, cluster, hosts: memoryHosts() });
  const chance = newChance(seed, 'eventful');
  await conductor.advance(1_800_000);
  const story = troubles(chance);
  for (let write = 0; write < 50; write++) {
    const request = { type: 'put', key: `k${write % 17}`, value: `v${write}` } as const;
    await conductor.give({ type: 'request', client: 'c1', request });
    if (write % 4 === 1) for (const command of story.shift() ?? []) await conductor.give(command);
    if (write % 3 === 0) for (let i = between(chance, 1, 6); i > 0; i--) await conductor.step();
    else await conductor.advance(conductor.now + between(chance, 20_000, 220_000));
  }
  await conductor.advance(conductor.now + 1_000_000);
  return { recording: conductor.recording(), hash: conductor.hash() };
}

function troubles(chance: Chance): Command[][] {
  const node = () => pick(chance, STORES);
  const [first, second, third] = [node(), node(), node()];
  return [
    [{ type: 'loss', a: 's1', b: 's2', perMillion: 200_000 }],
    [{ type: 'kill', node: first }],
    [{ type: 'restart', node: first }],
    [{ type: 'pause', node: second }],
    [{ type: 'resume', node: second }],
    [{ type: 'kill', node: second }],
    [{ type: 'restart', node: second }],
    [{ type: 'partition', groups: [['s1'], ['s2', 's3', 'pd1', 'c1']], oneWay: false }],
    [{ type: 'heal', node: null }],
    [{ type: 'kill', node: third }],
    [{ type: 'restart', node: third }],
  ];
}

/** The fingerprint of every node's disk at the end of a recording, by node, and the journal's hash. */
export async function inNode(recording: Recording): Promise<{
  readonly hash: string;
  readonly disks: Record<string, string>;
  readonly records: readonly JournalRecord[];
}> {
  const hosts = memoryHosts({ images: recording.base ?? [] });
  const records: JournalRecord[] = [];
  const onRecords = (batch: readonly JournalRecord[]) => void records.push(...batch);
  const conductor = await replay(recording, { hosts, onRecords });
  const disks = hosts.images().map(([node, image]) => [node, imageDigest(image)]);
  return { hash: conductor.hash(), disks: Object.fromEntries(disks), records };
}

/** How many: as the environment says, or a few. `npm run e2e` with LOOM_SEEDS=20 is the large count. */
export const countOf = (variable: string, few: number): number =>
  Number(process.env[variable] ?? few);
