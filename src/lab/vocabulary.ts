// What conditions can speak about: the state of the cluster, and its history. Names and functions of the expression
// language for `wait until`, `lab.until`, scenes and goals.

import { bytesOf, textOf } from '../base/bytes.ts';
import { closestWord } from '../base/closest-word.ts';
import {
  BadArgument,
  isPredicate,
  type CallArgument,
  type Predicate,
  type Value,
  type Vocabulary,
  type VocabularyFunction,
} from '../base/expression.ts';
import { parseNodeId, type Micros, type NodeId } from '../tikv/ids.ts';
import type { Operation } from '../projections/clients.ts';
import { dataAt } from '../projections/fold-data.ts';
import {
  candidatesOf,
  commitOf,
  leaderOf,
  leadersOf,
  newestTerm,
  openOperations,
  operation,
  replicasOf,
  storesOf,
} from '../projections/questions.ts';
import type { Replica } from '../projections/raft.ts';
import type { World } from '../projections/world.ts';
import { operatorViews, schedulerViews } from './pd-views.ts';
import { type EventView, type JournalTail, viewOf } from './journal-tail.ts';

/** What the vocabulary looks at. */
export interface Seen {
  readonly world: World;
  readonly journal: JournalTail;
  now(): Micros;
}

export function vocabularyOf(seen: Seen): Vocabulary {
  return {
    names: { now: () => seen.now() / 1000 },
    functions: { ...stateFunctions(seen), ...historyFunctions(seen) },
  };
}

type Call = (args: readonly CallArgument[]) => Value;

const one = (usage: string, call: Call): VocabularyFunction => ({ usage, min: 1, max: 1, call });
const none = (usage: string, call: () => Value): VocabularyFunction => ({
  usage,
  min: 0,
  max: 0,
  call,
});

function stateFunctions(seen: Seen): Record<string, VocabularyFunction> {
  const { world } = seen;
  return {
    region: one('region(id)', ([id]) => regionView(world, regionId(id))),
    regions: none('regions()', () =>
      Object.keys(world.regions).map((id) => regionView(world, Number(id))),
    ),
    store: one('store(id)', ([id]) => storeView(world, nodeId(world, id, 'store'))),
    stores: none('stores()', () => storesOf(world).map((store) => storeView(world, store))),
    node: one('node(id)', ([id]) => nodeView(world, nodeId(world, id, null))),
    leader: {
      usage: 'leader(region)',
      min: 0,
      max: 1,
      call: ([id]) => leaderOf(world, id === undefined ? 1 : regionId(id))?.store ?? null,
    },
    leaders: {
      usage: 'leaders(region)',
      min: 0,
      max: 1,
      call: ([id]) =>
        leadersOf(world, id === undefined ? 1 : regionId(id)).map(({ store }) => store),
    },
    peer: {
      usage: 'peer(store, region)',
      min: 1,
      max: 2,
      call: ([store, id]) =>
        peerView(world, nodeId(world, store, 'store'), id === undefined ? 1 : regionId(id)),
    },
    entry: {
      usage: 'entry(store, region, index)',
      min: 3,
      max: 3,
      call: ([store, id, index]) =>
        entryView(world, nodeId(world, store, 'store'), regionId(id), index),
    },
    client: one('client(id)', ([id]) => clientView(world, nodeId(world, id, 'client'))),
    op: one('op(number)', ([number]) => operationView(opOf(world, number))),
    ops: { usage: 'ops(client)', min: 0, max: 1, call: ([id]) => operationsOf(world, id) },
    key: one('key(k)', ([key]) => keyView(world, key)),
    link: {
      usage: 'link(from, to)',
      min: 2,
      max: 2,
      call: ([from, to]) => linkView(world, nodeId(world, from, null), nodeId(world, to, null)),
    },
    messages: none('messages()', () =>
      Object.values(world.flights).map(({ id, from, to, kind, label, region, term, beads }) => ({
        id,
        from,
        to,
        kind,
        label,
        region,
        term,
        entries: beads,
      })),
    ),
    operators: none('operators()', () => operatorViews(world)),
    schedulers: none('schedulers()', () => schedulerViews(world)),
    quiet: none('quiet()', () => isQuiet(world)),
  };
}

