// From the answers of nodes to one journal: a node's step is told record by record, and its messages go onto the wires
// in that order, so that each link's chance is drawn in the same order in every host.

import { assert } from '../base/assert.ts';
import type { RunResult, StepResult } from './host.ts';
import { isStreamed, type Flight } from './network.ts';
import type { LossReason } from './record.ts';
import type { RecordId } from './record-id.ts';
import type { NodeStatus } from './refusal.ts';
import type { Simulation, WorldNode } from './simulation.ts';

/** Arrivals that a paused node keeps waiting; more are lost. (rule 24) */
const WAITING_MAX = 10_000;

/** What one node answered by itself, between windows. */
export function mergeResult(sim: Simulation, node: WorldNode, result: RunResult): void {
  node.next = result.next;
  node.nextRecord = result.nextRecord;
  for (const step of result.steps) mergeStep(sim, node, step);
  if (result.panic !== null) mergePanic(sim, node, result.panic);
}

export function mergeStep(sim: Simulation, node: WorldNode, step: StepResult): void {
  const at = step.key[0];
  const from = node.id;
  let n = step.firstRecord;
  for (const event of step.events)
    sim.journal.append(at, { node: from, n: n++ }, step.cause, event);
  for (const { to, message } of step.messages) {
    const sent: RecordId = { node: from, n: n++ };
    const { incarnation } = node;
    const fate = sim.network.send({ from, to, at, message, sent, incarnation });
    const { arrivesAt, lostAt, twinArrivesAt, held } = fate;
    const told = { type: 'network/sent', from, to, message, arrivesAt, lostAt } as const;
    sim.journal.append(at, sent, step.cause, told);
    if (held) sim.tell({ type: 'network/held', sent, to }, sent, at);
    if (twinArrivesAt === null) continue;
    sim.tell({ type: 'network/duplicated', sent, to, arrivesAt: twinArrivesAt }, sent, at);
  }
}

/** The node threw: it is down from here on, and what it was doing is lost with it. */
export function mergePanic(
  sim: Simulation,
  node: WorldNode,
  panic: NonNullable<RunResult['panic']>,
): void {
  const { key, cause, message } = panic;
  sim.tell({ type: 'node/panicked', node: node.id, message }, cause, key[0]);
  void node.host?.stop();
  takeDown(node, 'down');
}

/** Nothing of the node is left in memory. */
export function takeDown(node: WorldNode, status: NodeStatus): void {
  node.status = status;
  node.host = null;
  node.next = null;
  node.waiting = [];
}

/** A message reaches the end of its wire, or the place where it dies. */
export function mergeFlight(sim: Simulation, flight: Flight): void {
  sim.ranTo(flight.key);
  const at = flight.key[0];
  if (flight.reason !== null) return lose(sim, flight, { at, reason: flight.reason });
  const node = sim.node(flight.to);
  if (flight.word) {
    if (node.status === 'paused' && isFor(node, flight)) node.waiting.push(flight);
    return;
  }
  if (node.status !== 'up' && node.status !== 'paused')
    return lose(sim, flight, { at, reason: 'receiver-down' });
  if (node.status === 'paused') {
    if (node.waiting.length >= WAITING_MAX)
      return lose(sim, flight, { at, reason: 'receiver-full' });
    node.waiting.push(flight);
  }
  sim.tell({ type: 'network/delivered', sent: flight.sent, to: flight.to }, flight.sent, at);
}

/** Word of a failed sending is for the life that sent it. */
export function isFor(node: WorldNode, flight: Flight): boolean {
  return flight.to === node.id && (!flight.word || flight.incarnation === node.incarnation);
}

/** A message dies; where the transport can notice, its sender hears of it one latency later. */
export function lose(
  sim: Simulation,
  flight: Flight,
  end: { at: number; reason: LossReason },
): void {
  const { at, reason } = end;
  assert(!flight.word, 'word of a failure is no message');
  sim.tell({ type: 'network/lost', sent: flight.sent, to: flight.to, reason }, flight.sent, at);
  const noticed = reason === 'cut' || reason === 'receiver-down' || isStreamed(flight.message);
  if (noticed) sim.network.reportFailure(flight, at);
}
