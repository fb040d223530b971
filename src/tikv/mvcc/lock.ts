// The record of the `lock` column family: who is changing this key, and where that transaction's fate is kept.
// Invariant: decodeLock(encodeLock(lock)) is the same lock, but for `useOnePc`, which only lives in memory.
// (TiKV: components/txn_types/src/lock.rs)

import type { Bytes } from '../../base/bytes.ts';
import { encodeCompactBytes, encodeU64, encodeVarU64, RecordReader } from './codec.ts';
import { TS_MAX } from './timestamp.ts';
import type { Ts } from './timestamp.ts';

export type LockType = 'Put' | 'Delete' | 'Lock' | 'Pessimistic';

/** Values up to this many bytes stay inside the record; longer ones go to the `default` column family. */
export const SHORT_VALUE_MAX_LEN = 255;

/** Where the last Put or Delete below a run of Lock records stands; `ts` 0: there is none. */
export interface LastChange {
  readonly ts: Ts;
  readonly versions: number;
}

export interface Lock {
  readonly type: LockType;
  /** The user key whose record decides for the whole transaction. */
  readonly primary: Bytes;
  readonly startTs: Ts;
  /** Milliseconds after the physical part of `startTs` until others may clean up. */
  readonly ttl: number;
  readonly shortValue: Bytes | null;
  /** Not 0: a pessimistic transaction. */
  readonly forUpdateTs: Ts;
  readonly txnSize: number;
  /** No commit below this; readers push it up. 0: may not be pushed. */
  readonly minCommitTs: Ts;
  readonly useAsyncCommit: boolean;
  /** In memory only: keeps a read at the greatest timestamp from passing a one-phase commit. */
  readonly useOnePc: boolean;
  /** The primary of an async commit lists all other keys. */
  readonly secondaries: readonly Bytes[];
  /** Transactions that were rolled back on this key while the lock stood: a commit may land exactly there. */
  readonly rollbackTs: readonly Ts[];
  /** Carried for records written elsewhere; null: not known. Nothing here writes it. */
  readonly lastChange: LastChange | null;
  readonly txnSource: number;
  readonly isLockedWithConflict: boolean;
  readonly generation: number;
}

/** A lock as its owner's enemies see it, under TiKV's names. (kvproto: kvrpcpb LockInfo) */
export interface LockInfo {
  readonly key: Bytes;
  readonly primary: Bytes;
  readonly lockVersion: Ts;
  readonly lockTtl: number;
  readonly txnSize: number;
  readonly lockType: 'Put' | 'Del' | 'Lock' | 'PessimisticLock';
  readonly lockForUpdateTs: Ts;
  readonly useAsyncCommit: boolean;
  readonly minCommitTs: Ts;
  readonly secondaries: readonly Bytes[];
}

const NOTHING_ELSE = {
  shortValue: null,
  forUpdateTs: 0,
  txnSize: 0,
  minCommitTs: 0,
  useAsyncCommit: false,
  useOnePc: false,
  secondaries: [],
  rollbackTs: [],
  lastChange: null,
  txnSource: 0,
  isLockedWithConflict: false,
  generation: 0,
} as const;

export function newLock(
  fields: Pick<Lock, 'type' | 'primary' | 'startTs' | 'ttl'> & Partial<Lock>,
): Lock {
  return { ...NOTHING_ELSE, ...fields };
}

export const isPessimisticTxn = (lock: Lock): boolean => lock.forUpdateTs !== 0;

const OPS = { Put: 'Put', Delete: 'Del', Lock: 'Lock', Pessimistic: 'PessimisticLock' } as const;

export function lockInfoOf(key: Bytes, lock: Lock): LockInfo {
  return {
    key,
    primary: lock.primary,
    lockVersion: lock.startTs,
    lockTtl: lock.ttl,
    txnSize: lock.txnSize,
    lockType: OPS[lock.type],
    lockForUpdateTs: lock.forUpdateTs,
    useAsyncCommit: lock.useAsyncCommit,
    minCommitTs: lock.minCommitTs,
    secondaries: lock.secondaries,
  };
}

const FLAG = { Put: 'P', Delete: 'D', Lock: 'L', Pessimistic: 'S' } as const;
const TYPE_OF_FLAG = new Map<string, LockType>([
  ['P', 'Put'],
  ['D', 'Delete'],
  ['L', 'Lock'],
  ['S', 'Pessimistic'],
]);

