// What the inspector says of a chosen thing: a title, fields under TiKV's names, a table, a sentence. Plain data, made
// from a world; drawn by inspector.tsx.

import { assertNever } from '../../base/assert.ts';
import { answerWords } from '../../projections/words/explain-client.ts';
import { txnEntryWords } from '../../projections/words/explain-txn.ts';
import { doomWords } from '../../projections/words/explain.ts';
import {
  capital,
  clock,
  commas,
  duration,
  longName,
  nodeName,
  nodeNames,
  plural,
  shown,
} from '../../projections/words/format.ts';
import type { Operation } from '../../projections/clients.ts';
import type { NodeState } from '../../projections/cluster.ts';
import { entryAt } from '../../projections/log-window.ts';
import type { Flight } from '../../projections/messages.ts';
import { isAlive, replicasOf } from '../../projections/questions.ts';
import type { Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { EntryContent } from '../../tikv/raftstore/event.ts';
import { progressCells } from '../raft/progress-words.ts';
import { entryWord, requestWord, servedWord } from '../chart/words.ts';
import { isCut, statusOf } from '../session/readings.ts';
import type { Selection } from '../session/viewer-store.ts';

export interface Field {
  /** TiKV's own name. */
  readonly name: string;
  readonly value: string;
  /** What it means, for the tooltip. */
  readonly means: string;
}

export interface InspectedTable {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly string[] }[];
  /** Columns that hold numbers, from 0. */
  readonly numeric: readonly number[];
}

export interface Inspected {
  readonly title: string;
  readonly under: string;
  readonly fields: readonly Field[];
  readonly tables: readonly InspectedTable[];
  readonly remark: string | null;
  /** Of a store: what can be done with it. */
  readonly node: { readonly id: NodeId; readonly status: NodeState['status'] } | null;
  /** Of an entry: its index, for the quorum row. */
  readonly entry: number | null;
}

const field = (name: string, value: string, means: string): Field => ({ name, value, means });

/** What is to be said of the chosen thing; null where it is not there. */
export function inspect(
  world: World,
  region: RegionId,
  selection: Selection,
  now: Micros,
): Inspected | null {
  switch (selection.type) {
    case 'node':
      return inspectNode(world, region, selection.node, now);
    case 'entry':
      return inspectEntry(world, region, selection.index);
    case 'message': {
      const flight = world.flights[selection.id];
      const loss = world.losses.find((each) => each.flight.id === selection.id);
      if (flight !== undefined) return inspectMessage(flight, null, now);
      return loss === undefined ? null : inspectMessage(loss.flight, loss.at, now);
    }
    // Keys have an inspector of their own (mvcc), events have none.
    case 'key':
    case 'event':
      return null;
  }
  return assertNever(selection);
}

const NOTHING: Omit<Inspected, 'title' | 'under'> = {
  fields: [],
  tables: [],
  remark: null,
  node: null,
  entry: null,
};

function inspectNode(world: World, region: RegionId, id: NodeId, now: Micros): Inspected | null {
  const node = world.nodes[id];
  if (node === undefined) return null;
  if (node.kind === 'client') return inspectClient(world, node);
  if (node.kind === 'pd') return inspectPd(world, node);
  const replica = world.replicas[id]?.[region];
  const base = { ...NOTHING, node: { id, status: node.status } };
  if (replica === undefined) return { ...base, title: longName(id), under: statusWords(node, now) };
  return {
    ...base,
    title: `${longName(id)}, Region ${region}`,
    under: node.status === 'up' ? roleWords(world, replica) : statusWords(node, now),
    fields: isAlive(world, id) ? replicaFields(replica) : diskFields(replica),
    tables: isAlive(world, id) && replica.role === 'leader' ? [progressTable(world, replica)] : [],
    remark: storeRemark(world, node, replica),
  };
}

function statusWords(node: NodeState, now: Micros): string {
  if (node.status === 'up') return `runs since ${clock(node.bootedAt)}`;
  const word = node.status === 'destroyed' ? 'destroyed, its disk is gone' : node.status;
  return `${word} since ${clock(node.since)}, for ${duration(now - node.since)}`;
}

function roleWords(world: World, replica: Replica): string {
  const since = clock(replica.since);
  if (replica.role === 'leader') return `leader since ${since}`;
  if (replica.campaign !== null) {
    const yes = replica.campaign.votes.filter((v) => v.answer === 'own' || v.answer === 'granted');
    return `${replica.role} since ${since}, votes of ${nodeNames(yes.map((v) => v.store))}`;
  }
  if (replica.leader !== null && isAlive(world, replica.leader))
    return `follows ${nodeName(replica.leader)} since ${since}`;
  return `follower since ${since}, hears no leader`;
}

