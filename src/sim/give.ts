// Carrying out a command: it is checked, recorded, made durable where the host asks for that, and only then done.

import { assert, assertNever } from '../base/assert.ts';
import { changeSetting } from '../tikv/changeable-settings.ts';
import { PD_NODE, type NodeId } from '../tikv/ids.ts';
import type { NodeCommand } from '../tikv/node/command.ts';
import { commandKey, run, setAround, type Around } from './around.ts';
import type { Command } from './command.ts';
import { HostDied, type Hosts, type RunRequest, type RunResult } from './host.ts';
import {
  crashNode,
  cutPower,
  destroyNode,
  joinNode,
  killNode,
  restartNode,
  runKept,
} from './life.ts';
import { lose, mergeResult } from './merge.ts';
import { arrivalOf, type LinkProperties } from './network.ts';
import type { RecordId } from './record-id.ts';
import { refusal } from './refusal.ts';
import type { Simulation, WorldNode } from './simulation.ts';
import {
  delayMessage,
  deliverNow,
  dropMessage,
  duplicateMessage,
  holdKind,
  holdMessage,
  release,
  releaseKind,
  takeFromLink,
} from './wire.ts';

export type Given =
  | { readonly ok: true; readonly op: number | null }
  | { readonly ok: false; readonly reason: string };

export interface GiveOptions {
  /** For a power cut: where the nodes live from now on. */
  readonly swap?: () => Promise<Hosts>;
}

export async function giveCommand(
  sim: Simulation,
  command: Command,
  options: GiveOptions = {},
): Promise<Given> {
  const reason = refusal(command, sim.refusing());
  if (reason !== null) return { ok: false, reason };
  const index = sim.commands.length;
  const timed = { at: sim.now, after: sim.lastKey, command };
  sim.commands.push(timed);
  await sim.options.beforeCommand?.(timed, index);
  try {
    return { ok: true, op: await carryOut(sim, command, options) };
  } catch (error) {
    if (!(error instanceof HostDied)) throw error;
    const recorded = sim.commands[index]?.command;
    const isTold = recorded !== undefined && 'missed' in recorded;
    // The command never reached the node: what stands in the recording is the death alone.
    if (!isTold) await crashNode(sim, { type: 'crash', node: error.node, kept: error.kept }, index);
    return {
      ok: false,
      reason: `${error.message}. It counts as a power loss of ${error.node.toUpperCase()}.`,
    };
  }
}

async function carryOut(
  sim: Simulation,
  command: Command,
  options: GiveOptions,
): Promise<number | null> {
  switch (command.type) {
    case 'request': {
      const op = sim.ops + 1;
      await tellNode(sim, command, {
        node: command.client,
        op,
        input: { type: 'request', op, request: command.request },
      });
      sim.ops = op;
      return op;
    }
    case 'campaign': {
      const input: NodeCommand = { type: 'campaign', regionId: command.region };
      await tellNode(sim, command, { node: command.node, op: null, input });
      return null;
    }
    case 'admin': {
      const { region: regionId, request } = command;
      const input: NodeCommand = { type: 'admin', regionId, request };
      await tellNode(sim, command, { node: command.node, op: null, input });
      return null;
    }
    case 'pd': {
      const input: NodeCommand = { type: 'pd', request: command.request };
      await tellNode(sim, command, { node: PD_NODE, op: null, input });
      return null;
    }
    case 'load': {
      const input: NodeCommand = { type: 'load', load: command.load };
      await tellNode(sim, command, { node: command.client, op: null, input });
      return null;
    }
    case 'load-stop':
      await tellNode(sim, command, {
        node: command.client,
        op: null,
        input: { type: 'load-stop' },
      });
      return null;
    case 'set-timer':
    case 'mutate':
    case 'config-set':
      await tellNodes(sim, command);
      return null;
    case 'pause':
    case 'resume':
      await freeze(sim, command);
      return null;
    case 'disk':
    case 'skew':
      await setAround(sim, command);
      return null;
    default:
      await change(
        sim,
        command,
        sim.tell({ type: 'command/given', command: asWanted(command), op: null }, null),
        options,
      );
      return null;
  }
}

type Told = Extract<
  Command,
  { type: 'request' | 'campaign' | 'admin' | 'pd' | 'load' | 'load-stop' }
>;
type ToldToMany = Extract<Command, { type: 'set-timer' | 'mutate' | 'config-set' }>;
type Frozen = Extract<Command, { type: 'pause' | 'resume' }>;

