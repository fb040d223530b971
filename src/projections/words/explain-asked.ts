// What somebody asks of PD, and of clients that work on their own, in words.

import { textOf } from '../../base/bytes.ts';
import { storeNode, type NodeId, type StoreId } from '../../tikv/ids.ts';
import type { PdCommand } from '../../tikv/pd/command.ts';
import type { Command } from '../../sim/command.ts';
import { duration, nodeName } from './format.ts';
import { loadWords } from './load-words.ts';
import { strong } from './line.ts';
import { mending, type Told } from './told.ts';

type Asked = Extract<Command, { type: 'pd' | 'join' | 'load' | 'load-stop' }>;

const store = (id: StoreId): string => nodeName(storeNode(id));

export function explainAsked(command: Asked): Told {
  switch (command.type) {
    case 'join': {
      const where = command.labels.map(({ key, value }) => `${key} ${value}`).join(', ');
      const name = strong(`${nodeName(command.node)} joins`);
      return mending('start', [command.node], name, where === '' ? '' : `: ${where}`);
    }
    case 'load':
      return mending(
        'start',
        [command.client],
        strong(`${nodeName(command.client)} shall work on its own`),
        `: ${loadWords(command.load)}`,
      );
    case 'load-stop':
      return mending(
        'heal',
        [command.client],
        strong(`${nodeName(command.client)} shall stop working on its own`),
      );
    case 'pd':
      return { ...asked(command.request), glyph: 'pd' };
  }
}

function asked(request: PdCommand): Told {
  const line = (words: string, ...stores: StoreId[]): Told => {
    const nodes: NodeId[] = ['pd1', ...stores.map(storeNode)];
    const told = mending('start', nodes, strong('PD is asked'), `: ${words}`);
    return 'region' in request && request.region !== null
      ? { ...told, region: request.region }
      : told;
  };
  switch (request.type) {
    case 'transfer-leader':
      return line(`${store(request.store)} shall lead Region ${request.region}`, request.store);
    case 'add-peer':
    case 'add-learner': {
      const what = request.type === 'add-peer' ? 'a replica' : 'a learner';
      return line(
        `Region ${request.region} shall have ${what} on ${store(request.store)}`,
        request.store,
      );
    }
    case 'remove-peer':
      return line(
        `Region ${request.region} shall have no replica on ${store(request.store)}`,
        request.store,
      );
    case 'transfer-peer':
      return line(
        `the replica of Region ${request.region} shall move from ${store(request.from)} to ${store(request.to)}`,
        request.from,
        request.to,
      );
    case 'split-region': {
      const what = request.region === null ? 'the Region' : `Region ${request.region}`;
      const [key] = request.keys;
      return line(`${what} shall be split${key === undefined ? '' : ` at ${textOf(key)}`}`);
    }
    case 'scatter-region':
      return line(`Region ${request.region} shall stand where there is most room`);
    case 'remove-operator':
      return line(`leave Region ${request.region} as it is`);
    default:
      return line(...otherWords(request));
  }
}

type Other = Exclude<
  PdCommand,
  {
    type:
      | 'transfer-leader'
      | 'add-peer'
      | 'add-learner'
      | 'remove-peer'
      | 'transfer-peer'
      | 'split-region'
      | 'scatter-region'
      | 'remove-operator';
  }
>;

function otherWords(request: Other): [string, ...StoreId[]] {
  switch (request.type) {
    case 'add-scheduler':
    case 'remove-scheduler': {
      const word = request.type === 'add-scheduler' ? 'start' : 'stop';
      const of = request.store === null ? '' : ` for ${store(request.store)}`;
      return [`${word} ${request.name}${of}`, ...(request.store === null ? [] : [request.store])];
    }
    case 'pause-scheduler':
      return [`${request.name} shall rest for ${duration(request.duration)}`];
    case 'resume-scheduler':
      return [`${request.name} shall go on`];
    case 'delete-store':
      return [`${store(request.store)} shall be emptied`, request.store];
    case 'cancel-delete-store':
      return [`${store(request.store)} shall stay after all`, request.store];
    case 'label-store': {
      const where = request.labels.map(({ key, value }) => `${key} ${value}`).join(', ');
      return [`${store(request.store)} stands in ${where}`, request.store];
    }
    case 'location-labels':
      return request.labels.length === 0
        ? ['it does not matter where replicas stand']
        : [`replicas shall stand apart by ${request.labels.join(', ')}`];
  }
}
