// What is around a node, its disk and its clock, is changed between windows: the node's host hears of it first, then it
// is told. With it, how any node is asked between windows.

import { assert } from '../base/assert.ts';
import type { NodeCommand } from '../tikv/node/command.ts';
import { setClock as setNodeClock } from './clock.ts';
import type { Command } from './command.ts';
import type { RunRequest, RunResult } from './host.ts';
import { KIND, keyOf, type InputKey } from './key.ts';
import { mergeResult } from './merge.ts';
import type { Simulation, WorldNode } from './simulation.ts';

export type Around = Extract<Command, { type: 'disk' | 'skew' }>;

export async function run(node: WorldNode, request: RunRequest): Promise<RunResult> {
  assert(node.host !== null, `${node.id} runs`);
  return node.host.run(request);
}

export const commandKey = (sim: Simulation, node: WorldNode): InputKey =>
  keyOf(sim.now, KIND.command, node.id, node.commands);

export async function setAround(sim: Simulation, command: Around): Promise<void> {
  const node = sim.node(command.node);
  const at = sim.now;
  const request: RunRequest =
    command.type === 'disk'
      ? { type: 'disk', at, fault: command.fault }
      : { type: 'skew', at, offset: command.offset, ppm: command.ppm };
  const result = node.host === null ? null : await run(node, request);
  const room = await tellRoom(sim, node, command);
  const cause = sim.tell({ type: 'command/given', command, op: null }, null);
  if (command.type === 'disk') {
    node.diskFault = command.fault;
    sim.tell({ type: 'disk/fault-set', node: node.id, fault: command.fault }, cause);
  } else {
    const { offset, ppm } = command;
    setNodeClock(node.clock, at, { offset, ppm });
    sim.tell({ type: 'node/clock-set', node: node.id, offset, ppm }, cause);
  }
  if (result !== null) mergeResult(sim, node, result);
  if (room !== null) mergeResult(sim, node, room);
}

/** A store hears that its disk is full, or has room again. Null: nothing has changed in that. */
async function tellRoom(
  sim: Simulation,
  node: WorldNode,
  command: Around,
): Promise<RunResult | null> {
  if (command.type !== 'disk' || node.host === null) return null;
  const full = command.fault.type === 'full';
  if (full === (node.diskFault.type === 'full')) return null;
  const [key, cause] = [commandKey(sim, node), sim.nextWorldRecord()];
  const usage: NodeCommand = { type: 'disk-usage', full };
  const result = await run(node, { type: 'command', key, command: usage, cause });
  node.commands += 1;
  return result;
}
