// Words that move time or only look. None of them is recorded.

import type { Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import type { Action, Verb } from './verb.ts';

export const TIME_VERBS: readonly Verb[] = [
  {
    word: 'wait',
    aliases: ['sleep'],
    group: 'time',
    usage: 'wait DURATION | wait until {EXPRESSION} [within DURATION]',
    what: 'Lets virtual time pass: so long, or until an expression holds (within 30s where nothing is said).',
    example: "wait until {leader('r1')} within 10s",
    read: wait,
  },
  {
    word: 'step',
    aliases: [],
    group: 'time',
    usage: 'step',
    what: 'Runs exactly one input.',
    example: 'step',
    read: () => ({ type: 'step' }),
  },
  {
    word: 'help',
    aliases: ['?'],
    group: 'help',
    usage: 'help [WORD]',
    what: 'What there is, or how one word is used.',
    example: 'help partition',
    read: (args) => ({ type: 'help', word: args.done ? null : args.take('a word').text }),
  },
];

function wait(args: Args): Action {
  if (!args.has('until')) return { type: 'wait', for: args.duration() };
  const token = args.take('an expression');
  if (token.type !== 'braces')
    throw new LineProblem("The expression stands in braces: wait until {leader('r1')}", token);
  const within = args.has('within') ? args.duration() : null;
  return { type: 'until', expression: token.text, from: token.from + 1, within };
}
