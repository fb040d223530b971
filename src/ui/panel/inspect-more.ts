// Clients, operations, PD, Regions and links under the inspector.

import {
  answerWords,
  backOffKindWords,
  backOffWords,
} from '../../projections/words/explain-client.ts';
import { flightsOf } from '../../projections/flights.ts';
import { requestWords } from '../../projections/words/explain-command.ts';
import {
  capital,
  clock,
  commas,
  duration,
  longName,
  nodeName,
  nodeNames,
  percent,
  shown,
} from '../../projections/words/format.ts';
import type { Operation } from '../../projections/clients.ts';
import type { NodeState } from '../../projections/cluster.ts';
import { commitOf, leaderOf, operation as operationOf } from '../../projections/questions.ts';
import { linkKey, type World } from '../../projections/world.ts';
import { storeNode, type Micros, type NodeId, type RegionId } from '../../tikv/ids.ts';
import { requestWord, servedWord } from '../chart/words.ts';
import { field, NOTHING, realOf, type Field, type Inspected, type Way } from './inspected.ts';

export function inspectClient(world: World, node: NodeState): Inspected {
  const client = world.clients[node.id];
  const operations = [...(client?.ended ?? []), ...(client?.open ?? [])].slice(-8).toReversed();
  const cached = Object.values(client?.cache ?? {})[0];
  return {
    ...NOTHING,
    node: { id: node.id, status: node.status },
    title: longName(node.id),
    under:
      cached === undefined
        ? 'knows no Region yet: it will ask PD'
        : `believes that ${cached.leader === null ? 'nobody' : nodeName(cached.leader)} leads Region ${cached.region.id}`,
    tables: [
      {
        title: 'What it asked, newest first',
        heads: ['Asked', 'Told'],
        numeric: [],
        rows: operations.map((each) => ({
          key: String(each.op),
          cells: [requestWord(node.id, each.request), toldWords(each)],
          to: { type: 'operation', op: each.op },
        })),
      },
    ],
    remark: operations.length === 0 ? 'It has asked for nothing.' : null,
  };
}

function toldWords(each: Operation): string {
  if (each.outcome !== null) {
    const served = servedWord(each);
    const answer = answerWords(each.request, each.outcome);
    return served === null ? answer : `${answer} (${served})`;
  }
  if (each.abandoned) return 'it lost its power while it waited';
  return each.to === null ? 'waits' : `waits for ${nodeName(each.to)}`;
}

/** RPCs that serve a request, by its type; a transaction's own steps are its two phases. */
const RPC_OF: Readonly<Record<string, string>> = {
  put: 'RawPut',
  get: 'RawGet',
  delete: 'RawDelete',
  scan: 'RawScan',
  cas: 'RawCompareAndSwap',
  begin: 'Tso',
  'txn-get': 'KvGet',
  'txn-scan': 'KvScan',
  'txn-put': 'none before the commit',
  'txn-delete': 'none before the commit',
  commit: 'KvPrewrite, Tso, KvCommit',
  rollback: 'KvBatchRollback',
};

export function inspectOperation(world: World, op: number, now: Micros): Inspected | null {
  const found = operationOf(world, op);
  if (found === null) return null;
  const { request, client, startedAt, endedAt, region, to } = found;
  const fields = [
    field('rpc', RPC_OF[request.type] ?? request.type, 'What TiKV’s client calls for it.'),
    field('started', `${clock(startedAt)}\u00a0s`, 'When the client began it.'),
    field(
      endedAt === null ? 'waits for' : 'took',
      duration((endedAt ?? now) - startedAt),
      'From the client’s question to its answer.',
    ),
    field(
      'attempts',
      commas(found.attempts),
      'How often it was sent: each refusal or silence costs one more.',
    ),
    field(
      'region',
      region === null ? 'none yet' : `${region}${found.cached ? ', from its cache' : ', asked PD'}`,
      'Where it was last sent to, by the client’s Region cache or after asking PD.',
    ),
    field('to', to === null ? 'nobody yet' : nodeName(to), 'The store that it was last sent to.'),
    ...timestampFields(world, found),
  ];
  const ways: Way[] = [{ words: longName(client), to: { type: 'node', node: client } }];
  if (to !== null) ways.push({ words: nodeName(to), to: { type: 'node', node: to } });
  if (region !== null) ways.push({ words: `Region ${region}`, to: { type: 'region', region } });
  if ('key' in request && request.type.startsWith('txn-'))
    ways.push({ words: `key ${shown(request.key)}`, to: { type: 'key', key: request.key } });
  return {
    ...NOTHING,
    title: `Operation ${op}`,
    under: `${longName(client)} ${requestWords(request)}`,
    fields,
    ways,
    remark: endWords(found, now),
  };
}

function endWords(found: Operation, now: Micros): string {
  if (found.outcome !== null) return `${capital(answerWords(found.request, found.outcome))}.`;
  if (found.abandoned) return 'Its client lost its power: nobody waits for the answer.';
  if (found.waiting === null) return 'It is under way.';
  const left = duration(found.waiting.until - now);
  const { kind } = found.waiting;
  return `${capital(backOffWords(found.waiting))}. It asks again in ${left}: back-off ${kind}, ${backOffKindWords(kind)}.`;
}

