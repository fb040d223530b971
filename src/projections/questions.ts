// What views, sentences and conditions ask of a world. Everything here is derived on the spot and stored nowhere.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import { microsOf } from '../tikv/config.ts';
import { instantOf } from '../sim/clock.ts';
import type { Operation } from './clients.ts';
import { decides, membersOf, noMembers, votersIn, type Membership } from './membership.ts';
import type { Replica } from './raft.ts';
import type { TermSpan } from './timeline.ts';
import type { World } from './world.ts';

/** The replicas of a Region, in the order of stores. */
export function replicasOf(world: World, region: RegionId): Replica[] {
  const found: Replica[] = [];
  for (const store of storesOf(world)) {
    const replica = world.replicas[store]?.[region];
    if (replica !== undefined) found.push(replica);
  }
  return found;
}

export const storesOf = (world: World): NodeId[] =>
  Object.values(world.nodes)
    .filter((node) => node.kind === 'store')
    .map((node) => node.id);

/** There are several Regions: it has to be said which one is meant. */
export const hasManyRegions = ({ regions }: World): boolean => Object.keys(regions).length > 1;

/** It runs; a paused node counts as running. */
export function isAlive(world: World, node: NodeId): boolean {
  const status = world.nodes[node]?.status;
  return status === 'up' || status === 'paused';
}

/** Every replica that believes it leads, the newest term first. A leader that is cut off may not know better. */
export function leadersOf(world: World, region: RegionId): Replica[] {
  return replicasOf(world, region)
    .filter((replica) => replica.role === 'leader' && isAlive(world, replica.store))
    .toSorted((a, b) => b.term - a.term);
}

/** The leader of the newest term that has one; null where nobody leads. */
export const leaderOf = (world: World, region: RegionId): Replica | null =>
  leadersOf(world, region)[0] ?? null;

/** The newest term that anybody is in. */
export const newestTerm = (world: World, region: RegionId): number =>
  Math.max(0, ...replicasOf(world, region).map((replica) => replica.term));

/** Who asks for votes, the newest term first. */
export function candidatesOf(world: World, region: RegionId): Replica[] {
  return replicasOf(world, region)
    .filter((replica) => replica.campaign !== null && isAlive(world, replica.store))
    .toSorted((a, b) => (b.campaign?.term ?? 0) - (a.campaign?.term ?? 0));
}

/** Who votes in a Region: as its leader has applied it, else as its newest description says. */
export function membersIn(world: World, region: RegionId): Membership {
  const leader = leaderOf(world, region);
  if (leader !== null && votersIn(leader.members).length > 0) return leader.members;
  const known = world.regions[region]?.region;
  return known === undefined ? noMembers() : membersOf(known);
}

/** Whether the voters of a Region whose stores `has` accepts are a majority, of both sets while it is joint. */
export function canDecide(
  world: World,
  region: RegionId,
  has: (replica: Replica) => boolean,
): boolean {
  const those = replicasOf(world, region).filter(has);
  return decides(membersIn(world, region), (peer) => those.some((each) => each.peer === peer));
}

/** The replicas of a Region that vote. */
export function votingReplicas(world: World, region: RegionId): Replica[] {
  const voters = votersIn(membersIn(world, region));
  return replicasOf(world, region).filter(({ peer }) => voters.includes(peer));
}

/** The highest index that anybody knows committed. */
export const commitOf = (world: World, region: RegionId): number =>
  Math.max(0, ...replicasOf(world, region).map((replica) => replica.commit));

export const termSpans = (world: World, region: RegionId): readonly TermSpan[] =>
  world.timeline.terms[region] ?? [];

/** Since when nobody leads; null where somebody does. 0 where nobody ever led. */
export function leaderlessSince(world: World, region: RegionId): Micros | null {
  if (leaderOf(world, region) !== null) return null;
  return Math.max(0, ...termSpans(world, region).map((span) => span.leaderTo ?? 0));
}

export function openOperations(world: World): Operation[] {
  return Object.values(world.clients).flatMap((client) => client.open);
}

/** The operation of that number, open or ended; null where it is unknown or too old to be kept. */
export function operation(world: World, op: number): Operation | null {
  for (const client of Object.values(world.clients)) {
    const found =
      client.open.find((each) => each.op === op) ?? client.ended.findLast((each) => each.op === op);
    if (found !== undefined) return found;
  }
  return null;
}

/** When a follower should have heard from its leader at the latest; null where it expects nothing: also while one of the
 * two sleeps. Who has just woken is not late. */
export function heartbeatDue(world: World, replica: Replica): Micros | null {
  if (replica.role !== 'follower' || replica.leader === null || replica.heardAt === null)
    return null;
  if (world.nodes[replica.store]?.status !== 'up') return null;
  const { settings } = world;
  const tick = microsOf(settings['raftstore.raft-base-tick-interval']);
  const link = world.links[`${replica.leader}>${replica.store}`];
  const swing = 2 * (link?.jitter ?? 0);
  const leader = world.replicas[replica.leader]?.[replica.region];
  if (replica.sleep.asleep || leader?.sleep.asleep === true) return null;
  const woken = (leader?.sleep.since ?? 0) + (link?.latency ?? 0);
  const since = Math.max(replica.heardAt, replica.sleep.since, woken);
  return since + tick * settings['raftstore.raft-heartbeat-ticks'] + swing;
}

/** `, paused` and the like: what is worth saying of a node that does not lead. */
export function roleNote(world: World, node: NodeId): string {
  const status = world.nodes[node]?.status;
  if (status === 'paused') return ', which was paused';
  const campaigns = Object.values(world.replicas[node] ?? {}).find(
    (replica) => replica.campaign !== null,
  );
  return campaigns === undefined ? '' : `, which asked for votes`;
}

/** The virtual instant at which the clock of a node shows `time`. */
export function instantOn(world: World, node: NodeId, time: Micros): Micros {
  const { offset, ppm, since } = world.nodes[node]?.clock ?? { offset: 0, ppm: 0, since: 0 };
  return instantOf({ since, base: since + offset, ppm, shown: 0 }, time, 0);
}

/** The lease of a leader, in virtual time: valid or suspect, since when it counts, and until when. Null: it has none. */
export function leaseOf(
  world: World,
  { store, role, lease }: Replica,
): { readonly state: 'valid' | 'suspect'; readonly from: Micros; readonly until: Micros } | null {
  if (role !== 'leader' || lease === null) return null;
  const length = microsOf(world.settings['raftstore.raft-store-max-leader-lease']);
  const from = instantOn(world, store, lease.until - length);
  return { state: lease.state, from, until: instantOn(world, store, lease.until) };
}
