// What somebody asked of a Region, of timers, rules and settings, in words.

import { brokenName } from './mutation-words.ts';
import { storeNode } from '../../tikv/ids.ts';
import { keyOfBound } from '../../tikv/raftstore/key-space.ts';
import type { AdminRequest, WantedChange } from '../../tikv/raftstore/admin-command.ts';
import type { Command } from '../../sim/command.ts';
import { nodeName, nodeNames } from './format.ts';
import { strong } from './line.ts';
import { fault, mending, type Told } from './told.ts';

type Administered = Extract<Command, { type: 'admin' | 'set-timer' | 'mutate' | 'config-set' }>;

export function explainAdmin(command: Administered): Told {
  switch (command.type) {
    case 'admin':
      return mending(
        'start',
        [command.node],
        strong(`You asked ${nodeName(command.node)} ${requestWords(command.request)}`),
      );
    case 'set-timer': {
      const nodes = command.timers.map(([node]) => node);
      return mending('start', nodes, strong(`You set the election timers of ${nodeNames(nodes)}`));
    }
    case 'mutate':
      return command.on
        ? fault([], strong(`You broke the rule ${brokenName(command.rule)}`), ' on every node')
        : mending(
            'start',
            [],
            strong(`You mended the rule ${brokenName(command.rule)}`),
            ' on every node',
          );
    case 'config-set':
      return mending('start', [], strong(`You set ${command.name} to ${command.value}`));
  }
}

const storeName = (store: number): string => nodeName(storeNode(store));

/** After `You asked S1`. */
function requestWords(request: AdminRequest): string {
  switch (request.type) {
    case 'compact-log':
      return request.index === null
        ? 'to give up the beginning of its log'
        : `to give up its log to entry ${request.index}`;
    case 'transfer-leader':
      return `to hand its leadership to ${storeName(request.to)}`;
    case 'request-snapshot':
      return 'to get a snapshot from its leader';
    case 'split':
      return request.policy === 'usekey'
        ? `to split its Region at ${request.keys.map((bound) => `"${keyOfBound(bound)?.key ?? ''}"`).join(' and ')}`
        : 'to split its Region in the middle';
    case 'change-peer':
      return request.changes.length === 0
        ? 'to leave the joint configuration'
        : `to ${request.changes.map(changeWords).join(' and ')}`;
  }
}

function changeWords({ do: kind, store }: WantedChange): string {
  switch (kind) {
    case 'join':
    case 'add-peer':
      return `add ${storeName(store)} as a voter`;
    case 'add-learner':
      return `add ${storeName(store)} as a learner`;
    case 'promote':
      return `make ${storeName(store)} a voter`;
    case 'demote':
      return `make ${storeName(store)} a learner`;
    case 'remove-peer':
      return `remove the peer on ${storeName(store)}`;
  }
}
