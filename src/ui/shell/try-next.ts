// Things worth trying at this moment: each is a command that would be taken, with a word for it. The first few are shown.

import {
  canDecide,
  hasManyRegions,
  isAlive,
  leaderOf,
  openOperations,
  replicasOf,
  storesOf,
} from '../../projections/questions.ts';
import { withoutRoom } from '../../projections/pd.ts';
import type { World } from '../../projections/world.ts';
import { longName, nodeName, shown } from '../../projections/words/format.ts';
import type { Command } from '../../sim/command.ts';
import { nextStore, STORES_AT_ONCE } from '../../sim/refusal.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import type { IconName } from '../chart/icon.tsx';
import { hasCuts, isIsolated, statusOf } from '../session/readings.ts';

export interface Suggestion {
  readonly key: string;
  readonly words: string;
  readonly icon: IconName;
  readonly command: Command;
}

const MOST = 3;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** At most three, the most telling first. */
export function tryNext(world: World, region: RegionId): Suggestion[] {
  if (replicasOf(world, region).length === 0) return [];
  const leader = leaderOf(world, region);
  const waits = openOperations(world).length > 0;
  const all = [
    ...mending(world),
    ...(leader === null ? leaderless(world, region) : led(world, region, leader.store, waits)),
  ];
  return all.slice(0, MOST);
}

/** What is broken can be mended. */
function mending(world: World): Suggestion[] {
  const stores = storesOf(world);
  const found: Suggestion[] = [];
  for (const node of stores.filter((store) => statusOf(world, store) === 'down'))
    found.push(
      of(`restart ${node}`, `Restart ${longName(node)}`, 'restart', { type: 'restart', node }),
    );
  for (const node of stores.filter((store) => statusOf(world, store) === 'paused'))
    found.push(
      of(`resume ${node}`, `Let ${longName(node)} go on`, 'play', { type: 'resume', node }),
    );
  if (withoutRoom(world.pd).length > 0 && stores.length < STORES_AT_ONCE) {
    const node = nextStore(stores);
    const words = `Let ${longName(node)} join`;
    found.push(of('join', words, 'add', { type: 'join', node, labels: [] }));
  }
  if (hasCuts(world))
    found.push(of('heal', 'Heal the network', 'heal', { type: 'heal', node: null }));
  return found;
}

function leaderless(world: World, region: RegionId): Suggestion[] {
  const written = keyOf(world, region);
  const living = storesOf(world).filter((store) => isAlive(world, store));
  const first = living.find(
    (store) => (world.replicas[store]?.[region]?.campaign ?? null) === null,
  );
  const found: Suggestion[] = [];
  if (written !== null)
    found.push(of('read', `Read ${shown(written)} while nobody leads`, 'send', get(written)));
  else found.push(of('write', 'Write a key without a leader', 'send', put('a', '1')));
  if (first !== undefined && canDecide(world, region, ({ store }) => living.includes(store)))
    found.push(
      of('campaign', `Let ${longName(first)} ask for votes now`, 'target', {
        type: 'campaign',
        node: first,
        region,
      }),
    );
  return found;
}

function led(world: World, region: RegionId, leader: NodeId, waits: boolean): Suggestion[] {
  const written = keyOf(world, region);
  const found: Suggestion[] = [];
  if (!waits && written === null) found.push(of('write', 'Write a = 1', 'send', put('a', '1')));
  if (!waits && written !== null && !asked(world, 'get'))
    found.push(of('read', `Read ${shown(written)} from ${nodeName(leader)}`, 'send', get(written)));
  if (statusOf(world, leader) === 'up' && written !== null)
    found.push(
      of('kill', `Kill ${longName(leader)}, ${theLeader(world, region)}`, 'kill', {
        type: 'kill',
        node: leader,
      }),
    );
  if (!waits && written !== null) {
    const next = LETTERS[(world.regions[region]?.data.length ?? 0) % LETTERS.length] ?? 'b';
    found.push(of('more', `Write ${next} = 2`, 'send', put(next, '2')));
  }
  if (!isIsolated(world, leader) && !hasCuts(world) && storesOf(world).length > 1)
    found.push(
      of('isolate', `Cut ${longName(leader)} off from all`, 'cut', {
        type: 'isolate',
        node: leader,
      }),
    );
  return found;
}

const theLeader = (world: World, region: RegionId): string =>
  hasManyRegions(world) ? `which leads Region ${region}` : 'the leader';

const of = (key: string, words: string, icon: IconName, command: Command): Suggestion => ({
  key,
  words,
  icon,
  command,
});

const put = (key: string, value: string): Command => ({
  type: 'request',
  client: 'c1',
  request: { type: 'put', key, value },
});

const get = (key: string): Command => ({
  type: 'request',
  client: 'c1',
  request: { type: 'get', key },
});

const keyOf = (world: World, region: RegionId): string | null =>
  world.regions[region]?.data[0]?.[0] ?? null;

/** Whether the newest answer was to such a request. */
const asked = (world: World, type: string): boolean =>
  Object.values(world.clients).some((client) => client.ended.at(-1)?.request.type === type);
