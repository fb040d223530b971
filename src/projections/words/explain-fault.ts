// What somebody did to disks, clocks, links and single messages.

import type { NodeId } from '../../tikv/ids.ts';
import type { Command } from '../../sim/command.ts';
import type { World } from '../world.ts';
import { duration, listed, nodeName, nodeNames, percent } from './format.ts';
import { strong } from './line.ts';
import { fault, mending, type Told } from './told.ts';

type NodeFault = Extract<Command, { type: 'disk' | 'skew' }>;

export function explainNodeFault(command: NodeFault): Told {
  const me = nodeName(command.node);
  if (command.type === 'skew') {
    const { offset, ppm } = command;
    const where = `${duration(Math.abs(offset))} ${offset < 0 ? 'behind' : 'ahead'}`;
    const drift = ppm === 0 ? '' : `, gaining ${ppm} millionths`;
    return fault([command.node], strong(`You set the clock of ${me}`), ` ${where}${drift}`);
  }
  switch (command.fault.type) {
    case 'none':
      return mending('heal', [command.node], strong(`You mended the disk of ${me}`));
    case 'slow':
      return fault(
        [command.node],
        strong(`You slowed the disk of ${me}`),
        ` by ${duration(command.fault.by)}`,
      );
    case 'stuck':
      return fault([command.node], strong(`You stopped the disk of ${me}`), ': nothing reaches it');
    case 'full':
      return fault([command.node], strong(`You filled the disk of ${me}`), ': it takes no writes');
    case 'lying':
      return fault(
        [command.node],
        strong(`You made the disk of ${me} lie`),
        ': it calls durable what is not',
      );
  }
}

type MessageCommand = Extract<
  Command,
  {
    type:
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

const MESSAGE_VERBS = {
  drop: 'dropped',
  duplicate: 'doubled',
  deliver: 'delivered',
  hold: 'hold',
  release: 'released',
  delay: 'delayed',
} as const;

export function explainMessageCommand(world: World, command: MessageCommand): Told {
  if (command.type === 'hold-kind' || command.type === 'release-kind') {
    const { kind, from, to } = command;
    const ends = `${from === null ? '' : ` from ${nodeName(from)}`}${to === null ? '' : ` to ${nodeName(to)}`}`;
    return command.type === 'hold-kind'
      ? fault([], strong(`You hold ${kind ?? 'every message'}`), ends)
      : mending('heal', [], strong(`You released ${kind ?? 'every message'}`), ends);
  }
  if (command.message === null)
    return mending('heal', [], strong('You released every held message'));
  const { message } = command;
  const flight = world.flights[`${message.node}#${message.n}`];
  const verb = MESSAGE_VERBS[command.type];
  if (flight === undefined)
    return fault([message.node], strong(`You ${verb} a message of ${nodeName(message.node)}`));
  const by = command.type === 'delay' ? ` by ${duration(command.by)}` : '';
  const what = `: ${flight.label}, ${way(flight)}`;
  return fault([flight.from, flight.to], strong(`You ${verb} a message${by}`), what);
}

const way = ({ from, to }: { from: NodeId; to: NodeId }) => `${nodeName(from)} to ${nodeName(to)}`;

type LinkCommand = Extract<
  Command,
  { type: 'partition' | 'isolate' | 'heal' | 'latency' | 'loss' | 'cut' | 'mend' | 'link' }
>;

export function explainLinks(command: LinkCommand): Told {
  switch (command.type) {
    case 'cut':
      return fault([command.from, command.to], strong(`You cut ${way(command)}`));
    case 'mend':
      return mending('heal', [command.from, command.to], strong(`You mended ${way(command)}`));
    case 'link': {
      const { from, to, latency, lossPerMillion } = command;
      const loses = lossPerMillion === 0 ? '' : `, loses ${percent(lossPerMillion)}`;
      return fault(
        [from, to],
        strong(`You set ${way(command)}`),
        ` to ${duration(latency)}${loses}`,
      );
    }
    case 'partition': {
      const sides = command.groups.map((group) => nodeNames(group));
      const how = command.oneWay
        ? `${sides[0]} can no longer reach ${listed(sides.slice(1))}`
        : sides.join(' | ');
      return fault(command.groups.flat(), strong('You tore the network'), `: ${how}`);
    }
    case 'isolate':
      return fault(
        [command.node],
        strong(`You cut ${nodeName(command.node)} off`),
        ' from everybody',
      );
    case 'heal':
      return command.node === null
        ? mending('heal', [], strong('You healed the network'))
        : mending(
            'heal',
            [command.node],
            strong(`You healed the links of ${nodeName(command.node)}`),
          );
    case 'latency': {
      const { a, b, latency, jitter } = command;
      const give = jitter === 0 ? '' : `, ${duration(jitter)} more or less`;
      return fault(
        [a, b],
        strong(`You set ${nodeName(a)} – ${nodeName(b)} to ${duration(latency)}`),
        give,
      );
    }
    case 'loss': {
      const { a, b, perMillion } = command;
      const what = `You let ${nodeName(a)} – ${nodeName(b)} lose ${percent(perMillion)} of its messages`;
      return perMillion === 0
        ? mending('heal', [a, b], strong(`${nodeName(a)} – ${nodeName(b)} loses nothing any more`))
        : fault([a, b], strong(what));
    }
  }
}
