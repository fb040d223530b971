// Words for PD, in pd-ctl's spellings: stores, Regions, operators, schedulers, timestamps; stores that join.

import { KNOBS } from '../../tikv/config.ts';
import { parseNodeId, type RegionId, type StoreId } from '../../tikv/ids.ts';
import type { PdCommand } from '../../tikv/pd/command.ts';
import type { StoreLabel } from '../../tikv/pd/message.ts';
import { SCHEDULER_NAMES, schedulerNamed } from '../../tikv/pd/schedulers.ts';
import type { Bytes } from '../../base/bytes.ts';
import { durationOf, listedRegions, type Args } from '../line-args.ts';
import { LineProblem, wordOf } from '../line-tokens.ts';
import { does, type Action, type Look, type Verb } from './verb.ts';

const asks = (request: PdCommand): Action => does({ type: 'pd', request });
const looks = (look: Look): Action => ({ type: 'look', look });
const storeOf = (args: Args, what = 'a store'): StoreId =>
  parseNodeId(args.node(['store'], what))?.number ?? 0;

export const PD_VERBS: readonly Verb[] = [
  {
    word: 'store',
    aliases: ['stores'],
    group: 'pd',
    usage: 'store [STORE] | store delete|cancel-delete STORE | store label STORE NAME=VALUE…',
    what: 'Says what PD knows of stores; empties one (delete), keeps it after all, or says where it stands.',
    example: 'store s1',
    read: store,
  },
  {
    word: 'region',
    aliases: ['regions'],
    group: 'pd',
    usage: 'region [REGION] | region key KEY [--txn]',
    what: 'Says what PD knows of Regions, or which one holds a key.',
    example: 'region key ann',
    read(args) {
      if (args.has('key')) {
        const { bytes: key } = args.key();
        return looks({ type: 'region-of', key, space: args.flag('txn') ? 'txn' : 'raw' });
      }
      const byKey = (text: string) => ` Which one holds a key: region key ${wordOf(text)}`;
      return looks({ type: 'regions', region: args.done ? null : args.region(byKey) });
    },
  },
  {
    word: 'operator',
    aliases: ['operators'],
    group: 'pd',
    usage:
      'operator show | add transfer-leader|add-peer|add-learner|remove-peer REGION STORE | add transfer-peer REGION FROM TO | add split-region REGION [--keys KEY] | add scatter-region REGION | check REGION | remove REGION',
    what: 'Asks PD for a change of a Region, says what PD is doing, or takes it back.',
    example: 'operator add transfer-leader r1 s2',
    read: operator,
  },
  {
    word: 'scheduler',
    aliases: ['schedulers'],
    group: 'pd',
    usage:
      'scheduler show | scheduler add|remove NAME [STORE] | scheduler pause NAME DURATION | scheduler resume NAME',
    what: 'Says which schedulers of PD run; starts, stops or pauses one: balance-leader, balance-region, balance-hot-region, evict-leader.',
    example: 'scheduler add evict-leader s1',
    read: scheduler,
  },
  {
    word: 'split',
    aliases: ['split-region'],
    group: 'pd',
    usage: 'split REGION | split KEY [--txn]',
    what: 'Asks PD to split a Region in the middle, or the Region of a key at that key.',
    example: 'split m',
    read: split,
  },
  {
    word: 'join',
    aliases: ['scale-out'],
    group: 'pd',
    usage: 'join STORE [NAME=VALUE…]',
    what: 'A new store joins, with an empty disk; PD moves replicas to it. Labels say where it stands.',
    example: 'join s4 zone=z1',
    read: join,
  },
  {
    word: 'tso',
    aliases: [],
    group: 'pd',
    usage: 'tso [TIMESTAMP]',
    what: 'Takes a timestamp apart: milliseconds, and its number among those of the millisecond; without one, the newest.',
    example: 'tso',
    read: (args) => looks({ type: 'timestamp', timestamp: args.done ? null : timestamp(args) }),
  },
];

