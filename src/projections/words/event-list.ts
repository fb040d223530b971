// The event list: lines in journal order, with what repeats folded. Heartbeats become one line with a count; a heartbeat
// that did not come has a line of its own; messages that one cause sent to several stores are one line.

import { microsOf } from '../../tikv/config.ts';
import type { Micros, NodeId } from '../../tikv/ids.ts';
import type { JournalRecord } from '../../sim/record.ts';
import { heartbeatDue, storesOf } from '../questions.ts';
import { linkKey, type World } from '../world.ts';
import type { Told } from './told.ts';
import { explain } from './explain.ts';
import { nodeName, nodeNames, plural } from './format.ts';
import { said, wordsOf, type Line } from './line.ts';

/** Lines kept: the oldest go first. */
const LINES_KEPT = 20_000;
/** A replica that has begun to expect something is looked at after this at the latest. */
const LOOK_AGAIN: Micros = 100_000;

export interface EventList {
  lines: Line[];
  /** Lines that have gone, so that a line's place can be told from its number. */
  dropped: number;
  /** What made the newest line of sent messages, and its words. */
  sending: { reason: string; text: string } | null;
  /** The running count of heartbeats; null after any other line. */
  beats: { count: number; lost: number; late: number } | null;
  /** By store and Region: when a follower last heard, where its overdue heartbeat has its line already. */
  overdue: Record<string, number>;
  /** No heartbeat can be overdue before this instant that is not listed. */
  lookAgain: Micros;
}

export const newEventList = (): EventList => ({
  lines: [],
  dropped: 0,
  sending: null,
  beats: null,
  overdue: {},
  lookAgain: -1,
});

/** Takes in one record. Call it before `foldRecord`: `world` is as it was before the record. */
export function listRecord(list: EventList, world: World, record: JournalRecord): void {
  if (record.at > world.at) listOverdue(list, world, record);
  if (isBeat(record)) return listBeat(list, world, record);
  const told = explain(world, record);
  if (told !== null) add(list, record, told);
}

function push(list: EventList, line: Line): void {
  list.lines.push(line);
  // Cut in pieces: taking one from the front each time would move all the others.
  const tooMany = list.lines.length - LINES_KEPT;
  if (tooMany <= LINES_KEPT / 4) return;
  list.lines = list.lines.slice(tooMany);
  list.dropped += tooMany;
}

function lineOf(record: JournalRecord, told: Told): Line {
  return {
    n: record.n,
    lastN: record.n,
    at: record.at,
    glyph: told.glyph,
    family: told.family,
    parts: said(told.pieces),
    nodes: told.nodes,
    region: told.region ?? null,
    index: told.index ?? null,
    op: told.op ?? null,
  };
}

function add(list: EventList, record: JournalRecord, told: Told): void {
  list.beats = null;
  if (record.event.type !== 'network/sent') {
    list.sending = null;
    return push(list, lineOf(record, told));
  }
  const reason = reasonOf(record, told);
  const text = wordsOf(told.pieces);
  if (list.sending?.reason === reason && joins(list, list.sending.text, record, told)) return;
  list.sending = { reason, text };
  push(list, lineOf(record, told));
}

/** Messages of one kind that one step of one node sent have the same. */
function reasonOf({ at, cause }: JournalRecord, { glyph, nodes }: Told): string {
  return [at, nodes[0], glyph, cause?.node, cause?.n].join(' ');
}

/** `S3 sends 42 to S1` and the same to S4 are `S3 sends 42 to S1 and S4`. */
function joins(list: EventList, text: string, record: JournalRecord, told: Told): boolean {
  const last = list.lines.at(-1);
  const [before, to] = [last?.nodes[1], told.nodes[1]];
  if (last === undefined || before === undefined || to === undefined) return false;
  if (text.replace(nodeName(before), nodeName(to)) !== wordsOf(told.pieces)) return false;
  const nodes = [...last.nodes, to];
  const pieces = [text.replace(nodeName(before), nodeNames(nodes.slice(1)))];
  list.lines[list.lines.length - 1] = { ...last, nodes, lastN: record.n, parts: said(pieces) };
  return true;
}

function isBeat({ event }: JournalRecord): boolean {
  return (
    event.type === 'network/sent' &&
    event.message.type === 'raft' &&
    event.message.message.msgType === 'MsgHeartbeat'
  );
}

/** True where a link takes longer than the cluster's settings say: one that is only quicker is not slow. */
function isSlow(world: World, key: string): boolean {
  const link = world.links[key];
  const usual = world.settings['network.latency'] + world.settings['network.jitter'];
  return link !== undefined && link.latency + link.jitter > microsOf(usual);
}

function listBeat(list: EventList, world: World, record: JournalRecord): void {
  const { event } = record;
  if (event.type !== 'network/sent') return;
  const beats = list.beats ?? { count: 0, lost: 0, late: 0 };
  beats.count += 1;
  if (event.arrivesAt === null && event.lostAt !== null) beats.lost += 1;
  if (isSlow(world, linkKey(event.from, event.to))) beats.late += 1;
  const lost = beats.lost === 0 ? '' : `, ${beats.lost} lost`;
  const slow = beats.late === 0 ? '' : `, ${beats.late} on a slow link`;
  const fine = lost === '' && slow === '' ? ', all on time' : '';
  const line = lineOf(record, {
    glyph: 'heartbeats',
    family: 'replication',
    nodes: [],
    pieces: [`${plural(beats.count, 'heartbeat')}${lost}${slow}${fine}`],
  });
  const last = list.lines.at(-1);
  if (list.beats !== null && last !== undefined)
    list.lines[list.lines.length - 1] = { ...line, n: last.n };
  else push(list, line);
  list.beats = beats;
}

/**
 * Heartbeats that were due before this record and have not come. All replicas are looked at again no sooner than the
 * first of them can be due: a word that has come since only puts that off.
 */
function listOverdue(list: EventList, world: World, record: JournalRecord): void {
  if (record.at <= list.lookAgain) return;
  const late: { store: NodeId; due: number }[] = [];
  let next = record.at + LOOK_AGAIN;
  for (const store of storesOf(world)) {
    for (const replica of Object.values(world.replicas[store] ?? {})) {
      const due = heartbeatDue(world, replica);
      if (due === null) continue;
      if (due >= record.at) {
        next = Math.min(next, due);
        continue;
      }
      const key = `${store} ${replica.region}`;
      if (list.overdue[key] === replica.heardAt) continue;
      list.overdue[key] = replica.heardAt ?? 0;
      late.push({ store, due });
    }
  }
  list.lookAgain = next;
  const first = late[0];
  if (first === undefined) return;
  const due = Math.min(...late.map((each) => each.due));
  const stores = [...new Set(late.map(({ store }) => store))];
  list.beats = null;
  list.sending = null;
  push(list, {
    ...lineOf(record, {
      glyph: 'overdue',
      family: 'replication',
      nodes: stores,
      pieces: [`heartbeat overdue at ${nodeNames(stores)}`],
    }),
    at: due,
  });
}
