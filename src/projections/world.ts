// What is true at the cursor: plain data, made from journal records by `foldRecord` (fold.ts) and from nothing else.
// A fold changes its world in place; `cloneWorld` makes the keyframes from which a look back begins.

import { settingsFrom, type Settings } from '../tikv/config.ts';
import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { Hold } from '../sim/network.ts';
import type { ClusterConfig } from '../sim/recording.ts';
import type { ClientState } from './clients.ts';
import type { LinkState, NodeState, RegionState } from './cluster.ts';
import { newTransactions, type Transactions } from './mvcc.ts';
import { newPdState, type PdState } from './pd.ts';
import type { Flight, HeartbeatCounts, Loss } from './messages.ts';
import type { Replica } from './raft.ts';
import type { Timeline, UndoStep } from './timeline.ts';

export interface World {
  /** The instant of the newest folded record. The screen may show a later one: selectors take the instant shown. */
  at: Micros;
  /** How many records were folded. */
  records: number;
  seed: number;
  cluster: ClusterConfig;
  /** As commands have left them. */
  settings: Settings;
  /** Rules that are broken on purpose. */
  broken: string[];
  nodes: Record<NodeId, NodeState>;
  regions: Record<RegionId, RegionState>;
  /** By store, then by Region. A replica on a store that is down stays, as it last was. */
  replicas: Record<NodeId, Record<RegionId, Replica>>;
  pd: PdState;
  clients: Record<NodeId, ClientState>;
  /** By `linkKey`; both directions of each pair of nodes. */
  links: Record<string, LinkState>;
  /** Messages under way, by id, oldest first. */
  flights: Record<string, Flight>;
  losses: Loss[];
  /** Messages that are held as soon as they are sent. */
  holds: Hold[];
  heartbeats: HeartbeatCounts;
  transactions: Transactions;
  timeline: Timeline;
  /** What can be taken back, the newest last. */
  undo: UndoStep[];
}

/** The key of one direction of a link in `World.links`. */
export const linkKey = (from: NodeId, to: NodeId): string => `${from}>${to}`;

/** A world of which no record has been folded. */
export function newWorld(): World {
  return {
    at: 0,
    records: 0,
    seed: 0,
    cluster: { stores: 0, clients: 0, settings: {} },
    settings: settingsFrom({}),
    broken: [],
    nodes: {},
    regions: {},
    replicas: {},
    pd: newPdState(),
    clients: {},
    links: {},
    flights: {},
    losses: [],
    holds: [],
    transactions: newTransactions(),
    heartbeats: { sent: 0, arrived: 0, lost: 0 },
    timeline: { terms: {}, campaigns: [], writes: [], faults: [], splits: [] },
    undo: [],
  };
}

/**
 * Under these names stands what no fold changes in place: what a record said, and parts that are only ever replaced. A
 * copy of a world has it in common with the world.
 */
const REPLACED = new Set([
  'command',
  'content',
  'described',
  'disk',
  'flight',
  'members',
  'message',
  'outcome',
  'plan',
  'region',
  'request',
  'sleep',
]);

/** These are lists and records that change, of such things. */
const OF_REPLACED = new Set([
  'entries',
  'flights',
  'flow',
  'given',
  'hardStates',
  'progress',
  'stats',
  'waiting',
]);

/** How a copy comes by what stands under a name: whole, its parts, or in common. */
export type Sharing = 'none' | 'parts' | 'whole';

export const sharingOf = (name: string, within: Sharing): Sharing => {
  if (within === 'parts' || REPLACED.has(name)) return 'whole';
  return OF_REPLACED.has(name) ? 'parts' : 'none';
};

/** A world that can go its own way. */
export const cloneWorld = (world: World): World => copyOf(world, 'none') as World;

function copyOf(value: unknown, within: Sharing): unknown {
  if (within === 'whole' || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    if (within === 'parts') return [...value];
    return value.map((each) => copyOf(each, 'none'));
  }
  if (within === 'parts') return { ...value };
  const copy: Record<string, unknown> = {};
  for (const [name, own] of Object.entries(value))
    copy[name] = copyOf(own, sharingOf(name, within));
  return copy;
}
