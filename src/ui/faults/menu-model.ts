// What the menu of a store, a link or a message offers, made from the world: each entry is the commands that it is, and says
// why it cannot be chosen where it cannot.

import { newLink } from '../../projections/fold-network.ts';
import { duration, longName, nodeName, percent } from '../../projections/words/format.ts';
import { rpcName } from '../../projections/rpc-name.ts';
import { linkKey, type World } from '../../projections/world.ts';
import { kindOf } from '../../sim/network.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import type { MenuEntry, MenuModel } from './menu-entry.ts';
import { timeOutNow } from '../raft/timers.ts';
import { raftEntries } from '../raft/raft-entries.ts';
import { isCut } from '../session/readings.ts';
import type { Target } from '../session/viewer-store.ts';
import { commandsOf, cutCommands, DELAY, LOSS, SKEW, SLOW_DISK, SLOW_LINK } from './tool-work.ts';

/** Null where the target is gone. */
export function menuOf(world: World, region: RegionId, target: Target): MenuModel | null {
  switch (target.type) {
    case 'node':
      return nodeMenu(world, region, target.node);
    case 'link':
      return linkMenu(world, target);
    case 'message':
      return messageMenu(world, target.id);
  }
}

function nodeMenu(world: World, region: RegionId, node: NodeId): MenuModel | null {
  const state = world.nodes[node];
  if (state === undefined) return null;
  const me = nodeName(node);
  const down = state.status === 'down' || state.status === 'destroyed';
  const why = down ? `${me} is ${state.status === 'down' ? 'down' : 'destroyed'}` : null;
  const gone = state.status === 'destroyed' ? `${me} lost its disk` : null;
  const of = (tool: Parameters<typeof commandsOf>[1]) =>
    commandsOf(world, tool, { type: 'node', node }) ?? [];
  const fault = state.diskFault.type;
  const disk = (word: string, type: 'slow' | 'full' | 'stuck' | 'lying'): MenuEntry => ({
    word: fault === type ? 'Mend the disk' : word,
    icon: 'disk',
    commands: of(`disk-${type}`),
    why: gone,
  });
  const { offset, ppm } = state.clock;
  const skew = (word: string, command: { offset: number; ppm: number }): MenuEntry => ({
    word,
    icon: 'clock',
    commands: [{ type: 'skew', node, ...command }],
  });
  const cutOff = of('cut')[0]?.type === 'heal';
  return {
    title: longName(node),
    groups: [
      [
        state.status === 'down' || state.status === 'destroyed'
          ? {
              word: 'Restart',
              icon: 'restart',
              key: 'R',
              commands: of('restart'),
              why: gone,
            }
          : { word: 'Kill', icon: 'kill', key: 'K', commands: of('kill') },
        {
          word: state.status === 'paused' ? 'Resume' : 'Pause',
          icon: state.status === 'paused' ? 'play' : 'freeze',
          key: 'F',
          commands: of('pause'),
          why,
        },
        cutOff
          ? { word: 'Heal its links', icon: 'heal', key: 'X', commands: of('cut') }
          : { word: 'Cut off from all', icon: 'cut', key: 'X', commands: of('cut') },
      ],
      [
        { ...disk(`Slow disk: ${duration(SLOW_DISK)} more`, 'slow'), key: 'U' },
        ...(state.kind === 'store' ? [disk('Full disk', 'full')] : []),
        disk('Stuck disk', 'stuck'),
        disk('Lying disk', 'lying'),
      ],
      [
        { ...skew(`Clock ${duration(SKEW)} ahead`, { offset: SKEW, ppm: 0 }), key: 'J' },
        skew(`Clock ${duration(SKEW)} behind`, { offset: -SKEW, ppm: 0 }),
        skew(`Clock gains ${duration(10_000)} a second`, { offset, ppm: 10_000 }),
        ...(offset === 0 && ppm === 0 ? [] : [skew('Set the clock right', { offset: 0, ppm: 0 })]),
      ],
      ...(down ? [] : raftEntries(world, region, node)),
      [
        ...(state.kind === 'store' ? [campaign(node, region, why)] : []),
        {
          word: 'Destroy it with its disk',
          icon: 'trash',
          commands: [{ type: 'destroy', node }],
          why: gone,
        },
        { word: 'Inspect', icon: 'list', commands: [], opens: 'inspector' },
      ],
    ],
  };
}

