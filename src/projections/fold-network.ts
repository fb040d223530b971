// Links and messages: what is under way, what is known of its fate, what was lost.

import type { Micros, NodeId } from '../tikv/ids.ts';
import { microsOf } from '../tikv/config.ts';
import type { Command } from '../sim/command.ts';
import { sameHold } from '../sim/network.ts';
import type { LossReason, RecordId, SimEvent } from '../sim/record.ts';
import type { LinkState } from './cluster.ts';
import { endFlight, putFlight } from './flights.ts';
import { isHeartbeat, traitsOf } from './message-kind.ts';
import { LOSSES_KEPT, type Flight } from './messages.ts';
import { linkKey, type World } from './world.ts';

type NetworkEvent = Extract<SimEvent, { type: `network/${string}` }>;
type Doubled = Extract<SimEvent, { type: 'network/duplicated' }>;
type Moved = Extract<SimEvent, { type: 'network/rescheduled' }>;
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
      return duplicate(world, at, event);
    case 'network/held':
      return hold(world, at, event.sent);
    case 'network/rescheduled':
      return reschedule(world, at, event);
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
  putFlight(world, {
    ...traits,
    id: flightId(id),
    sent: id,
    from,
    to,
    request: call === null ? null : { client, id: call },
    sentAt: at,
    leg: { at, done: 0 },
    twinOf: null,
    arrivesAt,
    lostAt,
    moved: null,
    heldAt: null,
    doomed: doomAtStart(world, at, link, event),
    message,
  });
}

function doomAtStart(world: World, at: Micros, link: LinkState, event: Sent): Flight['doomed'] {
  if (event.lostAt !== null) return { reason: link.cut ? 'cut' : 'chance', since: at };
  return isGone(world, link.to) ? { reason: 'receiver-down', since: at } : null;
}

/** More copies of one message are not told apart. */
const COPIES_MAX = 4;

const copyId = (sent: RecordId, n: number): string =>
  n === 1 ? flightId(sent) : `${flightId(sent)}/${n}`;

/** Every copy of a message that is under way, the original first. */
function copiesOf(world: World, sent: RecordId): Flight[] {
  const found: Flight[] = [];
  for (let n = 1; n <= COPIES_MAX; n++) {
    const flight = world.flights[copyId(sent, n)];
    if (flight !== undefined) found.push(flight);
  }
  return found;
}

function duplicate(world: World, at: Micros, event: Doubled): void {
  const [original] = copiesOf(world, event.sent);
  if (original === undefined) return;
  let n = 2;
  while (n < COPIES_MAX && world.flights[copyId(event.sent, n)] !== undefined) n += 1;
  const id = copyId(event.sent, n);
  const { arrivesAt } = event;
  const leg = { at, done: doneAt(original, at) };
  const twinOf = flightId(event.sent);
  putFlight(world, { ...original, id, leg, twinOf, arrivesAt, lostAt: null, heldAt: null });
}

/** The part of its way that lies behind a message at `now`, in millionths. */
export function doneAt(
  flight: Pick<Flight, 'leg' | 'arrivesAt' | 'lostAt' | 'heldAt'>,
  now: Micros,
): number {
  const { leg } = flight;
  const end = flight.lostAt ?? flight.arrivesAt;
  if (flight.heldAt !== null || end === null || now < leg.at) return leg.done;
  if (now >= end) return 1_000_000;
  return leg.done + Math.floor(((1_000_000 - leg.done) * (now - leg.at)) / (end - leg.at));
}

/** Of the copies that have not been moved at this instant, the one that is moved first: held ones, then the soonest. */
function nextToMove(world: World, at: Micros, sent: RecordId): Flight | undefined {
  const copies = copiesOf(world, sent);
  const due = (flight: Flight) => flight.arrivesAt ?? flight.lostAt ?? 0;
  const unmoved = copies.filter((flight) => flight.leg.at !== at || flight.heldAt !== null);
  return (unmoved.length > 0 ? unmoved : copies).toSorted((a, b) => due(a) - due(b))[0];
}

function hold(world: World, at: Micros, sent: RecordId): void {
  const copies = copiesOf(world, sent);
  const flight = copies.find((each) => each.heldAt === null);
  if (flight === undefined) return;
  const leg = { at, done: doneAt(flight, at) };
  putFlight(world, { ...flight, leg, heldAt: at, arrivesAt: null });
}

function reschedule(world: World, at: Micros, event: Moved): void {
  const flight = nextToMove(world, at, event.sent);
  if (flight === undefined) return;
  const [before, after] = [flight.arrivesAt ?? flight.lostAt, event.arrivesAt ?? event.lostAt];
  const later = (after ?? 0) >= (before ?? 0);
  // Whoever lets it arrive by hand saves it from its link.
  const saved = event.lostAt === null && flight.doomed?.reason !== 'receiver-down';
  putFlight(world, {
    ...flight,
    moved: flight.heldAt !== null ? 'released' : later ? 'delayed' : 'hurried',
    leg: { at, done: doneAt(flight, at) },
    heldAt: null,
    arrivesAt: event.arrivesAt,
    lostAt: event.lostAt,
    doomed: saved ? null : flight.doomed,
  });
}

/** What is held as soon as it is sent. */
export function foldHolds(world: World, command: Command): void {
  if (command.type === 'release' && command.message === null) world.holds = [];
  if (command.type !== 'hold-kind' && command.type !== 'release-kind') return;
  const { type, ...rule } = command;
  const others = world.holds.filter((each) => !sameHold(each, rule));
  world.holds = type === 'hold-kind' ? [...others, rule] : others;
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
  const fromLeader = msgType === 'MsgAppend' || msgType === 'MsgHeartbeat';
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
  const doomed = flight.doomed ?? { reason, since: at };
  world.losses.push({ flight: { ...flight, doomed }, at, reason });
  if (world.losses.length > LOSSES_KEPT) world.losses.shift();
}

/** Of several copies, the one that is due first. */
function takeFlight(world: World, sent: RecordId): Flight | null {
  const sooner = (flight: Flight) => flight.arrivesAt ?? flight.lostAt ?? Infinity;
  let first: Flight | null = null;
  for (const flight of copiesOf(world, sent))
    if (first === null || sooner(flight) < sooner(first)) first = flight;
  if (first !== null) endFlight(world, first);
  return first;
}

/** Messages on their way to a node that has gone down will be lost there, unless it is back in time. */
export function doomFlightsTo(world: World, node: NodeId, at: Micros): void {
  for (const flight of Object.values(world.flights))
    if (flight.to === node && flight.doomed === null)
      putFlight(world, { ...flight, doomed: { reason: 'receiver-down', since: at } });
}

export function saveFlightsTo(world: World, node: NodeId): void {
  for (const flight of Object.values(world.flights))
    if (flight.to === node && flight.doomed?.reason === 'receiver-down')
      putFlight(world, { ...flight, doomed: null });
}