function store(args: Args): Action {
  if (args.has('delete')) return asks({ type: 'delete-store', store: storeOf(args) });
  if (args.has('cancel-delete')) return asks({ type: 'cancel-delete-store', store: storeOf(args) });
  if (args.has('label')) {
    const id = storeOf(args);
    const place = args.place();
    const found = labels(args);
    if (found.length === 0) throw new LineProblem('Name a label: store label s1 zone=z1', place);
    return asks({ type: 'label-store', store: id, labels: found });
  }
  return looks({ type: 'stores', store: args.done ? null : storeOf(args) });
}

const LABEL = /^([a-z][a-z0-9_-]{0,30})=([A-Za-z0-9][A-Za-z0-9_.-]{0,62})$/i;

function labels(args: Args): StoreLabel[] {
  const found: StoreLabel[] = [];
  while (!args.done) {
    const token = args.take('a label', { type: 'free', what: 'zone=z1' });
    const [, key, value] = LABEL.exec(token.text) ?? [];
    if (key === undefined || value === undefined)
      throw new LineProblem(`\`${token.text}\` is no label. Labels are zone=z1, host=h2.`, token);
    found.push({ key, value });
  }
  return found;
}

function join(args: Args): Action {
  const token = args.take('a store', { type: 'free', what: 's4' });
  const text = token.text.toLowerCase();
  const node = /^\d+$/.test(text) ? `s${text}` : text;
  if (parseNodeId(node)?.kind !== 'store')
    throw new LineProblem(
      `\`${token.text}\` is no store. A new store is named by its number: s4.`,
      token,
    );
  return does({ type: 'join', node, labels: labels(args) });
}

export const NO_MERGE = 'Regions are not merged here: splits only. PD can do it in TiKV.';

const OPERATORS = [
  'transfer-leader',
  'add-peer',
  'add-learner',
  'remove-peer',
  'transfer-peer',
  'split-region',
  'scatter-region',
] as const;

function operator(args: Args): Action {
  const word = args.oneOf(['show', 'add', 'check', 'remove'], 'what operator does');
  if (word === 'show') return looks({ type: 'operators', region: null });
  if (word === 'check') return looks({ type: 'operators', region: args.region() });
  if (word === 'remove') return asks({ type: 'remove-operator', region: args.region() });
  const wanted = args.peek();
  if (wanted === 'merge-region' || wanted === 'merge')
    throw new LineProblem(NO_MERGE, args.place());
  const type = args.oneOf(OPERATORS, 'an operator');
  switch (type) {
    case 'transfer-peer': {
      const region = args.region();
      return asks({ type, region, from: storeOf(args), to: storeOf(args) });
    }
    case 'split-region':
      return splitRegion(args);
    case 'scatter-region':
      return asks({ type, region: args.region() });
    default:
      return asks({ type, region: args.region(), store: storeOf(args) });
  }
}

function splitRegion(args: Args): Action {
  const region = args.region();
  const space = args.flag('txn') ? 'txn' : 'raw';
  const keys: Bytes[] = [];
  for (let key = args.option('keys', { type: 'key' }); key; key = args.option('keys'))
    keys.push(key.bytes);
  const token = args.option('policy', {
    type: 'words',
    words: ['approximate', 'scan', 'usekey'],
  });
  const policy = token?.text.toLowerCase() ?? (keys.length > 0 ? 'usekey' : 'approximate');
  if (policy !== 'approximate' && policy !== 'scan' && policy !== 'usekey')
    throw new LineProblem(
      `\`${policy}\` is no policy. There are approximate, scan and usekey.`,
      token,
    );
  if (policy === 'usekey' && keys.length === 0)
    throw new LineProblem('The policy usekey needs a key: --keys m', token);
  return asks({
    type: 'split-region',
    region,
    policy: keys.length > 0 ? 'usekey' : policy,
    keys,
    space,
  });
}

