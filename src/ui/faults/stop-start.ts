// One key for the whole story: the leader dies, and comes back. It is RaftScope's R, which stops its leader and starts it.

import { leaderOf, replicasOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import type { Command } from '../../sim/command.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { statusOf } from '../session/readings.ts';

/**
 * What R is now. The chosen node is killed, or started where it is down. Without one: of the Region's stores the one that
 * went down last is started; where none is down, the leader is killed. Null: nobody leads.
 */
export function stopOrStart(world: World, region: RegionId, chosen: NodeId | null): Command | null {
  if (chosen !== null) return { type: isDown(world, chosen) ? 'restart' : 'kill', node: chosen };
  const down = replicasOf(world, region)
    .map(({ store }) => store)
    .filter((store) => statusOf(world, store) === 'down')
    .toSorted((a, b) => (world.nodes[b]?.since ?? 0) - (world.nodes[a]?.since ?? 0))[0];
  if (down !== undefined) return { type: 'restart', node: down };
  const leader = leaderOf(world, region);
  return leader === null ? null : { type: 'kill', node: leader.store };
}

const isDown = (world: World, node: NodeId): boolean =>
  statusOf(world, node) === 'down' || statusOf(world, node) === 'destroyed';
