// The weather of a storm: faults and load drawn from a seed. A profile aims the weather at a chapter, never at one schedule.

import { below, between, luck, newChance, pick, type Chance } from '../base/chance.ts';
import type { Command } from '../sim/command.ts';
import { PD_NODE, type NodeId, type RegionId } from '../tikv/ids.ts';
import { leaderOf, openOperations, storesOf } from '../projections/questions.ts';
import type { World } from '../projections/world.ts';
import type { AdminRequest, WantedChange } from '../tikv/raftstore/admin-command.ts';
import { boundOf } from '../tikv/raftstore/key-space.ts';
import { FAULTS, WEATHER, type FaultKind, type Profile } from './storm-profiles.ts';

export interface Weather {
  readonly chance: Chance;
  readonly profile: Profile;
  /** Keys that the clients quarrel about. */
  readonly keys: readonly string[];
  writes: number;
  destroyed: number;
}

const LETTERS = 'abcdefghijklmnopqrst'.split('');

/** Where Regions split, and come to be many. */
const isSplitting = (profile: Profile): boolean => profile === 'regions' || profile === 'routes';

const KEYS: Partial<Record<Profile, readonly string[]>> = {
  regions: LETTERS,
  routes: LETTERS,
  leases: ['a', 'b'],
};

export const newWeather = (seed: number, profile: Profile): Weather => ({
  chance: newChance(seed, `storm ${profile}`),
  profile,
  keys: KEYS[profile] ?? ['a', 'b', 'c', 'd', 'e'],
  writes: 0,
  destroyed: 0,
});

/** Microseconds until the next action. */
export const pauseBetween = ({ chance, profile }: Weather): number =>
  between(chance, 1, profile === 'leases' ? 60_000 : 250_000);

/** Operations of all clients that may be open at once: a history with more has too many orders to check. */
const OPEN_MAX = 12;

/** What is done next: a fault, a request, or nothing. The cluster may refuse it; then nothing happens. */
export function nextAction(weather: Weather, world: World): Command | null {
  const { chance, profile } = weather;
  if (below(chance, 100) < FAULTS[profile]) return fault(weather, world);
  return openOperations(world).length < OPEN_MAX ? request(weather, world) : null;
}

function request(weather: Weather, world: World): Command {
  const { chance, keys } = weather;
  const client = pick(chance, Object.keys(world.clients));
  const key = pick(chance, keys);
  // Reads renew a lease and leave the logs equal, so that somebody else may win.
  if (weather.profile === 'leases' && luck(chance, 950_000))
    return { type: 'request', client, request: { type: 'get', key } };
  weather.writes += 1;
  const value = `v${weather.writes}`;
  switch (below(chance, 8)) {
    case 0:
    case 1:
    case 2:
      return { type: 'request', client, request: { type: 'put', key, value } };
    case 3:
      return { type: 'request', client, request: { type: 'delete', key } };
    case 4: {
      const previous = luck(chance, 300_000)
        ? null
        : `v${between(chance, Math.max(1, weather.writes - 20), weather.writes)}`;
      return { type: 'request', client, request: { type: 'cas', key, previous, value } };
    }
    case 5:
      return { type: 'request', client, request: { type: 'scan', from: 'a', to: '', limit: 10 } };
    default:
      return { type: 'request', client, request: { type: 'get', key } };
  }
}

export function fault(weather: Weather, world: World): Command {
  const { chance, profile } = weather;
  const weights = Object.entries(WEATHER[profile]) as [FaultKind, number][];
  let left = below(
    chance,
    weights.reduce((sum, [, weight]) => sum + weight, 0),
  );
  const kind = weights.find(([, weight]) => (left -= weight) < 0)?.[0] ?? 'power';
  const stores = Object.values(world.nodes).filter((node) => node.kind === 'store');
  const store = pick(chance, stores).id;
  switch (kind) {
    case 'power':
      return power(weather, world);
    case 'pause': {
      const node = pick(chance, profile === 'splits' ? stores : Object.values(world.nodes));
      return { type: node.status === 'paused' ? 'resume' : 'pause', node: node.id };
    }
    case 'cut':
      return cut(weather, world);
    case 'link':
      return link(weather, world);
    case 'heal':
      return { type: 'heal', node: luck(chance, 700_000) ? null : store };
    case 'disk':
      return disk(weather, store);
    case 'message':
      return message(weather, world);
    case 'campaign':
      return { type: 'campaign', node: store, region: someRegion(weather, world) };
    case 'clock':
      return {
        type: 'skew',
        node: store,
        offset: between(chance, 0, 20) * 10_000,
        ppm: between(chance, -50, 50),
      };
    case 'drift':
      return { type: 'skew', node: store, offset: 0, ppm: between(chance, -50, 50) };
    case 'admin':
      return admin(weather, world);
    case 'timer': {
      const timeout = between(chance, 10, profile === 'leases' ? 10 : 20) * 100_000;
      return { type: 'set-timer', region: someRegion(weather, world), timers: [[store, timeout]] };
    }
    case 'destroy':
      return destroy(weather, stores.length, store);
  }
}

