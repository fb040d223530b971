// The rules of reading, each with a name: a pure function of the facts at hand, giving a verdict that can be shown.
// Invariant: a rule decides nothing else than what its sentence asks; breaking one by name is the only way to mutate.

import type { Plain } from '../../base/plain.ts';
import type { Bytes } from '../../base/bytes.ts';
import type { Lock } from './lock.ts';
import { plainTs, TS_MAX } from './timestamp.ts';
import type { Ts } from './timestamp.ts';
import type { Write } from './write.ts';

/** What a rule said, with all that it looked at. */
export interface Verdict {
  readonly rule: string;
  readonly holds: boolean;
  readonly facts: Readonly<Record<string, Plain>>;
}

/** Ids of the mutations that are switched on, `mut:M20` and the like. */
export type Broken = readonly string[];

/** The verdict of an unbroken rule; with its mutation on, the rule says what its removal would say. */
export function verdict(
  rule: { readonly name: string; readonly mutation: string; readonly removed: boolean },
  broken: Broken,
  said: { readonly holds: boolean; readonly facts: Readonly<Record<string, Plain>> },
): Verdict {
  if (rule.mutation === '' || !broken.includes(rule.mutation)) return { rule: rule.name, ...said };
  return {
    rule: rule.name,
    holds: rule.removed,
    facts: { ...said.facts, broken: rule.mutation },
  };
}

export interface ReadRequest {
  readonly key: Bytes;
  readonly ts: Ts;
  /** Locks of transactions that the client knows to be decided against this read: passed over. */
  readonly bypassLocks?: readonly Ts[];
  readonly isReplicaRead?: boolean;
}

const LOCK_BLOCKS_READ = { name: 'mvcc/lock-blocks-read', mutation: 'mut:M20', removed: false };

/** Must this read wait for what becomes of this lock? (tt/lock.rs check_ts_conflict_si) */
export function lockBlocksRead(lock: Lock, read: ReadRequest, broken: Broken): Verdict {
  const why = whyPassed(lock, read);
  return verdict(LOCK_BLOCKS_READ, broken, {
    holds: why === null,
    facts: {
      key: read.key,
      readTs: plainTs(read.ts),
      lockTs: plainTs(lock.startTs),
      lockType: lock.type,
      minCommitTs: plainTs(lock.minCommitTs),
      passed: why,
    },
  });
}

/** The reason for which a read passes the lock; null where it does not. */
function whyPassed(lock: Lock, read: ReadRequest): string | null {
  if (lock.startTs > read.ts) return 'later-transaction';
  if (lock.type === 'Lock' || lock.type === 'Pessimistic') return 'changes-no-data';
  if (lock.minCommitTs > read.ts) return 'commits-later';
  if (read.bypassLocks?.includes(lock.startTs)) return 'resolved';
  if (read.ts !== TS_MAX || read.isReplicaRead === true) return null;
  const isPlainPrimary = lock.primary === read.key && !lock.useAsyncCommit && !lock.useOnePc;
  return isPlainPrimary ? 'latest-of-primary' : null;
}

/** Is this record still a version, or was its newer neighbour collected? (tt/write.rs, gc_fence) */
export function gcFencePassed(write: Write, readTs: Ts): Verdict {
  const { gcFence } = write;
  return {
    rule: 'mvcc/gc-fence-passed',
    holds: gcFence === null || gcFence === 0 || gcFence > readTs,
    facts: {
      gcFence: gcFence === null ? null : plainTs(gcFence),
      readTs: plainTs(readTs),
      startTs: plainTs(write.startTs),
    },
  };
}
