// TxnHeartBeat: the owner is alive, so its primary's lock lives longer.
// Invariant: a time to live only grows. (TiKV: src/storage/txn/commands/txn_heart_beat.rs)

import { plainTs } from '../mvcc/timestamp.ts';
import type { TxnError } from './error.ts';
import type { TxnHeartBeatRequest } from './request.ts';
import type { Done, Work } from './work.ts';

export function txnHeartBeat(work: Work, request: TxnHeartBeatRequest): Done {
  const { primary: key, startTs, adviseTtl } = request;
  const lock = work.reader.loadLock(key);
  if (lock?.startTs !== startTs) {
    const error: TxnError = { kind: 'TxnNotFound', startTs, key };
    return {
      response: { type: 'refused', request: request.type, errors: [error] },
      events: [
        {
          type: 'txn/heart-beat-rejected',
          startTs: plainTs(startTs),
          keys: [key],
          errors: [error],
          verdicts: work.verdicts,
        },
      ],
    };
  }
  const ttl = Math.max(lock.ttl, adviseTtl);
  if (ttl > lock.ttl) {
    const longer = { ...lock, ttl };
    if (work.reader.isInMemory(key)) work.txn.putPessimisticLock(key, longer);
    else work.txn.putLock(key, longer);
  }
  return {
    response: { type: 'txn-heart-beat', lockTtl: ttl },
    events: [
      {
        type: 'txn/ttl-extended',
        startTs: plainTs(startTs),
        primary: key,
        ttl: plainTs(ttl),
        verdicts: work.verdicts,
      },
    ],
  };
}
