// What each tool is, and the commands that it is when it is pointed at something. A second touch takes the fault away
// again. The same commands stand on the menus of the targets.

import { newLink } from '../../projections/fold-network.ts';
import { linkKey, type World } from '../../projections/world.ts';
import type { Command } from '../../sim/command.ts';
import type { DiskFault } from '../../sim/disk.ts';
import type { Micros, NodeId } from '../../tikv/ids.ts';
import type { IconName } from '../chart/icon.tsx';
import { isCut, isIsolated, statusOf } from '../session/readings.ts';
import type { Target, Tool } from '../session/viewer-store.ts';

export interface ToolKind {
  readonly tool: Tool;
  readonly word: string;
  readonly icon: IconName;
  /** As it is shown. */
  readonly key: string | null;
  readonly means: string;
  /** What it is pointed at. */
  readonly on: 'a store' | 'a store or a line' | 'a line' | 'a message';
}

export const SLOW_LINK: Micros = 400_000;
export const LOSS = 200_000;
export const SLOW_DISK: Micros = 200_000;
export const SKEW: Micros = 250_000;
export const DELAY: Micros = 50_000;

export const TOOLS: readonly ToolKind[] = [
  {
    tool: 'kill',
    word: 'Kill',
    icon: 'kill',
    key: 'K',
    means: 'Power cut: memory is gone, the disk stays',
    on: 'a store',
  },
  {
    tool: 'pause',
    word: 'Pause',
    icon: 'freeze',
    key: 'F',
    means:
      'Freeze a store: it takes nothing in, its clock runs on, nothing is lost. Again: it goes on',
    on: 'a store',
  },
  {
    tool: 'cut',
    word: 'Cut',
    icon: 'cut',
    key: 'X',
    means: 'Cut a link both ways, or a store off from all. Again: it is mended',
    on: 'a store or a line',
  },
  {
    tool: 'drop',
    word: 'Drop',
    icon: 'drop',
    key: 'D',
    means: 'Lose a message in flight. Its menu: duplicate, delay, hold, deliver now',
    on: 'a message',
  },
  {
    tool: 'restart',
    word: 'Restart',
    icon: 'restart',
    key: null,
    means: 'Start a store from its disk. The key R starts the one that is down at once',
    on: 'a store',
  },
  {
    tool: 'slow',
    word: 'Slow link',
    icon: 'slow',
    key: 'S',
    means: 'Messages on a link take 400 ms, both ways. Again: as before',
    on: 'a line',
  },
  {
    tool: 'lossy',
    word: 'Lossy link',
    icon: 'lossy',
    key: 'O',
    means: 'A link loses 20% of its messages, both ways. Again: none',
    on: 'a line',
  },
  {
    tool: 'disk-slow',
    word: 'Slow disk',
    icon: 'disk',
    key: 'U',
    means: 'Every fsync takes 200 ms longer. Again: as before',
    on: 'a store',
  },
  {
    tool: 'disk-full',
    word: 'Full disk',
    icon: 'disk',
    key: null,
    means: 'A store without room takes no writes, and its leaders move. Again: there is room',
    on: 'a store',
  },
  {
    tool: 'disk-stuck',
    word: 'Stuck disk',
    icon: 'disk',
    key: null,
    means: 'No write reaches the disk any more. Again: they go on',
    on: 'a store',
  },
  {
    tool: 'disk-lying',
    word: 'Lying disk',
    icon: 'disk',
    key: null,
    means: 'It calls durable what is not yet: a power cut takes the last half second',
    on: 'a store',
  },
  {
    tool: 'skew',
    word: 'Skew clock',
    icon: 'clock',
    key: 'J',
    means: 'The clock of a store stands 250 ms ahead. Again: it is right',
    on: 'a store',
  },
];

export const toolKind = (tool: Tool): ToolKind =>
  TOOLS.find((kind) => kind.tool === tool) as ToolKind;

