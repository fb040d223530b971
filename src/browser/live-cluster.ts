// A cluster that runs: its conductor, where its nodes live, and its recording on the way to the database. Made in one of
// four ways, one function each: new, from a recording, from stored databases after a reload, from the disks alone.
// (determinism: rules 12 to 16)

import { assert } from '../base/assert.ts';
import { Conductor } from '../sim/conductor.ts';
import type { Hosts } from '../sim/host.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { JournalRecord } from '../sim/record.ts';
import {
  RECORDING_FORMAT,
  type ClusterConfig,
  type Recording,
  type TimedCommand,
} from '../sim/recording.ts';
import { replay } from '../sim/replay.ts';
import { nodesOfCluster } from '../sim/simulation.ts';
import { nodeRank, type Micros, type NodeId } from '../tikv/ids.ts';
import type { DiskImage } from '../tikv/node/node.ts';
import type { ClusterEntry } from './cluster-list.ts';
import { compareDisks, cutPoint, findDisks, type FoundDisk } from './disks.ts';
import { browserHosts, type BrowserHosts, type NodeThread } from './hosts.ts';
import { diskName, eraOf, IdbDisk } from './idb-disk.ts';
import type { Locks } from './locks.ts';
import type { SessionDb, StoredSession } from './session-db.ts';
import { WriteAhead } from './write-ahead.ts';

/** What a cluster needs of the thread that it runs in. */
export interface Surroundings {
  readonly locks: Locks;
  /** Makes a worker for a node; null: nodes run in this thread. */
  readonly spawn: (() => NodeThread) | null;
  /** The fingerprint of the engine's sources. */
  readonly build: string;
  readonly onRecords: (records: readonly JournalRecord[]) => void;
  /** A recording is being run again: `done` of `of`. */
  readonly onProgress: (done: Micros, of: Micros) => Promise<void>;
  readonly onDeath: (node: NodeId, reason: string, storageFull: boolean) => void;
  readonly onNotStored: (reason: string) => void;
  readonly wallMs: () => number;
}

export interface LiveCluster {
  readonly conductor: Conductor;
  /** Null: everything is in memory. */
  readonly hosts: BrowserHosts | null;
  /** The engine has come to where it stands: stored at most once a second, or at once. */
  noteClock(now: boolean): void;
  /** Ends every node, as closing the tab would. */
  stop(): Promise<void>;
}

/** Where a stored cluster lives. */
export interface Home {
  readonly entry: Pick<ClusterEntry, 'id' | 'generation'>;
  readonly session: SessionDb;
}

type Live = ReturnType<typeof live>;

/** The parts that every way of starting a stored cluster shares. */
function live(
  { entry, session }: Home,
  surroundings: Surroundings,
  stored: readonly TimedCommand[],
) {
  const commands = [...stored];
  let opening = true;
  let again = stored.length > 0;
  const hosts = browserHosts({
    cluster: entry.id,
    generation: entry.generation,
    locks: surroundings.locks,
    spawn: surroundings.spawn,
    era: (node) => eraOf(node, commands),
    opening: () => opening,
    onDeath: surroundings.onDeath,
  });
  const ahead = new WriteAhead({
    session,
    generation: entry.generation,
    stored: stored.length,
    onRefused: surroundings.onNotStored,
  });
  const options = {
    onRecords: surroundings.onRecords,
    beforeCommand: async (timed: TimedCommand, index: number): Promise<void> => {
      commands[index] = timed;
      if (!again) await ahead.command(timed, index);
    },
  };
  /** From here on, commands are new; before, they were run again and are stored already. */
  const goOn = (done: readonly TimedCommand[]): void => {
    commands.length = done.length;
    again = false;
  };
  const running = (conductor: Conductor): LiveCluster => {
    opening = false;
    const noteClock = (now: boolean): void => {
      ahead.clock(() => conductor.recording().end, surroundings.wallMs(), now);
    };
    return { conductor, hosts, noteClock, stop: () => hosts.stop() };
  };
  return { hosts, options, goOn, running };
}

/** Runs one way of starting; where it fails, the nodes that it has started already are ended. */
async function starting(parts: Live, start: () => Promise<Conductor>): Promise<LiveCluster> {
  try {
    const cluster = parts.running(await start());
    cluster.noteClock(true);
    return cluster;
  } catch (error) {
    await parts.hosts.stop();
    throw error;
  }
}

/** What a cluster begins from. */
export type Plan = Pick<Recording, 'seed' | 'cluster' | 'base'>;

/** A cluster at its first instant, over empty disks or the ones that its recording begins with; stored, or in memory. */
export async function startAtBeginning(
  home: Home | null,
  { seed, cluster, base }: Plan,
  surroundings: Surroundings,
): Promise<LiveCluster> {
  const plan = { seed, cluster, ...(base === undefined ? {} : { base }) };
  if (home === null) {
    const { onRecords } = surroundings;
    const hosts = memoryHosts({ images: base ?? [] });
    return inMemory(await Conductor.start({ ...plan, hosts, onRecords }));
  }
  const { id, generation } = home.entry;
  for (const [node, image] of base ?? []) await fillDisk(diskName(id, generation, node), image);
  const recording = { format: RECORDING_FORMAT, ...plan } as const;
  await home.session.begin(generation, { recording, build: surroundings.build });
  const parts = live(home, surroundings, []);
  return starting(parts, () => Conductor.start({ ...plan, ...parts.options, hosts: parts.hosts }));
}

