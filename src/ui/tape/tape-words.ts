// The commands on the tape, in two or three words each, and whether they break, mend or only ask.

import type { AdminRequest, WantedChange } from '../../tikv/raftstore/admin-command.ts';
import type { PdCommand } from '../../tikv/pd/command.ts';
import { brokenName } from '../../projections/words/mutation-words.ts';
import { nodeName, nodeNames } from '../../projections/words/format.ts';
import type { Command } from '../../sim/command.ts';
import type { NodeId } from '../../tikv/ids.ts';

/** What a command is to the tape: it breaks something, it mends something, or it asks for something and breaks nothing. */
type MarkKind = 'fault' | 'mend' | 'asked';

export interface CommandMark {
  readonly text: string;
  readonly kind: MarkKind;
}

const fault = (text: string): CommandMark => ({ text, kind: 'fault' });
const mend = (text: string): CommandMark => ({ text, kind: 'mend' });
const asked = (text: string): CommandMark => ({ text, kind: 'asked' });

/** A command in two or three words. */
export function commandMark(command: Command): CommandMark {
  switch (command.type) {
    case 'kill':
    case 'pause':
    case 'destroy':
    case 'isolate':
    case 'crash':
    case 'skew':
      return fault(`${command.type} ${nodeName(command.node)}`);
    case 'restart':
    case 'resume':
      return mend(`${command.type} ${nodeName(command.node)}`);
    case 'heal':
      return mend(command.node === null ? 'heal' : `heal ${nodeName(command.node)}`);
    case 'partition':
      return fault(`cut ${command.groups.map((group) => nodeNames(group)).join(' | ')}`);
    case 'cut':
      return fault(`cut ${ends(command.from, command.to)}`);
    case 'mend':
      return mend(`mend ${ends(command.from, command.to)}`);
    case 'link':
      return fault(`link ${ends(command.from, command.to)}`);
    case 'latency':
      return fault(`slow ${nodeName(command.a)}–${nodeName(command.b)}`);
    case 'loss': {
      const text = `loss ${nodeName(command.a)}–${nodeName(command.b)}`;
      return command.perMillion === 0 ? mend(text) : fault(text);
    }
    case 'power-cut':
      return fault('reload');
    case 'disk': {
      const text = `disk ${nodeName(command.node)}`;
      return command.fault.type === 'none' ? mend(text) : fault(text);
    }
    case 'hold-kind':
      return fault(`hold ${command.kind ?? 'all'}`);
    case 'release-kind':
    case 'release':
      return mend('release');
    case 'mutate':
      return command.on
        ? fault(`break ${brokenName(command.rule)}`)
        : mend(`mend ${brokenName(command.rule)}`);
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'hold':
      return fault(command.type);
    default:
      return asked(askedWord(command));
  }
}

const ends = (from: NodeId, to: NodeId): string => `${nodeName(from)} to ${nodeName(to)}`;

type Asked = Exclude<Command, { type: FaultWord }>;
type FaultWord =
  | ('kill' | 'pause' | 'destroy' | 'isolate' | 'crash' | 'skew' | 'restart' | 'resume' | 'heal')
  | ('partition' | 'cut' | 'mend' | 'link' | 'latency' | 'loss' | 'power-cut' | 'disk')
  | ('hold-kind' | 'release-kind' | 'release' | 'mutate' | 'drop' | 'duplicate' | 'delay' | 'hold');

function askedWord(command: Asked): string {
  switch (command.type) {
    case 'campaign':
      return `campaign ${nodeName(command.node)}`;
    case 'join':
      return `join ${nodeName(command.node)}`;
    case 'load':
      return `load ${command.load.kind}`;
    case 'load-stop':
      return 'load stop';
    case 'pd':
      return pdWord(command.request);
    case 'admin':
      return adminWord(command.request);
    case 'set-timer':
      return 'timers';
    case 'config-set':
      return 'setting';
    case 'request':
      return command.request.type;
    case 'deliver':
      return 'deliver';
  }
}

/** What PD is asked for: `R5 lead to S2`. */
function pdWord(request: PdCommand): string {
  switch (request.type) {
    case 'transfer-leader':
      return `R${request.region} lead to S${request.store}`;
    case 'add-peer':
      return `R${request.region} +S${request.store}`;
    case 'add-learner':
      return `R${request.region} + learner S${request.store}`;
    case 'remove-peer':
      return `R${request.region} −S${request.store}`;
    case 'transfer-peer':
      return `R${request.region} S${request.from} to S${request.to}`;
    case 'split-region':
      return request.region === null ? 'split' : `split R${request.region}`;
    case 'scatter-region':
      return `scatter R${request.region}`;
    case 'remove-operator':
      return `R${request.region} let be`;
    case 'delete-store':
      return `drain S${request.store}`;
    case 'cancel-delete-store':
      return `keep S${request.store}`;
    case 'label-store':
      return `label S${request.store}`;
    case 'location-labels':
      return 'location labels';
    case 'add-scheduler':
    case 'remove-scheduler':
    case 'pause-scheduler':
    case 'resume-scheduler':
      return 'scheduler';
  }
}

/** What a Region is asked for, in a word or two: `+S4`, `to S2`. */
function adminWord(request: AdminRequest): string {
  switch (request.type) {
    case 'compact-log':
      return 'compact';
    case 'request-snapshot':
      return 'snapshot';
    case 'transfer-leader':
      return `lead to S${request.to}`;
    case 'split':
      return 'split';
    case 'change-peer':
      return request.changes.length === 0
        ? 'leave joint'
        : request.changes.map(({ do: kind, store }) => `${MEMBER_SIGNS[kind]}S${store}`).join(' ');
  }
}

const MEMBER_SIGNS: Readonly<Record<WantedChange['do'], string>> = {
  join: '+',
  'add-peer': '+',
  'add-learner': '+ learner ',
  promote: 'promote ',
  demote: 'demote ',
  'remove-peer': '−',
};
