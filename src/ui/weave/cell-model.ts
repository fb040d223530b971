// What one cell of the Weave shows: a replica of a Region on a store, as plain data. Pure.

import { flightsOf } from '../../projections/flights.ts';
import { entryAt } from '../../projections/log-window.ts';
import type { Replica } from '../../projections/raft.ts';
import {
  majorityOfRegion,
  reachedBy,
  reaches,
  type MappedRegion,
} from '../../projections/region-map.ts';
import { commas, nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Level } from './levels.ts';

export type CellLook =
  | 'lead'
  | 'follow'
  | 'candidate'
  | 'pre-candidate'
  | 'learner'
  | 'down'
  /** A message has made it, and it knows nothing yet. */
  | 'empty';

export type StripState = 'missing' | 'memory' | 'disk' | 'committed' | 'applied' | 'compacted';
export type VoteDot = 'has' | 'coming' | 'none' | 'refused';

export interface CellModel {
  readonly store: NodeId;
  readonly look: CellLook;
  readonly paused: boolean;
  readonly term: number;
  readonly log: number;
  /** Entries behind the leader. */
  readonly lag: number;
  /** The last entries of the Region, oldest first. */
  readonly strip: readonly StripState[];
  readonly votes: readonly VoteDot[] | null;
  /** The last line, where no votes stand: `log 24`, `voted S1`, `no quorum`, `silent`. */
  readonly note: string;
  /** Of one that is down: the term that it led. */
  readonly led: number | null;
}

/** Entries on the strip. */
export const STRIP = 5;

/** Once for a Region: what its cells have in common. */
export interface RegionSight {
  readonly mapped: MappedRegion;
  readonly replicas: ReadonlyMap<NodeId, Replica>;
  readonly leader: Replica | null;
  /** The newest entry anywhere. */
  readonly last: number;
}

export function sightOf(world: World, mapped: MappedRegion): RegionSight {
  const replicas = new Map<NodeId, Replica>();
  let leader: Replica | null = null;
  let last = 0;
  for (const [store, held] of Object.entries(world.replicas)) {
    const replica = held[mapped.id];
    if (replica === undefined) continue;
    replicas.set(store, replica);
    const runs = isUp(world, store);
    const end = runs ? replica.log.lastIndex : replica.disk.lastIndex;
    if (end > last) last = end;
    if (runs && replica.role === 'leader' && replica.term > (leader?.term ?? -1)) leader = replica;
  }
  return { mapped, replicas, leader, last: Math.max(last, youngEnd(replicas)) };
}

/** A young log stands at the left of its strip, behind its compacted block. */
function youngEnd(replicas: ReadonlyMap<NodeId, Replica>): number {
  let first = 0;
  for (const { log, initialized } of replicas.values())
    if (initialized) first = Math.max(first, log.firstIndex);
  return first === 0 ? 0 : first + STRIP - 2;
}

const isUp = (world: World, store: NodeId): boolean => {
  const status = world.nodes[store]?.status;
  return status === 'up' || status === 'paused';
};

/** Null where the store has nothing of the Region. */
export function cellModel(
  world: World,
  sight: RegionSight,
  store: NodeId,
  level: Level,
): CellModel | null {
  const replica = sight.replicas.get(store);
  if (replica === undefined) return null;
  const alive = isUp(world, store);
  const look = lookOf(sight.mapped, replica, alive);
  const log = alive ? replica.log.lastIndex : replica.disk.lastIndex;
  const leader = sight.leader;
  const lag =
    alive && leader !== null && leader !== replica && replica.initialized
      ? Math.max(0, leader.log.lastIndex - replica.log.lastIndex)
      : 0;
  // A tone or a stripe has no room for more.
  const words = level <= 1;
  return {
    store,
    look,
    paused: world.nodes[store]?.status === 'paused',
    term: alive ? replica.term : replica.disk.term,
    log,
    lag,
    strip: words ? stripOf(replica, alive, sight.last) : [],
    votes: alive && words ? votesOf(world, sight.mapped, replica) : null,
    note: alive && words ? noteOf(world, sight, replica) : '',
    led: !alive && replica.role === 'leader' ? replica.term : null,
  };
}

/** The cell in words; null where the store has nothing of the Region. */
export function cellSays(world: World, sight: RegionSight, store: NodeId): string | null {
  const cell = cellModel(world, sight, store, 0);
  const replica = sight.replicas.get(store);
  return cell === null || replica === undefined ? null : saysOf(sight.mapped, cell, replica);
}

