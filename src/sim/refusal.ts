// Why a command cannot be done now: a sentence that names the thing and the way out. Refused commands are not recorded.

import { assertNever } from '../base/assert.ts';
import { parseNodeId, type NodeId } from '../tikv/ids.ts';
import type { Command } from './command.ts';
import { LATENCY_MIN } from './network.ts';

export type NodeStatus = 'up' | 'paused' | 'down' | 'destroyed';

/** What a check may look at: the nodes of the cluster and how they are. */
export type NodeStatuses = ReadonlyMap<NodeId, NodeStatus>;

const name = (node: NodeId) => node.toUpperCase();

/** The reason, or null where the command can be done. */
export function refusal(command: Command, nodes: NodeStatuses): string | null {
  const unknown = nodesOf(command).find((node) => !nodes.has(node));
  if (unknown !== undefined)
    return `There is no node ${unknown}. Nodes: ${[...nodes.keys()].join(', ')}.`;
  switch (command.type) {
    case 'kill':
    case 'crash':
      return dead(command.node, nodes, 'it cannot lose its power');
    case 'restart':
      return restartProblem(command.node, nodes.get(command.node));
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
      return null;
    case 'latency':
      return linkProblem(command.a, command.b) ?? latencyProblem(command.latency, command.jitter);
    case 'loss':
      return linkProblem(command.a, command.b) ?? lossProblem(command.perMillion);
    case 'request':
      return actorProblem(command.client, nodes, 'client', 'ask for anything');
    case 'campaign':
      return actorProblem(command.node, nodes, 'store', 'start an election');
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
    case 'heal':
      return command.node === null ? [] : [command.node];
    case 'request':
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

function restartProblem(node: NodeId, status: NodeStatus | undefined): string | null {
  if (status === 'down') return null;
  if (status === 'destroyed')
    return `${name(node)} lost its disk. It cannot come back under its old peer ids; joining as a new store is not possible yet. Start over for a fresh cluster.`;
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

function actorProblem(
  node: NodeId,
  nodes: NodeStatuses,
  kind: 'client' | 'store',
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
