// Words that move time, take back or only look. None of them is recorded; the commands that undo gives are.

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
    word: 'run',
    aliases: ['play'],
    group: 'time',
    usage: 'run',
    what: 'Lets time run by itself, in the page.',
    example: 'run',
    read: () => ({ type: 'pace', pace: { type: 'run' } }),
  },
  {
    word: 'stop',
    aliases: [],
    group: 'time',
    usage: 'stop',
    what: 'Time stands still, in the page.',
    example: 'stop',
    read: () => ({ type: 'pace', pace: { type: 'stop' } }),
  },
  {
    word: 'speed',
    aliases: [],
    group: 'time',
    usage: 'speed DURATION|max',
    what: 'How much virtual time passes in one second of the wall, in the page.',
    example: 'speed 250ms',
    read: speed,
  },
  {
    word: 'share',
    aliases: [],
    group: 'time',
    usage: 'share [at DURATION]',
    what: 'A link to this moment, or to a past one: seed, cluster and every command up to there. `link` alone is the same.',
    example: 'share',
    read: share,
  },
  {
    word: 'undo',
    aliases: [],
    group: 'time',
    usage: 'undo',
    what: 'Takes the newest fault back with the commands that lead back from it: kill by restart, cut by mend.',
    example: 'undo',
    before: ['pause s1'],
    read: () => ({ type: 'undo' }),
  },
  {
    word: 'help',
    aliases: ['?'],
    group: 'help',
    usage: 'help [WORD]',
    what: 'What there is, or how one word is used.',
    example: 'help partition',
    read: (args) => ({
      type: 'help',
      word: args.done ? null : args.take('a word', { type: 'verb' }).text,
    }),
  },
];

function share(args: Args): Action {
  return { type: 'link', at: args.has('at') ? args.duration('the moment') : null };
}

const SPEED_MIN = 1000;
const SPEED_MAX = 30_000_000;

function speed(args: Args): Action {
  if (args.has('max')) return { type: 'pace', pace: { type: 'speed', speed: 'max' } };
  const place = args.place();
  const micros = args.duration('how much passes in a second');
  if (micros < SPEED_MIN || micros > SPEED_MAX)
    throw new LineProblem(
      'A second of the wall is from 1ms to 30s of virtual time, or max.',
      place,
    );
  return { type: 'pace', pace: { type: 'speed', speed: micros } };
}

function wait(args: Args): Action {
  if (!args.has('until')) return { type: 'wait', for: args.duration() };
  const token = args.take('an expression', { type: 'expression' });
  if (token.type !== 'braces')
    throw new LineProblem("The expression stands in braces: wait until {leader('r1')}", token);
  const within = args.has('within') ? args.duration() : null;
  return { type: 'until', expression: token.text, from: token.from + 1, within };
}
