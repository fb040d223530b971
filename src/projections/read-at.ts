// What a read of a key would find at a timestamp, from the rows that a store has applied. The engine's own reader and
// rules decide; here its records are only put back together.

import type { Bytes } from '../base/bytes.ts';
import { KvEngine, type KvOp } from '../tikv/kv/engine.ts';
import { appendTs, encodeKey } from '../tikv/mvcc/key.ts';
import { encodeLock, newLock, type Lock } from '../tikv/mvcc/lock.ts';
import { readKey, type ReadResult } from '../tikv/mvcc/point-getter.ts';
import { MvccReader } from '../tikv/mvcc/reader.ts';
import { lockBlocksRead, type Verdict } from '../tikv/mvcc/rules.ts';
import { tsOf } from '../tikv/mvcc/timestamp.ts';
import { encodeWrite, newRollback, newWrite, type WriteType } from '../tikv/mvcc/write.ts';
import type { KeyVersions, LockRow, WriteRow } from './mvcc.ts';

export interface ReadAt {
  readonly result: ReadResult;
  /** What the rule says of the key's lock; null where it has none. */
  readonly lock: Verdict | null;
}

/** A snapshot-isolation read of the key. */
export function readAt(versions: KeyVersions, ts: number): ReadAt {
  const { key } = versions;
  const engine = new KvEngine();
  engine.write(opsOf(versions));
  const reader = new MvccReader(engine, new Map());
  const lock = versions.lock === null ? null : lockOf(versions.lock);
  const options = {
    ts,
    isolation: 'SI' as const,
    bypassLocks: [],
    accessLocks: [],
    isReplicaRead: false,
    broken: [],
  };
  const result = readKey(reader, { key, lock }, options);
  return { result, lock: lock === null ? null : lockBlocksRead(lock, { key, ts }, []) };
}

function opsOf({ key, lock, writes, values }: KeyVersions): KvOp[] {
  const encoded = encodeKey(key);
  const put = (cf: 'lock' | 'write' | 'default', at: Bytes, value: Bytes): KvOp => ({
    type: 'put',
    cf,
    key: at,
    value,
  });
  return [
    ...(lock === null ? [] : [put('lock', encoded, encodeLock(lockOf(lock)))]),
    ...writes.map((row) =>
      put('write', appendTs(encoded, tsOf(row.commitTs)), encodeWrite(writeOf(row))),
    ),
    ...values.map((row) => put('default', appendTs(encoded, tsOf(row.startTs)), row.value)),
  ];
}

export function lockOf(row: LockRow): Lock {
  return newLock({
    type: row.lockType as Lock['type'],
    primary: row.primary,
    startTs: tsOf(row.startTs),
    ttl: Number(row.ttl),
    shortValue: row.shortValue,
    forUpdateTs: tsOf(row.forUpdateTs),
    txnSize: Number(row.txnSize),
    minCommitTs: tsOf(row.minCommitTs),
    useAsyncCommit: row.useAsyncCommit,
    secondaries: row.secondaries,
    rollbackTs: row.rollbackTs.map(tsOf),
  });
}

function writeOf(row: WriteRow) {
  const startTs = tsOf(row.startTs);
  const write =
    row.writeType === 'Rollback'
      ? newRollback(startTs, row.protected)
      : newWrite(row.writeType as WriteType, startTs, row.shortValue);
  const gcFence = row.gcFence === null ? null : tsOf(row.gcFence);
  return { ...write, hasOverlappedRollback: row.overlappedRollback, gcFence };
}
