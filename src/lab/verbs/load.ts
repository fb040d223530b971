// Words for clients that work on their own.

import { RATE_MAX } from '../../tikv/client/load.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import { does, type Action, type Verb } from './verb.ts';

/** Operations a second where nothing is said. */
const RATE = 10;
const KINDS = ['uniform', 'hot', 'append', 'bank', 'stop'] as const;

export const LOAD_VERBS: readonly Verb[] = [
  {
    word: 'load',
    aliases: [],
    group: 'data',
    usage: 'load uniform|hot|append [RATE/s] [for DURATION] | load stop',
    what: 'The client works on its own: on all keys alike, mostly on a few, or each key behind the last.',
    example: 'load uniform 10/s for 5s',
    read: load,
  },
];

function load(args: Args, client: NodeId): Action {
  const place = args.place();
  const kind = args.oneOf(KINDS, 'a load');
  if (kind === 'stop') return does({ type: 'load-stop', client });
  if (kind === 'bank')
    throw new LineProblem(
      'load bank is not offered yet: it moves money in transactions that lock as they go. There are uniform, hot and append.',
      place,
    );
  const rate = args.isWord('for') || args.done ? RATE : rateOf(args);
  const duration = args.has('for') ? args.duration() : null;
  return does({ type: 'load', client, load: { kind, rate, duration } });
}

function rateOf(args: Args): number {
  const token = args.take('a rate', { type: 'free', what: '10/s' });
  const value = Number(/^(\d{1,4})(\/s)?$/.exec(token.text)?.[1] ?? NaN);
  if (value >= 1 && value <= RATE_MAX) return value;
  throw new LineProblem(`\`${token.text}\` is no rate. Rates are 1/s to ${RATE_MAX}/s.`, token);
}
