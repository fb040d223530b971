// Words for links and for single messages.

import type { Hold } from '../../sim/network.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { Args } from '../line-args.ts';
import { nodeOf } from '../line-args.ts';
import { LineProblem, type Token } from '../line-tokens.ts';
import { anyNode, does, type Action, type Verb } from './verb.ts';

const NETWORK = { aliases: [], group: 'network' } as const;

export const NETWORK_VERBS: readonly Verb[] = [
  {
    ...NETWORK,
    word: 'partition',
    usage: 'partition NODE,NODE|NODE,NODE [--oneway]',
    what: 'Cuts all links between the sides; with --oneway only those from the first side.',
    example: 'partition s1|s2,s3',
    read: partition,
  },
  {
    ...NETWORK,
    word: 'isolate',
    usage: 'isolate NODE',
    what: 'Cuts a node off from everybody, clients and PD too.',
    example: 'isolate s1',
    read: (args) => does({ type: 'isolate', node: anyNode(args) }),
  },
  {
    ...NETWORK,
    word: 'heal',
    usage: 'heal [NODE]',
    what: 'Opens every cut link, or those of one node.',
    example: 'heal',
    read: (args) => does({ type: 'heal', node: args.done ? null : anyNode(args) }),
  },
  {
    ...NETWORK,
    word: 'cut',
    usage: 'cut FROM TO',
    what: 'Cuts one direction of a link.',
    example: 'cut s1 s2',
    read: (args) => does({ type: 'cut', from: anyNode(args), to: anyNode(args) }),
  },
  {
    ...NETWORK,
    word: 'mend',
    usage: 'mend FROM TO',
    what: 'Opens one direction of a link.',
    example: 'mend s1 s2',
    before: ['cut s1 s2'],
    read: (args) => does({ type: 'mend', from: anyNode(args), to: anyNode(args) }),
  },
  {
    ...NETWORK,
    word: 'latency',
    usage: 'latency NODE NODE DURATION [jitter DURATION]',
    what: 'How long a message takes on a link, both ways; jitter to either side.',
    example: 'latency s1 s2 40ms jitter 5ms',
    read: (args) => {
      const [a, b] = [anyNode(args), anyNode(args)];
      const latency = args.duration('a latency');
      return does({
        type: 'latency',
        a,
        b,
        latency,
        jitter: args.has('jitter') ? args.duration() : 0,
      });
    },
  },
  {
    ...NETWORK,
    word: 'loss',
    usage: 'loss NODE NODE SHARE%',
    what: 'How many of the messages on a link are lost, both ways.',
    example: 'loss s1 s2 10%',
    read: (args) =>
      does({ type: 'loss', a: anyNode(args), b: anyNode(args), perMillion: args.share() }),
  },
  {
    ...NETWORK,
    word: 'link',
    usage:
      'link FROM TO DURATION [jitter DURATION] [loss SHARE%] [duplicate SHARE%] [reorder SHARE%]',
    what: 'Everything about one direction of a link; what is not named is off. Alone: a link to this moment.',
    example: 'link s1 s2 40ms jitter 5ms loss 10%',
    read: link,
  },
];

function partition(args: Args): Action {
  const oneWay = args.flag('oneway');
  const rest = args.rest({ type: 'node', kinds: ['store', 'pd', 'client'], many: true });
  const first = rest[0];
  if (first === undefined) args.take('the sides');
  const groups: NodeId[][] = [[]];
  for (const piece of rest.flatMap(pieces)) {
    if (piece.text === '|') groups.push([]);
    else if (piece.text !== ',')
      groups.at(-1)?.push(nodeOf(piece, ['store', 'pd', 'client'], args.names));
  }
  if (groups.length < 2 || groups.some((group) => group.length === 0))
    throw new LineProblem(
      'A partition needs two sides or more, each with a node: partition s1,s2|s3',
      first ?? null,
    );
  return does({ type: 'partition', groups, oneWay });
}

/** `s1,s2|s3` in its parts, each with its place. */
function pieces(token: Token): Token[] {
  return [...token.text.matchAll(/[|,]|[^|,]+/g)].map((match) => {
    const from = token.from + match.index;
    return { ...token, text: match[0], from, to: from + match[0].length };
  });
}

