// Reads one key at one timestamp, as a client sees it: the lock first, then the versions.
// Invariant: what is answered can never be contradicted by a commit that comes later; where it could, the lock is named.
// (TiKV: src/storage/mvcc/reader/point_getter.rs)

import type { Bytes } from '../../base/bytes.ts';
import { gcFencePassed, lockBlocksRead } from './rules.ts';
import type { Broken, ReadRequest, Verdict } from './rules.ts';
import type { Lock } from './lock.ts';
import type { MvccReader } from './reader.ts';
import type { Ts } from './timestamp.ts';

/** `SI`: a snapshot; `RC`: whatever is committed, locks are not looked at. */
export type IsolationLevel = 'SI' | 'RC';

export interface ReadOptions {
  readonly ts: Ts;
  readonly isolation: IsolationLevel;
  readonly bypassLocks: readonly Ts[];
  /** Locks of transactions that the client knows to be committed before `ts`: read through them. */
  readonly accessLocks: readonly Ts[];
  readonly isReplicaRead: boolean;
  readonly broken: Broken;
}

export type ReadResult =
  | {
      readonly type: 'found';
      readonly value: Bytes;
      /** Null where the value was read through the lock of a committed transaction. */
      readonly commitTs: Ts | null;
      readonly startTs: Ts;
      readonly verdicts: readonly Verdict[];
    }
  | { readonly type: 'none'; readonly verdicts: readonly Verdict[] }
  | { readonly type: 'locked'; readonly lock: Lock; readonly verdicts: readonly Verdict[] };

/** What a read at `options.ts` finds. `lock` is the key's stored lock (null: none). */
export function readKey(
  reader: MvccReader,
  at: { readonly key: Bytes; readonly lock: Lock | null },
  options: ReadOptions,
): ReadResult {
  const { key, lock } = at;
  const verdicts: Verdict[] = [];
  if (lock !== null && options.isolation === 'SI') {
    const request: ReadRequest = {
      key,
      ts: options.ts,
      bypassLocks: options.bypassLocks,
      isReplicaRead: options.isReplicaRead,
    };
    const blocked = lockBlocksRead(lock, request, options.broken);
    verdicts.push(blocked);
    if (blocked.holds) {
      if (!options.accessLocks.includes(lock.startTs)) return { type: 'locked', lock, verdicts };
      if (lock.type !== 'Put') return { type: 'none', verdicts };
      const value = reader.loadValue(key, lock);
      return { type: 'found', value, commitTs: null, startTs: lock.startTs, verdicts };
    }
  }
  return readVersions(reader, key, { ts: options.ts, verdicts });
}

function readVersions(
  reader: MvccReader,
  key: Bytes,
  { ts, verdicts }: { ts: Ts; verdicts: Verdict[] },
): ReadResult {
  for (const { commitTs, write } of reader.writes(key, ts)) {
    if (write.gcFence !== null) {
      const passed = gcFencePassed(write, ts);
      verdicts.push(passed);
      if (!passed.holds) break;
    }
    if (write.type === 'Delete') break;
    if (write.type !== 'Put') continue;
    const value = reader.loadValue(key, write);
    return { type: 'found', value, commitTs, startTs: write.startTs, verdicts };
  }
  return { type: 'none', verdicts };
}