function historyFunctions({ journal }: Seen): Record<string, VocabularyFunction> {
  const history = (
    name: string,
    call: (type: string, predicate: Predicate | null) => Value,
  ): VocabularyFunction => ({
    usage: `${name}('chapter/event', e => …)`,
    min: 1,
    max: 2,
    call: ([type, predicate]) => {
      if (predicate !== undefined && !isPredicate(predicate))
        throw new BadArgument(
          `The second argument is a predicate, such as ${name}('raft/became-leader', e => e.term > 5).`,
        );
      return call(eventType(journal, type), predicate ?? null);
    },
  });
  return {
    seen: history('seen', (type, predicate) => journal.matches(type, predicate).count > 0),
    count: history('count', (type, predicate) => journal.matches(type, predicate).count),
    first: history('first', (type, predicate) => journal.matches(type, predicate).first),
    last: history('last', (type, predicate) => journal.matches(type, predicate).last),
    ev: history('ev', (type, predicate) => {
      const views = journal.ofType(type).map((record): EventView => viewOf(record));
      return predicate === null ? views : views.filter((view) => Boolean(predicate.test(view)));
    }),
  };
}

function regionId(value: CallArgument | undefined): number {
  const text = typeof value === 'number' ? `${value}` : typeof value === 'string' ? value : '';
  const id = Number(/^r?(\d+)$/i.exec(text)?.[1] ?? NaN);
  if (Number.isNaN(id)) throw new BadArgument("A Region is named 'r1' or 1.");
  return id;
}

/** @throws BadArgument where there is no such node. */
function nodeId(
  world: World,
  value: CallArgument | undefined,
  kind: 'store' | 'client' | null,
): NodeId {
  const text =
    typeof value === 'number' ? `s${value}` : typeof value === 'string' ? value.toLowerCase() : '';
  const node = world.nodes[text === 'pd' ? 'pd1' : text];
  if (node !== undefined && (kind === null || node.kind === kind)) return node.id;
  const known = Object.values(world.nodes).filter((each) => kind === null || each.kind === kind);
  throw new BadArgument(
    `There is no ${kind ?? 'node'} ${text === '' ? 'of that name' : text}. There are ${known.map((each) => each.id).join(', ')}.`,
  );
}

/** The prefixes of events: an unknown word after a known one may come with a later event. */
const CHAPTERS = [
  'raft',
  'raftstore',
  'pd',
  'client',
  'network',
  'disk',
  'node',
  'command',
  'world',
  'mvcc',
  'txn',
];

function eventType(journal: JournalTail, value: CallArgument | undefined): string {
  const text = typeof value === 'string' ? value : '';
  const [chapter = '', name] = text.split('/');
  if (name !== undefined && name !== '' && CHAPTERS.includes(chapter)) return text;
  const near = closestWord(text, journal.types());
  const meant =
    near === null
      ? 'It is chapter and event, such as raft/became-leader.'
      : `Did you mean '${near}'?`;
  throw new BadArgument(`'${text}' is no event. ${meant}`);
}

const peerStore = (replica: Replica) => replica.store;

function regionView(world: World, id: number): Value {
  const state = world.regions[id];
  if (state === undefined) return null;
  const leader = leaderOf(world, id);
  const replicas = replicasOf(world, id);
  return {
    id,
    leader: leader?.store ?? null,
    term: newestTerm(world, id),
    commit: commitOf(world, id),
    applied: state.applied,
    lastIndex: Math.max(0, ...replicas.map((replica) => replica.log.lastIndex)),
    candidates: candidatesOf(world, id).map(peerStore),
    stores: replicas.map(peerStore),
    keys: state.data.length,
    version: state.region.epoch.version,
    confVer: state.region.epoch.confVer,
  };
}

function nodeView(world: World, id: NodeId): Value {
  const node = world.nodes[id];
  if (node === undefined) return null;
  const { kind, status, incarnation, generation } = node;
  return {
    id,
    kind,
    status,
    up: status === 'up',
    incarnation,
    generation,
    writes: node.writes.length,
    since: node.since / 1000,
  };
}

function storeView(world: World, id: NodeId): Value {
  const node = nodeView(world, id) as { readonly [field: string]: Value } | null;
  if (node === null) return null;
  const replicas = Object.values(world.replicas[id] ?? {});
  const pd = world.pd.stores[parseNodeId(id)?.number ?? 0];
  return {
    ...node,
    leads: replicas.filter((replica) => replica.role === 'leader').map((replica) => replica.region),
    regions: replicas.map((replica) => replica.region),
    pd: pd?.state ?? null,
  };
}

function peerView(world: World, store: NodeId, region: number): Value {
  const replica = world.replicas[store]?.[region];
  if (replica === undefined) return null;
  const { role, term, votedFor, leader, commit, applied, persistedIndex, log, peer } = replica;
  const votes = replica.campaign?.votes.filter(
    ({ answer }) => answer === 'own' || answer === 'granted',
  );
  return {
    store,
    peer,
    role,
    term,
    vote: votedFor,
    leader,
    commit,
    applied,
    persisted: persistedIndex,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    votes: votes?.map((vote) => vote.store) ?? [],
    progress: replica.progress.map((each) => ({ ...each })) as unknown as Value,
  };
}

