// One storm: a cluster, its weather, the calm after it, the judgement, and the same recording once more.

import type { SettingChanges } from '../tikv/config.ts';
import type { NodeId, RegionId } from '../tikv/ids.ts';
import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Recording } from '../sim/recording.ts';
import { foldRecord } from '../projections/fold.ts';
import { leaderOf, openOperations, replicasOf } from '../projections/questions.ts';
import { newWorld, type World } from '../projections/world.ts';
import { QUIET_PD } from './quiet-pd.ts';
import { replayProblem } from './replays.ts';
import { StormChecks, type Breach } from './storm-checks.ts';
import type { Profile } from './storm-profiles.ts';
import { newWeather, nextAction, pauseBetween } from './storm-weather.ts';

export interface StormPlan {
  readonly seed: number;
  readonly stores: number;
  readonly clients: number;
  readonly profile: Profile;
  /** Virtual seconds of weather; the calm comes after them. */
  readonly seconds: number;
  /** Rules broken on purpose. */
  readonly broken?: readonly string[];
}

export interface StormResult {
  readonly breaches: readonly Breach[];
  readonly recording: Recording;
  readonly hash: string;
  readonly counts: StormCounts;
}

export interface StormCounts {
  records: number;
  /** Virtual microseconds. */
  time: number;
  commands: number;
  kills: number;
  elections: number;
  /** Histories of clients that nobody could decide on. */
  undecided: number;
  ok: number;
  failed: number;
  undetermined: number;
}

/** Members come and go on more stores than the Region begins with, and reads are answered from leases. */
const RAFT_SETTINGS = {
  ...QUIET_PD,
  'replication.max-replicas': 3,
  'client.lease-reads': true,
} as const;

/** A few keys fill a Region. */
const REGION_SETTINGS = {
  'replication.max-replicas': 3,
  'client.lease-reads': true,
  'coprocessor.region-split-keys': 4,
  'coprocessor.region-max-keys': 6,
} as const;

const SETTINGS: Partial<Record<Profile, SettingChanges>> = {
  raft: RAFT_SETTINGS,
  leases: RAFT_SETTINGS,
  regions: REGION_SETTINGS,
  routes: REGION_SETTINGS,
};

/** So long everything may take to go on after the weather has passed. */
const CALM = 120_000_000;

export async function runStorm(plan: StormPlan): Promise<StormResult> {
  const { seed, stores, clients, profile } = plan;
  const world = newWorld();
  const checks = new StormChecks();
  const counts = noCounts();
  const asking = new Set<NodeId>();
  const onRecords = (records: readonly JournalRecord[]): void => {
    for (const record of records) {
      foldRecord(world, record);
      count(counts, record);
      noteAsking(asking, record);
    }
    checks.take(records);
  };
  const settings = SETTINGS[profile] ?? {};
  const cluster = { stores, clients, settings, ...(plan.broken ? { broken: plan.broken } : {}) };
  const conductor = await Conductor.start({ seed, cluster, hosts: memoryHosts(), onRecords });
  const weather = newWeather(seed, profile);
  while (conductor.now < plan.seconds * 1_000_000) {
    await conductor.advance(conductor.now + pauseBetween(weather));
    const command = nextAction(weather, world);
    if (command !== null && (await conductor.give(command)).ok) counts.commands += 1;
  }
  for (const node of asking) await conductor.give({ type: 'kill', node });
  const stuck = await calm(conductor, world, weather.keys);
  const { breaches: found, undecided } = checks.verdict();
  const recording = conductor.recording();
  const hash = conductor.hash();
  const other = await replayProblem(recording, hash);
  return {
    breaches: [...found, stuck, other].filter((breach) => breach !== null),
    recording,
    hash,
    counts: {
      ...counts,
      undecided: Number(undecided),
      records: conductor.records,
      time: conductor.now,
    },
  };
}

/**
 * Stores that have asked for a snapshot. Until it has come they acknowledge nothing, and Raft keeps the question through
 * elections: a leader that has restarted may need their word before it can make one. Only their restart ends that.
 */
function noteAsking(asking: Set<NodeId>, { event, id }: JournalRecord): void {
  if (event.type === 'raft/snapshot-requested') asking.add(id.node);
  if (event.type === 'node/booted') asking.delete(event.node);
}