/** Fields stand in one order, each optional one behind its letter. */
export function encodeLock(lock: Lock): Bytes {
  let out = FLAG[lock.type] + encodeCompactBytes(lock.primary);
  out += encodeVarU64(lock.startTs) + encodeVarU64(lock.ttl);
  if (lock.shortValue !== null) out += encodeShortValue(lock.shortValue);
  if (lock.forUpdateTs !== 0) out += `f${encodeU64(lock.forUpdateTs)}`;
  if (lock.txnSize !== 0) out += `t${encodeU64(lock.txnSize)}`;
  if (lock.minCommitTs !== 0) out += `c${encodeU64(lock.minCommitTs)}`;
  if (lock.useAsyncCommit) {
    out += `a${encodeVarU64(lock.secondaries.length)}`;
    out += lock.secondaries.map(encodeCompactBytes).join('');
  }
  if (lock.rollbackTs.length > 0) {
    out += `r${encodeVarU64(lock.rollbackTs.length)}${lock.rollbackTs.map(encodeU64).join('')}`;
  }
  out += encodeLastChange(lock.lastChange);
  if (lock.txnSource !== 0) out += `s${encodeVarU64(lock.txnSource)}`;
  if (lock.isLockedWithConflict) out += 'F';
  if (lock.generation !== 0) out += `g${encodeU64(lock.generation)}`;
  return out;
}

export function encodeShortValue(value: Bytes): Bytes {
  return `v${String.fromCharCode(value.length)}${value}`;
}

export function encodeLastChange(lastChange: LastChange | null): Bytes {
  if (lastChange === null) return '';
  return `l${encodeU64(lastChange.ts)}${encodeVarU64(lastChange.versions)}`;
}

export function readShortValue(reader: RecordReader): Bytes {
  const length = reader.byte('the length of the short value').charCodeAt(0);
  return reader.bytes(length, 'the short value');
}

export function readLastChange(reader: RecordReader): LastChange | null {
  const ts = reader.u64('last change');
  const versions = reader.varU64('versions to the last change');
  return ts === 0 && versions === 0 ? null : { ts, versions };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The lock in a record; `key` is the engine key, for the refusal. */
export function decodeLock(record: Bytes, key: Bytes): Lock {
  const reader = new RecordReader(record, { family: 'lock', key });
  const type = TYPE_OF_FLAG.get(reader.byte('the type'));
  if (type === undefined) throw reader.refuse('no type of a lock');
  const primary = reader.compactBytes('the primary');
  const startTs = reader.varU64('start_ts');
  const ttl = reader.ended ? 0 : reader.varU64('ttl');
  const lock: Mutable<Lock> = newLock({ type, primary, startTs, ttl });
  while (!reader.ended) readField(reader, lock);
  return lock;
}

/** Reads one optional field. TiKV stops at a letter it does not know; here nobody writes later versions. */
function readField(reader: RecordReader, lock: Mutable<Lock>): void {
  switch (reader.byte('a field')) {
    case 'v':
      lock.shortValue = readShortValue(reader);
      return;
    case 'f':
      lock.forUpdateTs = reader.u64('for_update_ts');
      return;
    case 't':
      lock.txnSize = reader.u64('txn_size');
      return;
    case 'c':
      lock.minCommitTs = reader.u64('min_commit_ts');
      return;
    case 'a':
      lock.useAsyncCommit = true;
      lock.secondaries = readList(reader, 'secondaries', () => reader.compactBytes('a secondary'));
      return;
    case 'r':
      lock.rollbackTs = readList(reader, 'rollback_ts', () => reader.u64('a rollback_ts'));
      return;
    case 'l':
      lock.lastChange = readLastChange(reader);
      return;
    case 's':
      lock.txnSource = reader.varU64('txn_source');
      return;
    case 'F':
      lock.isLockedWithConflict = true;
      return;
    case 'g':
      lock.generation = reader.u64('generation');
      return;
    default:
      throw reader.refuse('no field of a lock');
  }
}

function readList<T>(reader: RecordReader, what: string, one: () => T): T[] {
  const length = reader.varU64(what);
  if (length === TS_MAX) throw reader.refuse(`${what} without end`);
  const list: T[] = [];
  for (let i = 0; i < length; i++) list.push(one());
  return list;
}
