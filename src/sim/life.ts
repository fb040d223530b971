// How nodes come to life and lose it. Kill is power loss: memory is gone, and what was not synced; a host that died
// unasked and a tab that was closed are the same thing, told apart only by who knows what reached a disk. (rules 8, 13, 14)

import { must } from '../base/assert.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { Command } from './command.ts';
import { HostDied, type Hosts } from './host.ts';
import { compareKeys, type InputKey } from './key.ts';
import { isFor, mergeResult, takeDown } from './merge.ts';
import { arrivalOf } from './network.ts';
import type { SimEvent } from './record.ts';
import type { RecordId } from './record-id.ts';
import { newWorldNode, type Simulation, type WorldNode } from './simulation.ts';

type Death = Extract<SimEvent, { type: 'node/killed' }>['why'];

/** A new life from the node's disk. */
export async function bootNode(sim: Simulation, node: WorldNode, cause: RecordId): Promise<void> {
  node.incarnation += 1;
  node.host = await sim.hosts.start(sim.bootOf(node));
  node.status = 'up';
  const booted = sim.nextWorldRecord();
  const result = await node.host.run({ type: 'boot', cause: booted });
  const { incarnation } = node;
  sim.tell({ type: 'node/booted', node: node.id, incarnation, digest: result.digest ?? '' }, cause);
  mergeResult(sim, node, result);
}

/** Commands that begin lives. */
export type Booting = Extract<Command, { type: 'restart' | 'join' | 'power-cut' }>;

/** The newest command begins a life, which may end before its first step: nothing of it was ever there, and the recording
 * says who missed it. Then a replay starts no host for it. The death that was met; null: none. */
async function bootUnlessMissed(
  sim: Simulation,
  node: WorldNode,
  cause: RecordId,
): Promise<HostDied | null> {
  const index = sim.commands.length - 1;
  const timed = must(sim.commands[index], 'a command that is carried out is recorded');
  const command = timed.command as Booting;
  const missed = command.missed ?? [];
  let met: HostDied | null = null;
  if (missed.includes(node.id)) node.incarnation += 1;
  else
    try {
      await bootNode(sim, node, cause);
      return null;
    } catch (error) {
      if (!(error instanceof HostDied)) throw error;
      met = error;
      await node.host?.stop();
      const known = { ...timed, command: { ...command, missed: [...missed, node.id] } };
      sim.commands[index] = known;
      await sim.options.beforeCommand?.(known, index);
    }
  takeDown(node, 'down');
  sim.tell({ type: 'node/killed', node: node.id, why: 'crash' }, cause);
  return met;
}

/**
 * A node that was down lives again.
 * @throws HostDied where its host died at once; everything is told and recorded then.
 */
export async function restartNode(
  sim: Simulation,
  node: WorldNode,
  cause: RecordId,
): Promise<void> {
  const death = await bootUnlessMissed(sim, node, cause);
  if (death !== null) throw death;
}

/** A node that was not there before: it lives from here on in every host, like those that the cluster begins with. */
export async function joinNode(
  sim: Simulation,
  { node: id, labels }: Extract<Command, { type: 'join' }>,
  cause: RecordId,
): Promise<void> {
  const node = newWorldNode(id, labels);
  sim.addNode(node);
  sim.tell({ type: 'node/joined', node: id, labels }, cause);
  await restartNode(sim, node, cause);
}

/** Power loss, and the disk is gone too. */
export async function destroyNode(
  sim: Simulation,
  node: WorldNode,
  cause: RecordId,
): Promise<void> {
  await node.host?.stop();
  await sim.hosts.wipe(node.id, node.generation);
  node.generation += 1;
  takeDown(node, 'destroyed');
  sim.tell({ type: 'node/destroyed', node: node.id }, cause);
}

/** The node loses its power now. */
export async function killNode(
  sim: Simulation,
  node: WorldNode,
  death: { why: Death; cause: RecordId },
): Promise<void> {
  await node.host?.stop();
  takeDown(node, 'down');
  sim.tell({ type: 'node/killed', node: node.id, why: death.why }, death.cause);
}

/** A host died in the window from `from`: the node lost its power before it. Recorded like any other command. */
export async function crash(sim: Simulation, from: InputKey, death: HostDied): Promise<void> {
  sim.now = Math.max(sim.now, from[0]);
  await crashNode(sim, { type: 'crash', node: death.node, kept: death.kept });
}

/** Records the crash and carries it out; `index` where it takes the place of a command that the dead host never had. */
export async function crashNode(
  sim: Simulation,
  command: Extract<Command, { type: 'crash' }>,
  index = sim.commands.length,
): Promise<void> {
  const timed = { at: sim.now, after: sim.lastKey, command };
  sim.commands[index] = timed;
  await sim.options.beforeCommand?.(timed, index);
  const cause = sim.tell({ type: 'command/given', command, op: null }, null);
  await killNode(sim, sim.node(command.node), { why: 'crash', cause });
}

/** The node runs alone to `until`, for what reaches its disk; its messages and records are thrown away. (rule 13) */
export async function runKept(sim: Simulation, node: WorldNode, until: InputKey): Promise<void> {
  if (node.host === null) return;
  const arrivals = sim.network
    .inFlight()
    .filter(
      (flight) =>
        flight.reason === null && isFor(node, flight) && compareKeys(flight.key, until) < 0,
    )
    .map(arrivalOf);
  const from = sim.nextKey() ?? until;
  const taken = node.status === 'up' ? arrivals : [];
  await node.host.run({ type: 'window', from, until, arrivals: taken });
}

/**
 * Every node and every wire loses its power at once; the nodes that were running start again. `swap` gives the hosts of
 * the new lives, once the old disks are what they will be found to be.
 */
export async function cutPower(
  sim: Simulation,
  kept: readonly (readonly [NodeId, InputKey])[],
  options: { cause: RecordId; swap?: (() => Promise<Hosts>) | undefined },
): Promise<void> {
  const { cause, swap } = options;
  for (const [id, until] of kept) await runKept(sim, sim.node(id), until);
  const running = [...sim.nodes.values()].filter((node) => node.host !== null);
  const held = sim.network.held.map((each) => each.flight);
  sim.network.held = [];
  sim.network.holds = [];
  for (const flight of [...sim.network.take(() => true), ...held]) {
    if (flight.word) continue;
    sim.tell(
      { type: 'network/lost', sent: flight.sent, to: flight.to, reason: 'power-cut' },
      flight.sent,
    );
  }
  for (const node of running) await killNode(sim, node, { why: 'power-cut', cause });
  if (swap !== undefined) sim.hosts = await swap();
  for (const node of running) await bootUnlessMissed(sim, node, cause);
}
