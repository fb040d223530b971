// Why a command cannot be done now: a sentence that names the thing and the way out. Refused commands are not recorded.

import { assertNever } from '../base/assert.ts';
import { changeSetting } from '../tikv/changeable-settings.ts';
import type { Settings } from '../tikv/config.ts';
import { PD_NODE, parseNodeId, storeNode, type NodeId } from '../tikv/ids.ts';
import type { AdminRequest } from '../tikv/raftstore/admin-command.ts';
import { ruleIdOf } from './broken-rules.ts';
import { RATE_MAX } from '../tikv/client/load.ts';
import { PPM_MAX } from './clock.ts';
import type { Command } from './command.ts';
import { LATENCY_MIN, sameHold, type Hold } from './network.ts';
import type { RecordId } from './record-id.ts';

export type NodeStatus = 'up' | 'paused' | 'down' | 'destroyed';

/** What a check may look at: the nodes of the cluster and how they are. */
export type NodeStatuses = ReadonlyMap<NodeId, NodeStatus>;

/** What is on the wires, as far as a check needs it. */
export interface Refusing {
  readonly statuses: NodeStatuses;
  /** Where a message is: `raft` tells Raft's from calls; null where nothing of it is under way. */
  message(id: RecordId): { readonly raft: boolean; readonly held: boolean } | null;
  readonly anyHeld: boolean;
  /** What is held as soon as it is sent. */
  readonly holds: readonly Hold[];
  /** As commands have left them. */
  readonly settings: Settings;
  readonly broken: readonly string[];
}

const name = (node: NodeId) => node.toUpperCase();

/** The reason, or null where the command can be done. */
export function refusal(command: Command, world: Refusing): string | null {
  const nodes = world.statuses;
  if (command.type === 'join') return joinProblem(command, nodes);
  const unknown = nodesOf(command).find((node) => !nodes.has(node));
  if (unknown !== undefined)
    return `There is no node ${unknown}. Nodes: ${[...nodes.keys()].join(', ')}.`;
  switch (command.type) {
    case 'kill':
    case 'crash':
      return dead(command.node, nodes, 'it cannot lose its power');
    case 'restart':
      return restartProblem(command.node, nodes);
    case 'pause':
      if (nodes.get(command.node) === 'paused')
        return `${name(command.node)} is already paused. Resume it with: resume ${command.node}`;
      return dead(command.node, nodes, 'it cannot be paused');
    case 'resume':
      return nodes.get(command.node) === 'paused' ? null : `${name(command.node)} is not paused.`;
    case 'destroy':
      return nodes.get(command.node) === 'destroyed'
        ? `${name(command.node)} is already destroyed.`
        : null;
    case 'partition':
      return partitionProblem(command.groups);
    case 'isolate':
    case 'heal':
    case 'power-cut':
    case 'hold-kind':
      return null;
    case 'cut':
    case 'mend':
      return linkProblem(command.from, command.to);
    case 'link':
      return wholeLinkProblem(command);
    case 'drop':
    case 'hold':
    case 'deliver':
      return messageProblem(command.message, world);
    case 'duplicate':
      return duplicateProblem(command.message, world);
    case 'delay':
      return delayProblem(command.by) ?? messageProblem(command.message, world);
    case 'release':
      return releaseProblem(command.message, world);
    case 'release-kind':
      return releaseKindProblem(command, world);
    case 'disk':
      return diskProblem(command, world.statuses);
    case 'skew':
      return skewProblem(command);
    case 'latency':
      return linkProblem(command.a, command.b) ?? latencyProblem(command.latency, command.jitter);
    case 'loss':
      return linkProblem(command.a, command.b) ?? lossProblem(command.perMillion);
    case 'request':
      return actorProblem(command.client, nodes, 'client', 'ask for anything');
    case 'load':
    case 'load-stop':
      return loadProblem(command, nodes);
    case 'pd':
      return actorProblem(PD_NODE, nodes, 'pd', 'be asked for anything');
    case 'campaign':
      return actorProblem(command.node, nodes, 'store', 'start an election');
    case 'admin':
      return (
        actorProblem(command.node, nodes, 'store', 'be asked for that') ??
        strangerProblem(command.request, nodes)
      );
    case 'set-timer':
      return timerProblem(command.timers, nodes);
    case 'mutate':
      return mutateProblem(command, world);
    case 'config-set':
      return configProblem(command, world);
  }
  return assertNever(command);
}

/** The nodes that a command names. */
export function nodesOf(command: Command): NodeId[] {
  switch (command.type) {
    case 'partition':
      return command.groups.flat();
    case 'latency':
    case 'loss':
      return [command.a, command.b];
    case 'cut':
    case 'mend':
    case 'link':
      return [command.from, command.to];
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'deliver':
    case 'hold':
    case 'release':
      return [];
    case 'hold-kind':
    case 'release-kind':
      return [command.from, command.to].filter((node) => node !== null);
    case 'set-timer':
      return command.timers.map(([node]) => node);
    case 'mutate':
    case 'config-set':
    case 'pd':
      return [];
    case 'heal':
      return command.node === null ? [] : [command.node];
    case 'request':
    case 'load':
    case 'load-stop':
      return [command.client];
    case 'power-cut':
      return command.kept.map(([node]) => node);
    default:
      return [command.node];
  }
}

