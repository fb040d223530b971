// All words of the console, in the order in which help lists them.

import { closestWord } from '../../base/closest-word.ts';
import { DATA_VERBS, TXN_VERBS } from './data.ts';
import { MESSAGE_VERBS, NETWORK_VERBS } from './network.ts';
import { NODE_VERBS } from './nodes.ts';
import { RAFT_VERBS } from './raft.ts';
import { TIME_VERBS } from './time.ts';
import { LOOK_VERBS } from './transactions.ts';
import type { Group, Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [
  ...DATA_VERBS,
  ...TXN_VERBS,
  ...LOOK_VERBS,
  ...NODE_VERBS,
  ...RAFT_VERBS,
  ...NETWORK_VERBS,
  ...MESSAGE_VERBS,
  ...TIME_VERBS,
];

export const verbOf = (word: string): Verb | null =>
  VERBS.find((verb) => verb.word === word || verb.aliases.includes(word)) ?? null;

const GROUP_TITLES: Readonly<Record<Group, string>> = {
  data: 'Data',
  transactions: 'Transactions',
  nodes: 'Nodes',
  raft: 'Regions and Raft',
  network: 'Network',
  messages: 'Messages under way',
  time: 'Time',
  help: 'Help',
};

/** Characters of an unknown word that an answer repeats. */
const LONGEST = 24;

/** `` `kil` is not a command. Did you mean `kill`? `` */
export function unknownWord(word: string): string {
  const near = closestWord(
    word,
    VERBS.flatMap((verb) => [verb.word, ...verb.aliases]),
  );
  const meant = near === null ? 'Type `help` for all of them.' : `Did you mean \`${near}\`?`;
  const shown = word.length <= LONGEST ? word : `${word.slice(0, LONGEST - 1)}…`;
  return `\`${shown}\` is not a command. ${meant}`;
}

/** The answer to `help` and `help WORD`. */
export function helpText(word: string | null): string {
  if (word === null) return overview();
  const verb = verbOf(word.toLowerCase());
  if (verb === null) return unknownWord(word);
  const also = verb.aliases.length === 0 ? '' : `\nAlso: ${verb.aliases.join(', ')}`;
  return `${verb.usage}\n${verb.what}${also}\nTry: ${verb.example}`;
}

function overview(): string {
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => {
    const verbs = VERBS.filter((verb) => verb.group === group);
    return `${title}\n${verbs.map((verb) => `  ${verb.usage}`).join('\n')}`;
  });
  const rest =
    'c2: before a line sends it through client c2. # begins a remark. help WORD says more.';
  return `${groups.join('\n')}\n${rest}`;
}
