// The life of nodes and their disks.

import { nodeRank, parseNodeId, PD_NODE, type Micros, type NodeId } from '../tikv/ids.ts';
import { microsOf, settingsFrom } from '../tikv/config.ts';
import type { SimEvent } from '../sim/record.ts';
import type { NodeState, NodeStatus } from './cluster.ts';
import { doomFlightsTo, hear, newLink, saveFlightsTo } from './fold-network.ts';
import { endLeadership, endCampaign } from './fold-timeline.ts';
import type { Replica } from './raft.ts';
import { linkKey, type World } from './world.ts';

type Started = Extract<SimEvent, { type: 'world/started' }>;
type NodeEvent = Extract<SimEvent, { type: `node/${string}` }>;
type DiskEvent = Extract<SimEvent, { type: `disk/${string}` }>;

export function foldStarted(world: World, at: Micros, event: Started): void {
  const { seed, cluster } = event;
  world.seed = seed;
  world.cluster = cluster;
  world.settings = settingsFrom(cluster.settings);
  world.broken = [...(cluster.broken ?? [])];
  const joined = (cluster.joined ?? []).map(([id]) => id);
  const stores = [...numbered('s', cluster.stores), ...joined];
  for (const id of [...stores, PD_NODE, ...numbered('c', cluster.clients)]) addNode(world, id, at);
  linkNodes(world);
}

/** A node more, without its links. */
function addNode(world: World, id: NodeId, at: Micros): void {
  const node = newNode(id, at);
  world.nodes[id] = node;
  if (node.kind === 'store') world.replicas[id] = {};
  if (node.kind === 'client')
    world.clients[id] = { node: id, cache: {}, open: [], ended: [], load: null };
}

/** Both directions of each pair that has no links yet. */
function linkNodes(world: World): void {
  const ids = Object.keys(world.nodes);
  for (const from of ids)
    for (const to of ids)
      if (from !== to) world.links[linkKey(from, to)] ??= newLink(world, from, to);
}

const numbered = (prefix: string, count: number): NodeId[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

function newNode(id: NodeId, at: Micros): NodeState {
  const parsed = parseNodeId(id);
  return {
    id,
    kind: parsed?.kind ?? 'store',
    number: parsed?.number ?? 0,
    status: 'down',
    since: at,
    incarnation: 0,
    generation: 1,
    bootedAt: at,
    panic: null,
    writes: [],
    tickAt: at,
    clock: { offset: 0, ppm: 0, since: 0 },
    diskFault: { type: 'none' },
    waiting: [],
  };
}

export function foldNode(world: World, at: Micros, event: NodeEvent): void {
  if (event.type === 'node/joined') {
    addNode(world, event.node, at);
    const nodes = Object.entries(world.nodes);
    nodes.sort(([a], [b]) => nodeRank(a) - nodeRank(b));
    world.nodes = Object.fromEntries(nodes);
    linkNodes(world);
    return;
  }
  const node = world.nodes[event.node];
  if (node === undefined) return;
  switch (event.type) {
    case 'node/booted':
      node.incarnation = event.incarnation;
      node.bootedAt = at;
      node.tickAt = at;
      node.panic = null;
      changeStatus(node, 'up', at);
      saveFlightsTo(world, node.id);
      for (const replica of replicasOf(world, node.id)) awaken(replica, at);
      return;
    case 'node/killed':
      return powerOff(world, node, 'down', at);
    case 'node/destroyed':
      powerOff(world, node, 'destroyed', at);
      node.generation += 1;
      for (const replica of replicasOf(world, node.id)) wipe(replica);
      return;
    case 'node/panicked':
      powerOff(world, node, 'down', at);
      node.panic = event.message;
      return;
    case 'node/paused':
      return changeStatus(node, 'paused', at);
    case 'node/clock-set':
      node.clock = { offset: event.offset, ppm: event.ppm, since: event.ppm === 0 ? 0 : at };
      return;
    case 'node/resumed':
      return resume(world, node, at);
  }
}

function changeStatus(node: NodeState, status: NodeStatus, at: Micros): void {
  node.status = status;
  node.since = at;
}

const replicasOf = (world: World, node: NodeId): Replica[] =>
  Object.values(world.replicas[node] ?? {});

/** Memory is gone: what was under way to the disk, what waited, the leader's office, the client's operations. */
function powerOff(world: World, node: NodeState, status: NodeStatus, at: Micros): void {
  changeStatus(node, status, at);
  node.writes = [];
  node.waiting = [];
  doomFlightsTo(world, node.id, at);
  for (const replica of replicasOf(world, node.id)) {
    if (replica.role === 'leader') endLeadership(world, replica, at);
    endCampaign(world, replica, false);
    replica.timer = null;
    if (replica.sleep.asleep) replica.sleep = { asleep: false, since: at };
    replica.campaign = null;
    replica.hardStates = [];
  }
  const client = world.clients[node.id];
  if (client === undefined) return;
  client.cache = {};
  client.load = null;
  for (const operation of client.open.splice(0)) {
    operation.abandoned = true;
    operation.endedAt = at;
    operation.waiting = null;
    client.ended.push(operation);
    const mark = world.timeline.writes.findLast((write) => write.op === operation.op);
    if (mark !== undefined) Object.assign(mark, { endedAt: at, outcome: 'abandoned' });
  }
}

/** Until its peer says what it has read, a store that has just started knows no office, no leader and no follower. */
function awaken(replica: Replica, at: Micros): void {
  if (replica.role !== 'follower') replica.since = at;
  const { term, vote } = replica.disk;
  Object.assign(replica, { role: 'follower', term, vote, leaderId: 0, leader: null, lease: null });
  Object.assign(replica, { progress: [], heardAt: null, arriving: null, installing: null });
}

function wipe(replica: Replica): void {
  replica.disk = { term: 0, vote: 0, lastIndex: 0, lastTerm: 0 };
  replica.persistedIndex = 0;
}

/** What waited is taken in. Ticks that fell due meanwhile are one tick now, and the others follow from here. */
function resume(world: World, node: NodeState, at: Micros): void {
  const tick = microsOf(world.settings['raftstore.raft-base-tick-interval']);
  const lastTick = node.tickAt + Math.floor((node.since - node.tickAt) / tick) * tick;
  if (lastTick + tick <= at) {
    node.tickAt = at;
    for (const { timer } of replicasOf(world, node.id))
      if (timer !== null) timer.endsAt = at + (timer.endsAt - lastTick - tick);
  }
  changeStatus(node, 'up', at);
  for (const flight of node.waiting.splice(0)) hear(world, at, flight);
}

export function foldDisk(world: World, at: Micros, id: NodeId, event: DiskEvent): void {
  const node = world.nodes[event.type === 'disk/fault-set' ? event.node : id];
  if (node === undefined) return;
  if (event.type === 'disk/fault-set') {
    node.diskFault = event.fault;
    return;
  }
  const { queue, write } = event;
  if (event.type === 'disk/write-started') {
    const { ops, durableAt } = event;
    node.writes.push({ queue, write, ops, startedAt: at, durableAt });
    return;
  }
  node.writes = node.writes.filter((each) => each.queue !== queue || each.write > write);
  if (queue === 'raft')
    for (const replica of replicasOf(world, id)) settleHardState(replica, write);
}

/** The terms and votes of this write and of those before it are on the disk. */
function settleHardState(replica: Replica, write: number): void {
  const done = replica.hardStates.findLast((each) => each.write <= write);
  if (done === undefined) return;
  replica.disk = { ...replica.disk, term: done.term, vote: done.vote };
  replica.hardStates = replica.hardStates.filter((each) => each.write > write);
}
