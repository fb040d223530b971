// What somebody did, and what became of nodes by it.

import { assertNever } from '../../base/assert.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { ClientRequest } from '../../tikv/client/request.ts';
import type { Command } from '../../sim/command.ts';
import type { SimEvent } from '../../sim/record.ts';
import { leaderOf, roleNote } from '../questions.ts';
import type { World } from '../world.ts';
import { explainAsked } from './explain-asked.ts';
import { explainAdmin } from './explain-admin.ts';
import { explainLinks, explainMessageCommand, explainNodeFault } from './explain-fault.ts';
import { nodeName, shown } from './format.ts';
import { strong } from './line.ts';
import { fault, mending, type Told } from './told.ts';

/** `world` is as it was before the command. Requests are told by the client's own event. */
export function explainCommand(world: World, command: Command): Told | null {
  switch (command.type) {
    case 'kill':
      return fault(
        [command.node],
        strong(`You killed ${nodeName(command.node)}`),
        was(world, command.node),
      );
    case 'restart':
      return mending('start', [command.node], strong(`You started ${nodeName(command.node)}`));
    case 'pause':
      return fault(
        [command.node],
        strong(`You paused ${nodeName(command.node)}`),
        was(world, command.node),
      );
    case 'resume':
      return mending('start', [command.node], strong(`You resumed ${nodeName(command.node)}`));
    case 'destroy':
      return fault(
        [command.node],
        strong(`You destroyed ${nodeName(command.node)}`),
        was(world, command.node),
        ': its disk is gone',
      );
    case 'campaign':
      return mending(
        'start',
        [command.node],
        strong(`You told ${nodeName(command.node)} to campaign`),
      );
    case 'request':
      return null;
    case 'pd':
    case 'join':
    case 'load':
    case 'load-stop':
      return explainAsked(command);
    case 'admin':
    case 'set-timer':
    case 'mutate':
    case 'config-set':
      return explainAdmin(command);
    case 'power-cut':
      return fault([], strong('Power cut'), ': the page was closed; every node lost its memory');
    case 'crash':
      return fault(
        [command.node],
        strong(`${nodeName(command.node)} lost its thread`),
        ': that counts as a power loss',
      );
    case 'disk':
    case 'skew':
      return explainNodeFault(command);
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'deliver':
    case 'hold':
    case 'hold-kind':
    case 'release-kind':
    case 'release':
      return explainMessageCommand(world, command);
    case 'partition':
    case 'isolate':
    case 'heal':
    case 'latency':
    case 'loss':
    case 'cut':
    case 'mend':
    case 'link':
      return explainLinks(command);
  }
  return assertNever(command);
}

/** `, leader of term 6`: what the node was when it was hit. */
function was(world: World, node: NodeId): string {
  const leads = Object.values(world.replicas[node] ?? {}).find(
    (replica) => leaderOf(world, replica.region) === replica,
  );
  return leads === undefined ? roleNote(world, node) : `, leader of term ${leads.term}`;
}

export function explainNode(world: World, event: SimEvent): Told | null {
  switch (event.type) {
    case 'node/panicked':
      return {
        glyph: 'bug',
        family: 'faults',
        nodes: [event.node],
        pieces: [
          strong(`${nodeName(event.node)} stopped with an error of ours`),
          `: ${event.message}`,
        ],
      };
    case 'node/booted':
      if (event.incarnation === 1 || world.nodes[event.node]?.kind === 'store') return null;
      return mending('start', [event.node], `${nodeName(event.node)} is back`);
    default:
      return null;
  }
}

/** `puts a = 3`: what a client asks for, in the present. */
export function requestWords(request: ClientRequest): string {
  switch (request.type) {
    case 'put':
    case 'txn-put':
      return `puts ${shown(request.key)} = ${shown(request.value)}`;
    case 'get':
    case 'txn-get':
      return `gets ${shown(request.key)}`;
    case 'delete':
    case 'txn-delete':
      return `deletes ${shown(request.key)}`;
    case 'scan':
    case 'txn-scan':
      return `scans from ${request.from === '' ? 'the first key' : shown(request.from)}`;
    case 'cas': {
      const old = request.previous === null ? 'absent' : shown(request.previous);
      return `swaps ${shown(request.key)} from ${old} to ${shown(request.value)}`;
    }
    case 'begin':
      return `begins ${transaction(request.name)}`;
    case 'commit':
      return `commits ${transaction(request.name)}`;
    case 'rollback':
      return `rolls ${transaction(request.name)} back`;
  }
  return assertNever(request);
}

const transaction = (name: string | null): string =>
  name === null ? 'a transaction' : `transaction ${name}`;