/** A command that is an input of a node. It is told once the node has taken it. */
async function tellNode(
  sim: Simulation,
  command: Told,
  to: { node: NodeId; op: number | null; input: NodeCommand },
): Promise<void> {
  const node = sim.node(to.node);
  const key = commandKey(sim, node);
  const cause = sim.nextWorldRecord();
  const result = await run(node, { type: 'command', key, command: to.input, cause });
  node.commands += 1;
  sim.tell({ type: 'command/given', command, op: to.op }, null);
  mergeResult(sim, node, result);
}

/** A command that is an input of several nodes: all of them take it, or die, then it is told. */
async function tellNodes(sim: Simulation, command: ToldToMany): Promise<void> {
  const cause = sim.nextWorldRecord();
  const index = sim.commands.length - 1;
  const answers: [WorldNode, RunResult][] = [];
  const deaths: HostDied[] = [];
  for (const [id, input] of inputsOf(sim, command)) {
    const node = sim.node(id);
    if (node.host === null || command.missed?.includes(id) === true) continue;
    const key = commandKey(sim, node);
    try {
      answers.push([node, await run(node, { type: 'command', key, command: input, cause })]);
      node.commands += 1;
    } catch (error) {
      if (!(error instanceof HostDied)) throw error;
      deaths.push(error);
    }
  }
  const told = deaths.length === 0 ? command : await withoutDead(sim, command, { index, deaths });
  sim.tell({ type: 'command/given', command: told, op: null }, null);
  for (const [node, result] of answers) mergeResult(sim, node, result);
  for (const { node, kept } of deaths) await crashNode(sim, { type: 'crash', node, kept });
}

/** Hosts died in the middle: the recording says who has not taken the command; the others have. */
async function withoutDead(
  sim: Simulation,
  command: ToldToMany,
  { index, deaths }: { index: number; deaths: readonly HostDied[] },
): Promise<ToldToMany> {
  const missed = [...(command.missed ?? []), ...deaths.map(({ node }) => node)];
  const told = { ...command, missed };
  const timed = sim.commands[index];
  assert(timed !== undefined, 'the command is recorded');
  sim.commands[index] = { ...timed, command: told };
  await sim.options.beforeCommand?.(sim.commands[index], index);
  return told;
}

/** Who takes what; what later lives begin with is noted. */
function inputsOf(sim: Simulation, command: ToldToMany): [NodeId, NodeCommand][] {
  const all = [...sim.nodes.keys()];
  switch (command.type) {
    case 'set-timer': {
      const { region: regionId } = command;
      return command.timers.map(([node, timeout]) => [
        node,
        { type: 'set-timer', regionId, timeout },
      ]);
    }
    case 'mutate': {
      const others = sim.broken.filter((rule) => rule !== command.rule);
      const rules = command.on ? [...others, command.rule] : others;
      sim.broken = rules;
      return all.map((node) => [node, { type: 'break-rules', rules }]);
    }
    case 'config-set': {
      const { name, value } = command;
      const changed = changeSetting(sim.settings, name, value);
      assert(typeof changed !== 'string', 'the setting was checked');
      sim.settings = changed;
      return all.map((node) => [node, { type: 'configure', name, value }]);
    }
  }
}

async function freeze(sim: Simulation, command: Frozen): Promise<void> {
  const node = sim.node(command.node);
  const arrivals = node.waiting.map(arrivalOf);
  const request: RunRequest =
    command.type === 'pause'
      ? { type: 'pause' }
      : { type: 'resume', key: commandKey(sim, node), arrivals };
  const result = await run(node, request);
  const cause = sim.tell({ type: 'command/given', command, op: null }, null);
  node.status = command.type === 'pause' ? 'paused' : 'up';
  node.waiting = [];
  sim.tell(
    { type: command.type === 'pause' ? 'node/paused' : 'node/resumed', node: node.id },
    cause,
  );
  mergeResult(sim, node, result);
}

/** Without those whose new life ended at once: that is told where it happens. */
function asWanted(command: Command): Command {
  if (command.type !== 'restart' && command.type !== 'join' && command.type !== 'power-cut')
    return command;
  const { missed: _missed, ...wanted } = command;
  return wanted;
}

/** Commands that change the world around the nodes. */
async function change(
  sim: Simulation,
  command: Exclude<Command, Told | ToldToMany | Frozen | Around>,
  cause: RecordId,
  options: GiveOptions,
): Promise<void> {
  switch (command.type) {
    case 'kill':
      return killNode(sim, sim.node(command.node), { why: 'command', cause });
    case 'restart':
      return restartNode(sim, sim.node(command.node), cause);
    case 'join':
      return joinNode(sim, command, cause);
    case 'destroy':
      return destroyNode(sim, sim.node(command.node), cause);
    case 'crash': {
      const node = sim.node(command.node);
      if (command.kept !== null) await runKept(sim, node, command.kept);
      return killNode(sim, node, { why: 'crash', cause });
    }
    case 'power-cut':
      return cutPower(sim, command.kept, { cause, swap: options.swap });
    case 'partition':
      for (const [from, to] of pairsBetween(command.groups, command.oneWay))
        cut(sim, { from, to, cause });
      return;
    case 'isolate':
      for (const other of sim.nodes.keys()) {
        if (other === command.node) continue;
        cut(sim, { from: command.node, to: other, cause });
        cut(sim, { from: other, to: command.node, cause });
      }
      return;
    case 'heal':
      return heal(sim, command.node, cause);
    case 'latency':
    case 'loss':
      return setLinks(sim, command, cause);
    default:
      return changeWire(sim, command, cause);
  }
}

