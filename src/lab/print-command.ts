// The one printer of commands: the line that a button, a menu, a key and the console all leave behind. What it prints,
// the console reads back as the same command.

import { assertNever } from '../base/assert.ts';
import type { ClientRequest, ReadPath } from '../tikv/client/request.ts';
import type { Command } from '../sim/command.ts';
import type { RecordId } from '../sim/record-id.ts';
import { keyOfBound } from '../tikv/raftstore/key-space.ts';
import { wordOf } from './line-tokens.ts';
import { decimal, printDuration } from './print-duration.ts';
import { printPd } from './print-pd.ts';

/** A console line. Commands that only hosts give are printed as remarks: nobody can type them. */
export function printCommand(command: Command): string {
  switch (command.type) {
    case 'kill':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'destroy':
    case 'isolate':
      return `${command.type} ${command.node}`;
    case 'campaign':
      return `campaign ${command.node} r${command.region}`;
    case 'admin':
      return printAdmin(command);
    case 'set-timer':
      return `set-timer r${command.region} ${command.timers.map(([node, timeout]) => `${node} ${printDuration(timeout)}`).join(' ')}`;
    case 'mutate':
      return `mutate ${command.rule.replace(/^mut:/, '')} ${command.on ? 'on' : 'off'}`;
    case 'config-set':
      return `config set ${command.name} ${command.value}`;
    case 'disk': {
      const { fault } = command;
      const state =
        fault.type === 'slow'
          ? `slow ${printDuration(fault.by)}`
          : fault.type === 'none'
            ? 'ok'
            : fault.type;
      return `disk ${command.node} ${state}`;
    }
    case 'skew': {
      const drift = command.ppm === 0 ? '' : ` drift ${command.ppm}`;
      return `skew ${command.node} ${printDuration(command.offset)}${drift}`;
    }
    case 'request':
      return `${command.client === 'c1' ? '' : `${command.client}: `}${printRequest(command.request)}`;
    case 'pd':
    case 'join':
    case 'load':
    case 'load-stop':
      return printPd(command);
    case 'power-cut':
      return '# power cut: the page was closed or lost its power';
    case 'crash':
      return `# crash of ${command.node}: its thread died, or its disk refused`;
    case 'drop':
    case 'duplicate':
    case 'deliver':
    case 'hold':
    case 'delay':
    case 'release':
    case 'hold-kind':
    case 'release-kind':
      return printMessageCommand(command);
    case 'partition':
    case 'heal':
    case 'latency':
    case 'loss':
    case 'cut':
    case 'mend':
    case 'link':
      return printLinkCommand(command);
  }
  return assertNever(command);
}

function printLinkCommand(
  command: Extract<
    Command,
    { type: 'partition' | 'heal' | 'latency' | 'loss' | 'cut' | 'mend' | 'link' }
  >,
): string {
  switch (command.type) {
    case 'partition': {
      const sides = command.groups.map((group) => group.join(',')).join('|');
      return `partition ${sides}${command.oneWay ? ' --oneway' : ''}`;
    }
    case 'heal':
      return command.node === null ? 'heal' : `heal ${command.node}`;
    case 'cut':
    case 'mend':
      return `${command.type} ${command.from} ${command.to}`;
    case 'latency': {
      const { a, b, latency, jitter } = command;
      return `latency ${a} ${b} ${printDuration(latency)}${jitter === 0 ? '' : ` jitter ${printDuration(jitter)}`}`;
    }
    case 'loss':
      return `loss ${command.a} ${command.b} ${printShare(command.perMillion)}`;
    case 'link': {
      const { from, to, latency, jitter, lossPerMillion, duplicatePerMillion, reorderPerMillion } =
        command;
      const qualities = [
        jitter === 0 ? '' : ` jitter ${printDuration(jitter)}`,
        lossPerMillion === 0 ? '' : ` loss ${printShare(lossPerMillion)}`,
        duplicatePerMillion === 0 ? '' : ` duplicate ${printShare(duplicatePerMillion)}`,
        reorderPerMillion === 0 ? '' : ` reorder ${printShare(reorderPerMillion)}`,
      ];
      return `link ${from} ${to} ${printDuration(latency)}${qualities.join('')}`;
    }
  }
}

