// Taking a fault back: for each command that changed the cluster, the ordinary commands that lead back from it, as the
// world was when it was given; or why there are none. Time is not taken back: a store that is started again has its disk,
// not its memory. Whoever gives the inverse by hand has taken the command back too.

import { equalPlain } from '../base/plain.ts';
import type { Command } from '../sim/command.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { LinkState } from './cluster.ts';
import type { UndoStep } from './timeline.ts';
import { nodeName } from './words/format.ts';
import { linkKey, type World } from './world.ts';

/** The newest steps kept. */
const STEPS_KEPT = 50;

/** The command is given: `world` is as it was before. */
export function foldUndo(world: World, command: Command): void {
  const n = world.records - 1;
  const answered = world.undo.findIndex(({ back, done }) => equalPlain(back[done], command));
  const step = world.undo[answered];
  if (step !== undefined) {
    const done = step.done + 1;
    if (done === step.back.length) world.undo.splice(answered, 1);
    else world.undo[answered] = { ...step, done };
    return;
  }
  const inverse = inverseOf(world, command);
  if (inverse === null) return;
  const why = typeof inverse === 'string' ? inverse : null;
  const back = typeof inverse === 'string' ? [] : inverse;
  if (why === null && back.length === 0) return;
  world.undo.push({ n, at: world.at, command, back, done: 0, why });
  if (world.undo.length > STEPS_KEPT) world.undo.shift();
}

/** What an undo would take back now; null: nothing was broken, changed or mended. */
export const newestUndo = (world: World): UndoStep | null => world.undo.at(-1) ?? null;

/** Commands, or why there are none; null where the command is nothing that one undoes. */
function inverseOf(world: World, command: Command): readonly Command[] | string | null {
  switch (command.type) {
    case 'kill':
      return [{ type: 'restart', node: command.node }];
    case 'restart':
      return [{ type: 'kill', node: command.node }];
    case 'pause':
      return [{ type: 'resume', node: command.node }];
    case 'resume':
      return [{ type: 'pause', node: command.node }];
    case 'destroy':
      return `The disk of ${nodeName(command.node)} is gone: nothing brings it back. Undo cannot take this back.`;
    case 'skew':
    case 'disk':
      return ofNode(world, command);
    case 'mutate':
      return [{ ...command, on: !command.on }];
    case 'config-set':
      return [{ ...command, value: world.settings[command.name] }];
    case 'campaign':
    case 'admin':
    case 'set-timer':
      return 'What the replicas have done with it since is their history: undo cannot take it back.';
    default:
      return ofNetwork(world, command);
  }
}

function ofNode(
  world: World,
  command: Extract<Command, { type: 'skew' | 'disk' }>,
): readonly Command[] {
  const node = world.nodes[command.node];
  if (node === undefined) return [];
  return command.type === 'disk'
    ? [{ ...command, fault: node.diskFault }]
    : [{ ...command, ...node.clock }];
}

function ofNetwork(world: World, command: Command): readonly Command[] | string | null {
  switch (command.type) {
    case 'partition':
      return closing(world, partitioned(command.groups, command.oneWay), null);
    case 'isolate': {
      const { node } = command;
      const others = Object.keys(world.nodes).filter((other) => other !== node);
      return closing(world, partitioned([[node], others], false), node);
    }
    case 'cut':
      return closing(world, [[command.from, command.to]], null);
    case 'heal':
      return cutAgain(world, command.node);
    case 'mend': {
      const { from, to } = command;
      return world.links[linkKey(from, to)]?.cut === true ? [{ type: 'cut', from, to }] : [];
    }
    case 'latency':
    case 'loss':
      return [asItWas(world, command.a, command.b), asItWas(world, command.b, command.a)];
    case 'link':
      return [asItWas(world, command.from, command.to)];
    case 'hold':
      return [{ type: 'release', message: command.message }];
    case 'hold-kind':
      return [{ ...command, type: 'release-kind' }];
    case 'release-kind':
      return [{ ...command, type: 'hold-kind' }];
    case 'drop':
      return 'The message is lost. Who sent it sends again by itself, where the protocol says so.';
    case 'duplicate':
    case 'delay':
    case 'deliver':
    case 'release':
      return 'The message is on its way: undo cannot call it back.';
    default:
      return null;
  }
}

type Way = readonly [from: NodeId, to: NodeId];

function partitioned(groups: readonly (readonly NodeId[])[], oneWay: boolean): Way[] {
  const ways: Way[] = [];
  groups.forEach((group, i) => {
    const others = groups.flatMap((other, j) => (j === i || (oneWay && i > 0) ? [] : other));
    for (const from of group) for (const to of others) ways.push([from, to]);
  });
  return ways;
}

/** Opens what these ways close; in one command where nothing else was cut. */
function closing(world: World, ways: readonly Way[], node: NodeId | null): Command[] {
  const links = Object.values(world.links).filter((link) => link.cut);
  const fresh = ways.filter(([from, to]) => world.links[linkKey(from, to)]?.cut === false);
  if (fresh.length > 1 && links.length === 0) return [{ type: 'heal', node }];
  return fresh.map(([from, to]) => ({ type: 'mend', from, to }));
}

function cutAgain(world: World, node: NodeId | null): Command[] {
  return Object.values(world.links)
    .filter(({ from, to, cut }) => cut && (node === null || from === node || to === node))
    .map(({ from, to }) => ({ type: 'cut', from, to }));
}

function asItWas(world: World, from: NodeId, to: NodeId): Command {
  const link = world.links[linkKey(from, to)] as LinkState;
  const { latency, jitter, lossPerMillion, duplicatePerMillion, reorderPerMillion } = link;
  const faithful = { lossPerMillion, duplicatePerMillion, reorderPerMillion };
  return { type: 'link', from, to, latency, jitter, ...faithful };
}