function dead(node: NodeId, nodes: NodeStatuses, consequence: string): string | null {
  const status = nodes.get(node);
  if (status === 'destroyed') return `${name(node)} is destroyed: ${consequence}.`;
  return status === 'down'
    ? `${name(node)} is already down: ${consequence}. Start it with: restart ${node}`
    : null;
}

/** Stores that a cluster may have at a time, and the largest number of one. */
export const STORES_AT_ONCE = 9;
const STORE_NUMBER_MAX = 99;
/** Settings that PD keeps. */
const PD_SETTINGS = /^(replication|schedule)\./;

const storesAmong = (nodes: NodeStatuses): NodeId[] =>
  [...nodes.keys()].filter((id) => parseNodeId(id)?.kind === 'store');

/** The first that is free behind all stores that ever were. */
export const nextStore = (stores: readonly NodeId[]): NodeId =>
  storeNode(Math.max(0, ...stores.map((id) => parseNodeId(id)?.number ?? 0)) + 1);

function joinProblem(
  { node, labels }: Extract<Command, { type: 'join' }>,
  nodes: NodeStatuses,
): string | null {
  const parsed = parseNodeId(node);
  if (parsed?.kind !== 'store') return `${name(node)} is no store: only stores join.`;
  const stores = storesAmong(nodes);
  const next = nextStore(stores);
  if (nodes.has(node))
    return `There is a store ${node}, or there was: a number is used once. The next one that is free: join ${next}`;
  if (parsed.number > STORE_NUMBER_MAX) return `Stores are numbered up to ${STORE_NUMBER_MAX}.`;
  const present = stores.filter((id) => nodes.get(id) !== 'destroyed').length;
  if (present >= STORES_AT_ONCE)
    return `A cluster has at most ${STORES_AT_ONCE} stores at a time. Empty one and destroy it first: store delete s1`;
  const keys = labels.map(({ key }) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  return twice === undefined ? null : `The label ${twice} is given twice.`;
}

function configProblem(
  { name: setting, value }: Extract<Command, { type: 'config-set' }>,
  { settings, statuses }: Refusing,
): string | null {
  const changed = changeSetting(settings, setting, value);
  if (PD_SETTINGS.test(setting) && statuses.get(PD_NODE) !== 'up')
    return actorProblem(PD_NODE, statuses, 'pd', 'be told a setting of its own');
  return typeof changed === 'string' ? changed : null;
}

function loadProblem(
  command: Extract<Command, { type: 'load' | 'load-stop' }>,
  nodes: NodeStatuses,
): string | null {
  const problem = actorProblem(command.client, nodes, 'client', 'work');
  if (problem !== null || command.type === 'load-stop') return problem;
  const { rate, duration } = command.load;
  if (!Number.isSafeInteger(rate) || rate < 1 || rate > RATE_MAX)
    return `A load goes at 1 to ${RATE_MAX} operations a second.`;
  const fits = duration === null || (Number.isSafeInteger(duration) && duration >= 1000);
  return fits ? null : 'A load lasts 1 ms or longer.';
}

function restartProblem(node: NodeId, nodes: NodeStatuses): string | null {
  const status = nodes.get(node);
  if (status === 'down') return null;
  if (status === 'destroyed')
    return `${name(node)} lost its disk. It cannot come back under its old peer ids; a new store can take its place, with a number that was never used: join ${nextStore(storesAmong(nodes))}`;
  return `${name(node)} is running${status === 'paused' ? ', paused' : ''}. Kill it first with: kill ${node}`;
}

function partitionProblem(groups: readonly (readonly NodeId[])[]): string | null {
  if (groups.length < 2 || groups.some((group) => group.length === 0))
    return 'A partition needs two sides or more, each with a node: partition s1,s2|s3';
  const all = groups.flat();
  const twice = all.find((node, i) => all.indexOf(node) !== i);
  return twice === undefined
    ? null
    : `${name(twice)} stands on two sides of the partition. Name it once.`;
}

function linkProblem(a: NodeId, b: NodeId): string | null {
  return a === b ? `${name(a)} has no link to itself. Name two nodes.` : null;
}

function latencyProblem(latency: number, jitter: number): string | null {
  if (!Number.isSafeInteger(latency) || !Number.isSafeInteger(jitter) || jitter < 0)
    return 'Latency and jitter are whole microseconds, jitter not below 0.';
  if (latency > 60_000_000)
    return 'A latency of more than 60 s is refused. Cut the link instead: partition s1|s2';
  return latency - jitter < LATENCY_MIN
    ? 'Latency less jitter must be at least 1 ms: nodes run that far ahead of each other in parallel.'
    : null;
}

function lossProblem(perMillion: number): string | null {
  return Number.isSafeInteger(perMillion) && perMillion >= 0 && perMillion <= 1_000_000
    ? null
    : 'Loss is a share from 0% to 100%.';
}

function wholeLinkProblem(link: Extract<Command, { type: 'link' }>): string | null {
  return (
    linkProblem(link.from, link.to) ??
    latencyProblem(link.latency, link.jitter) ??
    lossProblem(link.lossPerMillion) ??
    lossProblem(link.duplicatePerMillion) ??
    lossProblem(link.reorderPerMillion)
  );
}

function messageProblem(id: RecordId, world: Refusing): string | null {
  if (world.message(id) !== null) return null;
  return `Message ${id.node}#${id.n} is not under way: it has arrived, it was lost, or it never was.`;
}

function duplicateProblem(id: RecordId, world: Refusing): string | null {
  const message = world.message(id);
  if (message === null) return messageProblem(id, world);
  return message.raft
    ? null
    : 'Only Raft messages are doubled: a call of a client or of PD travels on a connection of its own.';
}

function delayProblem(by: number): string | null {
  return Number.isSafeInteger(by) && by > 0 && by <= 60_000_000
    ? null
    : 'A delay is from 1 µs to 60 s. To stop a message altogether: hold it.';
}

function releaseProblem(id: RecordId | null, world: Refusing): string | null {
  if (id === null) return world.anyHeld ? null : 'Nothing is held.';
  return world.message(id)?.held === true ? null : `Message ${id.node}#${id.n} is not held.`;
}

function releaseKindProblem(rule: Hold, { holds }: Refusing): string | null {
  const named = rule.kind !== null || rule.from !== null || rule.to !== null;
  return named && holds.some((hold) => sameHold(hold, rule))
    ? null
    : 'No such messages are held. Everything that is held goes on with: release all';
}

function diskProblem(
  command: Extract<Command, { type: 'disk' }>,
  nodes: NodeStatuses,
): string | null {
  const { node, fault } = command;
  if (nodes.get(node) === 'destroyed') return `${name(node)} has no disk any more.`;
  if (fault.type === 'full' && parseNodeId(node)?.kind !== 'store')
    return `${name(node)} keeps no data of users: only the disk of a store becomes full.`;
  if (fault.type !== 'slow') return null;
  return Number.isSafeInteger(fault.by) && fault.by > 0 && fault.by <= 60_000_000
    ? null
    : 'A slow disk takes from 1 µs to 60 s longer.';
}

function skewProblem(command: Extract<Command, { type: 'skew' }>): string | null {
  const { offset, ppm } = command;
  if (!Number.isSafeInteger(offset) || Math.abs(offset) > 3_600_000_000)
    return 'A clock stands at most one hour from virtual time.';
  return Number.isSafeInteger(ppm) && Math.abs(ppm) <= PPM_MAX
    ? null
    : 'A clock gains or loses at most a tenth: 100000 millionths.';
}

function actorProblem(
  node: NodeId,
  nodes: NodeStatuses,
  kind: 'client' | 'store' | 'pd',
  act: string,
): string | null {
  if (parseNodeId(node)?.kind !== kind)
    return `${name(node)} is no ${kind}: only a ${kind} can ${act}.`;
  const status = nodes.get(node);
  if (status === 'up') return null;
  const way =
    status === 'paused'
      ? ` Resume it with: resume ${node}`
      : status === 'down'
        ? ` Start it with: restart ${node}`
        : '';
  return `${name(node)} is ${status}: it cannot ${act}.${way}`;
}

function strangerProblem(request: AdminRequest, nodes: NodeStatuses): string | null {
  const stores =
    request.type === 'transfer-leader'
      ? [request.to]
      : request.type === 'change-peer'
        ? request.changes.map(({ store }) => store)
        : [];
  const stranger = stores.find((store) => !nodes.has(storeNode(store)));
  return stranger === undefined ? null : `There is no store ${storeNode(stranger)}.`;
}

function timerProblem(
  timers: readonly (readonly [NodeId, number])[],
  nodes: NodeStatuses,
): string | null {
  if (timers.length === 0) return 'Name a store and a duration: set-timer s1 1500ms';
  for (const [node, timeout] of timers) {
    if (!Number.isSafeInteger(timeout) || timeout < 1000 || timeout > 600_000_000)
      return 'A timer is set to 1 ms up to 10 minutes.';
    const problem = actorProblem(node, nodes, 'store', 'have its timer set');
    if (problem !== null) return problem;
  }
  return null;
}

function mutateProblem(
  command: Extract<Command, { type: 'mutate' }>,
  world: Refusing,
): string | null {
  const { rule, on } = command;
  if (ruleIdOf(rule) !== rule) return `There is no rule ${rule}.`;
  if (world.broken.includes(rule) === on) return `${rule} is ${on ? 'broken' : 'sound'} already.`;
  return null;
}
