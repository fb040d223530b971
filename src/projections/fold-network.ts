// Links and messages: what is under way, what is known of its fate, what was lost.

import type { Micros, NodeId } from '../tikv/ids.ts';
import { microsOf } from '../tikv/config.ts';
import type { LossReason, RecordId, SimEvent } from '../sim/record.ts';
import type { LinkState } from './cluster.ts';
import { isHeartbeat, traitsOf } from './message-kind.ts';
import { LOSSES_KEPT, type Flight } from './messages.ts';
import { linkKey, type World } from './world.ts';

type NetworkEvent = Extract<SimEvent, { type: `network/${string}` }>;
type Moved = Extract<SimEvent, { type: 'network/duplicated' | 'network/rescheduled' }>;
type Sent = Extract<SimEvent, { type: 'network/sent' }>;

export const flightId = (sent: RecordId): string => `${sent.node}#${sent.n}`;

export function foldNetwork(world: World, at: Micros, id: RecordId, event: NetworkEvent): void {
  switch (event.type) {
    case 'network/sent':
      return send(world, at, id, event);
    case 'network/delivered':
      return deliver(world, at, event.sent);
    case 'network/lost':
      return lose(world, at, event.sent, event.reason);
    case 'network/duplicated':
      return duplicate(world, event);
    case 'network/held':
      return hold(world, at, event.sent);
    case 'network/rescheduled':
      return reschedule(world, event);
    case 'network/cut':
    case 'network/healed': {
      const link = linkOf(world, event.from, event.to);
      link.cut = event.type === 'network/cut';
      link.cutSince = link.cut ? at : null;
      return;
    }
    case 'network/link-set': {
      const { type: _, ...qualities } = event;
      markChanged(world, Object.assign(linkOf(world, event.from, event.to), qualities));
    }
  }
}

/** A link as the cluster's settings make it. */
export function newLink(world: World, from: NodeId, to: NodeId): LinkState {
  return {
    from,
    to,
    cut: false,
    cutSince: null,
    latency: microsOf(world.settings['network.latency']),
    jitter: microsOf(world.settings['network.jitter']),
    lossPerMillion: 0,
    duplicatePerMillion: 0,
    reorderPerMillion: 0,
    changed: false,
    sent: 0,
    delivered: 0,
    lost: 0,
    rateSecond: 0,
    rateNow: 0,
    rateBefore: 0,
  };
}

function linkOf(world: World, from: NodeId, to: NodeId): LinkState {
  return (world.links[linkKey(from, to)] ??= newLink(world, from, to));
}

function markChanged(world: World, link: LinkState): void {
  const usual = newLink(world, link.from, link.to);
  const { latency, jitter, lossPerMillion, duplicatePerMillion, reorderPerMillion } = link;
  const unfaithful = lossPerMillion + duplicatePerMillion + reorderPerMillion > 0;
  link.changed = latency !== usual.latency || jitter !== usual.jitter || unfaithful;
}

function send(world: World, at: Micros, id: RecordId, event: Sent): void {
  const { from, to, message, arrivesAt, lostAt } = event;
  const traits = traitsOf(message);
  const link = linkOf(world, from, to);
  link.sent += 1;
  countRate(link, at);
  if (isHeartbeat(traits.kind)) world.heartbeats.sent += 1;
  const call = traits.request;
  const client = traits.kind === 'client' || traits.kind === 'pd' ? from : to;
  world.flights[flightId(id)] = {
    ...traits,
    id: flightId(id),
    sent: id,
    from,
    to,
    request: call === null ? null : { client, id: call },
    sentAt: at,
    twinOf: null,
    arrivesAt,
    lostAt,
    heldAt: null,
    doomed: doomAtStart(world, at, link, event),
    message,
  };
}

function doomAtStart(world: World, at: Micros, link: LinkState, event: Sent): Flight['doomed'] {
  if (event.lostAt !== null) return { reason: link.cut ? 'cut' : 'chance', since: at };
  return isGone(world, link.to) ? { reason: 'receiver-down', since: at } : null;
}

