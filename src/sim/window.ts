// One window of virtual time: every node runs its inputs in [from, until), side by side where hosts are threads, and
// everything of the window — arrivals, steps, losses — is merged in key order.

import { assert } from '../base/assert.ts';
import type { NodeId } from '../tikv/ids.ts';
import { HostDied, type RunResult, type StepResult } from './host.ts';
import { compareKeys, type InputKey } from './key.ts';
import { crash } from './life.ts';
import { isFor, mergeFlight, mergePanic, mergeStep } from './merge.ts';
import { arrivalOf, type Flight } from './network.ts';
import type { Simulation, WorldNode } from './simulation.ts';

interface Answers {
  readonly byNode: Map<NodeId, RunResult>;
  readonly died: HostDied[];
}

type Item =
  | { readonly key: InputKey; readonly rank: 0; readonly flight: Flight }
  | {
      readonly key: InputKey;
      readonly rank: 1;
      readonly node: WorldNode;
      readonly step: StepResult;
    }
  | {
      readonly key: InputKey;
      readonly rank: 2;
      readonly node: WorldNode;
      readonly panic: NonNullable<RunResult['panic']>;
    };

/** Runs the window; afterwards the journal has all of it. `until` is at most one lookahead after `from`. */
export async function runWindow(sim: Simulation, from: InputKey, until: InputKey): Promise<void> {
  const flights = sim.network.due(until);
  const answers: Answers = { byNode: new Map(), died: [] };
  const running: Promise<void>[] = [];
  for (const node of sim.nodes.values()) {
    const running1 = ask(node, { from, until, flights }, answers);
    if (running1 !== null) running.push(running1);
  }
  if (running.length > 0) await Promise.all(running);
  for (const death of answers.died) await crash(sim, from, death);
  merge(sim, { flights, until, answers });
}

/** Asks one node for its part of the window; null where it has none or has answered already. */
function ask(
  node: WorldNode,
  window: { from: InputKey; until: InputKey; flights: readonly Flight[] },
  answers: Answers,
): Promise<void> | null {
  const { from, until, flights } = window;
  if (node.host === null) return null;
  const mine =
    node.status === 'up'
      ? flights.filter((flight) => flight.reason === null && isFor(node, flight))
      : [];
  const own = node.next !== null && compareKeys(node.next, until) < 0;
  if (mine.length === 0 && !own) return null;
  const note = (error: unknown): void => {
    if (!(error instanceof HostDied)) throw error;
    answers.died.push(error);
  };
  try {
    const result = node.host.run({ type: 'window', from, until, arrivals: mine.map(arrivalOf) });
    if (result instanceof Promise)
      return result.then((answer) => void answers.byNode.set(node.id, answer), note);
    answers.byNode.set(node.id, result);
  } catch (error) {
    note(error);
  }
  return null;
}

function merge(
  sim: Simulation,
  window: { flights: readonly Flight[]; until: InputKey; answers: Answers },
): void {
  const items: Item[] = window.flights.map((flight) => ({ key: flight.key, rank: 0, flight }));
  for (const [id, result] of window.answers.byNode) {
    const node = sim.node(id);
    for (const step of result.steps) items.push({ key: step.key, rank: 1, node, step });
    if (result.panic !== null)
      items.push({ key: result.panic.key, rank: 2, node, panic: result.panic });
    node.next = result.next;
    node.nextRecord = result.nextRecord;
    if (result.last !== null) sim.ranTo(result.last);
  }
  items.sort((a, b) => compareKeys(a.key, b.key) || a.rank - b.rank);
  for (const item of items) {
    loseBefore(sim, item.key);
    if (item.rank === 0) mergeFlight(sim, item.flight);
    else if (item.rank === 1) mergeStep(sim, item.node, item.step);
    else mergePanic(sim, item.node, item.panic);
  }
  loseBefore(sim, window.until);
}

/** Losses that were decided inside the window take their place in it. */
function loseBefore(sim: Simulation, until: InputKey): void {
  for (const flight of sim.network.due(until)) {
    assert(flight.reason !== null, 'a message arrives at the earliest one window later');
    mergeFlight(sim, flight);
  }
}