function link(args: Args): Action {
  if (args.done) return { type: 'link', at: null };
  const [from, to] = [anyNode(args), anyNode(args)];
  const latency = args.duration('a latency');
  const set = { jitter: 0, lossPerMillion: 0, duplicatePerMillion: 0, reorderPerMillion: 0 };
  while (!args.done) {
    const word = args.oneOf(['jitter', 'loss', 'duplicate', 'reorder'], 'a quality of a link');
    if (word === 'jitter') set.jitter = args.duration();
    else set[`${word}PerMillion`] = args.share();
  }
  return does({ type: 'link', from, to, latency, ...set });
}

type MessageVerb = 'drop' | 'duplicate' | 'deliver';

const ofMessage = (word: MessageVerb, what: string): Verb => ({
  word,
  aliases: [],
  group: 'messages',
  usage: `${word} MESSAGE`,
  what,
  example: `${word} s1#42`,
  read: (args) => does({ type: word, message: args.message() }),
});

export const MESSAGE_VERBS: readonly Verb[] = [
  ofMessage('drop', 'Loses a message that is under way.'),
  ofMessage('duplicate', 'Puts a second copy of a Raft message on its wire.'),
  ofMessage('deliver', 'A message that is under way arrives now.'),
  {
    word: 'delay',
    aliases: [],
    group: 'messages',
    usage: 'delay MESSAGE DURATION',
    what: 'A message that is under way arrives so much later.',
    example: 'delay s1#42 50ms',
    read: (args) => does({ type: 'delay', message: args.message(), by: args.duration() }),
  },
  {
    word: 'hold',
    aliases: [],
    group: 'messages',
    usage: 'hold MESSAGE | hold all|KIND [from NODE] [to NODE]',
    what: 'A message stands still; or every message of a kind, from now on, as soon as it is sent.',
    example: 'hold MsgAppend from s1',
    read: hold,
  },
  {
    word: 'release',
    aliases: [],
    group: 'messages',
    usage: 'release MESSAGE | release all | release all|KIND [from NODE] [to NODE]',
    what: 'Lets a held message go on, or all of them; or ends the holding of a kind.',
    example: 'release all',
    before: ['hold all'],
    read: release,
  },
];

function hold(args: Args): Action {
  const what = args.take('a message or a kind', { type: 'message-kind' });
  if (isMessage(what)) return does({ type: 'hold', message: args.messageOf(what) });
  return does({ type: 'hold-kind', ...kindAndEnds(what, args) });
}

/** A message by its number, or an expression that names one. */
const isMessage = ({ type, text }: Token): boolean => type === 'braces' || text.includes('#');

function release(args: Args): Action {
  const what = args.take('a message or a kind', { type: 'message-kind' });
  if (isMessage(what)) return does({ type: 'release', message: args.messageOf(what) });
  const rule = kindAndEnds(what, args);
  const whole = rule.kind === null && rule.from === null && rule.to === null;
  return whole ? does({ type: 'release', message: null }) : does({ type: 'release-kind', ...rule });
}

function kindAndEnds(what: Token, args: Args): Hold {
  const kind = what.text.toLowerCase() === 'all' ? null : messageKind(what);
  const from = args.has('from') ? anyNode(args) : null;
  const to = args.has('to') ? anyNode(args) : null;
  return { kind, from, to };
}

function messageKind(token: Token): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll('-', '');
  const known = KINDS.find((kind) => plain(kind) === plain(token.text));
  if (known !== undefined) return known;
  throw new LineProblem(
    `\`${token.text}\` is no kind of message. There are ${KINDS.join(', ')}.`,
    token,
  );
}

/** raft-rs's names, the calls of clients and of PD, and their answers. */
export const KINDS: readonly string[] = [
  'MsgAppend',
  'MsgAppendResponse',
  'MsgHeartbeat',
  'MsgHeartbeatResponse',
  'MsgRequestVote',
  'MsgRequestVoteResponse',
  'MsgRequestPreVote',
  'MsgRequestPreVoteResponse',
  'snapshot-chunk',
  'snapshot-answer',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'raw-get',
  'raw-put',
  'raw-delete',
  'raw-scan',
  'raw-cas',
  'kv-response',
  'kv-get',
  'kv-scan',
  'kv-prewrite',
  'kv-commit',
  'kv-rollback',
  'kv-check-txn-status',
  'kv-resolve-lock',
  'kv-resolve-lock-lite',
  'kv-acquire-pessimistic-lock',
  'kv-pessimistic-rollback',
  'txn-response',
  'get-region',
  'region-heartbeat',
  'store-heartbeat',
  'tso',
  'pd-response',
];
