// What a write batch means, told as events. The batch says everything, so whoever applies it can tell, on every replica.
// Invariant: one event for each operation on a transactional key, in the batch's order; raw keys are passed over.

import type { Bytes } from '../../base/bytes.ts';
import type { KvOp, WriteBatch } from '../kv/engine.ts';
import type { MvccEvent } from './event.ts';
import { decodeKey, TXN_RANGE, truncateTs, tsOfKey } from './key.ts';
import { decodeLock } from './lock.ts';
import { plainTs } from './timestamp.ts';
import { decodeWrite, isProtected } from './write.ts';

export function eventsOfBatch(batch: WriteBatch): MvccEvent[] {
  const events: MvccEvent[] = [];
  for (const op of batch) {
    if (op.type === 'delete-range' || op.key < TXN_RANGE.from || op.key >= TXN_RANGE.to) continue;
    events.push(eventOf(op));
  }
  return events;
}

function eventOf(op: Exclude<KvOp, { type: 'delete-range' }>): MvccEvent {
  if (op.cf === 'lock') {
    const key = decodeKey(op.key, 'lock');
    return op.type === 'put'
      ? lockWritten(key, op.value, op.key)
      : { type: 'mvcc/lock-removed', key };
  }
  const key = decodeKey(truncateTs(op.key), op.cf);
  const ts = plainTs(tsOfKey(op.key, op.cf));
  if (op.cf === 'default') {
    return op.type === 'put'
      ? { type: 'mvcc/value-written', key, startTs: ts, value: op.value }
      : { type: 'mvcc/value-removed', key, startTs: ts };
  }
  if (op.type === 'delete') return { type: 'mvcc/write-removed', key, commitTs: ts };
  const write = decodeWrite(op.value, op.key);
  return {
    type: 'mvcc/write-written',
    key,
    commitTs: ts,
    startTs: plainTs(write.startTs),
    writeType: write.type,
    protected: isProtected(write),
    overlappedRollback: write.hasOverlappedRollback,
    gcFence: write.gcFence === null ? null : plainTs(write.gcFence),
    shortValue: write.type === 'Put' ? write.shortValue : null,
  };
}

function lockWritten(key: Bytes, record: Bytes, engineKey: Bytes): MvccEvent {
  const lock = decodeLock(record, engineKey);
  return {
    type: 'mvcc/lock-written',
    key,
    lockType: lock.type,
    primary: lock.primary,
    startTs: plainTs(lock.startTs),
    ttl: plainTs(lock.ttl),
    forUpdateTs: plainTs(lock.forUpdateTs),
    minCommitTs: plainTs(lock.minCommitTs),
    txnSize: plainTs(lock.txnSize),
    useAsyncCommit: lock.useAsyncCommit,
    secondaries: lock.secondaries,
    rollbackTs: lock.rollbackTs.map(plainTs),
    shortValue: lock.shortValue,
  };
}
