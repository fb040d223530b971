// The transaction layer as the outside cases address it: names and defaults are translated, nothing is decided here.

import { bytesOfHex, hexOf } from '../base/bytes.ts';
import { appendTs, encodeBytes } from '../tikv/mvcc/key.ts';
import { plainTs, TS_MAX } from '../tikv/mvcc/timestamp.ts';
import { isProtected } from '../tikv/mvcc/write.ts';
import type { TxnError } from '../tikv/txn/error.ts';
import type { PessimisticAction, TxnRequest } from '../tikv/txn/request.ts';
import type { TxnResponse } from '../tikv/txn/response.ts';
import { LocalStore } from './model/local-store.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- the cases are JSON of many shapes
type Case = any;

/** A refusal as the cases expect one: thrown, with TiKV's name and its fields. */
class Refused extends Error {
  readonly kind: string;
  readonly fields: object;

  constructor(error: TxnError) {
    super(error.kind);
    const { kind, ...fields } = error;
    this.kind = kind;
    this.fields = fields;
  }
}

const ACTIONS: Record<string, PessimisticAction> = {
  SKIP_PESSIMISTIC_CHECK: 'SkipPessimisticCheck',
  DO_PESSIMISTIC_CHECK: 'DoPessimisticCheck',
  DO_CONSTRAINT_CHECK: 'DoConstraintCheck',
};

const readAt = (request: Case) => ({
  version: plainTs(request.version),
  isolation: request.isolationLevel ?? 'SI',
  resolvedLocks: request.resolvedLocks ?? [],
  committedLocks: request.committedLocks ?? [],
  isReplicaRead: false,
});

export class TxnStore {
  readonly #store = new LocalStore();

  #ask(request: TxnRequest): Case {
    const response: TxnResponse = this.#store.execute(request).response;
    if (response.type === 'refused') throw new Refused(response.errors[0] as TxnError);
    return response;
  }

  prewrite(request: Case) {
    return this.#ask({
      type: 'prewrite',
      mutations: request.mutations.map((mutation: Case) => ({
        op: mutation.op,
        key: mutation.key,
        value: mutation.value ?? '',
        assertion: mutation.assertion ?? 'None',
        pessimisticAction:
          ACTIONS[mutation.pessimisticAction] ??
          mutation.pessimisticAction ??
          'SkipPessimisticCheck',
        expectedForUpdateTs: mutation.expectedForUpdateTs ?? null,
      })),
      primary: request.primary,
      startTs: request.startTs,
      lockTtl: request.lockTtl ?? 0,
      forUpdateTs: request.forUpdateTs ?? 0,
      minCommitTs: request.minCommitTs ?? 0,
      maxCommitTs: request.maxCommitTs ?? 0,
      txnSize: request.txnSize ?? 0,
      useAsyncCommit: request.useAsyncCommit ?? false,
      secondaries: request.secondaries ?? [],
      tryOnePc: request.tryOnePc ?? false,
      isRetryRequest: request.isRetryRequest ?? false,
      assertionLevel: request.assertionLevel ?? 'Off',
    });
  }

  commit({ keys, startTs, commitTs }: Case) {
    return this.#ask({ type: 'commit', keys, startTs, commitTs });
  }

  rollback({ keys, startTs }: Case) {
    return this.#ask({ type: 'rollback', keys, startTs });
  }

  cleanup({ key, startTs, currentTs }: Case) {
    return this.#ask({ type: 'cleanup', key, startTs, currentTs: plainTs(currentTs) });
  }

  pessimisticLock(request: Case) {
    return this.#ask({
      type: 'acquire-pessimistic-lock',
      keys: request.mutations.map((mutation: Case) => ({
        key: mutation.key,
        shouldNotExist: mutation.assertion === 'NotExist',
      })),
      primary: request.primary,
      startTs: request.startTs,
      forUpdateTs: request.forUpdateTs,
      lockTtl: request.lockTtl ?? 0,
      minCommitTs: request.minCommitTs ?? 0,
      returnValues: request.returnValues ?? false,
      checkExistence: request.checkExistence ?? false,
      lockOnlyIfExists: request.lockOnlyIfExists ?? false,
      wakeUpMode: request.wakeUpMode === 'WakeUpModeForceLock' ? 'ForceLock' : 'Normal',
      waitTimeoutMs: null,
    });
  }

  pessimisticRollback({ keys, startTs, forUpdateTs }: Case) {
    return this.#ask({ type: 'pessimistic-rollback', keys, startTs, forUpdateTs });
  }

  txnHeartBeat({ primary, startTs, adviseTtl }: Case) {
    return this.#ask({ type: 'txn-heart-beat', primary, startTs, adviseTtl });
  }

  checkTxnStatus(request: Case) {
    return this.#ask({
      type: 'check-txn-status',
      primary: request.primary,
      lockTs: request.lockTs,
      callerStartTs: plainTs(request.callerStartTs),
      currentTs: plainTs(request.currentTs),
      rollbackIfNotExist: request.rollbackIfNotExist ?? false,
      forceSyncCommit: request.forceSyncCommit ?? false,
      resolvingPessimisticLock: request.resolvingPessimisticLock ?? false,
      verifyIsPrimary: request.verifyIsPrimary ?? false,
    });
  }

  checkSecondaryLocks({ keys, startTs }: Case) {
    return this.#ask({ type: 'check-secondary-locks', keys, startTs });
  }

  resolveLock({ keys, startTs, commitTs }: Case) {
    if (keys !== undefined)
      return this.#ask({ type: 'resolve-lock-lite', keys, startTs, commitTs });
    return this.#ask({
      type: 'resolve-lock',
      txns: [{ startTs, commitTs }],
      scanKey: null,
      keys: null,
    });
  }

  get(request: Case) {
    return this.#ask({ type: 'get', key: request.key, ...readAt(request) });
  }

  scan(request: Case) {
    const response = this.#ask({
      type: 'scan',
      startKey: request.startKey,
      endKey: request.endKey ?? null,
      limit: request.limit,
      reverse: request.reverse ?? false,
      keyOnly: false,
      ...readAt(request),
    });
    const pairs = response.pairs.map(({ key, value, error }: Case) =>
      error === null ? { key, value } : { key, error },
    );
    return { pairs };
  }

  gc({ keys, safePoint }: Case) {
    return this.#ask({ type: 'gc', keys, safePoint, scanKey: null });
  }

  mvcc({ key }: Case) {
    const { lock, writes, values } = this.#ask({ type: 'mvcc-get-by-key', key });
    return {
      lock: lock && { ...lock, lockedWithConflict: lock.isLockedWithConflict },
      writes: writes.map(({ commitTs, write }: Case) => ({
        commitTs,
        startTs: write.startTs,
        type: write.type,
        protected: isProtected(write),
        overlappedRollback: write.hasOverlappedRollback,
        gcFence: write.gcFence,
      })),
      values,
    };
  }
}

/** 2^64 − 1 arrives as the nearest number there is. */
export function encodeKeyHex(keyHex: string, ts: number): string {
  const at = ts >= 2 ** 64 ? TS_MAX : ts;
  return hexOf(appendTs(encodeBytes(bytesOfHex(keyHex) ?? ''), at));
}
