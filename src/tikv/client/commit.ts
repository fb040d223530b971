// Two-phase commit as Percolator has it: every key is locked, the primary first; then the primary is committed, alone, and
// with that the transaction is; the other keys follow while nobody waits. (client-go: txnkv/transaction/2pc.go)

import { assert, must } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';
import { encodeKey } from '../mvcc/key.ts';
import { regionHolds, type Region } from '../raftstore/region.ts';
import type { PlainTxnError } from '../txn/error.ts';
import type { TxnCall } from '../txn/message.ts';
import type { PrewriteRequest } from '../txn/request.ts';
import { LockResolver } from './lock-resolver.ts';
import type { Calls } from './region-request.ts';
import type { ClientOutcome } from './request.ts';
import type { TxnContext } from './snapshot.ts';
import { Ended, type Part } from './wait.ts';

/** Milliseconds that a lock lives without its owner, beside the time that the transaction has taken so far. */
const LOCK_TTL_MS = 3000;

/** The commit timestamp; null where there was nothing to write. */
export function* commit(calls: Calls, context: TxnContext): Part<number | null> {
  const { startTs, mutations } = context;
  const keys = mutations.map(([key]) => key);
  const [primary] = keys;
  if (primary === undefined) return null;
  yield { type: 'tell', event: { type: 'client/txn-prewriting', startTs, primary, keys } };
  try {
    yield* prewrite(calls, context, primary);
  } catch (end) {
    if (end instanceof Ended) yield* giveUp(calls.anew(), context, end);
    throw end;
  }
  const commitTs = yield* commitPrimary(calls.anew(), startTs, primary);
  const rest = keys.slice(1);
  const result = { type: 'commit', startTs, commitTs } as const;
  yield { type: 'report', outcome: { status: 'ok', result } };
  if (rest.length > 0) {
    yield { type: 'tell', event: { type: 'client/txn-cleaning', startTs, commitTs, keys: rest } };
    yield* inBackground(calls.anew(), rest, (own) => ({
      type: 'commit',
      keys: own,
      startTs,
      commitTs,
    }));
  }
  return commitTs;
}

/** Region by Region, each as one batch. A Region that has changed meanwhile is asked for anew. */
function* prewrite(calls: Calls, context: TxnContext, primary: Bytes): Part<void> {
  const resolver = new LockResolver(calls, context.startTs);
  let left = context.mutations;
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const own = left;
    const { response, region } = yield* calls.send(encodeKey(first[0]), (target) =>
      prewriteRequest(context, { primary, mutations: own, ...target }),
    );
    if (response.type === 'prewrite') {
      left = left.filter(([key]) => !regionHolds(region, encodeKey(key)));
      continue;
    }
    assert(response.type === 'refused', 'a prewrite is answered or refused');
    for (const error of response.errors) {
      if (error.kind !== 'KeyIsLocked') throw refusal(error);
      // Whoever locked the key began later, and will have written it in any case where it commits.
      if ((error.lockVersion as number) > context.startTs) throw refusal(newerLock(context, error));
      yield* resolver.settleForWrite(error);
    }
  }
}

function prewriteRequest(
  context: TxnContext,
  of: {
    readonly primary: Bytes;
    readonly mutations: TxnContext['mutations'];
    readonly region: Region;
    readonly isRetry: boolean;
  },
): PrewriteRequest {
  const { startTs, elapsedMs } = context;
  const own = of.mutations.filter(([key]) => regionHolds(of.region, encodeKey(key)));
  return {
    type: 'prewrite',
    mutations: own.map(([key, value]) => ({
      op: value === null ? ('Del' as const) : ('Put' as const),
      key,
      value: value ?? '',
      assertion: 'None',
      pessimisticAction: 'SkipPessimisticCheck',
      expectedForUpdateTs: null,
    })),
    primary: of.primary,
    startTs,
    lockTtl: LOCK_TTL_MS + elapsedMs,
    forUpdateTs: 0,
    // Not 0: this is what allows readers to push the commit behind their own timestamp.
    minCommitTs: startTs + 1,
    maxCommitTs: 0,
    txnSize: own.length,
    useAsyncCommit: false,
    secondaries: [],
    tryOnePc: false,
    isRetryRequest: of.isRetry,
    assertionLevel: 'Off',
  };
}

