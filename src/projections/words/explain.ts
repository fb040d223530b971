// A record as a sentence, or nothing where the list would only grow longer by it. With its parts in explain-*.ts and
// rule-words.ts this is the only place that words what happens.

import type { JournalRecord, LossReason, SimEvent } from '../../sim/record.ts';
import { flightId } from '../fold-network.ts';
import { isHeartbeat, traitsOf } from '../message-kind.ts';
import type { Flight } from '../messages.ts';
import type { World } from '../world.ts';
import { explainClient } from './explain-client.ts';
import { explainCommand, explainNode } from './explain-command.ts';
import type { Told } from './told.ts';
import { explainPd } from './explain-pd.ts';
import { explainRaft, explainRaftstore, type Scene } from './explain-raft.ts';
import { explainClientTxn, explainTxn } from './explain-txn.ts';
import { nodeName } from './format.ts';

/** What `record` tells; null: nothing worth a line. `world` is as it was before the record was folded. */
export function explain(world: World, record: JournalRecord): Told | null {
  const { event, id, at } = record;
  if (event.type === 'command/given') return explainCommand(world, event.command);
  if (event.type === 'network/sent') return explainSent(world, event);
  if (event.type === 'network/lost')
    return explainLost(world.flights[flightId(event.sent)], event.reason);
  const scene = (region: number): Scene => ({
    world,
    at,
    store: id.node,
    replica: world.replicas[id.node]?.[region],
  });
  if (event.type === 'raftstore/peer-started')
    return explainRaftstore(scene(event.region.id), event);
  if (event.type.startsWith('client/') && 'startTs' in event)
    return explainClientTxn(world, id.node, event as Parameters<typeof explainClientTxn>[2]);
  if (event.type.startsWith('txn/') || event.type.startsWith('mvcc/'))
    return explainTxn(world, id.node, event as Parameters<typeof explainTxn>[2]);
  if (event.type.startsWith('client/'))
    return explainClient(id.node, event as Parameters<typeof explainClient>[1]);
  if (event.type.startsWith('pd/'))
    return explainPd(world, event as Parameters<typeof explainPd>[1]);
  if (event.type.startsWith('node/')) return explainNode(world, event as SimEvent);
  if (!('region' in event) || typeof event.region !== 'number') return null;
  return event.type.startsWith('raftstore/')
    ? explainRaftstore(scene(event.region), event as Parameters<typeof explainRaftstore>[1])
    : explainRaft(scene(event.region), event as Parameters<typeof explainRaft>[1]);
}

/** Who asks whom. Lines of the same cause and the same kind are folded into one by the list. */
function explainSent(
  world: World,
  { from, to, message }: Extract<SimEvent, { type: 'network/sent' }>,
): Told | null {
  if (message.type !== 'raft') return null;
  const traits = traitsOf(message);
  const { message: core, regionId: region } = message;
  const me = nodeName(from);
  switch (traits.kind) {
    case 'vote':
      return {
        glyph: 'vote-asked',
        family: 'elections',
        nodes: [from, to],
        region,
        pieces: [`${me} asks ${nodeName(to)} for votes`],
      };
    case 'append': {
      if (traits.beads === 0) return null;
      const index = core.entries.at(-1)?.index ?? 0;
      const what =
        traits.beads === 1 ? `${index}` : `${core.entries[0]?.index ?? index} to ${index}`;
      return {
        glyph: 'append',
        family: 'replication',
        nodes: [from, to],
        region,
        index,
        pieces: [`${me} sends ${what} to ${nodeName(to)}`],
      };
    }
    case 'append-answer': {
      const { index } = core;
      const known = world.replicas[to]?.[region]?.progress.find(({ store }) => store === from);
      if (traits.sign !== '+' || (known?.matched ?? 0) >= index) return null;
      return {
        glyph: 'append-answer',
        family: 'replication',
        nodes: [from, to],
        region,
        index,
        pieces: [`${me} has ${index} on disk, answers`],
      };
    }
    default:
      return null;
  }
}

const LOST: Readonly<Record<LossReason, (flight: Flight) => string>> = {
  cut: () => 'the link is cut',
  chance: () => 'the link loses messages',
  dropped: () => 'you dropped it',
  'receiver-down': (flight) => `${nodeName(flight.to)} is down`,
  'receiver-full': (flight) => `too much waits at ${nodeName(flight.to)}`,
  'power-cut': () => 'the power was cut',
};

/** Why a message was lost, or will be: `S1 is down`. */
export const lossWords = (flight: Flight, reason: LossReason): string => LOST[reason](flight);

/** The second line of a message's label: `will be lost: S1 is down`. */
export function doomWords(flight: Flight): string | null {
  return flight.doomed === null ? null : `will be lost: ${lossWords(flight, flight.doomed.reason)}`;
}

function explainLost(flight: Flight | undefined, reason: LossReason): Told | null {
  if (flight === undefined || isHeartbeat(flight.kind)) return null;
  const { from, to, label } = flight;
  const way = `${nodeName(from)} to ${nodeName(to)}`;
  return {
    glyph: 'lost',
    family: 'messages',
    nodes: [from, to],
    ...(flight.region === null ? {} : { region: flight.region }),
    pieces: [`lost, ${way}: ${label} (${lossWords(flight, reason)})`],
  };
}