function entryView(
  world: World,
  store: NodeId,
  region: number,
  index: CallArgument | undefined,
): Value {
  const replica = world.replicas[store]?.[region];
  if (typeof index !== 'number') throw new BadArgument('The index of an entry is a number.');
  const entry = replica?.log.entries[index - replica.log.firstKept];
  if (replica === undefined || entry === undefined) return null;
  const content = 'key' in entry.content ? { key: textOf(entry.content.key) } : {};
  const value = 'value' in entry.content ? { value: textOf(entry.content.value) } : {};
  return {
    index,
    term: entry.term,
    type: entry.content.type,
    ...content,
    ...value,
    persisted: index <= replica.persistedIndex,
    committed: index <= replica.commit,
    applied: index <= replica.applied,
  };
}

function clientView(world: World, id: NodeId): Value {
  const client = world.clients[id];
  if (client === undefined) return null;
  const node = nodeView(world, id) as { readonly [field: string]: Value };
  const all = [...client.ended, ...client.open];
  return {
    ...node,
    open: client.open.map(operationView),
    last: operationView(all.at(-1) ?? null),
    cached: Object.values(client.cache).map((cached) => ({
      region: cached.region.id,
      leader: cached.leader,
    })),
  };
}

function opOf(world: World, number: CallArgument | undefined): Operation | null {
  if (typeof number !== 'number')
    throw new BadArgument('An operation is named by its number: op(1).');
  return operation(world, number);
}

function operationsOf(world: World, id: CallArgument | undefined): Value {
  const clients =
    id === undefined ? Object.values(world.clients) : [world.clients[nodeId(world, id, 'client')]];
  return clients
    .flatMap((client) => (client === undefined ? [] : [...client.ended, ...client.open]))
    .toSorted((a, b) => a.op - b.op)
    .map(operationView);
}

/** Keys and values as text; a number that a value spells stays a text. */
function operationView(operation: Operation | null): Value {
  if (operation === null) return null;
  const { op, client, request, attempts, to, outcome, waiting } = operation;
  const result = outcome?.status === 'ok' ? outcome.result : null;
  const value = result !== null && 'value' in result ? result.value : null;
  return {
    op,
    client,
    type: request.type,
    key: 'key' in request ? textOf(request.key) : null,
    started: operation.startedAt / 1000,
    ended: operation.endedAt !== null,
    at: operation.endedAt === null ? null : operation.endedAt / 1000,
    attempts,
    to,
    waiting: waiting !== null,
    ok: outcome === null ? null : outcome.status === 'ok',
    status: operation.abandoned ? 'abandoned' : (outcome?.status ?? null),
    value: value === null ? null : textOf(value),
    pairs:
      result?.type === 'scan' ? result.pairs.map(([key, at]) => [textOf(key), textOf(at)]) : null,
    succeeded: result?.type === 'cas' ? result.succeeded : null,
    reason: outcome !== null && outcome.status !== 'ok' ? outcome.reason : null,
  };
}

/** What a key holds once everything applied anywhere has reached everybody. */
function keyView(world: World, key: CallArgument | undefined): Value {
  if (typeof key !== 'string') throw new BadArgument("A key is a text: key('ann').");
  for (const region of Object.values(world.regions)) {
    const value = dataAt(region, bytesOf(key));
    if (value !== null)
      return { key, exists: true, value: textOf(value), region: region.region.id };
  }
  return { key, exists: false, value: null, region: null };
}

function linkView(world: World, from: NodeId, to: NodeId): Value {
  const link = world.links[`${from}>${to}`];
  if (link === undefined) return null;
  const { cut, sent, delivered, lost, lossPerMillion } = link;
  return {
    from,
    to,
    cut,
    sent,
    delivered,
    lost,
    lossPerMillion,
    latency: link.latency / 1000,
    jitter: link.jitter / 1000,
  };
}

/** Nothing but heartbeats is going on: no operation open, no write under way, nothing uncommitted, no election. */
export function isQuiet(world: World): boolean {
  if (openOperations(world).length > 0) return false;
  const stores = storesOf(world);
  if (stores.some((store) => (world.nodes[store]?.writes.length ?? 0) > 0)) return false;
  return Object.keys(world.regions).every((id) => {
    const region = Number(id);
    const leader = leaderOf(world, region);
    if (leader === null || candidatesOf(world, region).length > 0) return false;
    return replicasOf(world, region).every(
      (replica) =>
        world.nodes[replica.store]?.status !== 'up' || replica.applied === leader.log.lastIndex,
    );
  });
}
