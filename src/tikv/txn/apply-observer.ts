// What the raftstore is told about entries of transactions, without knowing of versions itself: what such an entry is in
// a person's words, and what it did once it is applied. (TiKV: the coprocessor host's observers)

import type { Bytes } from '../../base/bytes.ts';
import type { WriteBatch } from '../kv/engine.ts';
import { eventsOfBatch } from '../mvcc/batch-events.ts';
import type { MvccEvent } from '../mvcc/event.ts';
import type { PlainTs } from '../mvcc/timestamp.ts';
import type { ApplyObserver } from '../raftstore/apply.ts';
import type { EntryContent } from '../raftstore/event.ts';
import type { RegionTxnEvent } from './message.ts';

/** Tells what entries of transactions have changed, on every replica where they are applied. */
export function txnObserver(emit: (event: RegionTxnEvent) => void): ApplyObserver {
  return {
    contentOf: txnContentOf,
    onApplied: (region, ops) => {
      for (const event of eventsOfBatch(ops)) emit({ ...event, region });
    },
  };
}

type TxnContent = Extract<EntryContent, { type: 'txn' }>;
type LockWritten = Extract<MvccEvent, { type: 'mvcc/lock-written' }>;
type WriteWritten = Extract<MvccEvent, { type: 'mvcc/write-written' }>;

/** What a batch does to transactional keys; null where it touches none. */
function txnContentOf(ops: WriteBatch): TxnContent | null {
  const events = eventsOfBatch(ops);
  const [first] = events;
  if (first === undefined) return null;
  const writes = events.filter((event) => event.type === 'mvcc/write-written');
  const locks = events.filter((event) => event.type === 'mvcc/lock-written');
  const committed = writes.filter(({ writeType }) => writeType !== 'Rollback');
  if (committed.length > 0) return commitContent(committed);
  if (writes.length > 0) return content('rollback', keysOf(writes), writes[0]?.startTs ?? 0);
  if (locks.length > 0) return lockContent(locks);
  return content(
    events.every(({ type }) => type === 'mvcc/lock-removed') ? 'unlock' : 'collect',
    keysOf(events),
    0,
  );
}

function content(
  does: TxnContent['does'],
  keys: readonly Bytes[],
  startTs: PlainTs,
  commitTs: PlainTs | null = null,
): TxnContent {
  return { type: 'txn', does, keys, startTs, commitTs };
}

const keysOf = (events: readonly { readonly key: Bytes }[]): Bytes[] => [
  ...new Set(events.map(({ key }) => key)),
];

function commitContent(writes: readonly WriteWritten[]): TxnContent {
  const [{ startTs, commitTs }] = writes as [WriteWritten];
  return content('commit', keysOf(writes), startTs, commitTs);
}

/** A reader that pushes a lock's commit rewrites it with a larger least commit_ts than a prewrite gives it. */
function lockContent(locks: readonly LockWritten[]): TxnContent {
  const [first] = locks as [LockWritten];
  const { startTs, minCommitTs, lockType, forUpdateTs, useAsyncCommit } = first;
  if (lockType === 'Pessimistic') return content('lock', keysOf(locks), startTs);
  const isOptimistic = forUpdateTs === 0 && !useAsyncCommit;
  const isPushed = isOptimistic && Number(minCommitTs) > Number(startTs) + 1;
  return content(isPushed ? 'push' : 'prewrite', keysOf(locks), startTs);
}
