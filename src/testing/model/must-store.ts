// A store spoken to in the words of the domain: `mustPrewritePut`, `mustCommit`, `mustGet`. What must be and is not throws.

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { encodeKey } from '../../tikv/mvcc/key.ts';
import { decodeLock } from '../../tikv/mvcc/lock.ts';
import type { Lock } from '../../tikv/mvcc/lock.ts';
import { plainTs, TS_MAX } from '../../tikv/mvcc/timestamp.ts';
import type { Ts } from '../../tikv/mvcc/timestamp.ts';
import type { TxnError } from '../../tikv/txn/error.ts';
import type {
  AcquirePessimisticLockRequest,
  CheckTxnStatusRequest,
  GetRequest,
  Mutation,
  PrewriteRequest,
  ScanRequest,
  TxnRequest,
} from '../../tikv/txn/request.ts';
import type { TxnResponse } from '../../tikv/txn/response.ts';
import { LocalStore } from './local-store.ts';

const READ = {
  isolation: 'SI',
  resolvedLocks: [],
  committedLocks: [],
  isReplicaRead: false,
} as const;

type Answer<T extends TxnResponse['type']> = Extract<TxnResponse, { type: T }>;

/** An ordinary optimistic mutation but for what is given. */
export function mutation(op: Mutation['op'], key: Bytes, more: Partial<Mutation> = {}): Mutation {
  return {
    op,
    key,
    value: '',
    assertion: 'None',
    pessimisticAction: 'SkipPessimisticCheck',
    expectedForUpdateTs: null,
    ...more,
  };
}

/** An ordinary optimistic prewrite but for what is given. */
export function prewriteRequest(
  fields: Pick<PrewriteRequest, 'mutations' | 'primary' | 'startTs'> & Partial<PrewriteRequest>,
): PrewriteRequest {
  return {
    type: 'prewrite',
    lockTtl: 0,
    forUpdateTs: 0,
    minCommitTs: 0,
    maxCommitTs: 0,
    txnSize: 0,
    useAsyncCommit: false,
    secondaries: [],
    tryOnePc: false,
    isRetryRequest: false,
    assertionLevel: 'Off',
    ...fields,
  };
}

export function lockRequest(
  keys: readonly Bytes[],
  startTs: Ts,
  more: Partial<AcquirePessimisticLockRequest> = {},
): AcquirePessimisticLockRequest {
  return {
    type: 'acquire-pessimistic-lock',
    keys: keys.map((key) => ({ key, shouldNotExist: false })),
    primary: keys[0] as Bytes,
    startTs,
    forUpdateTs: startTs,
    lockTtl: 0,
    minCommitTs: 0,
    returnValues: false,
    checkExistence: false,
    lockOnlyIfExists: false,
    wakeUpMode: 'Normal',
    waitTimeoutMs: null,
    ...more,
  };
}

export function getRequest(key: Bytes, ts: Ts, more: Partial<GetRequest> = {}): GetRequest {
  return { type: 'get', key, version: plainTs(ts), ...READ, ...more };
}

export function scanRequest(startKey: Bytes, ts: Ts, more: Partial<ScanRequest> = {}): ScanRequest {
  return {
    type: 'scan',
    startKey,
    endKey: null,
    limit: 100,
    reverse: false,
    keyOnly: false,
    version: plainTs(ts),
    ...READ,
    ...more,
  };
}

export function statusRequest(
  primary: Bytes,
  lockTs: Ts,
  more: Partial<CheckTxnStatusRequest> = {},
): CheckTxnStatusRequest {
  return {
    type: 'check-txn-status',
    primary,
    lockTs,
    callerStartTs: 0,
    currentTs: 0,
    rollbackIfNotExist: false,
    forceSyncCommit: false,
    resolvingPessimisticLock: false,
    verifyIsPrimary: false,
    ...more,
  };
}

export class MustStore extends LocalStore {
  /** The answer, which must be no refusal. */
  must<T extends TxnRequest['type'] & TxnResponse['type']>(
    request: Extract<TxnRequest, { type: T }>,
  ): Answer<T> {
    const { response } = this.execute(request);
    assert(response.type === request.type, `${request.type}: ${JSON.stringify(response)}`);
    return response as Answer<T>;
  }

