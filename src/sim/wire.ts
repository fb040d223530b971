// What can be done to single messages: drop, double, delay, hurry, hold, release. (rules 7, 25)

import type { Micros, NodeId } from '../tikv/ids.ts';
import { lose } from './merge.ts';
import { isHeldBy, sameHold, type Flight, type Hold } from './network.ts';
import { sameId, type RecordId } from './record-id.ts';
import type { Simulation } from './simulation.ts';

/** The message on its wire, held or not; undefined where it has arrived, died or never was. */
export function findMessage(sim: Simulation, sent: RecordId): Flight | undefined {
  return (
    sim.network.inFlight().find((flight) => !flight.word && sameId(flight.sent, sent)) ??
    sim.network.held.find((held) => sameId(held.flight.sent, sent))?.flight
  );
}

/** Takes every copy of the message off its wire. */
function takeMessage(sim: Simulation, sent: RecordId): Flight[] {
  const held = sim.network.held.filter((each) => sameId(each.flight.sent, sent));
  sim.network.held = sim.network.held.filter((each) => !held.includes(each));
  const flying = sim.network.take((flight) => !flight.word && sameId(flight.sent, sent));
  return [...held.map((each) => each.flight), ...flying];
}

/** Takes everything off one direction of a link, held or not. */
export function takeFromLink(sim: Simulation, from: NodeId, to: NodeId): Flight[] {
  const on = (flight: Flight): boolean => !flight.word && flight.from === from && flight.to === to;
  const held = sim.network.held.filter((each) => on(each.flight));
  sim.network.held = sim.network.held.filter((each) => !held.includes(each));
  return [...sim.network.take(on), ...held.map((each) => each.flight)];
}

export function dropMessage(sim: Simulation, sent: RecordId): void {
  for (const flight of takeMessage(sim, sent)) {
    lose(sim, flight, { at: sim.now, reason: 'dropped' });
  }
}

/** A second copy arrives `after` the first. */
export function duplicateMessage(sim: Simulation, sent: RecordId, cause: RecordId): void {
  const flight = findMessage(sim, sent);
  if (flight === undefined) return;
  const after = sim.network.link(flight.from, flight.to).latency;
  const arrivesAt = Math.max(flight.key[0], sim.now) + after;
  sim.network.arriveAt(flight, arrivesAt);
  sim.tell({ type: 'network/duplicated', sent, to: flight.to, arrivesAt }, cause);
}

export function delayMessage(
  sim: Simulation,
  sent: RecordId,
  delay: { by: Micros; cause: RecordId },
): void {
  for (const flight of takeMessage(sim, sent)) {
    const at = Math.max(flight.key[0], sim.now) + delay.by;
    reschedule(sim, flight, { at, cause: delay.cause });
  }
}

/** The next input of all. */
export function deliverNow(sim: Simulation, sent: RecordId, cause: RecordId): void {
  for (const flight of takeMessage(sim, sent)) {
    sim.network.arriveNext({ ...flight, reason: null }, sim.now, sim.lastKey);
    const { to } = flight;
    const type = 'network/rescheduled';
    sim.tell({ type, sent, to, arrivesAt: sim.now, lostAt: null }, cause);
  }
}

/** It goes on, to arrive at that moment; what its link loses dies then. */
function reschedule(sim: Simulation, flight: Flight, to: { at: Micros; cause: RecordId }): void {
  sim.network.arriveAt(flight, to.at);
  const { sent } = flight;
  const [arrivesAt, lostAt] = flight.reason === null ? [to.at, null] : [null, to.at];
  const type = 'network/rescheduled';
  sim.tell({ type, sent, to: flight.to, arrivesAt, lostAt }, to.cause);
}

/** The message stands still from now on. */
export function holdMessage(sim: Simulation, sent: RecordId, cause: RecordId): void {
  for (const flight of takeMessage(sim, sent)) hold(sim, flight, cause);
}

function hold(sim: Simulation, flight: Flight, cause: RecordId): void {
  sim.network.held.push({ flight, left: Math.max(1, flight.key[0] - sim.now) });
  sim.tell({ type: 'network/held', sent: flight.sent, to: flight.to }, cause);
}

/** Holds what is on the wires now and what will be sent. */
export function holdKind(sim: Simulation, rule: Hold, cause: RecordId): void {
  sim.network.holds.push(rule);
  const matches = (flight: Flight): boolean =>
    !flight.word && flight.reason === null && isHeldBy(rule, flight);
  for (const flight of sim.network.take(matches)) hold(sim, flight, cause);
}

/** Ends one holding: what it held goes on, but for what another one holds too. */
export function releaseKind(sim: Simulation, rule: Hold, cause: RecordId): void {
  const { network } = sim;
  network.holds = network.holds.filter((each) => !sameHold(each, rule));
  const freed = network.held.filter(
    ({ flight }) =>
      isHeldBy(rule, flight) && !network.holds.some((other) => isHeldBy(other, flight)),
  );
  network.held = network.held.filter((each) => !freed.includes(each));
  for (const { flight, left } of freed) reschedule(sim, flight, { at: sim.now + left, cause });
}

/** Lets one message go on, or all of them; then nothing is held any more. */
export function release(sim: Simulation, sent: RecordId | null, cause: RecordId): void {
  const freed = sim.network.held.filter((each) => sent === null || sameId(each.flight.sent, sent));
  sim.network.held = sim.network.held.filter((each) => !freed.includes(each));
  if (sent === null) sim.network.holds = [];
  for (const { flight, left } of freed) reschedule(sim, flight, { at: sim.now + left, cause });
}
