// What the inspector says of a chosen thing: a title, fields under TiKV's names, a table, a sentence. Plain data, made
// from a world; drawn by inspector.tsx.

import { assertNever } from '../../base/assert.ts';
import { contentWords, entryStateWords } from '../../projections/words/entry-words.ts';
import {
  clock,
  commas,
  duration,
  longName,
  nodeName,
  nodeNames,
  plural,
} from '../../projections/words/format.ts';
import type { NodeState } from '../../projections/cluster.ts';
import { entryAt } from '../../projections/log-window.ts';
import { isAlive, replicasOf } from '../../projections/questions.ts';
import type { Replica } from '../../projections/raft.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import { progressCells } from '../raft/progress-words.ts';
import { entryWord } from '../chart/words.ts';
import { isCut } from '../session/readings.ts';
import type { Selection } from '../session/viewer-store.ts';
import { inspectMessage } from './inspect-message.ts';
import {
  inspectClient,
  inspectLink,
  inspectOperation,
  inspectPd,
  inspectRegion,
} from './inspect-more.ts';
import {
  field,
  NOTHING,
  realOf,
  type Field,
  type Inspected,
  type InspectedTable,
  type Way,
} from './inspected.ts';

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
    case 'operation':
      return inspectOperation(world, selection.op, now);
    case 'region':
      return inspectRegion(world, selection.region);
    case 'link':
      return inspectLink(world, selection.from, selection.to);
    // Keys have an inspector of their own (mvcc), events have none.
    case 'key':
    case 'event':
      return null;
  }
  return assertNever(selection);
}

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
    fields: isAlive(world, id)
      ? [...replicaFields(replica), ...timingFields(world, replica, now)]
      : diskFields(replica),
    ways: waysOf(world, replica),
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

/** What runs out by itself, beside the values of a real TiKV. */
function timingFields(world: World, replica: Replica, now: Micros): Field[] {
  const { timer, lease, role } = replica;
  const tick = world.settings['raftstore.raft-base-tick-interval'] * 1000;
  const fields: Field[] = [];
  if (timer !== null && role !== 'leader')
    fields.push(
      field(
        'election timeout',
        duration(timer.ticks * timer.tickMicros),
        `Drawn anew each time: ${timer.ticks} ticks. It ends in ${duration(timer.endsAt - now)} if nobody is heard.`,
        '10 to 20\u00a0s',
      ),
    );
  if (role === 'leader')
    fields.push(
      field(
        'heartbeat',
        duration(tick * world.settings['raftstore.raft-heartbeat-ticks']),
        'So often it tells its followers that it leads.',
        '2\u00a0s',
      ),
    );
  if (lease !== null && role === 'leader')
    fields.push(
      field(
        'lease',
        lease.state === 'valid' && lease.until > now ? duration(lease.until - now) : lease.state,
        'So long it may answer reads alone; a majority’s answers renew it.',
        realOf('raftstore.raft-store-max-leader-lease'),
      ),
    );
  fields.push(
    field(
      'tick',
      duration(tick),
      'raft-base-tick-interval: the unit of every Raft timer.',
      realOf('raftstore.raft-base-tick-interval'),
    ),
  );
  return fields;
}

function waysOf(world: World, replica: Replica): Way[] {
  const ways: Way[] = [
    { words: `Region ${replica.region}`, to: { type: 'region', region: replica.region } },
  ];
  const { leader } = replica;
  if (leader !== null && leader !== replica.store)
    ways.push({ words: `${nodeName(leader)}, its leader`, to: { type: 'node', node: leader } });
  if (replica.log.lastIndex >= replica.log.firstIndex)
    ways.push({
      words: `entry ${replica.log.lastIndex}, its last`,
      to: { type: 'entry', index: replica.log.lastIndex },
    });
  const cut = Object.keys(world.nodes).find((other) => isCut(world, replica.store, other));
  if (cut !== undefined)
    ways.push({
      words: `cut link to ${nodeName(cut)}`,
      to: { type: 'link', from: replica.store, to: cut },
    });
  return ways;
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