  /** The first refusal, which there must be, of this kind. */
  mustRefuse<K extends TxnError['kind']>(
    request: TxnRequest,
    kind: K,
  ): Extract<TxnError, { kind: K }> {
    const { response } = this.execute(request);
    const error = response.type === 'refused' ? response.errors[0] : undefined;
    assert(error?.kind === kind, `${request.type}: not ${kind} but ${JSON.stringify(response)}`);
    return error as Extract<TxnError, { kind: K }>;
  }

  mustPrewritePut(
    key: Bytes,
    value: Bytes,
    at: { readonly startTs: Ts } & Partial<PrewriteRequest>,
  ): Answer<'prewrite'> {
    const mutations = [mutation('Put', key, { value })];
    return this.must(prewriteRequest({ primary: key, mutations, ...at }));
  }

  mustPrewriteDelete(key: Bytes, at: { readonly startTs: Ts } & Partial<PrewriteRequest>) {
    return this.must(prewriteRequest({ primary: key, mutations: [mutation('Del', key)], ...at }));
  }

  mustPrewriteLock(key: Bytes, at: { readonly startTs: Ts } & Partial<PrewriteRequest>) {
    return this.must(prewriteRequest({ primary: key, mutations: [mutation('Lock', key)], ...at }));
  }

  mustCommit(keys: Bytes | readonly Bytes[], startTs: Ts, commitTs: Ts): void {
    const list = typeof keys === 'string' ? [keys] : keys;
    this.must({ type: 'commit', keys: list, startTs, commitTs });
  }

  /** A whole transaction of one key. */
  mustPut(key: Bytes, value: Bytes, [startTs, commitTs]: readonly [Ts, Ts]): void {
    this.mustPrewritePut(key, value, { startTs });
    this.mustCommit(key, startTs, commitTs);
  }

  mustDelete(key: Bytes, [startTs, commitTs]: readonly [Ts, Ts]): void {
    this.mustPrewriteDelete(key, { startTs });
    this.mustCommit(key, startTs, commitTs);
  }

  mustRollback(key: Bytes, startTs: Ts): void {
    this.must({ type: 'rollback', keys: [key], startTs });
  }

  mustCleanup(key: Bytes, startTs: Ts, currentTs: Ts = 0): void {
    this.must({ type: 'cleanup', key, startTs, currentTs: plainTs(currentTs) });
  }

  mustLockKey(key: Bytes, startTs: Ts, more: Partial<AcquirePessimisticLockRequest> = {}) {
    return this.must<'acquire-pessimistic-lock'>(lockRequest([key], startTs, more));
  }

  /** The value at `ts`; null: none. */
  mustGet(key: Bytes, ts: Ts): Bytes | null {
    return this.must<'get'>(getRequest(key, ts)).value;
  }

  mustBeLockedFor(key: Bytes, readTs: Ts): Extract<TxnError, { kind: 'KeyIsLocked' }> {
    return this.mustRefuse(getRequest(key, readTs), 'KeyIsLocked');
  }

  lockOf(key: Bytes): Lock | null {
    const at = encodeKey(key);
    const record = this.engine.get('lock', at);
    return record === undefined ? null : decodeLock(record, at);
  }

  /** The write records of a key, newest first, each in a few letters: `Put 5→10`, `Rollback* 7`. */
  recordsOf(key: Bytes): string[] {
    const { writes } = this.must<'mvcc-get-by-key'>({ type: 'mvcc-get-by-key', key });
    return writes.map(({ commitTs, write }) => {
      const overlapped = write.hasOverlappedRollback ? ` R fence ${write.gcFence ?? '-'}` : '';
      if (write.type !== 'Rollback') {
        return `${write.type} ${write.startTs}→${commitTs}${overlapped}`;
      }
      return `Rollback${write.shortValue === null ? '' : '*'} ${write.startTs}`;
    });
  }

  collect(safePoint: Ts): void {
    this.must({ type: 'gc', safePoint, keys: null, scanKey: null });
  }

  /** Key and value, or key and the locking transaction, of a whole scan. */
  scanned(ts: Ts, more: Partial<ScanRequest> = {}): (readonly [Bytes, Bytes | number])[] {
    const { pairs } = this.must<'scan'>(scanRequest('', ts, more));
    return pairs.map(({ key, value, error }) => {
      if (error === null) return [key, value];
      return [key, error.kind === 'KeyIsLocked' ? error.lockVersion : TS_MAX];
    });
  }
}