/** Nodes that are down come back sooner than others go: a cluster that is always down shows nothing. */
function power({ chance, profile }: Weather, world: World): Command {
  const all = Object.values(world.nodes);
  // There a client remembers what it was told.
  const nodes = profile === 'splits' ? all.filter(({ kind }) => kind !== 'client') : all;
  if (profile === 'leases') return restartFollower(chance, world);
  const down = nodes.filter((node) => node.status === 'down');
  if (down.length > 0 && (down.length * 2 >= nodes.length || luck(chance, 600_000)))
    return { type: 'restart', node: pick(chance, down).id };
  const stores = nodes.filter((node) => node.kind === 'store');
  return { type: 'kill', node: pick(chance, luck(chance, 800_000) ? stores : nodes).id };
}

function destroy(weather: Weather, stores: number, store: NodeId): Command {
  if ((weather.destroyed + 1) * 2 >= stores) return { type: 'kill', node: store };
  weather.destroyed += 1;
  return { type: 'destroy', node: store };
}

/** A store that does not lead loses its power, and is back before a lease ends. */
function restartFollower(chance: Chance, world: World): Command {
  const stores = Object.values(world.nodes).filter((node) => node.kind === 'store');
  const down = stores.find((node) => node.status === 'down');
  if (down !== undefined) return { type: 'restart', node: down.id };
  const leader = leaderOf(world, 1)?.store;
  return {
    type: 'kill',
    node: pick(
      chance,
      stores.filter(({ id }) => id !== leader),
    ).id,
  };
}

function cut(weather: Weather, world: World): Command {
  const { chance, profile } = weather;
  const nodes = Object.keys(world.nodes);
  if (profile === 'routes') return cutFromStores(weather, world);
  const leader = leaderOf(world, 1)?.store;
  if (profile === 'leases' && leader !== undefined) {
    const others = nodes.filter((id) => id !== leader && world.nodes[id]?.kind === 'store');
    return { type: 'partition', groups: [[leader], [pick(chance, others)]], oneWay: false };
  }
  if (luck(chance, 300_000)) return { type: 'isolate', node: pick(chance, nodes) };
  if (luck(chance, 200_000))
    return { type: 'cut', from: pick(chance, nodes), to: pick(chance, nodes) };
  const groups: NodeId[][] = [[], []];
  for (const node of nodes) groups[below(chance, 2)]?.push(node);
  return { type: 'partition', groups, oneWay: luck(chance, 200_000) };
}

/** A leader loses the other stores; PD and clients hear it still. */
function cutFromStores(weather: Weather, world: World): Command {
  const { chance } = weather;
  const stores = storesOf(world);
  const leader = leaderOf(world, someRegion(weather, world))?.store ?? pick(chance, stores);
  const others = stores.filter((id) => id !== leader);
  return { type: 'partition', groups: [[leader], others], oneWay: false };
}

/** What a store tells PD is under way for up to three seconds. */
function slowToPd(chance: Chance, from: NodeId): Command {
  const latency = between(chance, 30, 3000) * 1000;
  const faithful = { lossPerMillion: 0, duplicatePerMillion: 0, reorderPerMillion: 0 };
  return { type: 'link', from, to: PD_NODE, latency, jitter: 10_000, ...faithful };
}

