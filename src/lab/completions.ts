// What may come next in a console line: words, nodes in their present state, keys that exist, Regions, messages, rules,
// settings, durations, each with its meaning in a few words. A pure function of the line and the world.

import { KNOBS, type KnobName } from '../tikv/config.ts';
import type { NodeId, NodeKind, RegionId } from '../tikv/ids.ts';
import { RULE_NAMES } from '../sim/broken-rules.ts';
import type { NodeState } from '../projections/cluster.ts';
import { leaderOf, openOperations } from '../projections/questions.ts';
import { requestWords } from '../projections/words/explain-command.ts';
import { nodeName, shown } from '../projections/words/format.ts';
import { ruleWords } from '../projections/words/rule-words.ts';
import type { World } from '../projections/world.ts';
import { dropTools, takeClient } from './console.ts';
import { expressionWords } from './expression-words.ts';
import { Args, type Names } from './line-args.ts';
import { LineProblem, readWords, wordOf, type Token } from './line-tokens.ts';
import { EndOfLine, type Want } from './line-wants.ts';
import { VERBS, verbOf } from './verbs/all.ts';
import { KINDS } from './verbs/network.ts';

export interface Completion {
  /** What stands at the cursor once it is taken. */
  readonly text: string;
  /** What it is, in a few words. */
  readonly means: string;
}

export interface Completions {
  /** The characters of the line that a completion replaces. */
  readonly from: number;
  readonly to: number;
  /** The likeliest first. */
  readonly options: readonly Completion[];
  /** More may follow without a space: of a list, or inside an expression. */
  readonly open: boolean;
}

/** More are no help. */
const OPTIONS_MAX = 60;

