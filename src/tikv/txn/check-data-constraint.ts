// The key must not exist: the newest record says whether it does, or an older one behind locks and rollbacks.
// (TiKV: src/storage/txn/actions/check_data_constraint.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { WriteAt } from '../mvcc/reader.ts';
import { prevTs } from '../mvcc/timestamp.ts';
import type { TxnError } from './error.ts';
import type { Work } from './work.ts';

/** `AlreadyExist`, or null. `newest` is the newest record of the key that counts. */
export function existenceRefused(work: Work, key: Bytes, newest: WriteAt): TxnError | null {
  const { write, commitTs } = newest;
  const { startTs } = work.txn;
  // The newest record with a fence: the version at the fence is collected, and all that was older with it.
  const isFenced = write.gcFence !== null && write.gcFence !== 0;
  if (write.type === 'Delete' || isFenced) return null;
  if (write.type === 'Put') return { kind: 'AlreadyExist', key, existingStartTs: write.startTs };
  const older = work.reader.getWrite(key, prevTs(commitTs), startTs);
  if (older === null) return null;
  return { kind: 'AlreadyExist', key, existingStartTs: older.write.startTs };
}