function link({ chance, profile }: Weather, world: World): Command {
  if (profile === 'routes') return slowToPd(chance, pick(chance, storesOf(world)));
  const nodes = Object.keys(world.nodes);
  const [from, to] = [pick(chance, nodes), pick(chance, nodes)];
  const latency = between(chance, 2, 80) * 1000;
  const jitter = between(chance, 0, Math.floor(latency / 1000) - 1) * 1000;
  const share = () => (luck(chance, 500_000) ? 0 : between(chance, 0, 300_000));
  return {
    type: 'link',
    from,
    to,
    latency,
    jitter,
    lossPerMillion: share(),
    duplicatePerMillion: share(),
    reorderPerMillion: share(),
  };
}

/** A lying disk breaks promises by itself, so it is no part of any other weather. */
function disk({ chance, profile }: Weather, node: NodeId): Command {
  if (profile === 'liars') return { type: 'disk', node, fault: { type: 'lying' } };
  const slow = { type: 'slow', by: between(chance, 1, 400) * 1000 } as const;
  return {
    type: 'disk',
    node,
    fault: pick(chance, [{ type: 'none' } as const, slow, slow, { type: 'stuck' } as const]),
  };
}

function message({ chance }: Weather, world: World): Command {
  const flights = Object.values(world.flights);
  if (flights.length === 0) return { type: 'release', message: null };
  const { sent } = pick(chance, flights);
  switch (below(chance, 8)) {
    case 0:
    case 1:
      return { type: 'drop', message: sent };
    case 2:
      return { type: 'duplicate', message: sent };
    case 3:
      return { type: 'delay', message: sent, by: between(chance, 1, 600) * 1000 };
    case 4:
      return { type: 'deliver', message: sent };
    case 5:
      return { type: 'hold', message: sent };
    default:
      return { type: 'release', message: null };
  }
}

/** Region 1, but where there are others. */
function someRegion({ chance, profile }: Weather, world: World): RegionId {
  const known = Object.values(world.regions);
  return isSplitting(profile) && known.length > 0 ? pick(chance, known).region.id : 1;
}

/** Something for the leader to do with its Region, sensible or not: it refuses what it must. */
function admin(weather: Weather, world: World): Command {
  const { chance, profile, keys } = weather;
  const region = someRegion(weather, world);
  const stores = Object.values(world.nodes).filter(({ kind }) => kind === 'store');
  const some = () => pick(chance, stores).number;
  const node = leaderOf(world, region)?.store ?? pick(chance, stores).id;
  const ask = (request: AdminRequest): Command => ({ type: 'admin', node, region, request });
  const members = world.regions[region]?.region.peers ?? [];
  const role = (store: number) => members.find(({ storeId }) => storeId === store)?.role;
  const joint = members.some(({ role: is }) => is === 'IncomingVoter' || is === 'DemotingVoter');
  if (joint && luck(chance, 600_000)) return ask({ type: 'change-peer', changes: [] });
  const voters = members.filter(({ role: is }) => is === 'Voter').length;
  const store = some();
  if (isSplitting(profile) && luck(chance, 200_000)) {
    const bounds = [boundOf('raw', pick(chance, keys))];
    return ask(
      luck(chance, 300_000)
        ? { type: 'split', policy: 'scan', keys: [] }
        : { type: 'split', policy: 'usekey', keys: bounds },
    );
  }
  switch (below(chance, 8)) {
    case 0:
      return ask({ type: 'compact-log', index: null });
    case 1:
    case 2:
      return ask({ type: 'transfer-leader', to: store });
    case 3: {
      const asking = { type: 'request-snapshot' } as const;
      return { type: 'admin', node: pick(chance, stores).id, region, request: asking };
    }
    case 4: {
      const other = some();
      return ask({
        type: 'change-peer',
        changes: [
          { do: 'join', store },
          { do: voters > 2 && luck(chance, 700_000) ? 'demote' : 'join', store: other },
        ],
      });
    }
    default: {
      const is = role(store);
      const kinds: WantedChange['do'][] =
        is === undefined
          ? ['add-learner', 'add-learner', 'add-peer']
          : is === 'Learner'
            ? ['promote', 'remove-peer']
            : voters > 2
              ? ['remove-peer', 'demote']
              : ['add-peer'];
      return ask({ type: 'change-peer', changes: [{ do: pick(chance, kinds), store }] });
    }
  }
}