export const noCounts = (): StormCounts => ({
  records: 0,
  time: 0,
  commands: 0,
  kills: 0,
  elections: 0,
  undecided: 0,
  ok: 0,
  failed: 0,
  undetermined: 0,
});

export function count(counts: StormCounts, { event }: JournalRecord): void {
  if (event.type === 'node/killed') counts.kills += 1;
  if (event.type === 'raft/became-leader') counts.elections += 1;
  if (event.type === 'client/op-ended') counts[event.outcome.status] += 1;
}

/** The weather passes: everything is mended, all operations end, every key is read. Null, or why it does not go on. */
async function calm(
  conductor: Conductor,
  world: World,
  keys: readonly string[],
): Promise<Breach | null> {
  await mend(conductor, world);
  const ended = () => openOperations(world).length === 0;
  if (!(await settle(conductor, ended)))
    return `operations are open after ${CALM / 1_000_000} s of calm`;
  const start = conductor.now;
  for (const key of keys)
    await conductor.give({ type: 'request', client: 'c1', request: { type: 'get', key } });
  await conductor.advance(start + 1);
  if (!(await settle(conductor, ended))) return 'reads do not end in calm weather';
  const reads = world.clients['c1']?.ended.slice(-keys.length) ?? [];
  const failed = reads.find((read) => read.outcome?.status !== 'ok');
  if (failed !== undefined)
    return `a read in calm weather ends with: ${JSON.stringify(failed.outcome)}`;
  return untilLevel(conductor, world);
}

/** Nothing is broken from here on. */
export async function mend(conductor: Conductor, world: World): Promise<void> {
  for (const { id, status } of Object.values(world.nodes)) {
    await conductor.give({ type: 'disk', node: id, fault: { type: 'none' } });
    if (status === 'paused') await conductor.give({ type: 'resume', node: id });
    if (status === 'down') await conductor.give({ type: 'restart', node: id });
  }
  await conductor.give({ type: 'heal', node: null });
  await conductor.give({ type: 'release', message: null });
  for (const { from, to, changed } of Object.values(world.links))
    if (changed) await conductor.give(usualLink(from, to));
}

/** Until all replicas are equal and the Regions cover the key space, each key once. Null, or why they do not. */
export async function untilLevel(conductor: Conductor, world: World): Promise<Breach | null> {
  if (!(await settle(conductor, () => isLevel(world))))
    return 'the replicas do not become equal in calm weather';
  return (await settle(conductor, () => tilingProblem(world) === null))
    ? null
    : tilingProblem(world);
}

const usualLink = (from: string, to: string) =>
  ({
    type: 'link',
    from,
    to,
    latency: 30_000,
    jitter: 10_000,
    lossPerMillion: 0,
    duplicatePerMillion: 0,
    reorderPerMillion: 0,
  }) as const;

/** Moves time until it is so, or for as long as calm may take. */
export async function settle(conductor: Conductor, done: () => boolean): Promise<boolean> {
  const limit = conductor.now + CALM;
  while (conductor.now < limit) {
    if (done()) return true;
    await conductor.advance(conductor.now + 100_000);
  }
  return done();
}

/** The Regions that have leaders cover the key space, each key once. Null where they do. */
function tilingProblem(world: World): Breach | null {
  const led = Object.values(world.regions)
    .map(({ region }) => leaderOf(world, region.id)?.described)
    .filter((region) => region !== undefined && region !== null)
    .toSorted((a, b) => (a.startKey < b.startKey ? -1 : 1));
  let at: string | null = '';
  for (const { id, startKey, endKey } of led) {
    if (at !== startKey) return `Region ${id} begins where no other one with a leader ends`;
    at = endKey === '' ? null : endKey;
  }
  return at === null ? null : 'nobody leads the end of the key space';
}

/** Every replica on a store that lives has applied the leader's whole log. */
const isLevel = (world: World): boolean =>
  Object.values(world.regions).every(({ region }) => isRegionLevel(world, region.id));

function isRegionLevel(world: World, region: RegionId): boolean {
  const leader = leaderOf(world, region);
  if (leader === null) return false;
  return replicasOf(world, region).every(
    (replica) =>
      world.nodes[replica.store]?.status !== 'up' || replica.applied === leader.log.lastIndex,
  );
}
