// The one entry: a command as a pure function of a snapshot, a request and what the store remembers.
// Invariant: nothing is changed and nothing waits; everything that is to be done is in the result, and a damaged record
// is an error of the command that met it. (TiKV: src/storage/txn/commands/mod.rs, process_write / process_read)

import type { KvSnapshot } from '../kv/engine.ts';
import { DamagedRecord } from '../mvcc/codec.ts';
import { plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { acquirePessimisticLock } from './acquire-pessimistic-lock.ts';
import { checkSecondaryLocks } from './check-secondary-locks.ts';
import { checkTxnStatus } from './check-txn-status.ts';
import { commit } from './commit.ts';
import { gc } from './gc.ts';
import { batchGet, get } from './get.ts';
import { mvccGetByKey, mvccGetByStartTs } from './mvcc-by-key.ts';
import { pessimisticRollback } from './pessimistic-rollback.ts';
import { prewrite } from './prewrite.ts';
import { raw } from './raw.ts';
import type { TxnRequest } from './request.ts';
import { resolveLock, resolveLockLite } from './resolve-lock.ts';
import { cleanup, rollback } from './rollback.ts';
import { scan, scanLock } from './scan.ts';
import { txnHeartBeat } from './txn-heart-beat.ts';
import { Work } from './work.ts';
import type { CommandResult, Done, TxnContext } from './work.ts';

export function executeCommand(
  snapshot: KvSnapshot,
  request: TxnRequest,
  context: TxnContext,
): CommandResult {
  const work = new Work(snapshot, context, startTsOf(request));
  let done: Done & { readonly batch?: CommandResult['batch'] };
  try {
    done = dispatch(work, request);
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    done = damaged(work, request, error);
  }
  const { txn, maxTs } = work;
  const from = context.concurrency.maxTs;
  const raised =
    maxTs > from
      ? [{ type: 'txn/max-ts-raised', from: plainTs(from), to: plainTs(maxTs) } as const]
      : [];
  return {
    maxTs,
    memoryLocks: txn.memoryLocks,
    pessimisticLocks: txn.pessimisticLocks,
    batch: done.batch ?? txn.batch,
    released: txn.released,
    response: done.response,
    events: [...raised, ...done.events],
    next: done.next ?? null,
  };
}

/** The transaction in whose name a command writes. */
function startTsOf(request: TxnRequest): Ts {
  if (request.type === 'check-txn-status') return request.lockTs;
  if (request.type === 'resolve-lock') return request.txns[0]?.startTs ?? 0;
  return 'startTs' in request ? request.startTs : 0;
}

function dispatch(work: Work, request: TxnRequest): Done {
  switch (request.type) {
    case 'prewrite':
      return prewrite(work, request);
    case 'commit':
      return commit(work, request);
    case 'rollback':
      return rollback(work, request);
    case 'cleanup':
      return cleanup(work, request);
    case 'check-txn-status':
      return checkTxnStatus(work, request);
    case 'check-secondary-locks':
      return checkSecondaryLocks(work, request);
    case 'resolve-lock':
      return resolveLock(work, request);
    case 'resolve-lock-lite':
      return resolveLockLite(work, request);
    case 'acquire-pessimistic-lock':
      return acquirePessimisticLock(work, request);
    case 'pessimistic-rollback':
      return pessimisticRollback(work, request);
    case 'txn-heart-beat':
      return txnHeartBeat(work, request);
    case 'get':
      return get(work, request);
    case 'batch-get':
      return batchGet(work, request);
    case 'scan':
      return scan(work, request);
    case 'scan-lock':
      return scanLock(work, request);
    case 'gc':
      return gc(work, request);
    case 'mvcc-get-by-key':
      return mvccGetByKey(work, request);
    case 'mvcc-get-by-start-ts':
      return mvccGetByStartTs(work, request);
    default:
      return raw(work, request);
  }
}

function damaged(
  work: Work,
  request: TxnRequest,
  { family, key, offset, what }: DamagedRecord,
): Done {
  work.txn.clear();
  const error = { kind: 'BadFormat', family, key, offset, what } as const;
  return { response: { type: 'refused', request: request.type, errors: [error] }, events: [] };
}