function newerLock(
  { startTs }: TxnContext,
  lock: Extract<PlainTxnError, { kind: 'KeyIsLocked' }>,
): PlainTxnError {
  return {
    kind: 'WriteConflict',
    startTs,
    conflictStartTs: lock.lockVersion,
    conflictCommitTs: 0,
    key: lock.key,
    primary: lock.primary,
    reason: 'Optimistic',
  };
}

/** Once the primary was sent, only a definite answer says what became of the transaction. */
function* commitPrimary(calls: Calls, startTs: number, primary: Bytes): Part<number> {
  try {
    for (;;) {
      const commitTs = yield* calls.timestamp();
      const told = { startTs, commitTs, primary } as const;
      yield { type: 'tell', event: { type: 'client/txn-committing', ...told } };
      const request = { type: 'commit', keys: [primary], startTs, commitTs } as const;
      const { response } = yield* calls.send(encodeKey(primary), request);
      if (response.type === 'commit') return commitTs;
      assert(response.type === 'refused', 'a commit is answered or refused');
      const error = must(response.errors[0], 'why the commit is refused');
      // A reader has pushed the lock behind its own timestamp: the next timestamp is late enough.
      if (error.kind !== 'CommitTsExpired') throw new Answered(refusal(error));
    }
  } catch (end) {
    if (end instanceof Answered) throw end.end;
    if (!(end instanceof Ended) || calls.timeOuts === 0) throw end;
    const reason = 'The answer of the primary did not come; it may be committed.';
    throw new Ended({ status: 'undetermined', reason });
  }
}

/** A definite end, which no lost answer before it puts in doubt. */
class Answered {
  readonly end: Ended;

  constructor(end: Ended) {
    this.end = end;
  }
}

/** The transaction has failed before its commit point: whoever asked is told, and the locks are taken away. */
function* giveUp(calls: Calls, { startTs, mutations }: TxnContext, end: Ended): Part<void> {
  const keys = mutations.map(([key]) => key);
  yield { type: 'report', outcome: end.outcome };
  yield { type: 'tell', event: { type: 'client/txn-cleaning', startTs, commitTs: null, keys } };
  yield* inBackground(calls, keys, (own) => ({ type: 'rollback', keys: own, startTs }));
}

/** Nobody waits for this: what it does not reach, readers clean up. */
function* inBackground(
  calls: Calls,
  keys: readonly Bytes[],
  make: (keys: readonly Bytes[]) => TxnCall,
): Part<void> {
  try {
    for (let left = keys; left.length > 0;) {
      const within = (region: Region) => left.filter((key) => regionHolds(region, encodeKey(key)));
      const { region } = yield* calls.send(encodeKey(left[0] as Bytes), (target) =>
        make(within(target.region)),
      );
      const done = within(region);
      left = left.filter((key) => !done.includes(key));
    }
  } catch (end) {
    if (!(end instanceof Ended)) throw end;
  }
}

function refusal(error: PlainTxnError): Ended {
  const outcome: ClientOutcome = { status: 'failed', reason: reasonOf(error), error };
  return new Ended(outcome);
}

function reasonOf(error: PlainTxnError): string {
  switch (error.kind) {
    case 'WriteConflict':
      return error.reason === 'SelfRolledBack'
        ? 'WriteConflict: somebody has rolled this transaction back.'
        : 'WriteConflict: another transaction wrote the key after this one began.';
    case 'TxnLockNotFound':
      return 'TxnLockNotFound: somebody has rolled this transaction back.';
    default:
      return `${error.kind}.`;
  }
}
