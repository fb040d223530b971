// The messages under way as lists: all of them, and by Region. Many views ask for them in the same frame; with thousands
// under way, taking them out of the world's record each time would be most of what a frame costs. So a register stands
// beside a world's flights: the fold keeps it up from the first question on, and it follows from them at any time.

import type { RegionId } from '../tikv/ids.ts';
import type { Flight } from './messages.ts';
import type { World } from './world.ts';

interface Register {
  readonly all: Map<string, Flight>;
  readonly byRegion: Map<RegionId, Map<string, Flight>>;
  /** The newest answer of `flightsOf`. */
  list: readonly Flight[] | null;
}

const registers = new WeakMap<World['flights'], Register>();

/** The only place where a message gets under way; where one of this `id` is, it takes its place. */
export function putFlight({ flights }: World, flight: Flight): void {
  flights[flight.id] = flight;
  const register = registers.get(flights);
  if (register !== undefined) enter(register, flight);
}

/** The only place where one ceases to be. */
export function endFlight({ flights }: World, flight: Flight): void {
  delete flights[flight.id];
  const register = registers.get(flights);
  if (register === undefined) return;
  register.all.delete(flight.id);
  register.list = null;
  if (isRaft(flight)) register.byRegion.get(flight.region)?.delete(flight.id);
}

/** In the order in which they were sent. */
export function flightsOf(world: World): readonly Flight[] {
  const register = registerOf(world);
  return (register.list ??= [...register.all.values()]);
}

/** Those of them that carry a Raft message about a Region, in the same order. */
export const raftFlightsOf = (world: World, region: RegionId): readonly Flight[] => [
  ...(registerOf(world).byRegion.get(region)?.values() ?? []),
];

function registerOf({ flights }: World): Register {
  const known = registers.get(flights);
  if (known !== undefined) return known;
  const register: Register = { all: new Map(), byRegion: new Map(), list: null };
  for (const flight of Object.values(flights)) enter(register, flight);
  registers.set(flights, register);
  return register;
}

const isRaft = (flight: Flight): flight is Flight & { region: RegionId } =>
  flight.region !== null && flight.message.type === 'raft';

function enter(register: Register, flight: Flight): void {
  register.all.set(flight.id, flight);
  register.list = null;
  if (!isRaft(flight)) return;
  const known = register.byRegion.get(flight.region);
  if (known === undefined) register.byRegion.set(flight.region, new Map([[flight.id, flight]]));
  else known.set(flight.id, flight);
}