type OnWire = Extract<
  Command,
  {
    type:
      | 'cut'
      | 'mend'
      | 'link'
      | 'drop'
      | 'duplicate'
      | 'delay'
      | 'deliver'
      | 'hold'
      | 'hold-kind'
      | 'release-kind'
      | 'release';
  }
>;

/** Commands about one direction of a link, or about single messages. */
function changeWire(sim: Simulation, command: OnWire, cause: RecordId): void {
  switch (command.type) {
    case 'cut':
      return cut(sim, { from: command.from, to: command.to, cause });
    case 'mend':
      return mend(sim, { from: command.from, to: command.to, cause });
    case 'link': {
      const { type: _link, from, to, ...properties } = command;
      return setLink(sim, { from, to, cause }, properties);
    }
    case 'drop':
      return dropMessage(sim, command.message);
    case 'duplicate':
      return duplicateMessage(sim, command.message, cause);
    case 'delay':
      return delayMessage(sim, command.message, { by: command.by, cause });
    case 'deliver':
      return deliverNow(sim, command.message, cause);
    case 'hold':
      return holdMessage(sim, command.message, cause);
    case 'hold-kind': {
      const { type: _hold, ...rule } = command;
      return holdKind(sim, rule, cause);
    }
    case 'release-kind': {
      const { type: _release, ...rule } = command;
      return releaseKind(sim, rule, cause);
    }
    case 'release':
      return release(sim, command.message, cause);
  }
  return assertNever(command);
}

function* pairsBetween(
  groups: readonly (readonly NodeId[])[],
  oneWay: boolean,
): Generator<[NodeId, NodeId]> {
  for (const [i, side] of groups.entries()) {
    for (const [j, other] of groups.entries()) {
      if (i === j || (oneWay && i !== 0)) continue;
      for (const from of side) for (const to of other) yield [from, to];
    }
  }
}

/** The link is cut, and what is on it dies now. (A message that is visibly under way can still be lost.) */
function cut(sim: Simulation, wire: { from: NodeId; to: NodeId; cause: RecordId }): void {
  const { from, to, cause } = wire;
  const link = sim.network.link(from, to);
  if (link.cut) return;
  link.cut = true;
  sim.tell({ type: 'network/cut', from, to }, cause);
  for (const flight of takeFromLink(sim, from, to)) {
    lose(sim, flight, { at: sim.now, reason: 'cut' });
  }
}

function mend(sim: Simulation, wire: { from: NodeId; to: NodeId; cause: RecordId }): void {
  const { from, to, cause } = wire;
  const link = sim.network.link(from, to);
  if (!link.cut) return;
  link.cut = false;
  sim.tell({ type: 'network/healed', from, to }, cause);
}

function heal(sim: Simulation, node: NodeId | null, cause: RecordId): void {
  for (const from of sim.nodes.keys()) {
    for (const to of sim.nodes.keys()) {
      if (from === to || (node !== null && from !== node && to !== node)) continue;
      mend(sim, { from, to, cause });
    }
  }
}

/** Both ways of a link. */
function setLinks(
  sim: Simulation,
  command: Extract<Command, { type: 'latency' | 'loss' }>,
  cause: RecordId,
): void {
  const { a, b } = command;
  const properties =
    command.type === 'latency'
      ? { latency: command.latency, jitter: command.jitter }
      : { lossPerMillion: command.perMillion };
  setLink(sim, { from: a, to: b, cause }, properties);
  setLink(sim, { from: b, to: a, cause }, properties);
}

function setLink(
  sim: Simulation,
  wire: { from: NodeId; to: NodeId; cause: RecordId },
  properties: Partial<LinkProperties>,
): void {
  const { from, to, cause } = wire;
  const link = sim.network.link(from, to);
  Object.assign(link, properties);
  const { latency, jitter, lossPerMillion, duplicatePerMillion, reorderPerMillion } = link;
  const told = { latency, jitter, lossPerMillion, duplicatePerMillion, reorderPerMillion };
  sim.tell({ type: 'network/link-set', from, to, ...told }, cause);
}
