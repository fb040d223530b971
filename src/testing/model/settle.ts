// Settling locks to the end, as the collector does, and as anybody would if everybody else were dead.

import type { TxnResponse } from '../../tikv/txn/response.ts';
import { statusRequest } from './must-store.ts';
import type { Profile } from './plan.ts';
import { ask } from './state.ts';
import type { State } from './state.ts';

export function locksUpTo(state: State, profile: Profile, maxTs: number) {
  const request = { type: 'scan-lock', maxTs, startKey: '', endKey: null, limit: 0 } as const;
  const { response } = ask(state, profile, request);
  return response.type === 'scan-lock' ? response.locks : [];
}

/** Settles one lock to the end, as if everybody but the settler were dead. */
export function settleLock(
  state: State,
  profile: Profile,
  lock: { readonly key: string; readonly primary: string; readonly lockVersion: number },
): State {
  const { key, primary, lockVersion: startTs } = lock;
  const expired = { currentTs: 'max', rollbackIfNotExist: true } as const;
  const status = ask(state, profile, statusRequest(primary, startTs, expired));
  let now = status.state;
  let commitTs = status.response.type === 'check-txn-status' ? status.response.commitTs : 0;
  let keys = [key];
  const found = status.response.type === 'check-txn-status' ? status.response.lock : null;
  if (found?.useAsyncCommit === true) {
    keys = [primary, ...found.secondaries];
    const secondaries = {
      type: 'check-secondary-locks',
      keys: found.secondaries,
      startTs,
    } as const;
    const checked = ask(now, profile, secondaries);
    now = checked.state;
    commitTs = outcomeOf(checked.response, found.minCommitTs);
  }
  const resolve = { type: 'resolve-lock-lite', startTs, commitTs, keys } as const;
  return ask(now, profile, resolve).state;
}

/** The commit_ts of an async commit that its secondaries tell; 0: rolled back. */
export function outcomeOf(response: TxnResponse, primaryMin: number): number {
  if (response.type !== 'check-secondary-locks' || response.status === 'RolledBack') return 0;
  if (response.status === 'Committed') return response.commitTs;
  return Math.max(primaryMin, ...response.locks.map(({ minCommitTs }) => minCommitTs));
}
