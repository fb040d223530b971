// Words for what clients ask for.

import type { Bytes } from '../../base/bytes.ts';
import { parseNodeId, type NodeId } from '../../tikv/ids.ts';
import type { ClientRequest, ReadPath } from '../../tikv/client/request.ts';
import { nodeOf, type Args } from '../line-args.ts';
import { LineProblem } from '../line-tokens.ts';
import { does, type Group, type Verb } from './verb.ts';

const SCAN_LIMIT = 100;
const SCAN_LIMIT_MAX = 10_000;

type Data = Pick<Verb, 'word' | 'aliases' | 'usage' | 'what' | 'example' | 'before'> & {
  readonly request: (args: Args) => ClientRequest;
};

const data = ({ request, ...verb }: Data, group: Group = 'data'): Verb => ({
  ...verb,
  group,
  read: (args: Args, client: NodeId) => does({ type: 'request', client, request: request(args) }),
});

/** Keys are not empty, in TiKV neither. */
function key(args: Args, what = 'a key'): Bytes {
  const token = args.key(what);
  if (token.bytes === '') throw new LineProblem('A key has at least one byte.', token);
  return token.bytes;
}

/** Null where nothing is said. */
function readPath(args: Args): ReadPath | null {
  const path = args.option('path', { type: 'words', words: ['lease', 'read-index', 'replica'] });
  const store = args.option('store', { type: 'node', kinds: ['store'] });
  const word = path?.text.toLowerCase() ?? (store === null ? null : 'replica');
  if (word === 'replica') {
    if (store === null)
      throw new LineProblem(
        'A read at a replica names its store: --path replica --store s2',
        path ?? args.place(),
      );
    const node = nodeOf(store, ['store'], args.names);
    return { type: 'replica', store: parseNodeId(node)?.number ?? 0 };
  }
  if (store !== null)
    throw new LineProblem('A store is named only for a read at a replica: --path replica', store);
  if (word === null) return null;
  if (word === 'lease' || word === 'local') return { type: 'lease' };
  if (word === 'read-index') return { type: 'read-index' };
  throw new LineProblem(
    `\`${word}\` is no path. There are lease, read-index, replica.`,
    path ?? args.place(),
  );
}

export const DATA_VERBS: readonly Verb[] = [
  data({
    word: 'put',
    aliases: ['set'],
    usage: 'put KEY VALUE',
    what: 'Writes a value under a key.',
    example: 'put ann 43',
    request: (args) => ({ type: 'put', key: key(args), value: args.bytes('a value') }),
  }),
  data({
    word: 'get',
    aliases: [],
    usage: 'get KEY [--path lease|read-index|replica] [--store STORE]',
    what: 'Reads a key, linearizably: the leader first makes sure that it still leads, or has a lease, or a replica asks it.',
    example: 'get ann',
    request: (args) => {
      const read = readPath(args);
      return { type: 'get', key: key(args), ...(read === null ? {} : { read }) };
    },
  }),
  data({
    word: 'delete',
    aliases: ['del'],
    usage: 'delete KEY',
    what: 'Takes a key and its value away.',
    example: 'delete ann',
    request: (args) => ({ type: 'delete', key: key(args) }),
  }),
  data({
    word: 'scan',
    aliases: [],
    usage: 'scan FROM [TO] [limit N] [--path lease|read-index|replica] [--store STORE]',
    what: `Reads the pairs from a key on, to another one (exclusive), at most ${SCAN_LIMIT} where no limit is said; '' is the first key.`,
    example: 'scan a z limit 10',
    request: (args) => {
      const read = readPath(args);
      return { ...scanOf(args), type: 'scan', ...(read === null ? {} : { read }) };
    },
  }),
  data({
    word: 'cas',
    aliases: [],
    usage: 'cas KEY OLD|--absent NEW',
    what: 'Writes the new value only where the key has the old one, or (--absent) where it does not exist.',
    example: 'cas ann --absent 43',
    request: (args) => {
      const absent = args.flag('absent');
      const name = key(args);
      const previous = absent ? null : args.bytes('the old value');
      return { type: 'cas', key: name, previous, value: args.bytes('the new value') };
    },
  }),
];

const ofTxn = (verb: Data): Verb => data(verb, 'transactions');

const named =
  (type: 'commit' | 'rollback') =>
  (args: Args): ClientRequest => ({
    type,
    name: args.done ? null : args.transaction(),
  });

/** What belongs to the client's open transaction; put, get, delete and scan mean the same while one is open. */
export const TXN_VERBS: readonly Verb[] = [
  ofTxn({
    word: 'begin',
    aliases: [],
    usage: 'begin [as NAME]',
    what: 'Opens a transaction of this client; put, get, delete and scan belong to it until commit or rollback.',
    example: 'begin as t1',
    request: (args) => ({ type: 'begin', name: args.has('as') ? args.transaction() : null }),
  }),
  ofTxn({
    word: 'commit',
    aliases: [],
    usage: 'commit [NAME]',
    what: 'Commits the open transaction, in two phases.',
    example: 'commit t1',
    before: ['begin as t1'],
    request: named('commit'),
  }),
  ofTxn({
    word: 'rollback',
    aliases: [],
    usage: 'rollback [NAME]',
    what: 'Gives the open transaction up.',
    example: 'rollback t1',
    before: ['begin as t1'],
    request: named('rollback'),
  }),
  ofTxn({
    word: 'txn-put',
    aliases: [],
    usage: 'txn-put KEY VALUE',
    what: 'As put, and refused where no transaction is open.',
    example: 'txn-put ann 43',
    before: ['begin as t1'],
    request: (args) => ({ type: 'txn-put', key: key(args), value: args.bytes('a value') }),
  }),
  ofTxn({
    word: 'txn-get',
    aliases: [],
    usage: 'txn-get KEY',
    what: 'As get, and refused where no transaction is open.',
    example: 'txn-get ann',
    before: ['begin as t1'],
    request: (args) => ({ type: 'txn-get', key: key(args) }),
  }),
  ofTxn({
    word: 'txn-delete',
    aliases: [],
    usage: 'txn-delete KEY',
    what: 'As delete, and refused where no transaction is open.',
    example: 'txn-delete ann',
    before: ['begin as t1'],
    request: (args) => ({ type: 'txn-delete', key: key(args) }),
  }),
  ofTxn({
    word: 'txn-scan',
    aliases: [],
    usage: 'txn-scan FROM [TO] [limit N]',
    what: 'As scan, and refused where no transaction is open.',
    example: 'txn-scan a z limit 10',
    before: ['begin as t1'],
    request: (args) => ({ ...scanOf(args), type: 'txn-scan' }),
  }),
];

function scanOf(args: Args): { from: Bytes; to: Bytes; limit: number } {
  const from = args.key('the first key').bytes;
  args.has('to');
  let to = '';
  let limit: number | null = null;
  if (args.has('limit')) limit = args.count('a limit', SCAN_LIMIT_MAX);
  else if (!args.done) to = args.key('the last key').bytes;
  if (limit === null && args.has('limit')) limit = args.count('a limit', SCAN_LIMIT_MAX);
  return { from, to, limit: limit ?? SCAN_LIMIT };
}
