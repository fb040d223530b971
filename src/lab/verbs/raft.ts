// Words for a Region and its Raft group: leadership, members, the log, timers, and rules broken on purpose.

import type { Bytes } from '../../base/bytes.ts';
import { closestWord } from '../../base/closest-word.ts';
import { changeableKnobs } from '../../tikv/changeable-settings.ts';
import { KNOBS, type Knob, type KnobName, type Settings } from '../../tikv/config.ts';
import { parseNodeId, type NodeId, type StoreId } from '../../tikv/ids.ts';
import type { AdminRequest, WantedChange } from '../../tikv/raftstore/admin-command.ts';
import { boundOf } from '../../tikv/raftstore/key-space.ts';
import { durationOf, type Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import { isLocationLabels, locationLabels, wholeName } from './pd.ts';
import { ruleNamed } from './raft-looks.ts';
import { does, type Action, type Verb } from './verb.ts';

const numberOf = (node: NodeId): StoreId => parseNodeId(node)?.number ?? 0;

/** `r1` where one is named, else the first Region. */
function regionOr1(args: Args, after?: RegExp): number {
  return args.isRegion(after) ? args.region() : 1;
}

/** ` at s1` says whom it is asked of; else whoever leads. */
function asked(args: Args, region: number, request: AdminRequest): Action {
  if (args.has('at')) return does({ type: 'admin', node: args.node(['store']), region, request });
  const leader = args.names.value?.(`leader(${region})`);
  if (leader === undefined || 'problem' in leader || parseNodeId(leader.text) === null)
    throw new LineProblem(
      `Nobody leads Region ${region} as far as can be seen. Name the store to ask: at s1`,
      args.place(),
    );
  return does({ type: 'admin', node: leader.text, region, request });
}

type Simple = WantedChange['do'];

const change = (word: Simple, what: string): Verb => ({
  word,
  aliases: [],
  group: 'raft',
  usage: `${word} [REGION] STORE [at STORE]`,
  what,
  example: `${word} r1 s3 at s1`,
  read(args) {
    const region = regionOr1(args);
    const store = numberOf(args.node(['store'], 'a store'));
    return asked(args, region, { type: 'change-peer', changes: [{ do: word, store }] });
  },
});

export const RAFT_VERBS: readonly Verb[] = [
  {
    word: 'transfer-leader',
    aliases: [],
    group: 'raft',
    usage: 'transfer-leader [REGION] STORE [at STORE]',
    what: 'The leader hands its office over, once the other has caught up.',
    example: 'transfer-leader r1 s2 at s1',
    read(args) {
      const region = regionOr1(args);
      const to = numberOf(args.node(['store'], 'a store'));
      return asked(args, region, { type: 'transfer-leader', to });
    },
  },
  change('add-peer', 'A store gets a replica that votes as soon as it is known.'),
  change('add-learner', 'A store gets a replica that learns and does not vote.'),
  change('promote', 'A learner becomes a voter.'),
  change('demote', 'A voter becomes a learner.'),
  change('remove-peer', 'A store loses its replica for good.'),
  {
    word: 'joint',
    aliases: [],
    group: 'raft',
    usage: 'joint [REGION] +STORE,-STORE … | leave [at STORE]',
    what: 'Changes several voters at once: + adds or promotes, - makes a learner; both majorities decide until it is left.',
    example: 'joint r1 +s3,-s2 at s1',
    read: joint,
  },
  {
    word: 'compact',
    aliases: [],
    group: 'raft',
    usage: 'compact [REGION] [INDEX] [at STORE]',
    what: 'Gives the beginning of the log up, to an entry or as far as everybody has it.',
    example: 'compact r1 8 at s1',
    read(args) {
      const region = regionOr1(args);
      const index = args.done || args.isWord('at') ? null : args.count('an index', 999_999_999);
      return asked(args, region, { type: 'compact-log', index });
    },
  },
  {
    word: 'split-at-leader',
    aliases: [],
    group: 'raft',
    usage: 'split-at-leader [REGION] [KEY …] [--space raw|txn] [at STORE]',
    what: 'Asks the leader itself, not PD, to split its Region: before these keys, or in the middle of its data.',
    example: 'split-at-leader r1 m at s1',
    read: split,
  },
  {
    word: 'snapshot',
    aliases: [],
    group: 'raft',
    usage: 'snapshot STORE [REGION]',
    what: 'A follower asks its leader for a snapshot of everything.',
    example: 'snapshot s2 r1',
    read(args) {
      const node = args.node(['store'], 'a store');
      const region = regionOr1(args);
      return does({ type: 'admin', node, region, request: { type: 'request-snapshot' } });
    },
  },
  {
    word: 'set-timer',
    aliases: [],
    group: 'raft',
    usage: 'set-timer [REGION] STORE DURATION [STORE DURATION …]',
    what: 'How long a store waits for its leader before it starts an election, until its timer is drawn anew.',
    example: 'set-timer r1 s1 1500ms s2 1800ms',
    read(args) {
      const region = regionOr1(args);
      const timers: (readonly [NodeId, number])[] = [];
      do timers.push([args.node(['store'], 'a store'), args.duration()]);
      while (!args.done);
      return does({ type: 'set-timer', region, timers });
    },
  },
  {
    word: 'align-timers',
    aliases: [],
    group: 'raft',
    usage: 'align-timers [REGION] [DURATION]',
    what: 'All stores wait equally long: their elections collide.',
    example: 'align-timers',
    read(args) {
      const region = regionOr1(args, /^\d+(\.\d+)?(us|ms|s|m)$/i);
      const timeout = args.done ? 1_500_000 : args.duration();
      return does({ type: 'set-timer', region, timers: eachStore(args, () => timeout) });
    },
  },
  {
    word: 'spread-timers',
    aliases: [],
    group: 'raft',
    usage: 'spread-timers [REGION]',
    what: 'No two stores wait equally long: one election is enough.',
    example: 'spread-timers',
    read(args) {
      const region = regionOr1(args);
      const timers = eachStore(args, (i, of) => 1_000_000 + Math.floor((9 * i) / of) * 100_000);
      return does({ type: 'set-timer', region, timers });
    },
  },
  {
    word: 'mutate',
    aliases: [],
    group: 'raft',
    usage: 'mutate RULE on|off',
    what: 'Breaks a rule on every node, on purpose, or mends it: M03, or a rule by its name.',
    example: 'mutate M03 on',
    read(args) {
      const rule = ruleNamed(args);
      return does({ type: 'mutate', rule, on: args.oneOf(['on', 'off'], 'on or off') === 'on' });
    },
  },
  {
    word: 'config',
    aliases: [],
    group: 'raft',
    usage: 'config set NAME VALUE | config show [NAME]',
    what: 'Changes a setting on every node while they run; or what settings there are, with TiKV’s values.',
    example: 'config set client.lease-reads true',
    read: config,
  },
];

const eachStore = (args: Args, timeout: (i: number, of: number) => number) => {
  const stores = args.names.nodes.filter((node) => parseNodeId(node)?.kind === 'store');
  return stores.map((node, i) => [node, timeout(i, stores.length)] as const);
};

function joint(args: Args): Action {
  const region = regionOr1(args, /^([+-]|leave$)/i);
  if (args.has('leave')) return asked(args, region, { type: 'change-peer', changes: [] });
  const changes: WantedChange[] = [];
  while (!args.done && !args.isWord('at')) {
    const token = args.take('changes', { type: 'change' });
    for (const text of token.text.split(',')) {
      const parts = /^([+-])(s\d{1,4})$/i.exec(text);
      const node = parts?.[2]?.toLowerCase();
      if (node === undefined || !args.names.nodes.includes(node))
        throw new LineProblem(`\`${text}\` is no change. Changes are +s4 and -s1.`, token);
      changes.push({ do: parts?.[1] === '+' ? 'join' : 'demote', store: numberOf(node) });
    }
  }
  if (changes.length < 2)
    throw new LineProblem(
      'A joint change has two changes or more. For one: add-peer, promote, demote, remove-peer.',
      args.place(),
    );
  return asked(args, region, { type: 'change-peer', changes });
}

function split(args: Args): Action {
  const region = regionOr1(args);
  const space = args.option('space', { type: 'words', words: ['raw', 'txn'] });
  const named = space?.text ?? 'raw';
  if (named !== 'raw' && named !== 'txn')
    throw new LineProblem(`Keys are raw or txn, not ${named}.`, space ?? args.place());
  const keys: Bytes[] = [];
  while (!args.done && !args.isWord('at')) keys.push(boundOf(named, args.key('a key').text));
  const policy = keys.length === 0 ? 'approximate' : 'usekey';
  return asked(args, region, { type: 'split', policy, keys });
}

function config(args: Args): Action {
  if (args.has('show')) {
    if (isLocationLabels(args)) return { type: 'look', look: { type: 'location-labels' } };
    const name = args.has('all') || args.done ? null : knobName(args);
    return { type: 'look', look: { type: 'settings', name } };
  }
  if (!args.has('set')) args.oneOf(['set', 'show'], 'what config does');
  if (isLocationLabels(args)) return locationLabels(args);
  const place = args.place();
  const name = knobName(args);
  if (!changeableKnobs.includes(name))
    throw new LineProblem(
      `${name} holds for the life of a cluster. While it runs, these can be changed: ${changeableKnobs.join(', ')}.`,
      place,
    );
  const words = KNOBS[name].tikv === true || KNOBS[name].tikv === false ? ['true', 'false'] : [];
  const token = args.take('a value', { type: 'words', words });
  const value = valueOf(token.text, KNOBS[name]);
  if (value === null)
    throw new LineProblem(
      `\`${token.text}\` is no value of ${name}: ${VALUES[KNOBS[name].unit]}.`,
      token,
    );
  return does({ type: 'config-set', name, value });
}

const VALUES = {
  ms: 'a duration such as 40ms, 1.5s or 2m, or a number of milliseconds',
  bytes: 'a number of bytes',
  count: 'a whole number',
  switch: 'true or false',
} as const;

/** Milliseconds, as settings hold them, of `15000` and of `15s`. */
function valueOf(text: string, { unit }: Knob): number | boolean | null {
  if (unit === 'switch') return text === 'true' ? true : text === 'false' ? false : null;
  const time = unit === 'ms' ? durationOf(text) : null;
  if (time !== null) return time / 1000;
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}

function knobName(args: Args): KnobName {
  const token = args.take('a setting', { type: 'setting' });
  const names = Object.keys(KNOBS) as KnobName[];
  const found = names.find((name) => name === wholeName(token.text));
  if (found !== undefined) return found;
  const near = closestWord(token.text, names);
  const meant = near === null ? 'See: config show' : `Did you mean \`${near}\`?`;
  throw new LineProblem(`There is no setting \`${token.text}\`. ${meant}`, token);
}

/** One setting, or all of them: what holds now, and what a default TiKV has. */
export function settingsText(settings: Settings, name: KnobName | null): string {
  const names = name === null ? (Object.keys(KNOBS) as KnobName[]) : [name];
  return names.map((each) => settingLine(each, settings[each])).join('\n');
}

function settingLine(name: KnobName, value: number | boolean): string {
  const { unit, tikv, what }: Knob = KNOBS[name];
  const word = unit === 'ms' ? ' ms' : unit === 'bytes' ? ' bytes' : '';
  return `${name} = ${value}${word} (TiKV: ${tikv}${word}). ${what}`;
}
