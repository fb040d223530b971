// Reads the three column families of one snapshot as locks, writes and values.
// Invariant: a reader changes nothing and remembers nothing; two readers of one snapshot always say the same.
// (TiKV: src/storage/mvcc/reader/reader.rs, src/storage/mvcc/reader/mod.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { KvSnapshot } from '../kv/engine.ts';
import { DamagedRecord } from './codec.ts';
import { appendTs, encodeKey, isVersionOf, tsOfKey } from './key.ts';
import { decodeLock } from './lock.ts';
import type { Lock } from './lock.ts';
import { gcFencePassed } from './rules.ts';
import { TS_MAX } from './timestamp.ts';
import type { Ts } from './timestamp.ts';
import { decodeWrite } from './write.ts';
import type { Write } from './write.ts';

/** A write record where it stands. */
export interface WriteAt {
  readonly commitTs: Ts;
  readonly write: Write;
}

/** What the write column family knows of one transaction on one key. */
export type TxnCommitRecord =
  | { readonly type: 'single-record'; readonly commitTs: Ts; readonly write: Write }
  | { readonly type: 'overlapped-rollback'; readonly commitTs: Ts }
  | { readonly type: 'none'; readonly overlappedWrite: OverlappedWrite | null };

/** Another transaction's commit in the very place where a rollback would stand, and the version after it. */
export interface OverlappedWrite {
  readonly write: Write;
  readonly gcFence: Ts;
}

export class MvccReader {
  readonly snapshot: KvSnapshot;
  /** Pessimistic locks that live in memory only, by user key; they stand before the lock column family. */
  readonly #memory: ReadonlyMap<Bytes, Lock>;

  constructor(snapshot: KvSnapshot, memory: ReadonlyMap<Bytes, Lock> = new Map()) {
    this.snapshot = snapshot;
    this.#memory = memory;
  }

  loadLock(key: Bytes): Lock | null {
    return this.#memory.get(key) ?? this.loadStoredLock(key);
  }

  /** The lock on disk: all that a read has to look at, for pessimistic locks block no read. */
  loadStoredLock(key: Bytes): Lock | null {
    const encoded = encodeKey(key);
    const record = this.snapshot.get('lock', encoded);
    return record === undefined ? null : decodeLock(record, encoded);
  }

  isInMemory(key: Bytes): boolean {
    return this.#memory.has(key);
  }

  /** The newest record at or before `ts`, whatever its type. */
  seekWrite(key: Bytes, ts: Ts): WriteAt | null {
    const encoded = encodeKey(key);
    for (const [at, record] of this.snapshot.range('write', appendTs(encoded, ts))) {
      if (!isVersionOf(at, encoded)) return null;
      return { commitTs: tsOfKey(at, 'write'), write: decodeWrite(record, at) };
    }
    return null;
  }

  /** All records of a key at or before `ts`, newest first. */
  *writes(key: Bytes, ts: Ts = TS_MAX): Generator<WriteAt> {
    const encoded = encodeKey(key);
    for (const [at, record] of this.snapshot.range('write', appendTs(encoded, ts))) {
      if (!isVersionOf(at, encoded)) return;
      yield { commitTs: tsOfKey(at, 'write'), write: decodeWrite(record, at) };
    }
  }

  /** The Put that is visible at `ts`; null where the key does not exist there. Locks are not looked at. */
  getWrite(key: Bytes, ts: Ts, fenceTs: Ts = ts): WriteAt | null {
    for (const found of this.writes(key, ts)) {
      if (!gcFencePassed(found.write, fenceTs).holds) return null;
      if (found.write.type === 'Delete') return null;
      if (found.write.type === 'Put') return found;
    }
    return null;
  }

  /** The value that is visible at `ts`. Locks are not looked at. */
  getValue(key: Bytes, ts: Ts, fenceTs: Ts = ts): Bytes | null {
    const found = this.getWrite(key, ts, fenceTs);
    return found === null ? null : this.loadValue(key, found.write);
  }

  /** The value of a Put, wherever it is kept. */
  loadValue(key: Bytes, of: { readonly shortValue: Bytes | null; readonly startTs: Ts }): Bytes {
    if (of.shortValue !== null) return of.shortValue;
    const at = appendTs(encodeKey(key), of.startTs);
    const value = this.snapshot.get('default', at);
    if (value === undefined) throw new DamagedRecord({ family: 'default', key: at }, 0, 'no value');
    return value;
  }

  /**
   * How the transaction of `startTs` ended on this key. All versions down to `startTs` are looked at: a pessimistic
   * transaction that began earlier may have committed later.
   */
  getTxnCommitRecord(key: Bytes, startTs: Ts): TxnCommitRecord {
    let gcFence: Ts = 0;
    for (const { commitTs, write } of this.writes(key)) {
      if (write.startTs === startTs) return { type: 'single-record', commitTs, write };
      if (commitTs === startTs) {
        if (write.hasOverlappedRollback) return { type: 'overlapped-rollback', commitTs };
        return { type: 'none', overlappedWrite: { write, gcFence } };
      }
      if (write.type === 'Put' || write.type === 'Delete') gcFence = commitTs;
      if (commitTs < startTs) break;
    }
    return { type: 'none', overlappedWrite: null };
  }

  /** All values of a key in the default column family, newest transaction first. */
  scanValues(key: Bytes): { startTs: Ts; value: Bytes }[] {
    const encoded = encodeKey(key);
    const found: { startTs: Ts; value: Bytes }[] = [];
    for (const [at, value] of this.snapshot.range('default', encoded)) {
      if (!isVersionOf(at, encoded)) break;
      found.push({ startTs: tsOfKey(at, 'default'), value });
    }
    return found;
  }
}
