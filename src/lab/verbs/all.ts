// All words of the console, in the order in which help lists them.

import { closestWord } from '../../base/closest-word.ts';
import { DATA_VERBS, TXN_VERBS } from './data.ts';
import { MESSAGE_VERBS, NETWORK_VERBS } from './network.ts';
import { LOAD_VERBS } from './load.ts';
import { NODE_VERBS } from './nodes.ts';
import { NO_MERGE, PD_VERBS } from './pd.ts';
import { RAFT_LOOK_VERBS } from './raft-looks.ts';
import { RAFT_VERBS } from './raft.ts';
import { TIME_VERBS } from './time.ts';
import { LOOK_VERBS } from './transactions.ts';
import type { Group, Verb } from './verb.ts';
import { WHY_VERBS } from './why.ts';
import { leaderOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';

export const VERBS: readonly Verb[] = [
  ...DATA_VERBS,
  ...LOAD_VERBS,
  ...TXN_VERBS,
  ...LOOK_VERBS,
  ...NODE_VERBS,
  ...PD_VERBS,
  ...RAFT_VERBS,
  ...RAFT_LOOK_VERBS,
  ...NETWORK_VERBS,
  ...MESSAGE_VERBS,
  ...TIME_VERBS,
  ...WHY_VERBS,
];

export const verbOf = (word: string): Verb | null =>
  VERBS.find((verb) => verb.word === word || verb.aliases.includes(word)) ?? null;

export const GROUP_TITLES: Readonly<Record<Group, string>> = {
  data: 'Data',
  transactions: 'Transactions',
  nodes: 'Nodes',
  pd: 'The cluster (PD)',
  raft: 'Regions and Raft',
  network: 'Network',
  messages: 'Messages under way',
  time: 'Time',
  help: 'Questions and help',
};

/** Characters of an unknown word that an answer repeats. */
const LONGEST = 24;

/** Words of pd-ctl that somebody may well try, and why they are not here. */
const NOT_HERE: Readonly<Record<string, string>> = {
  merge: NO_MERGE,
  'merge-region': NO_MERGE,
  unsafe:
    'Unsafe recovery is not offered here: what a majority has lost is lost. PD can make one of what is left in TiKV (unsafe remove-failed-stores). Here a store that was only killed comes back with: restart s1',
};

/** `` `kil` is not a command. Did you mean `kill`? `` */
export function unknownWord(word: string): string {
  const known = NOT_HERE[word.toLowerCase()];
  if (known !== undefined) return known;
  const near = closestWord(
    word,
    VERBS.flatMap((verb) => [verb.word, ...verb.aliases]),
  );
  const meant = near === null ? 'Type `help` for all of them.' : `Did you mean \`${near}\`?`;
  const shown = word.length <= LONGEST ? word : `${word.slice(0, LONGEST - 1)}…`;
  return `\`${shown}\` is not a command. ${meant}`;
}

/** The answer to `help` and `help WORD`; with a world, the example has names of this moment in it. */
export function helpText(word: string | null, world: World | null = null): string {
  if (word === null) return overview();
  const verb = verbOf(word.toLowerCase());
  if (verb === null) return unknownWord(word);
  const also = verb.aliases.length === 0 ? '' : `\nAlso: ${verb.aliases.join(', ')}`;
  const first = (verb.before ?? []).map((line) => `First: ${line}\n`).join('');
  return `${verb.usage}\n${verb.what}${also}\n${first}Try: ${exampleNow(verb, world)}`;
}

/** The example, with a message that is under way and the store that leads in the places of made-up ones. */
export function exampleNow({ example }: Verb, world: World | null): string {
  if (world === null) return example;
  const message = Object.values(world.flights).find(
    ({ twinOf, message: { type } }) => twinOf === null && type === 'raft',
  );
  const leader = leaderOf(world, 1)?.store;
  return example
    .replace('s1#42', message?.id ?? 's1#42')
    .replace(/\bat s1$/, `at ${leader ?? 's1'}`);
}

function overview(): string {
  const groups = Object.entries(GROUP_TITLES).flatMap(([group, title]) => {
    const verbs = VERBS.filter((verb) => verb.group === group);
    if (verbs.length === 0) return [];
    return [`${title}\n${verbs.map((verb) => `  ${verb.usage}`).join('\n')}`];
  });
  const rest = [
    'c2: before a line sends it through client c2. & behind it: nobody waits for the answer.',
    "{leader('r1')} stands for whoever leads. # begins a remark. help WORD says more.",
  ];
  return [...groups, ...rest].join('\n');
}
