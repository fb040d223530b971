// What a client does about a lock of somebody else: it asks the lock's primary, which alone knows what became of the
// transaction, and then does to the lock what the primary says. A lock is never touched without that.
// (client-go: txnkv/txnlock/lock_resolver.go)

import { assert } from '../../base/assert.ts';
import { encodeKey } from '../mvcc/key.ts';
import { physicalOf } from '../mvcc/timestamp.ts';
import type { PlainTxnError } from '../txn/error.ts';
import type { TxnAnswer } from '../txn/message.ts';
import type { Calls } from './region-request.ts';
import { Ended, failed, type Part } from './wait.ts';

export type MetLock = Extract<PlainTxnError, { kind: 'KeyIsLocked' }>;
type Checked = Extract<TxnAnswer, { type: 'check-txn-status' }>;

type Settled =
  /** It is gone. `commitTs` null: rolled back. */
  | { readonly type: 'gone'; readonly commitTs: number | null }
  /** It stands, but will commit later than the caller reads. */
  | { readonly type: 'pushed' }
  | { readonly type: 'alive'; readonly ttlMs: number };

/** Transactions of fewer keys have their met locks resolved one by one. (client-go: bigTxnThreshold) */
const LITE_BELOW = 16;

export class LockResolver {
  readonly #calls: Calls;
  readonly #callerTs: number;
  /** Transactions that no read at the caller's timestamp sees. */
  readonly passed: number[] = [];
  /** Transactions that it does. */
  readonly committed: number[] = [];

  constructor(calls: Calls, callerTs: number) {
    this.#calls = calls;
    this.#callerTs = callerTs;
  }

  /** After this the read may be tried again. */
  *settleForRead(lock: MetLock): Part<void> {
    const settled = yield* this.#settle(lock);
    const lockTs = lock.lockVersion as number;
    if (settled.type === 'pushed') this.passed.push(lockTs);
    else if (settled.type === 'alive')
      yield* this.#calls.backOff('txnLockFast', 'KeyIsLocked', settled.ttlMs);
    else if (settled.commitTs !== null && settled.commitTs <= this.#callerTs)
      this.committed.push(lockTs);
    else this.passed.push(lockTs);
  }

  /** A writer always waits until the lock is really gone. */
  *settleForWrite(lock: MetLock): Part<void> {
    const settled = yield* this.#settle(lock);
    if (settled.type === 'gone') return;
    const ttl = settled.type === 'alive' ? settled.ttlMs : undefined;
    yield* this.#calls.backOff('txnLock', 'KeyIsLocked', ttl);
  }

  *#settle(lock: MetLock): Part<Settled> {
    const { key, primary } = lock;
    const [startTs, lockTs] = [this.#callerTs, lock.lockVersion as number];
    yield { type: 'tell', event: { type: 'client/lock-met', startTs, key, lockTs, primary } };
    const settled = yield* this.#settleAt(lock, yield* this.#status(lock));
    const status =
      settled.type !== 'gone'
        ? settled.type
        : settled.commitTs === null
          ? 'rolled-back'
          : 'committed';
    const commitTs = settled.type === 'gone' ? settled.commitTs : null;
    const told = { startTs, key, lockTs, status, commitTs } as const;
    yield { type: 'tell', event: { type: 'client/lock-settled', ...told } };
    return settled;
  }

  *#settleAt(lock: MetLock, checked: Checked): Part<Settled> {
    const ttlMs = checked.lockTtl as number;
    if (ttlMs > 0) {
      if (lock.useAsyncCommit)
        throw failed('A lock of an async commit stands in the way. Resolving those comes later.');
      const pushed = checked.minCommitTsPushed || checked.action === 'MinCommitTSPushed';
      return pushed ? { type: 'pushed' } : { type: 'alive', ttlMs };
    }
    const commitTs = checked.commitTs as number;
    if (lock.key !== lock.primary || commitTs > 0) yield* this.#resolve(lock, commitTs);
    return { type: 'gone', commitTs: commitTs > 0 ? commitTs : null };
  }

  /** What the primary says. */
  *#status(lock: MetLock): Part<Checked> {
    const [lockTs, ttl] = [lock.lockVersion as number, lock.lockTtl as number];
    for (let rollbackIfNotExist = false; ;) {
      const currentTs = ttl === 0 ? 'max' : yield* this.#calls.timestamp();
      const { response } = yield* this.#calls.send(encodeKey(lock.primary), {
        type: 'check-txn-status',
        primary: lock.primary,
        lockTs,
        callerStartTs: this.#callerTs,
        currentTs,
        rollbackIfNotExist,
        forceSyncCommit: false,
        resolvingPessimisticLock: lock.lockType === 'PessimisticLock',
        verifyIsPrimary: true,
      });
      if (response.type === 'check-txn-status') return response;
      assert(response.type === 'refused', 'a check is answered or refused');
      const [error] = response.errors;
      if (error?.kind !== 'TxnNotFound')
        throw new Ended({
          status: 'failed',
          reason: `The primary of a lock cannot be asked: ${error?.kind ?? 'refused'}.`,
          ...(error === undefined ? {} : { error }),
        });
      // The primary is not locked yet, or never will be.
      if (currentTs === 'max' || physicalOf(currentTs) > physicalOf(lockTs) + ttl)
        rollbackIfNotExist = true;
      else yield* this.#calls.backOff('txnNotFound', error.kind);
    }
  }

  /** `commitTs` 0: rolls back. */
  *#resolve(lock: MetLock, commitTs: number): Part<void> {
    const startTs = lock.lockVersion as number;
    const { key } = lock;
    if (lock.lockType === 'PessimisticLock') {
      const forUpdateTs = lock.lockForUpdateTs as number;
      const unlock = { type: 'pessimistic-rollback', keys: [key], startTs, forUpdateTs } as const;
      yield* this.#calls.send(encodeKey(key), unlock);
    } else if ((lock.txnSize as number) < LITE_BELOW) {
      const lite = { type: 'resolve-lock-lite', startTs, commitTs, keys: [key] } as const;
      yield* this.#calls.send(encodeKey(key), lite);
    } else {
      const txns = [{ startTs, commitTs }];
      const all = { type: 'resolve-lock', txns, scanKey: null, keys: null } as const;
      yield* this.#calls.send(encodeKey(key), all);
    }
  }
}
