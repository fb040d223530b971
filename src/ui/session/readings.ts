// Small questions to a world that only views ask; what sentences and conditions ask too is in projections/questions.ts.

import type { NodeState } from '../../projections/cluster.ts';
import { candidatesOf, leaderOf, replicasOf } from '../../projections/questions.ts';
import type { Replica } from '../../projections/raft.ts';
import { linkKey, type World } from '../../projections/world.ts';
import { focusedRegion } from './focus.ts';
import { nodeRank, type NodeId, type RegionId } from '../../tikv/ids.ts';

export const nodesOf = (world: World, kind: NodeState['kind']): NodeState[] =>
  Object.values(world.nodes)
    .filter((node) => node.kind === kind)
    .toSorted((a, b) => nodeRank(a.id) - nodeRank(b.id));

/** The Region in focus: the one that somebody has chosen, else the one with the lowest number; 1 before there is one. */
export function firstRegion(world: World): RegionId {
  const region = focusedRegion();
  if (region !== null && world.regions[region] !== undefined) return region;
  const ids = Object.keys(world.regions).map(Number);
  return ids.length === 0 ? 1 : Math.min(...ids);
}

export const statusOf = (world: World, node: NodeId): NodeState['status'] =>
  world.nodes[node]?.status ?? 'down';

/** Whoever led last and has left its progress behind: the leader, or its remains. */
export function lastLeaderOf(world: World, region: RegionId): Replica | null {
  const alive = leaderOf(world, region);
  if (alive !== null) return alive;
  const led = replicasOf(world, region).filter((replica) => replica.progress.length > 0);
  return led.toSorted((a, b) => b.term - a.term)[0] ?? null;
}

/** Whoever asks for votes in the newest term; null where nobody does. */
export const candidateOf = (world: World, region: RegionId): Replica | null =>
  candidatesOf(world, region)[0] ?? null;

export const isCut = (world: World, from: NodeId, to: NodeId): boolean =>
  world.links[linkKey(from, to)]?.cut ?? false;

/** True where a node is cut off from every other store, both ways. */
export function isIsolated(world: World, node: NodeId): boolean {
  const others = nodesOf(world, 'store').filter((other) => other.id !== node);
  return (
    others.length > 0 && others.every(({ id }) => isCut(world, node, id) && isCut(world, id, node))
  );
}

export const hasCuts = (world: World): boolean =>
  Object.values(world.links).some((link) => link.cut);