function printAdmin({ node, region, request }: Extract<Command, { type: 'admin' }>): string {
  switch (request.type) {
    case 'request-snapshot':
      return `snapshot ${node} r${region}`;
    case 'compact-log':
      return `compact r${region}${request.index === null ? '' : ` ${request.index}`} at ${node}`;
    case 'transfer-leader':
      return `transfer-leader r${region} s${request.to} at ${node}`;
    case 'split': {
      const keys = request.keys.map((bound) => keyOfBound(bound));
      const txn = keys.some((key) => key?.space === 'txn') ? ' --space txn' : '';
      const words = keys.map((key) => ` ${wordOf(key?.key ?? '')}`).join('');
      return `split-at-leader r${region}${words}${txn} at ${node}`;
    }
    case 'change-peer': {
      const { changes } = request;
      const [first] = changes;
      if (first === undefined) return `joint r${region} leave at ${node}`;
      if (changes.length === 1 && first.do !== 'join')
        return `${first.do} r${region} s${first.store} at ${node}`;
      const signs = changes.map((each) => `${each.do === 'join' ? '+' : '-'}s${each.store}`);
      return `joint r${region} ${signs.join(',')} at ${node}`;
    }
  }
}

function printPath(read: ReadPath | undefined): string {
  if (read === undefined) return '';
  return read.type === 'replica'
    ? ` --path replica --store s${read.store}`
    : ` --path ${read.type}`;
}

const printId = ({ node, n }: RecordId): string => `${node}#${n}`;

type MessageKindVerb = 'hold-kind' | 'release-kind';

function printMessageCommand(
  command: Extract<
    Command,
    { type: 'drop' | 'duplicate' | 'deliver' | 'hold' | 'delay' | 'release' | MessageKindVerb }
  >,
): string {
  switch (command.type) {
    case 'delay':
      return `delay ${printId(command.message)} ${printDuration(command.by)}`;
    case 'release':
      return command.message === null ? 'release all' : `release ${printId(command.message)}`;
    case 'hold-kind':
    case 'release-kind': {
      const from = command.from === null ? '' : ` from ${command.from}`;
      const to = command.to === null ? '' : ` to ${command.to}`;
      const verb = command.type === 'hold-kind' ? 'hold' : 'release';
      return `${verb} ${command.kind ?? 'all'}${from}${to}`;
    }
    default:
      return `${command.type} ${printId(command.message)}`;
  }
}

function printRequest(request: ClientRequest): string {
  switch (request.type) {
    case 'put':
    case 'txn-put':
      return `${request.type} ${wordOf(request.key)} ${wordOf(request.value)}`;
    case 'get':
      return `get ${wordOf(request.key)}${printPath(request.read)}`;
    case 'delete':
    case 'txn-get':
    case 'txn-delete':
      return `${request.type} ${wordOf(request.key)}`;
    case 'scan':
    case 'txn-scan': {
      const to = request.to === '' ? '' : ` ${wordOf(request.to)}`;
      const path = request.type === 'scan' ? printPath(request.read) : '';
      return `${request.type} ${wordOf(request.from)}${to} limit ${request.limit}${path}`;
    }
    case 'cas': {
      const { key, previous, value } = request;
      return `cas ${wordOf(key)} ${previous === null ? '--absent' : wordOf(previous)} ${wordOf(value)}`;
    }
    case 'begin':
      return request.name === null ? 'begin' : `begin as ${request.name}`;
    case 'commit':
    case 'rollback':
      return request.name === null ? request.type : `${request.type} ${request.name}`;
  }
  return assertNever(request);
}

const printShare = (perMillion: number): string => `${decimal(perMillion, 10_000)}%`;