/** What may stand at the cursor of a line. */
export function completions(line: string, cursor: number, world: World): Completions {
  const before = line.slice(0, cursor);
  const inBraces = /\{([^}]*)$/.exec(before) ?? /\buntil\s+((?!.*\bwithin\b)[^{]*)$/i.exec(before);
  if (inBraces !== null) return expressionAt(inBraces[1] ?? '', cursor, world);
  // The word that is being typed; of `s1,s2|s` only what stands behind the last sign.
  const typed = /[^\s]*$/.exec(before)?.[0] ?? '';
  const wants = wantsAt(before.slice(0, before.length - typed.length), world);
  const list = wants.some((want) => want.type === 'change' || ('many' in want && want.many));
  const piece = list ? typed.replace(/^.*[,|]/, '') : typed.replace(/^(c\d+:)/i, '');
  const words = wants.flatMap((want) => optionsFor(want, world, before));
  const options = distinct(words).filter(({ text }) => fits(text, piece));
  return {
    from: cursor - piece.length,
    to: cursor,
    options: options.slice(0, OPTIONS_MAX),
    open: list,
  };
}

/** It begins so, or a part of it does: `balance` finds `client.…-balance`. */
function fits(text: string, typed: string): boolean {
  const [all, part] = [text.toLowerCase(), typed.toLowerCase()];
  return all.startsWith(part) || (part.length > 1 && all.split(/[./-]/).some(startsWith(part)));
}

const startsWith = (part: string) => (word: string) => word.startsWith(part);

function distinct(options: readonly Completion[]): Completion[] {
  const seen = new Set<string>();
  return options.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** What the words before the cursor leave room for. */
function wantsAt(before: string, world: World): Want[] {
  const wants: Want[] = [];
  try {
    const tokens: Token[] = [...readWords(before).tokens];
    const names = namesOf(world);
    const client = takeClient(tokens, names);
    dropTools(tokens);
    const [word, ...rest] = tokens;
    if (word === undefined) return [{ type: 'verb' }];
    const verb = verbOf(word.text.toLowerCase());
    if (verb === null) return [];
    verb.read(new Args(rest, { end: before.length, usage: verb.usage, names, wants }), client);
  } catch (thrown) {
    // A word before the cursor is wrong: what comes after it is anybody's guess.
    if (thrown instanceof LineProblem) return [];
    if (!(thrown instanceof EndOfLine)) throw thrown;
  }
  return withVerb(before, wants);
}

/** Nodes are offered in the state that the word can do something about. */
function withVerb(before: string, wants: readonly Want[]): Want[] {
  const word = verbOf(/^\s*(?:c\d+\s*:\s*)?(\S+)/i.exec(before)?.[1]?.toLowerCase() ?? '')?.word;
  return wants.map((want) =>
    want.type === 'node' && word !== undefined ? { ...want, word } : want,
  );
}

function namesOf(world: World): Names {
  return {
    nodes: Object.keys(world.nodes),
    regions: Object.keys(world.regions).map(Number),
    value: (expression) => {
      const region = Number(/^\s*leader\('?r?(\d+)'?\)\s*$/.exec(expression)?.[1] ?? 1);
      return { text: leaderOf(world, region)?.store ?? 's1' };
    },
  };
}

type Of = (world: World) => readonly Completion[];

function optionsFor(want: Want, world: World, before: string): readonly Completion[] {
  switch (want.type) {
    case 'words':
      return want.words.map((text) => ({ text, means: WORD_MEANS[text] ?? '' }));
    case 'option':
      return [{ text: `--${want.name}`, means: WORD_MEANS[`--${want.name}`] ?? 'an option' }];
    case 'node':
      return nodesFor(want, world, before);
    case 'change':
      return storeNodes(world).flatMap(({ id }) => [
        { text: `+${id}`, means: `${nodeName(id)} becomes a voter` },
        { text: `-${id}`, means: `${nodeName(id)} becomes a learner` },
      ]);
    case 'free':
      return [];
    default:
      return OPTIONS[want.type](world);
  }
}

const OPTIONS: Readonly<
  Record<Exclude<Want['type'], 'words' | 'option' | 'node' | 'change' | 'free'>, Of>
> = {
  region: (world) =>
    Object.values(world.regions).map(({ region }) => ({
      text: `r${region.id}`,
      means: regionMeans(world, region.id),
    })),
  key: keyOptions,
  duration: () => DURATIONS,
  share: () =>
    ['1%', '10%', '50%', '100%'].map((text) => ({ text, means: 'of the messages on a link' })),
  message: messageOptions,
  'message-kind': (world) => [
    { text: 'all', means: 'every message, from now on' },
    ...KINDS.map((text) => ({ text, means: kindMeans(text) })),
    ...messageOptions(world),
  ],
  transaction: (world) =>
    world.transactions.list
      .filter(({ phase }) => phase === 'open')
      .map(({ name, client }) => ({ text: name, means: `open, of ${client}` })),
  rule: () => RULE_NAMES.map((text) => ({ text: text.replace(/^mut:/, ''), means: means(text) })),
  setting: (world) =>
    (Object.keys(KNOBS) as KnobName[]).map((text) => ({
      text,
      means: `${world.settings[text]}. ${KNOBS[text].what}`,
    })),
  operation: (world) =>
    openOperations(world).map(({ op, client, request }) => ({
      text: `${op}`,
      means: `${client} ${requestWords(request)}`,
    })),
  subject: (world) => [
    ...Object.values(world.nodes)
      .filter(({ kind }) => kind !== 'pd')
      .map((node) => ({ text: node.id, means: nodeMeans(world, node) })),
    ...keyOptions(world),
  ],
  expression: () => [{ text: '{', means: "a condition, such as {leader('r1')}" }],
  verb: () => VERBS.map(({ word, what }) => ({ text: word, means: what })),
};

const means = (rule: string): string =>
  rule.startsWith('mut:') ? 'a rule of the exercises, broken' : ruleWords(rule);

const storeNodes = (world: World): NodeState[] =>
  Object.values(world.nodes).filter(({ kind }) => kind === 'store');

const hasCut = (world: World, node: NodeId): boolean =>
  Object.values(world.links).some(({ from, to, cut }) => cut && (from === node || to === node));

/** Whom a word can be about now; words that are not here can be about everybody. */
const CAN: Readonly<Record<string, (node: NodeState, world: World) => boolean>> = {
  kill: ({ status }) => status === 'up' || status === 'paused',
  restart: ({ status }) => status === 'down' || status === 'destroyed',
  pause: ({ status }) => status === 'up',
  resume: ({ status }) => status === 'paused',
  destroy: ({ status }) => status !== 'destroyed',
  campaign: ({ status }) => status === 'up',
  snapshot: ({ status }) => status === 'up',
  heal: ({ id }, world) => hasCut(world, id),
  mend: ({ id }, world) => hasCut(world, id),
};

function nodesFor(
  want: Extract<Want, { type: 'node' }> & { word?: string },
  world: World,
  before: string,
): Completion[] {
  const can = CAN[want.word ?? ''] ?? (() => true);
  // Who is named already is not named again, but `at` may ask the same store.
  const named = new Set((before.toLowerCase().match(/\b(?:s|c|pd)\d*\b/g) ?? []).map(asNode));
  const again = /\bat\s+$/i.test(before);
  return Object.values(world.nodes)
    .filter(({ kind, id }) => want.kinds.includes(kind) && (again || !named.has(id)))
    .filter((node) => can(node, world))
    .map((node) => ({ text: node.id, means: nodeMeans(world, node) }));
}

const asNode = (text: string): NodeId => (text === 'pd' ? 'pd1' : text);

const KIND_WORDS: Readonly<Record<NodeKind, string>> = {
  store: 'store',
  pd: 'placement driver',
  client: 'client',
};

function nodeMeans(world: World, { id, kind, status }: NodeState): string {
  const leads = Object.keys(world.regions)
    .filter((region) => leaderOf(world, Number(region))?.store === id)
    .map((region) => `r${region}`);
  const office = leads.length === 0 ? '' : `, leads ${leads.slice(0, 4).join(', ')}`;
  return `${KIND_WORDS[kind]}, ${status}${status === 'up' ? office : ''}`;
}

function regionMeans(world: World, id: RegionId): string {
  const leader = leaderOf(world, id);
  return leader === null
    ? 'Region without a leader'
    : `Region, led by ${nodeName(leader.store)} in term ${leader.term}`;
}

function keyOptions(world: World): Completion[] {
  const raw = Object.values(world.regions).flatMap(({ data }) =>
    data.map(([key, value]) => ({ text: wordOf(key), means: `= ${shown(value)}` })),
  );
  const stored = Object.values(world.transactions.versions)[0] ?? [];
  const versions = stored.map(({ key, lock, writes }) => ({
    text: wordOf(key),
    means: lock === null ? `${writes.length} versions` : 'locked',
  }));
  const written = world.transactions.list.flatMap(({ buffer, name }) =>
    buffer.map(([key]) => ({ text: wordOf(key), means: `in ${name}` })),
  );
  return [...raw, ...versions, ...written];
}

function messageOptions(world: World): Completion[] {
  return Object.values(world.flights)
    .filter(({ twinOf }) => twinOf === null)
    .map(({ id, label, from, to }) => ({
      text: id,
      means: `${label}, ${nodeName(from)} to ${nodeName(to)}`,
    }));
}

const kindMeans = (kind: string): string =>
  kind.startsWith('Msg')
    ? 'a Raft message'
    : kind.startsWith('raw-')
      ? 'a client’s call'
      : 'a call';

const DURATIONS: readonly Completion[] = [
  { text: '10ms', means: 'a short way' },
  { text: '50ms', means: 'a long way' },
  { text: '200ms', means: 'a fifth of a second' },
  { text: '1s', means: 'a second of virtual time' },
  { text: '1500ms', means: 'about an election time-out' },
  { text: '10s', means: 'ten seconds' },
];

const WORD_MEANS: Readonly<Record<string, string>> = {
  jitter: 'how much the latency varies',
  limit: 'at most so many pairs',
  to: 'the other end',
  from: 'messages of this node alone',
  at: 'asked of this store, whoever leads',
  as: 'a name for the transaction',
  within: 'how long it may take',
  until: 'until an expression holds',
  drift: 'millionths that the clock gains',
  entry: 'an entry of the log, by its index',
  op: 'an operation, by its number',
  read: 'a read, by its number',
  vote: 'the last vote that a store was asked for',
  key: 'a key and its lock',
  txn: 'a transaction, by its name',
  leave: 'leaves the joint configuration',
  slow: 'each write takes so much longer',
  stuck: 'no write ends',
  full: 'no room: its store takes no writes',
  lying: 'calls durable what is not',
  ok: 'mends it',
  on: 'breaks the rule',
  off: 'mends the rule',
  set: 'changes a setting',
  show: 'says what holds',
  all: 'all of them',
  lease: 'from the leader’s lease, without asking',
  'read-index': 'the leader asks a majority first',
  replica: 'at a follower, which asks its leader',
  '--path': 'how the read is answered',
  '--store': 'the replica on this store',
  '--absent': 'only where the key does not exist',
  '--oneway': 'only from the first side',
};

/** Inside an expression: functions, and events in quotes. */
function expressionAt(text: string, cursor: number, world: World): Completions {
  const quoted = /\(\s*'([a-z/-]*)$/i.exec(text);
  const typed = quoted?.[1] ?? /[a-z]*$/i.exec(text)?.[0] ?? '';
  const words = expressionWords(quoted !== null, world);
  const options = words.filter((word) => fits(word.text, typed)).slice(0, OPTIONS_MAX);
  return { from: cursor - typed.length, to: cursor, options, open: true };
}
