// What the logs show of a world: per replica which entries are where, and what the leader knows of each.

import type { LogEntry, Replica } from '../../projections/raft.ts';
import { majoritiesOf } from '../../projections/membership.ts';
import { isAlive, leaderOf, replicasOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { commas, nodeName } from '../../projections/words/format.ts';
import { neededWords } from '../../projections/words/quorum-words.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { entryWord } from '../chart/words.ts';
import { memberWord, progressWords, shortProgress } from '../raft/progress-words.ts';
import { lastLeaderOf } from '../session/readings.ts';

/** How far an entry has come on one replica. */
export type EntryState = 'missing' | 'memory' | 'disk' | 'committed' | 'applied' | 'compacted';

export interface LogCell {
  readonly index: number;
  readonly state: EntryState;
  readonly term: number | null;
}

export interface LogRow {
  readonly store: NodeId;
  readonly name: string;
  readonly word: string;
  readonly under: string;
  readonly leads: boolean;
  readonly down: boolean;
  readonly cells: readonly LogCell[];
  /** What a leader knows of it: the last index that surely matches, and the next to send. */
  readonly match: number | null;
  readonly next: number | null;
  /** The leader that knew it is no more. */
  readonly stale: boolean;
  readonly note: readonly string[];
  /** `log from 9, applied 12, disk to 12`: where its log begins, and how far it has come. */
  readonly facts: string;
  /** The same where there is room for a few letters only; null: nothing to say. */
  readonly short: string | null;
}

export interface LogHead {
  readonly index: number;
  readonly word: string | null;
  /** In the newest term's log and not committed by anybody. */
  readonly open: boolean;
}

export interface LogModel {
  readonly rows: readonly LogRow[];
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly heads: readonly LogHead[];
  /** The entry that the moment is about: the oldest that nobody knows committed. */
  readonly question: number | null;
}

/** The model for the columns from `from` to `to`. */
export function logModel(world: World, region: RegionId, from: number, to: number): LogModel {
  const replicas = replicasOf(world, region);
  const leader = lastLeaderOf(world, region);
  const leads = leaderOf(world, region);
  const lastIndex = Math.max(0, ...replicas.map((replica) => lastShown(world, replica)));
  const commit = Math.max(0, ...replicas.map((replica) => replica.commit));
  const question = lastIndex > commit ? commit + 1 : null;
  return {
    rows: replicas.map((replica) => logRow({ world, replica, leader, leads, from, to })),
    firstIndex: firstShown(replicas, lastIndex + 1),
    lastIndex,
    heads: headsOf(replicas, commit, from, to),
    question,
  };
}

/** Where the logs begin; a replica that waits for its first snapshot has none. */
export const firstShown = (replicas: readonly Replica[], most: number): number =>
  Math.min(
    ...replicas.filter(({ initialized }) => initialized).map(({ log }) => log.firstIndex),
    most,
  );

/** A store that is down has what its disk holds. */
export const lastShown = (world: World, replica: Replica): number =>
  isAlive(world, replica.store) ? replica.log.lastIndex : replica.disk.lastIndex;

interface RowInput {
  readonly world: World;
  readonly replica: Replica;
  readonly leader: Replica | null;
  readonly leads: Replica | null;
  readonly from: number;
  readonly to: number;
}

function logRow({ world, replica, leader, leads, from, to }: RowInput): LogRow {
  const alive = isAlive(world, replica.store);
  const progress =
    leader === null || leader.store === replica.store
      ? undefined
      : leader.progress.find((line) => line.store === replica.store);
  const stale = leads === null || leads.store !== leader?.store;
  return {
    store: replica.store,
    name: nodeName(replica.store),
    word: alive ? wordOf(world, replica) : 'down',
    under: alive ? `commit ${commas(replica.commit)}` : 'disk only',
    leads: leads?.store === replica.store,
    down: !alive,
    cells: cellsOf(replica, alive, from, to),
    match: alive && progress ? progress.matched : null,
    next: alive && progress ? progress.next : null,
    stale,
    note: noteOf(replica, alive, progress && leader ? { stale, leader, progress } : null),
    facts: factsOf(replica, alive),
    short: alive && progress && !stale ? shortProgress(world, progress) : null,
  };
}

function wordOf(world: World, replica: Replica): string {
  if (world.nodes[replica.store]?.status === 'paused') return 'paused';
  return replica.role === 'follower' ? memberWord(replica) : replica.role;
}

function cellsOf(replica: Replica, alive: boolean, from: number, to: number): LogCell[] {
  const cells: LogCell[] = [];
  for (let index = from; index <= to; index++) {
    const state = stateOf(replica, alive, index);
    const entry = entryAt(replica, index);
    cells.push({ index, state, term: state === 'missing' ? null : (entry?.term ?? null) });
  }
  return cells;
}

function stateOf(replica: Replica, alive: boolean, index: number): EntryState {
  if (!replica.initialized) return 'missing';
  if (index < replica.log.firstIndex) return 'compacted';
  const last = alive
    ? replica.log.lastIndex
    : Math.min(replica.log.lastIndex, replica.disk.lastIndex);
  if (index > last) return 'missing';
  if (index <= replica.applied) return 'applied';
  if (index <= replica.commit) return 'committed';
  return index <= replica.persistedIndex ? 'disk' : 'memory';
}

const entryAt = (replica: Replica, index: number): LogEntry | undefined =>
  replica.log.entries[index - replica.log.firstKept];

function factsOf(
  { log, applied, persistedIndex, disk, initialized }: Replica,
  alive: boolean,
): string {
  if (!initialized) return 'waits for a snapshot';
  const begins = `from ${commas(log.firstIndex)}`;
  return alive
    ? `${begins}, applied ${commas(applied)}, disk ${commas(persistedIndex)}`
    : `${begins}, disk ${commas(disk.lastIndex)}`;
}

interface Known {
  readonly stale: boolean;
  readonly leader: Replica;
  readonly progress: Replica['progress'][number];
}

function noteOf(replica: Replica, alive: boolean, known: Known | null): string[] {
  if (!alive) return ['memory is gone', `disk ends at ${commas(replica.disk.lastIndex)}`];
  if (known !== null) {
    const { stale, leader, progress } = known;
    return [
      stale ? `${nodeName(leader.store)} last knew` : progressWords(progress),
      `match ${commas(progress.matched)}, next ${commas(progress.next)}`,
    ];
  }
  if (replica.role !== 'leader') return [];
  return [`commits what ${neededWords(majoritiesOf(replica.members))}`, 'disks hold'];
}

/** The command of each column, as the replica with the newest log has it. */
function headsOf(
  replicas: readonly Replica[],
  commit: number,
  from: number,
  to: number,
): LogHead[] {
  const best = replicas.toSorted((a, b) => newness(b) - newness(a));
  const heads: LogHead[] = [];
  for (let index = from; index <= to; index++) {
    const holder = best.find((replica) => entryAt(replica, index) !== undefined);
    const entry = holder && entryAt(holder, index);
    heads.push({
      index,
      word: entry === undefined ? null : entryWord(entry.content),
      open: entry !== undefined && index > commit,
    });
  }
  return heads;
}

const newness = (replica: Replica): number =>
  (replica.log.entries.at(-1)?.term ?? 0) * 1e9 + replica.log.lastIndex;
