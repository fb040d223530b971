// Recordings that these tests make in Node, and what Node says of a recording: its journal's hash and its disks.

import { between, newChance, pick, type Chance } from '../src/base/chance.ts';
import type { Command } from '../src/sim/command.ts';
import type { ClientRequest } from '../src/tikv/client/request.ts';
import type { AdminRequest, WantedChange } from '../src/tikv/raftstore/admin-command.ts';
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

/** Regions split under a load, a store joins and takes snapshots, another one is emptied; a store loses its power meanwhile. */
export async function growingRecording(seed: number): Promise<Recorded> {
  const settings = { 'replication.max-replicas': 3 };
  const conductor = await Conductor.start({
    seed,
    cluster: { stores: 4, clients: 1, settings },
    hosts: memoryHosts(),
  });
  const story: [ms: number, Command][] = [
    [2000, { type: 'load', client: 'c1', load: { kind: 'append', rate: 60, duration: 2_000_000 } }],
    [2500, { type: 'join', node: 's5', labels: [{ key: 'zone', value: 'z5' }] }],
    [500, { type: 'kill', node: 's2' }],
    [500, { type: 'restart', node: 's2' }],
    [1000, { type: 'pd', request: { type: 'delete-store', store: 1 } }],
    [3000, { type: 'kill', node: 's5' }],
    [500, { type: 'restart', node: 's5' }],
  ];
  for (const [after, command] of story) {
    await conductor.advance(conductor.now + after * 1000);
    await conductor.give(command);
  }
  await conductor.advance(conductor.now + 3_000_000);
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

const FOUR = ['s1', 's2', 's3', 's4'];

/** What a recording about members must hold, by the types of its records. */
export const MEMBERS_TOLD = [
  'raft/conf-changed',
  'raft/transfer-started',
  'raft/snapshot-restored',
  'raftstore/log-compacted',
  'raftstore/peer-created',
  'raftstore/region-changed',
  'raftstore/snapshot-installed',
  'node/clock-set',
] as const;

/**
 * Members come and go, one by one and jointly; leadership is handed over, logs are cut short, snapshots are asked for,
 * clocks stand apart and drift, reads go all three ways, and a power loss falls in between: about ten virtual seconds.
 */
export async function membersRecording(seed: number): Promise<Recorded> {
  const conductor = await Conductor.start({
    seed,
    cluster: { stores: 4, clients: 1, settings: { 'replication.max-replicas': 3 } },
    hosts: memoryHosts(),
  });
  const chance = newChance(seed, 'members');
  await conductor.advance(3_500_000);
  const story = members(chance);
  for (let write = 0; story.length > 0; write++) {
    for (const request of requests(chance, write))
      await conductor.give({ type: 'request', client: 'c1', request });
    if (write % 3 === 0) for (let i = between(chance, 1, 6); i > 0; i--) await conductor.step();
    else await conductor.advance(conductor.now + between(chance, 20_000, 220_000));
    if (write % 3 === 2) for (const command of story.shift() ?? []) await conductor.give(command);
  }
  await conductor.advance(conductor.now + 2_000_000);
  return { recording: conductor.recording(), hash: conductor.hash() };
}

function requests(chance: Chance, write: number): ClientRequest[] {
  const key = `k${write % 7}`;
  const store = between(chance, 1, 4);
  const reads = [{ type: 'lease' }, { type: 'read-index' }, { type: 'replica', store }] as const;
  return [
    { type: 'put', key, value: `v${write}` },
    { type: 'get', key, read: pick(chance, reads) },
  ];
}

/** Asked of every store: whoever leads does it, the others refuse. */
const ofAll = (request: AdminRequest): Command[] =>
  FOUR.map((node) => ({ type: 'admin', node, region: 1, request }));

const change = (...changes: WantedChange[]): Command[] => ofAll({ type: 'change-peer', changes });

function members(chance: Chance): Command[][] {
  const [away, to] = [pick(chance, ['s1', 's2', 's3']), between(chance, 1, 4)];
  const skewed = pick(chance, FOUR);
  const cut = ofAll({ type: 'compact-log', index: null });
  return [
    // One of the two does not lead already.
    ofAll({ type: 'transfer-leader', to: 2 }),
    ofAll({ type: 'transfer-leader', to: 3 }),
    [{ type: 'skew', node: skewed, offset: 120_000, ppm: 5000 }],
    cut,
    change({ do: 'add-learner', store: 4 }),
    [{ type: 'kill', node: away }],
    cut,
    ofAll({ type: 'transfer-leader', to }),
    cut,
    [{ type: 'restart', node: away }],
    change({ do: 'promote', store: 4 }),
    ofAll({ type: 'transfer-leader', to: 4 }),
    change({ do: 'demote', store: 1 }, { do: 'demote', store: 2 }),
    change(),
    ofAll({ type: 'request-snapshot' }),
    change({ do: 'remove-peer', store: 1 }),
    [{ type: 'skew', node: pick(chance, FOUR), offset: -80_000, ppm: -3000 }],
    change({ do: 'promote', store: 2 }, { do: 'join', store: 1 }),
    change(),
    cut,
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