const twinId = (sent: RecordId): string => `${flightId(sent)}/2`;

function duplicate(world: World, event: Moved): void {
  const original = world.flights[flightId(event.sent)];
  if (original === undefined) return;
  const { arrivesAt } = event;
  const id = twinId(event.sent);
  world.flights[id] = { ...original, id, twinOf: original.id, arrivesAt, lostAt: null };
}

function hold(world: World, at: Micros, sent: RecordId): void {
  const flight = world.flights[flightId(sent)];
  if (flight !== undefined) Object.assign(flight, { heldAt: at, arrivesAt: null });
}

function reschedule(world: World, event: Moved): void {
  const flight = world.flights[flightId(event.sent)] ?? world.flights[twinId(event.sent)];
  if (flight !== undefined) Object.assign(flight, { heldAt: null, arrivesAt: event.arrivesAt });
}

const isGone = (world: World, node: NodeId): boolean => {
  const status = world.nodes[node]?.status;
  return status === 'down' || status === 'destroyed';
};

/** Messages a virtual second, by whole seconds. */
function countRate(link: LinkState, at: Micros): void {
  const second = Math.floor(at / 1_000_000);
  if (second !== link.rateSecond) {
    link.rateBefore = second === link.rateSecond + 1 ? link.rateNow : 0;
    link.rateNow = 0;
    link.rateSecond = second;
  }
  link.rateNow += 1;
}

function deliver(world: World, at: Micros, sent: RecordId): void {
  const flight = takeFlight(world, sent);
  if (flight === null) return;
  linkOf(world, flight.from, flight.to).delivered += 1;
  if (isHeartbeat(flight.kind)) world.heartbeats.arrived += 1;
  const node = world.nodes[flight.to];
  if (node?.status === 'paused') node.waiting.push(flight);
  else hear(world, at, flight);
}

/** The receiver takes the message in. */
export function hear(world: World, at: Micros, flight: Flight): void {
  const { message } = flight;
  if (message.type !== 'raft') return;
  const replica = world.replicas[flight.to]?.[message.regionId];
  if (replica === undefined) return;
  const { msgType, term, from } = message.message;
  const fromLeader =
    msgType === 'MsgAppend' || msgType === 'MsgHeartbeat' || msgType === 'MsgSnapshot';
  if (!fromLeader || term < replica.term) return;
  replica.heardAt = at;
  // A follower that knew no leader of its term learns it in this way, without an event of its own.
  if (term === replica.term && replica.role === 'follower') {
    replica.leaderId = from;
    replica.leader = flight.from;
  }
}

function lose(world: World, at: Micros, sent: RecordId, reason: LossReason): void {
  const flight = takeFlight(world, sent);
  if (flight === null) return;
  linkOf(world, flight.from, flight.to).lost += 1;
  if (isHeartbeat(flight.kind)) world.heartbeats.lost += 1;
  flight.doomed ??= { reason, since: at };
  world.losses.push({ flight, at, reason });
  if (world.losses.length > LOSSES_KEPT) world.losses.shift();
}

/** Of two copies, the one that is due first. */
function takeFlight(world: World, sent: RecordId): Flight | null {
  const [id, twin] = [flightId(sent), twinId(sent)];
  const first = world.flights[id] ?? null;
  const second = world.flights[twin] ?? null;
  const sooner = (flight: Flight) => flight.arrivesAt ?? flight.lostAt ?? Infinity;
  const takesTwin = second !== null && (first === null || sooner(second) < sooner(first));
  delete world.flights[takesTwin ? twin : id];
  return takesTwin ? second : first;
}

/** Messages on their way to a node that has gone down will be lost there, unless it is back in time. */
export function doomFlightsTo(world: World, node: NodeId, at: Micros): void {
  for (const flight of Object.values(world.flights))
    if (flight.to === node) flight.doomed ??= { reason: 'receiver-down', since: at };
}

export function saveFlightsTo(world: World, node: NodeId): void {
  for (const flight of Object.values(world.flights))
    if (flight.to === node && flight.doomed?.reason === 'receiver-down') flight.doomed = null;
}
