// Words that look at versions, locks and transactions. Looking is not recorded and changes nothing.

import type { Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import type { Look, Verb } from './verb.ts';

type Looking = Pick<Verb, 'word' | 'aliases' | 'usage' | 'what' | 'example'> & {
  readonly look: (args: Args) => Look;
};

const looks = ({ look, ...verb }: Looking): Verb => ({
  ...verb,
  group: 'transactions',
  read: (args: Args) => ({ type: 'look', look: look(args) }),
});

export const LOOK_VERBS: readonly Verb[] = [
  looks({
    word: 'txn',
    aliases: [],
    usage: 'txn [NAME]',
    what: 'Says how far each transaction is: its start, its keys, its commit.',
    example: 'txn t1',
    look: (args) => ({ type: 'transactions', name: args.done ? null : args.transaction() }),
  }),
  looks({
    word: 'mvcc',
    aliases: [],
    usage: 'mvcc KEY',
    what: 'Shows LOCK, WRITE and DEFAULT of a key, as the leader has applied them.',
    example: 'mvcc ann',
    look: (args) => {
      const token = args.key();
      if (token.bytes === '') throw new LineProblem('A key has at least one byte.', token);
      return { type: 'versions', key: token.bytes };
    },
  }),
  looks({
    word: 'locks',
    aliases: [],
    usage: 'locks [FROM] [TO]',
    what: 'Lists the locks that stand, from a key on to another one (exclusive).',
    example: 'locks a z',
    look: (args) => {
      const from = args.done ? '' : args.key('the first key').bytes;
      return { type: 'locks', from, to: args.done ? '' : args.key('the last key').bytes };
    },
  }),
];