function lookOf(mapped: MappedRegion, replica: Replica, alive: boolean): CellLook {
  if (!alive) return 'down';
  if (!replica.initialized) return 'empty';
  if (replica.role === 'leader') return 'lead';
  if (replica.role === 'candidate' || replica.role === 'pre-candidate') return replica.role;
  const role = mapped.region.peers.find(({ id }) => id === replica.peer)?.role;
  return role === 'Learner' ? 'learner' : 'follow';
}

function stripOf(replica: Replica, alive: boolean, last: number): StripState[] {
  const strip: StripState[] = [];
  for (let index = last - STRIP + 1; index <= last; index++)
    strip.push(stateOf(replica, alive, index));
  return strip;
}

function stateOf(replica: Replica, alive: boolean, index: number): StripState {
  const { log } = replica;
  if (index < log.firstIndex) return index < 1 ? 'missing' : 'compacted';
  const last = alive ? log.lastIndex : Math.min(log.lastIndex, replica.disk.lastIndex);
  if (index > last) return 'missing';
  if (index <= replica.applied) return 'applied';
  if (index <= replica.commit) return 'committed';
  return index <= replica.persistedIndex ? 'disk' : 'memory';
}

/** In the order of stores: who has said yes, whose yes is on its way. */
function votesOf(
  world: World,
  { id }: MappedRegion,
  { campaign, store }: Replica,
): VoteDot[] | null {
  if (campaign === null) return null;
  const kind = campaign.kind === 'vote' ? 'vote-answer' : 'pre-vote-answer';
  return campaign.votes.map((vote) => {
    if (vote.answer === 'own' || vote.answer === 'granted') return 'has';
    if (vote.answer === 'refused') return 'refused';
    const comes = flightsOf(world).some(
      (flight) =>
        flight.kind === kind &&
        flight.region === id &&
        flight.from === vote.store &&
        flight.to === store &&
        flight.sign === '+' &&
        flight.doomed === null,
    );
    return comes ? 'coming' : 'none';
  });
}

function noteOf(world: World, sight: RegionSight, replica: Replica): string {
  if (!replica.initialized) return 'no data yet';
  if (replica.arriving !== null || replica.installing !== null) return 'snapshot';
  const last = entryAt(replica.log, replica.log.lastIndex);
  const splits = last?.content.type === 'admin' && last.content.command.includes('plit');
  const log = `log ${commas(replica.log.lastIndex)}${splits ? ', split' : ''}`;
  if (replica.role === 'leader') {
    const reached = reachedBy(world, sight.mapped, replica.store);
    return reached < majorityOfRegion(sight.mapped) ? 'no quorum' : log;
  }
  if (replica.leader === null)
    return replica.votedFor === null || replica.votedFor === replica.store
      ? log
      : `voted ${nodeName(replica.votedFor)}`;
  return reaches(world, replica.leader, replica.store) ? log : 'silent';
}

const FULL_WORDS: Readonly<Record<CellLook, string>> = {
  lead: 'leader',
  follow: 'follower',
  candidate: 'candidate',
  'pre-candidate': 'pre-candidate',
  learner: 'learner',
  down: 'down',
  empty: 'empty replica',
};

function saysOf(mapped: MappedRegion, cell: CellModel, replica: Replica): string {
  const parts = [
    `Store ${cell.store.slice(1)}`,
    `${FULL_WORDS[cell.look]} of Region ${mapped.id}${cell.paused ? ', paused' : ''}`,
    `term ${commas(cell.term)}`,
    `log to ${commas(cell.log)}`,
  ];
  if (cell.look !== 'down') parts.push(`commit ${commas(replica.commit)}`);
  if (cell.lag > 0) parts.push(`${commas(cell.lag)} behind`);
  if (cell.votes !== null)
    parts.push(
      `${cell.votes.filter((vote) => vote === 'has').length} of ${cell.votes.length} votes`,
    );
  return parts.join(', ');
}

/** The word in the first line of a cell. */
export const ROLE_WORDS: Readonly<Record<CellLook, string>> = {
  lead: 'lead',
  follow: 'follow',
  candidate: 'cand.',
  'pre-candidate': 'pre-c.',
  learner: 'learn.',
  down: 'down',
  empty: 'new',
};