/** The timestamps of the transaction that the operation belongs to. */
function timestampFields(world: World, { client, startedAt, outcome }: Operation): Field[] {
  const result = outcome?.status === 'ok' ? outcome.result : null;
  const startTs = result !== null && 'startTs' in result ? result.startTs : null;
  const txn = world.transactions.list.find(
    (each) =>
      each.startTs === startTs ||
      (startTs === null &&
        each.client === client &&
        each.begunAt <= startedAt &&
        each.endedAt === null),
  );
  if (txn === undefined) return [];
  const fields = [
    field('start_ts', commas(txn.startTs), 'The timestamp that its transaction reads at.'),
  ];
  if (txn.commitTs !== null)
    fields.push(field('commit_ts', commas(txn.commitTs), 'From here on readers see its writes.'));
  return fields;
}

export function inspectPd(world: World, node: NodeState): Inspected {
  const stores = Object.values(world.pd.stores);
  const regions = Object.values(world.pd.regions).slice(0, 12);
  return {
    ...NOTHING,
    node: { id: node.id, status: node.status },
    title: 'Placement driver',
    under: world.pd.bootstrapped
      ? 'knows where every Region is, as of the last report'
      : 'waits for the first store',
    fields: [
      field('tso', commas(world.pd.given), 'Timestamps given out.'),
      field(
        'regions',
        commas(Object.keys(world.pd.regions).length),
        'Regions that were reported to it.',
      ),
      field(
        'store heartbeat',
        duration(world.settings['raftstore.pd-store-heartbeat-tick-interval'] * 1000),
        'How often a store reports.',
        realOf('raftstore.pd-store-heartbeat-tick-interval'),
      ),
    ],
    tables: [
      {
        title: 'Stores, as PD believes',
        heads: ['Store', 'state'],
        numeric: [],
        rows: stores.map((store) => ({
          key: String(store.id),
          cells: [`S${store.id}`, store.state],
          to: { type: 'node', node: storeNode(store.id) },
        })),
      },
      {
        title: 'Regions, as last reported',
        heads: ['Region', 'leader', 'term'],
        numeric: [2],
        rows: regions.map(({ region, leader, term }) => ({
          key: String(region.id),
          cells: [`R${region.id}`, `S${leader.storeId}`, commas(term)],
          to: { type: 'region', region: region.id },
        })),
      },
    ],
  };
}

export function inspectRegion(world: World, id: RegionId): Inspected | null {
  const state = world.regions[id];
  if (state === undefined) return null;
  const { region, applied, data } = state;
  const leader = leaderOf(world, id);
  return {
    ...NOTHING,
    title: `Region ${id}`,
    under:
      leader === null
        ? 'nobody leads it'
        : `${longName(leader.store)} leads it in term ${leader.term}`,
    fields: [
      field('start_key', keyWords(region.startKey), 'The first key that is its own.'),
      field(
        'end_key',
        keyWords(region.endKey),
        'The first key that is not; none: it reaches to the end.',
      ),
      field('conf_ver', commas(region.epoch.confVer), 'Counts the changes of its members.'),
      field('version', commas(region.epoch.version), 'Counts its splits and merges.'),
      field(
        'commit',
        commas(commitOf(world, id)),
        'The highest index that anybody knows committed.',
      ),
      field('applied', commas(applied), 'Up to here its data is known here.'),
      field('keys', commas(data.length), 'Raw keys in it, as applied.'),
      field(
        'region-split-size',
        commas(world.settings['coprocessor.region-split-size']),
        'From so many bytes on it is split.',
        realOf('coprocessor.region-split-size'),
      ),
    ],
    tables: [
      {
        title: 'Its peers',
        heads: ['Store', 'peer', 'role'],
        numeric: [1],
        rows: region.peers.map((peer) => ({
          key: String(peer.id),
          cells: [`S${peer.storeId}`, String(peer.id), peer.role],
          to: { type: 'node', node: storeNode(peer.storeId) },
        })),
      },
    ],
  };
}

const keyWords = (key: string): string => (key === '' ? 'none' : shown(key));

export function inspectLink(world: World, from: NodeId, to: NodeId): Inspected | null {
  const link = world.links[linkKey(from, to)];
  if (link === undefined) return null;
  const under = flightsOf(world).filter((each) => each.from === from && each.to === to);
  return {
    ...NOTHING,
    title: `Link ${nodeName(from)} to ${nodeName(to)}`,
    under: link.cut
      ? `cut since ${clock(link.cutSince ?? 0)}`
      : link.changed
        ? 'changed by hand'
        : 'as the cluster’s settings say',
    fields: [
      field('latency', duration(link.latency), 'One way.', 'under 1\u00a0ms in one data centre'),
      field('jitter', `± ${duration(link.jitter)}`, 'To either side, drawn for each message.'),
      field('loss', percent(link.lossPerMillion), 'Messages that never arrive.'),
      field('duplicate', percent(link.duplicatePerMillion), 'Raft messages that arrive twice.'),
      field('reorder', percent(link.reorderPerMillion), 'Raft messages that others overtake.'),
      field('sent', commas(link.sent), 'So far.'),
      field('delivered', commas(link.delivered), 'So far.'),
      field('lost', commas(link.lost), 'So far.'),
      field(
        'rate',
        `${commas(link.rateBefore)} a second`,
        'In the last whole second of virtual time.',
      ),
    ],
    tables: [
      {
        title: 'Under way on it',
        heads: ['Message', 'sent'],
        numeric: [1],
        rows: under.slice(0, 8).map((each) => ({
          key: each.id,
          cells: [each.label, clock(each.sentAt)],
          to: { type: 'message', id: each.id },
        })),
      },
    ],
    ways: [
      { words: nodeName(from), to: { type: 'node', node: from } },
      { words: nodeName(to), to: { type: 'node', node: to } },
      { words: `back: ${nodeNames([to, from])}`, to: { type: 'link', from: to, to: from } },
    ],
  };
}