function replicaFields(replica: Replica): Field[] {
  const { log } = replica;
  return [
    field(
      'term',
      commas(replica.term),
      'The term that it is in: it follows no leader of an older one.',
    ),
    field(
      'vote',
      replica.votedFor === null ? 'nobody' : nodeName(replica.votedFor),
      'Who has its vote in this term.',
    ),
    field(
      'log',
      log.lastIndex < log.firstIndex
        ? 'empty'
        : `${commas(log.firstIndex)} to ${commas(log.lastIndex)}`,
      'first_index to last_index: the entries of its log.',
    ),
    field(
      'commit',
      commas(replica.commit),
      'Up to here it knows entries to be on a majority of disks.',
    ),
    field(
      'applied',
      commas(replica.applied),
      'applied_index: up to here entries have changed its data.',
    ),
    field('persisted', commas(replica.persistedIndex), 'Up to here its log is on its disk.'),
  ];
}

const diskFields = (replica: Replica): Field[] => [
  field('term', commas(replica.disk.term), 'On its disk: hard_state.term.'),
  field(
    'vote',
    replica.disk.vote === 0 ? 'nobody' : `peer ${replica.disk.vote}`,
    'On its disk: hard_state.vote.',
  ),
  field('last_index', commas(replica.disk.lastIndex), 'On its disk: the newest entry.'),
];

function progressTable(world: World, leader: Replica): InspectedTable {
  return {
    title: `Progress: what ${nodeName(leader.store)} knows of its followers`,
    heads: ['Store', 'state', 'matched', 'next_idx', 'inflight', 'active'],
    numeric: [2, 3, 4],
    rows: leader.progress
      .filter((line) => line.store !== leader.store)
      .map((line) => ({
        key: line.store,
        cells: [nodeName(line.store), ...progressCells(world, line)],
      })),
  };
}

function storeRemark(world: World, node: NodeState, replica: Replica): string | null {
  if (node.panic !== null) return `Stopped with an error of ours: ${node.panic}`;
  if (node.status === 'down')
    return `A power loss: what was only in memory is gone. ${nodeName(node.id)} restarts from its disk.`;
  if (node.status === 'paused')
    return 'It takes nothing in. Its clock runs on, and what arrives waits for it.';
  if (node.writes.length > 0)
    return `${plural(node.writes.length, 'synced write')} on the way to its disk.`;
  const cut = Object.keys(world.nodes).filter(
    (other) => other !== node.id && isCut(world, node.id, other),
  );
  if (cut.length > 0) return `Cannot reach ${nodeNames(cut)}: the link is cut.`;
  return replica.role === 'leader'
    ? 'It commits an entry of its own term when a majority of disks has it.'
    : null;
}

function inspectClient(world: World, node: NodeState): Inspected {
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
        rows: operations.map((operation) => ({
          key: String(operation.op),
          cells: [requestWord(node.id, operation.request), toldWords(operation)],
        })),
      },
    ],
    remark: operations.length === 0 ? 'It has asked for nothing.' : null,
  };
}

function toldWords(operation: Operation): string {
  if (operation.outcome !== null) {
    const served = servedWord(operation);
    const answer = answerWords(operation.request, operation.outcome);
    return served === null ? answer : `${answer} (${served})`;
  }
  if (operation.abandoned) return 'it lost its power while it waited';
  return operation.to === null ? 'waits' : `waits for ${nodeName(operation.to)}`;
}

function inspectPd(world: World, node: NodeState): Inspected {
  const stores = Object.values(world.pd.stores);
  const region = Object.values(world.pd.regions)[0];
  return {
    ...NOTHING,
    node: { id: node.id, status: node.status },
    title: 'Placement driver',
    under: world.pd.bootstrapped
      ? 'knows where every Region is, as of the last report'
      : 'waits for the first store',
    fields: [
      field(
        'leader',
        region === undefined ? 'unknown' : nodeName(`s${region.leader.storeId}`),
        'The leader of Region 1 that was last reported to it.',
      ),
      field('term', region === undefined ? '–' : commas(region.term), 'Of that report.'),
      field('tso', commas(world.pd.given), 'Timestamps given out.'),
    ],
    tables: [
      {
        title: 'Stores, as PD believes',
        heads: ['Store', 'state'],
        numeric: [],
        rows: stores.map((store) => ({
          key: String(store.id),
          cells: [`S${store.id}`, store.state],
        })),
      },
    ],
  };
}

