// The record of the `write` column family: what became of a transaction on one key. A commit stands at its commit_ts
// and says where the value is; a rollback stands at its own start_ts and keeps a late prewrite from succeeding.
// Invariant: decodeWrite(encodeWrite(write)) is the same record. (TiKV: components/txn_types/src/write.rs)

import type { Bytes } from '../../base/bytes.ts';
import { encodeU64, encodeVarU64, RecordReader } from './codec.ts';
import { encodeLastChange, encodeShortValue, readLastChange, readShortValue } from './lock.ts';
import type { LastChange, LockType } from './lock.ts';
import type { Ts } from './timestamp.ts';

export type WriteType = 'Put' | 'Delete' | 'Lock' | 'Rollback';

export interface Write {
  readonly type: WriteType;
  readonly startTs: Ts;
  readonly shortValue: Bytes | null;
  /** A protected rollback of another transaction whose start_ts is this commit_ts is folded in. */
  readonly hasOverlappedRollback: boolean;
  /** Set when the record was rewritten: the commit_ts of the next version, 0 for none; null: never rewritten. */
  readonly gcFence: Ts | null;
  readonly lastChange: LastChange | null;
  readonly txnSource: number;
}

/** The value of a rollback that may not be collapsed into a later one. */
const PROTECTED = 'p';

export function newWrite(type: WriteType, startTs: Ts, shortValue: Bytes | null = null): Write {
  return {
    type,
    startTs,
    shortValue,
    hasOverlappedRollback: false,
    gcFence: null,
    lastChange: null,
    txnSource: 0,
  };
}

export function newRollback(startTs: Ts, isProtected: boolean): Write {
  return newWrite('Rollback', startTs, isProtected ? PROTECTED : null);
}

export const isProtected = (write: Write): boolean =>
  write.type === 'Rollback' && write.shortValue === PROTECTED;

/** What a lock of this type leaves behind when it is committed; a pessimistic lock leaves nothing. */
export const WRITE_TYPE_OF: Record<Exclude<LockType, 'Pessimistic'>, WriteType> = {
  Put: 'Put',
  Delete: 'Delete',
  Lock: 'Lock',
};

const FLAG = { Put: 'P', Delete: 'D', Lock: 'L', Rollback: 'R' } as const;
const TYPE_OF_FLAG = new Map<string, WriteType>([
  ['P', 'Put'],
  ['D', 'Delete'],
  ['L', 'Lock'],
  ['R', 'Rollback'],
]);

export function encodeWrite(write: Write): Bytes {
  let out = FLAG[write.type] + encodeVarU64(write.startTs);
  if (write.shortValue !== null) out += encodeShortValue(write.shortValue);
  if (write.hasOverlappedRollback) out += 'R';
  if (write.gcFence !== null) out += `F${encodeU64(write.gcFence)}`;
  out += encodeLastChange(write.lastChange);
  if (write.txnSource !== 0) out += `S${encodeVarU64(write.txnSource)}`;
  return out;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The write in a record; `key` is the engine key, for the refusal. */
export function decodeWrite(record: Bytes, key: Bytes): Write {
  const reader = new RecordReader(record, { family: 'write', key });
  const type = TYPE_OF_FLAG.get(reader.byte('the type'));
  if (type === undefined) throw reader.refuse('no type of a write');
  const write: Mutable<Write> = newWrite(type, reader.varU64('start_ts'));
  while (!reader.ended) readField(reader, write);
  return write;
}

/** Reads one optional field. TiKV stops at a letter it does not know; here nobody writes later versions. */
function readField(reader: RecordReader, write: Mutable<Write>): void {
  switch (reader.byte('a field')) {
    case 'v':
      write.shortValue = readShortValue(reader);
      return;
    case 'R':
      write.hasOverlappedRollback = true;
      return;
    case 'F':
      write.gcFence = reader.u64('gc_fence');
      return;
    case 'l':
      write.lastChange = readLastChange(reader);
      return;
    case 'S':
      write.txnSource = reader.varU64('txn_source');
      return;
    default:
      throw reader.refuse('no field of a write');
  }
}