const campaign = (node: NodeId, region: RegionId, why: string | null): MenuEntry => ({
  word: 'Start an election now',
  icon: 'target',
  key: 'E',
  commands: [timeOutNow(node, region)],
  why,
});

function linkMenu(world: World, target: Extract<Target, { type: 'link' }>): MenuModel {
  const { from, to } = target;
  const [a, b] = [nodeName(from), nodeName(to)];
  const oneWay = { ...target, both: false };
  const back = { ...target, from: to, to: from, both: false };
  const both = { ...target, both: true };
  const cutBoth = isCut(world, from, to) && isCut(world, to, from);
  const link = world.links[linkKey(from, to)] ?? newLink(world, from, to);
  const of = (tool: 'slow' | 'lossy') => commandsOf(world, tool, target) ?? [];
  const oneWord = (way: typeof oneWay) =>
    `${isCut(world, way.from, way.to) ? 'Mend' : 'Cut'} ${nodeName(way.from)} to ${nodeName(way.to)}`;
  return {
    title: target.both ? `${a} – ${b}` : `${a} to ${b}`,
    groups: [
      [
        { word: oneWord(oneWay), icon: 'cut', commands: cutCommands(world, oneWay) },
        ...(target.both
          ? [{ word: oneWord(back), icon: 'cut', commands: cutCommands(world, back) } as const]
          : []),
        {
          word: cutBoth ? 'Mend both ways' : 'Cut both ways',
          icon: cutBoth ? 'heal' : 'cut',
          key: 'X',
          commands: cutCommands(world, both),
        },
      ],
      [
        {
          word: link.latency >= SLOW_LINK ? 'As quick as before' : `Slow: ${duration(SLOW_LINK)}`,
          icon: 'slow',
          key: 'S',
          commands: of('slow'),
        },
        {
          word: link.lossPerMillion > 0 ? 'Lose nothing' : `Lossy: ${percent(LOSS)}`,
          icon: 'lossy',
          key: 'O',
          commands: of('lossy'),
        },
        { word: 'Latency, jitter, loss …', icon: 'list', commands: [], opens: 'link' },
      ],
    ],
  };
}

function messageMenu(world: World, id: string): MenuModel | null {
  const flight = world.flights[id];
  if (flight === undefined) return null;
  const { sent: message, from, to } = flight;
  const name = rpcName(flight.message);
  const kind = kindOf(flight.message);
  const held = flight.heldAt !== null;
  const raft = flight.message.type === 'raft';
  const holdKind = (whose: string, ends: { from: NodeId | null; to: NodeId | null }): MenuEntry => {
    const isHeld = world.holds.some(
      (rule) => rule.kind === kind && rule.from === ends.from && rule.to === ends.to,
    );
    return isHeld
      ? {
          word: `Release ${whose}`,
          icon: 'play',
          commands: [{ type: 'release-kind', kind, ...ends }],
        }
      : { word: `Hold ${whose}`, icon: 'hold', commands: [{ type: 'hold-kind', kind, ...ends }] };
  };
  return {
    title: `${name}, ${nodeName(from)} to ${nodeName(to)}`,
    groups: [
      [
        { word: 'Drop', icon: 'drop', key: 'D', commands: [{ type: 'drop', message }] },
        { word: 'Deliver now', icon: 'send', commands: [{ type: 'deliver', message }] },
        {
          word: `Delay by ${duration(DELAY)}`,
          icon: 'clock',
          commands: [{ type: 'delay', message, by: DELAY }],
        },
        {
          word: 'Duplicate',
          icon: 'twin',
          commands: [{ type: 'duplicate', message }],
          why: raft ? null : 'Only Raft messages are doubled: a call has a connection of its own',
        },
        held
          ? { word: 'Release', icon: 'play', commands: [{ type: 'release', message }] }
          : { word: 'Hold', icon: 'hold', commands: [{ type: 'hold', message }] },
      ],
      [
        holdKind(`every ${kind}`, { from: null, to: null }),
        holdKind(`${kind} from ${nodeName(from)}`, { from, to: null }),
        holdKind(`${kind} to ${nodeName(to)}`, { from: null, to }),
      ],
      [{ word: 'Inspect', icon: 'list', commands: [], opens: 'inspector' }],
    ],
  };
}
