// A change of the membership, as data and as the bytes of an entry (protobuf, as eraftpb.proto has it).
// Version 1 is one change; version 2 is any number, by the simple protocol or through a joint configuration.

import type { Bytes } from '../../base/bytes.ts';
import { RaftError } from './error.ts';
import type { Entry, EntryType } from './entry.ts';

export type ConfChangeType = 'AddNode' | 'RemoveNode' | 'AddLearnerNode';
export type ConfChangeTransition = 'Auto' | 'Implicit' | 'Explicit';

export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: number;
}

export interface ConfChangeV1 {
  readonly v1: ConfChangeSingle;
  readonly context?: Bytes;
}

export interface ConfChangeV2 {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context?: Bytes;
}

export type ConfChange = ConfChangeV1 | ConfChangeV2;

const TYPES: readonly ConfChangeType[] = ['AddNode', 'RemoveNode', 'AddLearnerNode'];
const TRANSITIONS: readonly ConfChangeTransition[] = ['Auto', 'Implicit', 'Explicit'];

export function asV2(change: ConfChange): ConfChangeV2 {
  return 'v1' in change ? { transition: 'Auto', changes: [change.v1] } : change;
}

/** Whether the change enters a joint configuration, and then whether that ends by itself; null: it does not. */
export function entersJoint(change: ConfChangeV2): { autoLeave: boolean } | null {
  if (change.transition === 'Auto' && change.changes.length <= 1) return null;
  return { autoLeave: change.transition !== 'Explicit' };
}

export const leavesJoint = (change: ConfChangeV2): boolean =>
  change.transition === 'Auto' && change.changes.length === 0;

export const entryTypeOf = (change: ConfChange): EntryType =>
  'v1' in change ? 'EntryConfChange' : 'EntryConfChangeV2';

/** Empty bytes leave the joint configuration. */
export function encodeConfChange(change: ConfChange): Bytes {
  const context = change.context ?? '';
  if ('v1' in change) {
    const { type, nodeId } = change.v1;
    return (
      numberField(2, TYPES.indexOf(type)) + numberField(3, nodeId) + bytesField(4, context, false)
    );
  }
  const singles = change.changes.map(({ type, nodeId }) =>
    bytesField(2, numberField(1, TYPES.indexOf(type)) + numberField(2, nodeId), true),
  );
  return (
    numberField(1, TRANSITIONS.indexOf(change.transition)) +
    singles.join('') +
    bytesField(3, context, false)
  );
}

/** Throws ConfChangeError where the entry holds no conf change. */
export function decodeConfChange(entry: Entry): ConfChange {
  switch (entry.entryType) {
    case 'EntryConfChange':
      return decodeV1(entry.data);
    case 'EntryConfChangeV2':
      return decodeV2(entry.data);
    case 'EntryNormal':
      throw malformed('a normal entry');
  }
}

function decodeV1(data: Bytes): ConfChangeV1 {
  let type: ConfChangeType = 'AddNode';
  let nodeId = 0;
  let context = '';
  for (const field of fieldsOf(data)) {
    if (field.tag === 2) type = typeAt(field.number);
    else if (field.tag === 3) nodeId = field.number;
    else if (field.tag === 4) context = field.bytes;
  }
  return context === '' ? { v1: { type, nodeId } } : { v1: { type, nodeId }, context };
}

function decodeV2(data: Bytes): ConfChangeV2 {
  let transition: ConfChangeTransition = 'Auto';
  const changes: ConfChangeSingle[] = [];
  let context = '';
  for (const field of fieldsOf(data)) {
    if (field.tag === 1) transition = TRANSITIONS[field.number] ?? 'Auto';
    else if (field.tag === 2) changes.push(decodeSingle(field.bytes));
    else if (field.tag === 3) context = field.bytes;
  }
  return context === '' ? { transition, changes } : { transition, changes, context };
}

function decodeSingle(data: Bytes): ConfChangeSingle {
  let type: ConfChangeType = 'AddNode';
  let nodeId = 0;
  for (const field of fieldsOf(data)) {
    if (field.tag === 1) type = typeAt(field.number);
    else if (field.tag === 2) nodeId = field.number;
  }
  return { type, nodeId };
}

function typeAt(n: number): ConfChangeType {
  const type = TYPES[n];
  if (type === undefined) throw malformed(`change type ${n}`);
  return type;
}

// The two shapes of protobuf field that occur here: a varint (0) and bytes (2).

function varint(value: number): Bytes {
  let out = '';
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out += String.fromCharCode((rest % 128) | 128);
  return out + String.fromCharCode(rest);
}

const numberField = (tag: number, value: number): Bytes =>
  value === 0 ? '' : varint(tag * 8) + varint(value);

const bytesField = (tag: number, value: Bytes, evenEmpty: boolean): Bytes =>
  value === '' && !evenEmpty ? '' : varint(tag * 8 + 2) + varint(value.length) + value;

interface Field {
  readonly tag: number;
  readonly number: number;
  readonly bytes: Bytes;
}

function fieldsOf(data: Bytes): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = data.charCodeAt(at++);
      if (!(byte < 256) || scale > 2 ** 49) throw malformed('a number that does not end');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const head = next();
    const tag = Math.floor(head / 8);
    const kind = head % 8;
    if (kind === 0) {
      fields.push({ tag, number: next(), bytes: '' });
    } else if (kind === 2) {
      const length = next();
      if (at + length > data.length) throw malformed('bytes beyond the end');
      fields.push({ tag, number: 0, bytes: data.slice(at, at + length) });
      at += length;
    } else throw malformed(`field kind ${kind}`);
  }
  return fields;
}

const malformed = (what: string): RaftError =>
  new RaftError('ConfChangeError', `no conf change: ${what}`);
