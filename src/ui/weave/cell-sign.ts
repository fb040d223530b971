// One number for what a cell without words shows: the cloth compares it in each frame, for thousands of cells, and makes
// the models only of columns where one has changed. Pure.

import { isAlive } from '../../projections/questions.ts';
import type { Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { LAG_THAT_EMPTIES } from './levels.ts';

/** Once a frame for a store. */
export interface StoreSight {
  readonly held: Readonly<Record<RegionId, Replica>>;
  readonly alive: boolean;
  readonly paused: boolean;
}

export const storeSight = (world: World, store: NodeId): StoreSight => ({
  held: world.replicas[store] ?? {},
  alive: isAlive(world, store),
  paused: world.nodes[store]?.status === 'paused',
});

/** A column's cells, row by row: `sign` is told each. */
export function signColumn(
  ids: readonly RegionId[],
  stores: readonly StoreSight[],
  sign: (row: number, value: number) => void,
): void {
  const [id] = ids;
  if (id === undefined) return;
  const leader = ids.length > 1 ? null : leaderIn(stores, id);
  for (let row = 0; row < stores.length; row++) {
    const store = stores[row] as StoreSight;
    sign(row, ids.length > 1 ? bucketSign(store, ids) : cellSign(store, store.held[id], leader));
  }
}

function leaderIn(stores: readonly StoreSight[], id: RegionId): Replica | null {
  let leader: Replica | null = null;
  for (const { held, alive } of stores) {
    const replica = held[id];
    if (!alive || replica?.role !== 'leader') continue;
    if (leader === null || replica.term > leader.term) leader = replica;
  }
  return leader;
}

const LOOKS = { none: 0, empty: 1, lead: 2, asks: 3, follow: 4 } as const;

/** The look, whether the store runs or stands still, and how much of the tone is missing. */
function cellSign(
  { alive, paused }: StoreSight,
  replica: Replica | undefined,
  leader: Replica | null,
): number {
  const life = (alive ? 2 : 0) + (paused ? 1 : 0);
  if (replica === undefined) return life;
  const lag = leader === null ? 0 : leader.log.lastIndex - replica.log.lastIndex;
  return (LOOKS[lookOf(replica)] * 100 + Math.min(LAG_THAT_EMPTIES, Math.max(0, lag))) * 4 + life;
}

function lookOf({ initialized, role }: Replica): keyof typeof LOOKS {
  if (!initialized) return 'empty';
  if (role === 'leader') return 'lead';
  return role === 'candidate' || role === 'pre-candidate' ? 'asks' : 'follow';
}

/** Of neighbours that share a stripe: how many are held, how many lead. */
function bucketSign({ held, alive }: StoreSight, ids: readonly RegionId[]): number {
  let holds = 0;
  let leads = 0;
  for (const id of ids) {
    const replica = held[id];
    if (replica === undefined) continue;
    holds += 1;
    if (alive && replica.role === 'leader') leads += 1;
  }
  return (holds * 10_000 + leads) * 2 + (alive ? 1 : 0);
}
