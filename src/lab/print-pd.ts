// The lines of what is asked of PD, of loads and of stores that join: pd-ctl's spellings.

import type { Load } from '../tikv/client/load.ts';
import type { PdCommand } from '../tikv/pd/command.ts';
import type { StoreLabel } from '../tikv/pd/message.ts';
import type { Command } from '../sim/command.ts';
import { wordOf } from './line-tokens.ts';
import { printDuration } from './print-duration.ts';

type Printed = Extract<Command, { type: 'pd' | 'join' | 'load' | 'load-stop' }>;

export function printPd(command: Printed): string {
  switch (command.type) {
    case 'pd':
      return printRequest(command.request);
    case 'join':
      return `join ${command.node}${printLabels(command.labels)}`;
    case 'load':
      return `${by(command.client)}${printLoad(command.load)}`;
    case 'load-stop':
      return `${by(command.client)}load stop`;
  }
}

const by = (client: string): string => (client === 'c1' ? '' : `${client}: `);

const printLoad = ({ kind, rate, duration }: Load): string =>
  `load ${kind} ${rate}/s${duration === null ? '' : ` for ${printDuration(duration)}`}`;

const printLabels = (labels: readonly StoreLabel[]): string =>
  labels.map(({ key, value }) => ` ${key}=${value}`).join('');

function printRequest(request: PdCommand): string {
  switch (request.type) {
    case 'transfer-leader':
    case 'add-peer':
    case 'add-learner':
    case 'remove-peer':
      return `operator add ${request.type} r${request.region} s${request.store}`;
    case 'transfer-peer':
      return `operator add transfer-peer r${request.region} s${request.from} s${request.to}`;
    case 'split-region':
      return printSplit(request);
    case 'scatter-region':
      return `operator add scatter-region r${request.region}`;
    case 'remove-operator':
      return `operator remove r${request.region}`;
    case 'add-scheduler':
    case 'remove-scheduler': {
      const word = request.type === 'add-scheduler' ? 'add' : 'remove';
      return `scheduler ${word} ${request.name}${request.store === null ? '' : ` s${request.store}`}`;
    }
    case 'pause-scheduler':
      return `scheduler pause ${request.name} ${printDuration(request.duration)}`;
    case 'resume-scheduler':
      return `scheduler resume ${request.name}`;
    case 'delete-store':
      return `store delete s${request.store}`;
    case 'cancel-delete-store':
      return `store cancel-delete s${request.store}`;
    case 'label-store':
      return `store label s${request.store}${printLabels(request.labels)}`;
    case 'location-labels':
      return `config set location-labels ${request.labels.length === 0 ? "''" : request.labels.join(',')}`;
  }
}

function printSplit({
  region,
  policy,
  keys,
  space,
}: Extract<PdCommand, { type: 'split-region' }>): string {
  const txn = space === 'txn' ? ' --txn' : '';
  const [first] = keys;
  if (region === null)
    return first === undefined ? '# a split of nothing' : `split ${quotedKey(first)}${txn}`;
  if (keys.length > 0)
    return `operator add split-region r${region}${keys.map((key) => ` --keys ${wordOf(key)}`).join('')}${txn}`;
  return `operator add split-region r${region} --policy ${policy}`;
}

/** In quotes where it could be taken for a Region. */
function quotedKey(key: string): string {
  const word = wordOf(key);
  return /^r?\d+$/i.test(word) ? `'${word}'` : word;
}
