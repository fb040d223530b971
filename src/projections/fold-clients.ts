// Clients: caches and operations.

import type { SimEvent } from '../sim/record.ts';
import { storeNode, type Micros, type NodeId } from '../tikv/ids.ts';
import { microsOf } from '../tikv/config.ts';
import type { ClientEvent } from '../tikv/client/event.ts';
import type { ClientRequest } from '../tikv/client/request.ts';
import type { RaftstoreEvent } from '../tikv/raftstore/event.ts';
import type { Peer } from '../tikv/raftstore/region.ts';
import { CALLS_KEPT, ENDED_KEPT, type ClientState, type Operation } from './clients.ts';
import { addMark } from './timeline.ts';
import type { World } from './world.ts';

const leaderNode = (leader: Peer | null): NodeId | null =>
  leader === null ? null : storeNode(leader.storeId);

const WRITES: readonly ClientRequest['type'][] = ['put', 'delete', 'cas', 'commit'];

/** What stores are asked to write; the rest only looks, or is noted at the client. */
export const isWrite = (request: ClientRequest): boolean => WRITES.includes(request.type);

export function foldClient(world: World, at: Micros, node: NodeId, event: ClientEvent): void {
  const client = world.clients[node];
  if (client === undefined) return;
  switch (event.type) {
    case 'client/region-cached': {
      const { region, leader } = event;
      client.cache[region.id] = { region, leader: leaderNode(leader), since: at };
      return;
    }
    case 'client/region-invalidated':
      delete client.cache[event.regionId];
      return;
    case 'client/load-started':
      client.load = { load: event.load, since: at };
      return;
    case 'client/load-ended':
      client.load = null;
      return;
    case 'client/op-started':
      return start(world, client, at, event);
    case 'client/op-ended':
      return end(world, client, at, event);
    case 'client/routed':
    case 'client/backed-off':
      return goOn(client, at, event);
    default:
      return;
  }
}

function goOn(
  client: ClientState,
  at: Micros,
  event: Extract<ClientEvent, { type: 'client/routed' | 'client/backed-off' }>,
): void {
  const operation = client.open.find((each) => each.op === event.op);
  if (operation === undefined) return;
  if (event.type === 'client/routed') {
    const { regionId: region, to, cached, attempt: attempts } = event;
    Object.assign(operation, { region, to, cached, attempts, waiting: null });
  } else {
    const { kind, error, waitMs } = event;
    operation.waiting = { kind, error, since: at, until: at + microsOf(waitMs) };
  }
}

function start(
  world: World,
  client: ClientState,
  at: Micros,
  event: Extract<ClientEvent, { type: 'client/op-started' }>,
): void {
  const { op, request } = event;
  client.open.push({
    op,
    client: client.node,
    request,
    startedAt: at,
    region: null,
    to: null,
    cached: false,
    attempts: 0,
    calls: [],
    served: null,
    waiting: null,
    endedAt: null,
    outcome: null,
    abandoned: false,
  });
  if (!isWrite(request)) return;
  addMark(world.timeline.writes, {
    op,
    client: client.node,
    startedAt: at,
    endedAt: null,
    outcome: null,
  });
}

function end(
  world: World,
  client: ClientState,
  at: Micros,
  event: Extract<ClientEvent, { type: 'client/op-ended' }>,
): void {
  const place = client.open.findIndex((each) => each.op === event.op);
  if (place < 0) return;
  const [operation] = client.open.splice(place, 1) as [Operation];
  Object.assign(operation, { endedAt: at, outcome: event.outcome, waiting: null });
  client.ended.push(operation);
  if (client.ended.length > ENDED_KEPT) client.ended.shift();
  const mark = world.timeline.writes.findLast((write) => write.op === event.op);
  if (mark !== undefined) Object.assign(mark, { endedAt: at, outcome: event.outcome.status });
}

/** A call of a client is on its way, for the newest operation that goes to that store. */
export function foldCall(
  world: World,
  { from, to, message }: Extract<SimEvent, { type: 'network/sent' }>,
): void {
  if (message.type !== 'kv-request' && message.type !== 'txn-request') return;
  const operation = world.clients[from]?.open.findLast((each) => each.to === to);
  if (operation === undefined) return;
  operation.calls.push(message.id);
  if (operation.calls.length > CALLS_KEPT) operation.calls.shift();
}

/** A store has read for a call. */
export function foldServed(
  world: World,
  store: NodeId,
  { client, request, path }: Extract<RaftstoreEvent, { type: 'raftstore/read-served' }>,
): void {
  const operation = world.clients[client]?.open.findLast((each) => each.calls.includes(request));
  if (operation !== undefined) operation.served = { store, path };
}
