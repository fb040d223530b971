// Words that look at Raft groups, at rules, and at what clients were told. Looking is not recorded and changes nothing.

import { ruleIdOf } from '../../sim/broken-rules.ts';
import type { Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import type { Look, Verb } from './verb.ts';

const looks =
  (read: (args: Args) => Look): Verb['read'] =>
  (args) => ({ type: 'look', look: read(args) });

/** tikv-ctl names its arguments: `raft log -r 1 -i 8`. */
function optional(args: Args, name: string): Args {
  args.has(name);
  return args;
}

/** The id of the rule that comes next in the line. */
export function ruleNamed(args: Args): string {
  const token = args.take('a rule', { type: 'rule' });
  const rule = ruleIdOf(token.text);
  if (rule !== null) return rule;
  throw new LineProblem(
    `There is no rule \`${token.text}\`. Mutations are M01 to M16, M18, M29 and D1 to D5; rules are named as in raft/vote-log.`,
    token,
  );
}

export const RAFT_LOOK_VERBS: readonly Verb[] = [
  {
    word: 'raft',
    aliases: [],
    group: 'raft',
    usage: 'raft region [REGION] | raft log [REGION] [INDEX]',
    what: 'Shows the state of a Raft group on each store; or an entry of its log, or the newest, and how far each store has it.',
    example: 'raft log r1',
    read: looks((args) => {
      const what = args.oneOf(['region', 'log'], 'region or log');
      const region = args.done ? 1 : optional(args, '-r').region();
      if (what === 'region') return { type: 'raft-region', region };
      const index = args.done ? null : optional(args, '-i').count('an index', 999_999_999);
      return { type: 'raft-log', region, index };
    }),
  },
  {
    word: 'rules',
    aliases: [],
    group: 'raft',
    usage: 'rules [RULE]',
    what: 'Lists the rules that nodes decide by, and which of them are broken on purpose.',
    example: 'rules raft/vote-log',
    read: looks((args) => ({ type: 'rules', rule: args.done ? null : ruleNamed(args) })),
  },
  {
    word: 'history',
    aliases: [],
    group: 'data',
    usage: 'history [KEY]',
    what: 'Lists what clients asked for and were told, of one key or of all.',
    example: 'history ann',
    read: looks((args) => ({ type: 'history', key: args.done ? null : args.key().bytes })),
  },
];