/** A new cluster, run unseen to shortly before something happens. */
export async function startNew(
  home: Home | null,
  plan: Plan,
  surroundings: Surroundings,
): Promise<LiveCluster> {
  const cluster = await startAtBeginning(home, plan, surroundings);
  await cluster.conductor.advance(await openingInstant(plan));
  cluster.noteClock(true);
  return cluster;
}

const inMemory = (conductor: Conductor): LiveCluster => ({
  conductor,
  hosts: null,
  noteClock: () => undefined,
  stop: () => Promise.resolve(),
});

/** How long before the first time-out the opening stands. */
const BEFORE_TIMEOUT: Micros = 150_000;
const OPENING_AT_MOST: Micros = 10_000_000;

/** Shortly before the first election of this cluster, found by running it in memory. */
async function openingInstant({ seed, cluster }: Plan): Promise<Micros> {
  let first: Micros | null = null;
  const conductor = await Conductor.start({
    seed,
    cluster,
    hosts: memoryHosts(),
    onRecords: (records) => {
      first ??= records.find(({ event }) => isCampaign(event.type))?.at ?? null;
    },
  });
  await conductor.advance(OPENING_AT_MOST, () => first !== null);
  return Math.max(0, (first ?? 0) - BEFORE_TIMEOUT);
}

const isCampaign = (type: string): boolean =>
  type === 'raft/became-pre-candidate' || type === 'raft/became-candidate';

/** Runs a recording to its end in memory; then the cluster goes on over databases that hold what its disks held. */
export async function startFromRecording(
  home: Home | null,
  recording: Recording,
  surroundings: Surroundings,
): Promise<LiveCluster> {
  const { seed, cluster, base, commands } = recording;
  const plan = { seed, cluster, ...(base === undefined ? {} : { base }) };
  const memory = memoryHosts({ images: base ?? [] });
  const { onRecords } = surroundings;
  const onProgress = progressTo(recording.end?.at ?? 0, surroundings);
  const conductor = await replay(recording, { hosts: memory, onRecords, onProgress });
  if (home === null) return inMemory(conductor);
  const { id, generation } = home.entry;
  const head = { format: RECORDING_FORMAT, ...plan } as const;
  await home.session.begin(generation, { recording: head, build: surroundings.build });
  await home.session.command(generation, 0, commands);
  const lives = new Map(conductor.generations());
  for (const [node, image] of memory.images())
    await fillDisk(diskName(id, generation, node, lives.get(node)), image);
  const saved = await conductor.save();
  const parts = live(home, surroundings, commands);
  parts.goOn(commands);
  return starting(parts, () =>
    Conductor.load({ ...plan, ...parts.options, hosts: parts.hosts }, saved),
  );
}

async function fillDisk(name: string, image: DiskImage): Promise<void> {
  const disk = await IdbDisk.open(name);
  await disk.fill(image);
  disk.close();
}

/** The disks of a stored cluster, once no dying worker holds them any more. */
export function disksOf(home: Home, stored: StoredSession, locks: Locks): Promise<FoundDisk[]> {
  const { id, generation } = home.entry;
  const nodes = nodesOfCluster(withJoined(stored));
  return findDisks({ cluster: id, generation, locks }, nodes, stored.commands);
}

/** The cluster with the stores that have joined it since. */
function withJoined({ head, commands }: StoredSession): ClusterConfig {
  const { cluster } = head.recording;
  const joined = commands.flatMap(({ command }) =>
    command.type === 'join' ? [[command.node, command.labels] as const] : [],
  );
  const all = [...(cluster.joined ?? []), ...joined];
  all.sort(([a], [b]) => nodeRank(a) - nodeRank(b));
  return all.length === 0 ? cluster : { ...cluster, joined: all };
}

/** What a reload finds. */
export interface Found {
  readonly stored: StoredSession;
  readonly disks: readonly FoundDisk[];
}

/**
 * After a reload: the recording is run again in memory up to where it was cut; the cut is recorded; then the nodes start
 * from their databases. Throws DisksDiffer, and what `replay` throws, where the databases and the history do not agree.
 */
export async function startAgain(
  home: Home,
  { stored, disks }: Found,
  surroundings: Surroundings,
): Promise<LiveCluster> {
  const parts = live(home, surroundings, stored.commands);
  const { until, at, kept } = cutPoint(stored.clock, disks);
  const recording: Recording = { ...stored.head.recording, commands: stored.commands, end: null };
  const memory = memoryHosts({ images: recording.base ?? [] });
  const onProgress = progressTo(at, surroundings);
  return starting(parts, async () => {
    const options = { ...parts.options, hosts: memory, until, onProgress };
    const conductor = await replay(recording, options);
    conductor.moveTo(at);
    parts.goOn(conductor.recording().commands);
    const swap = async (): Promise<Hosts> => {
      compareDisks(disks, memory.images());
      return parts.hosts;
    };
    const given = await conductor.give({ type: 'power-cut', kept }, { swap });
    assert(given.ok, 'a power cut is never refused');
    return conductor;
  });
}

/** The history cannot be run again: a new one begins, from what is on the disks. `home` is of a new generation. */
export function startFromDisks(
  home: Home,
  { stored, disks }: Found,
  surroundings: Surroundings,
): Promise<LiveCluster> {
  const { seed } = stored.head.recording;
  const cluster = withJoined(stored);
  const base = disks.flatMap(({ node, image }): [NodeId, DiskImage][] =>
    image === null ? [] : [[node, image]],
  );
  return startAtBeginning(home, { seed, cluster, base }, surroundings);
}

const progressTo =
  (of: Micros, { onProgress }: Surroundings) =>
  ({ at }: { at: Micros }): Promise<void> =>
    onProgress(Math.min(at, of), of);