function inspectEntry(world: World, region: RegionId, index: number): Inspected | null {
  const replicas = replicasOf(world, region);
  const holders = replicas.filter((replica) => entryAt(replica.log, index) !== null);
  const best = holders.toSorted((a, b) => b.term - a.term)[0];
  const entry = best && entryAt(best.log, index);
  if (!entry) return null;
  return {
    ...NOTHING,
    title: `Entry ${commas(index)}`,
    under: `term ${entry.term}: ${contentWords(world, entry.content)}`,
    fields: [
      field('index', commas(index), 'Its place in the log.'),
      field('term', commas(entry.term), 'The term of the leader that took it in.'),
      field('data', entryWord(entry.content), 'What it asks the state machine to do.'),
    ],
    tables: [
      {
        title: 'Where it is',
        heads: ['Store', 'term', 'state'],
        numeric: [1],
        rows: replicas.map((replica) => ({
          key: replica.store,
          cells: [
            nodeName(replica.store),
            String(entryAt(replica.log, index)?.term ?? '–'),
            entryStateWords(world, replica, index),
          ],
        })),
      },
    ],
    entry: index,
  };
}

function entryStateWords(world: World, replica: Replica, index: number): string {
  if (entryAt(replica.log, index) === null)
    return index < replica.log.firstIndex ? 'compacted' : 'not there';
  if (statusOf(world, replica.store) === 'down' && index > replica.disk.lastIndex)
    return 'lost with its memory';
  if (index <= replica.applied) return 'applied';
  if (index <= replica.commit) return 'committed';
  return index <= replica.persistedIndex ? 'on disk' : 'in memory';
}

function contentWords(world: World, content: EntryContent): string {
  switch (content.type) {
    case 'empty':
      return 'empty, as each leader begins its term with one';
    case 'put':
      return `put ${shown(content.key)} = ${shown(content.value)}`;
    case 'delete':
      return `delete ${shown(content.key)}`;
    case 'cas':
      return `compare and swap ${shown(content.key)}`;
    case 'txn':
      return txnEntryWords(world, content);
    case 'admin':
      return content.command;
  }
  return assertNever(content);
}

function inspectMessage(flight: Flight, lostAt: Micros | null, now: Micros): Inspected {
  const end = flight.lostAt ?? flight.arrivesAt;
  const doom = doomWords(flight);
  return {
    ...NOTHING,
    title: capital(flight.label),
    under: `${nodeName(flight.from)} to ${nodeName(flight.to)}, sent ${clock(flight.sentAt)}`,
    fields: [...messageFields(flight), ...snapshotFields(flight, now)],
    remark:
      lostAt !== null
        ? `Lost at ${clock(lostAt)}.`
        : (doom ?? (end === null ? null : `Arrives at ${clock(end)}, in ${duration(end - now)}.`)),
  };
}

/** A snapshot has a connection of its own and takes its time: how much of it has gone. */
function snapshotFields({ message, sentAt, arrivesAt }: Flight, now: Micros): Field[] {
  if (message.type !== 'raft' || message.message.snapshot === undefined) return [];
  const { data, metadata } = message.message.snapshot;
  const part = arrivesAt === null ? 0 : (now - sentAt) / Math.max(1, arrivesAt - sentAt);
  const sent = Math.round(data.length * Math.min(1, Math.max(0, part)));
  return [
    field('snapshot', `to ${commas(metadata.index)}`, 'The last entry that it stands for.'),
    field('bytes', commas(data.length), 'Its data: all keys of the Region.'),
    field('sent', `${commas(sent)} of ${commas(data.length)}`, 'So much of it is on its way.'),
  ];
}

function messageFields(flight: Flight): Field[] {
  if (flight.message.type !== 'raft')
    return [field('type', flight.message.type, 'The kind of message.')];
  const { message } = flight.message;
  const fields = [
    field('msg_type', message.msgType, 'The kind, as eraftpb.proto names it.'),
    field(
      'term',
      commas(message.term),
      'The term of its sender; of a pre-vote, the term asked for.',
    ),
  ];
  if (message.msgType !== 'MsgHeartbeat' && message.msgType !== 'MsgHeartbeatResponse')
    fields.push(
      field(
        'index',
        commas(message.index),
        'The entry before those that it carries, or the last that it speaks of.',
      ),
    );
  if (flight.kind === 'append') {
    fields.push(field('entries', String(message.entries.length), 'How many it carries.'));
    fields.push(field('commit', commas(message.commit), 'What its sender knows committed.'));
  }
  if (message.reject === true) fields.push(field('reject', 'true', 'Its answer is no.'));
  return fields;
}
