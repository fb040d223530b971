// The word that asks why: the rule that blocks or decided, and the record that it comes from.

import { parseNodeId } from '../../tikv/ids.ts';
import { nodeOf, type Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import type { Verb } from './verb.ts';
import type { WhySubject } from '../../projections/words/why.ts';

const MOST = 999_999_999;

export const WHY_VERBS: readonly Verb[] = [
  {
    word: 'why',
    aliases: [],
    group: 'help',
    usage:
      'why STORE [REGION] | vote STORE [REGION] | entry INDEX [REGION] | pd [REGION] | CLIENT | op N | read N | key KEY | txn NAME',
    what: 'Says which rule blocks or decided, with its numbers and the record that it comes from.',
    example: 'why s1 r1',
    read: (args) => ({ type: 'look', look: { type: 'why', subject: subject(args) } }),
  },
];

/** `r1` where nothing is said. */
const regionOr1 = (args: Args): number => (args.done ? 1 : args.region());

function subject(args: Args): WhySubject {
  if (args.has('entry')) {
    const index = args.count('an index', MOST);
    return { type: 'entry', index, region: regionOr1(args) };
  }
  if (args.has('op') || args.has('read'))
    return { type: 'operation', op: args.count('the number of an operation', MOST) };
  if (args.has('vote')) {
    const store = args.node(['store'], 'a store');
    return { type: 'vote', store, region: regionOr1(args) };
  }
  if (args.has('pd')) return { type: 'route', region: regionOr1(args) };
  if (args.has('txn')) return { type: 'transaction', name: args.transaction() };
  if (args.has('key')) return { type: 'key', key: args.key().bytes };
  const token = args.take('what it is about', { type: 'subject' });
  const id = token.type === 'braces' ? nodeOf(token, ['store', 'client'], args.names) : token.text;
  const kind = token.type === 'quoted' ? undefined : parseNodeId(id.toLowerCase())?.kind;
  if (kind === 'client') return { type: 'client', client: nodeOf(token, ['client'], args.names) };
  if (kind === 'store') {
    const store = nodeOf(token, ['store'], args.names);
    return { type: 'store', store, region: regionOr1(args) };
  }
  if (token.bytes === '' || /^(pd\d+|r\d+)$/i.test(token.text))
    throw new LineProblem(
      `Nothing is known of \`${token.text}\` here. Ask about a store, an entry, a vote, a client, an operation, a key or a transaction: why s1 r1`,
      token,
    );
  return { type: 'key', key: token.bytes };
}