function split(args: Args): Action {
  const token = args.take('a Region or a key', { type: 'key' });
  const space = args.flag('txn') ? 'txn' : 'raw';
  const number = token.type === 'word' ? /^r?([1-9]\d*)$/i.exec(token.text)?.[1] : undefined;
  const region: RegionId | null = number === undefined ? null : Number(number);
  if (region === null) {
    if (token.bytes === '') throw new LineProblem('A key has at least one byte.', token);
    return asks({ type: 'split-region', region, policy: 'usekey', keys: [token.bytes], space });
  }
  if (args.names.regions.includes(region))
    return asks({ type: 'split-region', region, policy: 'approximate', keys: [], space: 'raw' });
  throw new LineProblem(
    `There is no Region ${token.text}. Regions: ${listedRegions(args.names)}. A key of that name stands in quotes.`,
    token,
  );
}

const SHORT_NAMES = SCHEDULER_NAMES.map((name) => name.replace('-scheduler', ''));

function scheduler(args: Args): Action {
  const word = args.oneOf(['show', 'add', 'remove', 'pause', 'resume'], 'what scheduler does');
  if (word === 'show') return looks({ type: 'schedulers' });
  const token = args.take('a scheduler', { type: 'words', words: SHORT_NAMES });
  // pd-ctl names an evicting scheduler with its store: evict-leader-scheduler-1.
  const [, base = token.text, number] = /^(evict-leader-scheduler)-(\d+)$/.exec(token.text) ?? [];
  const name = schedulerNamed(base);
  if (name === null)
    throw new LineProblem(
      `There is no scheduler \`${token.text}\`. There are ${SHORT_NAMES.join(', ')}.`,
      token,
    );
  if (word === 'resume') return asks({ type: 'resume-scheduler', name });
  if (word === 'pause') return asks({ type: 'pause-scheduler', name, duration: pauseTime(args) });
  const evicts = name === 'evict-leader-scheduler';
  const given = number === undefined ? null : Number(number);
  const id = given ?? (evicts && !args.done ? storeOf(args) : null);
  return asks({ type: word === 'add' ? 'add-scheduler' : 'remove-scheduler', name, store: id });
}

/** pd-ctl counts seconds. */
function pauseTime(args: Args): number {
  const token = args.take('a duration', { type: 'duration' });
  const time = durationOf(/^\d+$/.test(token.text) ? `${token.text}s` : token.text);
  if (time !== null && time >= 1000) return time;
  throw new LineProblem(`\`${token.text}\` is no duration. Durations are 40ms, 1.5s or 2m.`, token);
}

function timestamp(args: Args): number {
  const token = args.take('a timestamp');
  const value = /^\d{1,16}$/.test(token.text) ? Number(token.text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new LineProblem(
    `\`${token.text}\` is no timestamp. Timestamps are whole numbers below 2^53.`,
    token,
  );
}

export const isLocationLabels = (args: Args): boolean =>
  args.has('location-labels') || args.has('replication.location-labels');

/** `zone,rack,host`; nothing in quotes: labels do not matter. */
export function locationLabels(args: Args): Action {
  const token = args.take('labels', { type: 'free', what: 'zone,host' });
  const found = token.text === '' ? [] : token.text.split(',');
  const bad = found.find(
    (key, i) => !/^[a-z][a-z0-9_-]{0,30}$/i.test(key) || found.indexOf(key) !== i,
  );
  if (bad !== undefined)
    throw new LineProblem(`\`${bad}\` is no name of a label, or it stands twice: zone,host`, token);
  return asks({ type: 'location-labels', labels: found });
}

/** A setting by TiKV's and PD's short name too: `max-replicas` is `replication.max-replicas`. */
export function wholeName(text: string): string {
  if (text in KNOBS) return text;
  const fitting = Object.keys(KNOBS).filter((name) => name.endsWith(`.${text}`));
  const [only] = fitting;
  return only !== undefined && fitting.length === 1 ? only : text;
}
