// A message under the inspector: every field that it carries, under the names of TiKV's own protocols.

import { doomWords } from '../../projections/words/explain.ts';
import {
  capital,
  clock,
  commas,
  duration,
  nodeName,
  shown,
} from '../../projections/words/format.ts';
import type { Flight } from '../../projections/messages.ts';
import { rpcName } from '../../projections/rpc-name.ts';
import type { Message } from '../../tikv/node/message.ts';
import type { Micros } from '../../tikv/ids.ts';
import { field, NOTHING, type Field, type Inspected, type Way } from './inspected.ts';

export function inspectMessage(flight: Flight, lostAt: Micros | null, now: Micros): Inspected {
  return {
    ...NOTHING,
    title: capital(flight.label),
    under: `${rpcName(flight.message)}, ${nodeName(flight.from)} to ${nodeName(flight.to)}, sent ${clock(flight.sentAt)}`,
    fields: [...snapshotFields(flight), ...fieldsOf(flight.message)],
    ways: waysOf(flight),
    remark: fateWords(flight, lostAt, now),
  };
}

/** A chunk: which part of the snapshot it is. Of the data only the length is shown. */
function snapshotFields({ message }: Flight): Field[] {
  if (message.type !== 'snapshot-chunk') return [];
  const { head, chunk, of, bytes, data } = message;
  const snapshot = head?.message.snapshot;
  return [
    ...(snapshot === undefined
      ? []
      : [
          field(
            'snapshot',
            `to ${commas(snapshot.metadata.index)}`,
            'The last entry that it stands for.',
          ),
        ]),
    field('chunk', `${chunk} of ${of}`, 'Chunk 0 is the Raft message; the others carry its data.'),
    field('data', `${commas(data.length)} bytes`, 'What this chunk carries.'),
    field('bytes', commas(bytes), 'All data of the snapshot: all keys of the Region.'),
  ];
}

function fateWords(flight: Flight, lostAt: Micros | null, now: Micros): string | null {
  if (now < flight.sentAt) return `It is sent at ${clock(flight.sentAt)}: not yet, at this moment.`;
  if (lostAt !== null) return `Lost at ${clock(lostAt)}.`;
  if (flight.heldAt !== null) return `Held since ${clock(flight.heldAt)}: it waits to be released.`;
  const end = flight.lostAt ?? flight.arrivesAt;
  if (flight.doomed !== null) return doomWords(flight);
  return end === null ? null : `Arrives at ${clock(end)}, in ${duration(end - now)}.`;
}

function waysOf(flight: Flight): Way[] {
  const { from, to, request, message } = flight;
  const ways: Way[] = [];
  if (request !== null)
    ways.push({
      words: `operation ${request.id} of ${nodeName(request.client)}`,
      to: { type: 'operation', op: request.id },
    });
  if (message.type === 'raft') {
    const index = message.message.entries.at(-1)?.index;
    if (index !== undefined) ways.push({ words: `entry ${index}`, to: { type: 'entry', index } });
  }
  ways.push({ words: nodeName(from), to: { type: 'node', node: from } });
  ways.push({ words: nodeName(to), to: { type: 'node', node: to } });
  ways.push({ words: `link ${nodeName(from)} to ${nodeName(to)}`, to: { type: 'link', from, to } });
  return ways;
}

const MEANS: Readonly<Record<string, string>> = {
  msg_type: 'The kind, as eraftpb.proto names it.',
  type: 'The kind of message.',
  to: 'The peer that it is for.',
  from: 'The peer that sent it.',
  term: 'The term of its sender; of a pre-vote, the term asked for.',
  log_term: 'The term of the entry at index: the receiver’s must be the same.',
  index: 'The entry before those that it carries, or the last that it speaks of.',
  entries: 'The entries that it carries.',
  commit: 'What its sender knows committed.',
  commit_term: 'The term of that entry.',
  reject: 'Its answer is no.',
  reject_hint: 'Where the receiver’s log may still agree.',
  request_snapshot: 'The follower asks for a snapshot up to here; 0: it does not.',
  context: 'Carried along unread: of a read, which one it confirms.',
  priority: 'A peer of lower priority gets no vote from a higher one.',
  region_id: 'The Region that it is about.',
  conf_ver: 'Counts the changes of the Region’s members.',
  version: 'Counts the splits and merges of the Region.',
  start_ts: 'When its transaction began, by PD’s timestamps.',
  commit_ts: 'From which timestamp on readers see it.',
  primary: 'The key whose fate is that of the whole transaction.',
  key: 'The key.',
  value: 'The value.',
  store_id: 'The store of that peer.',
  stream: 'The sender’s number of the stream of chunks.',
  ok: 'All has come.',
  why: 'Why no more of it is taken.',
  id: 'Its number.',
};

const MOST = 30;
const DEEPEST = 3;

function fieldsOf(message: Message): Field[] {
  const found: Field[] = [];
  if (message.type === 'raft') {
    const { message: core, ...around } = message;
    spread('', core, { found, depth: 0 });
    spread('', { ...around, type: undefined }, { found, depth: 0 });
  } else if (message.type === 'snapshot-chunk') {
    const { regionId, stream } = message;
    spread('', { regionId, stream }, { found, depth: 0 });
  } else spread('', message, { found, depth: 0 });
  return found.slice(0, MOST);
}

const protoName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Adds a field for each plain value inside, by its path. */
function spread(path: string, value: unknown, into: { found: Field[]; depth: number }): void {
  const { found, depth } = into;
  if (value === undefined) return;
  const last = path.slice(path.lastIndexOf('.') + 1);
  const plain = plainWords(value, depth);
  if (plain !== null) {
    found.push(field(path, plain, MEANS[last] ?? `${path} of the message.`));
    return;
  }
  for (const [name, inner] of Object.entries(value as Record<string, unknown>))
    spread(path === '' ? protoName(name) : `${path}.${protoName(name)}`, inner, {
      found,
      depth: depth + 1,
    });
}

/** Null: something with fields of its own. */
function plainWords(value: unknown, depth: number): string | null {
  if (value === null) return 'none';
  if (typeof value === 'number') return commas(value);
  if (typeof value === 'string') return value === '' ? 'none' : shown(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : listWords(value);
  return depth >= DEEPEST ? '…' : null;
}

function listWords(items: readonly unknown[]): string {
  const first = items[0] as { readonly index?: unknown; readonly term?: unknown } | null;
  if (typeof first?.index === 'number')
    return (items as { index: number; term: number }[])
      .map(({ index, term }) => `${index} (term ${term})`)
      .slice(0, 4)
      .join(', ');
  return items.every((item) => typeof item !== 'object')
    ? items.slice(0, 6).map(String).join(', ')
    : `${items.length}`;
}