/** The commands of a tool at a target; null: it cannot be pointed there. */
export function commandsOf(world: World, tool: Tool, target: Target): readonly Command[] | null {
  switch (target.type) {
    case 'node':
      return onNode(world, tool, target.node);
    case 'link':
      return onLink(world, tool, target);
    case 'message': {
      const flight = world.flights[target.id];
      if (tool !== 'drop' || flight === undefined) return null;
      return [{ type: 'drop', message: flight.sent }];
    }
  }
}

function onNode(world: World, tool: Tool, node: NodeId): readonly Command[] | null {
  switch (tool) {
    case 'kill':
    case 'restart':
      return [{ type: tool, node }];
    case 'pause':
      return [{ type: statusOf(world, node) === 'paused' ? 'resume' : 'pause', node }];
    case 'cut':
      return [isIsolated(world, node) ? { type: 'heal', node } : { type: 'isolate', node }];
    case 'disk-slow':
      return [diskCommand(world, node, { type: 'slow', by: SLOW_DISK })];
    case 'disk-full':
      return [diskCommand(world, node, { type: 'full' })];
    case 'disk-stuck':
      return [diskCommand(world, node, { type: 'stuck' })];
    case 'disk-lying':
      return [diskCommand(world, node, { type: 'lying' })];
    case 'skew': {
      const clock = world.nodes[node]?.clock;
      const right = clock === undefined || (clock.offset === 0 && clock.ppm === 0);
      return [{ type: 'skew', node, offset: right ? SKEW : 0, ppm: 0 }];
    }
    default:
      return null;
  }
}

function diskCommand(world: World, node: NodeId, fault: DiskFault): Command {
  const has = world.nodes[node]?.diskFault.type === fault.type;
  return { type: 'disk', node, fault: has ? { type: 'none' } : fault };
}

type LinkTarget = Extract<Target, { type: 'link' }>;

function onLink(world: World, tool: Tool, target: LinkTarget): readonly Command[] | null {
  const { from, to, both } = target;
  const link = world.links[linkKey(from, to)] ?? newLink(world, from, to);
  const usual = newLink(world, from, to);
  switch (tool) {
    case 'cut':
      return cutCommands(world, target);
    case 'slow': {
      const isSlow = link.latency >= SLOW_LINK;
      const timing = isSlow
        ? { latency: usual.latency, jitter: usual.jitter }
        : { latency: SLOW_LINK, jitter: usual.jitter };
      return [
        both ? { type: 'latency', a: from, b: to, ...timing } : wholeLink({ ...link, ...timing }),
      ];
    }
    case 'lossy': {
      const perMillion = link.lossPerMillion > 0 ? 0 : LOSS;
      return [
        both
          ? { type: 'loss', a: from, b: to, perMillion }
          : wholeLink({ ...link, lossPerMillion: perMillion }),
      ];
    }
    default:
      return null;
  }
}

/** Cuts the link, or mends it where it is cut. Both ways: cut where anything is still open. */
export function cutCommands(world: World, { from, to, both }: LinkTarget): readonly Command[] {
  const [there, back] = [isCut(world, from, to), isCut(world, to, from)];
  if (!both) return [{ type: there ? 'mend' : 'cut', from, to }];
  if (!there || !back) return [{ type: 'partition', groups: [[from], [to]], oneWay: false }];
  return [
    { type: 'mend', from, to },
    { type: 'mend', from: to, to: from },
  ];
}

export type LinkCommand = Extract<Command, { type: 'link' }>;

/** The command that makes a link what it says. */
export function wholeLink(link: Omit<LinkCommand, 'type'>): LinkCommand {
  const { from, to, latency, jitter } = link;
  const { lossPerMillion, duplicatePerMillion, reorderPerMillion } = link;
  const shares = { lossPerMillion, duplicatePerMillion, reorderPerMillion };
  return { type: 'link', from, to, latency, jitter, ...shares };
}
