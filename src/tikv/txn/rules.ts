// The rules of writing, each with a name: pure functions of the facts at hand, giving verdicts that can be shown.
// The last group are the protocol's rules, which no single store can see: clients and the collector ask them.
// Invariant: a mutation breaks exactly one of these, by name. (TiKV: src/storage/txn/actions/*.rs; Percolator, OSDI 2010)

import type { Bytes } from '../../base/bytes.ts';
import type { Lock } from '../mvcc/lock.ts';
import type { WriteAt } from '../mvcc/reader.ts';
import { verdict } from '../mvcc/rules.ts';
import type { Broken, Verdict } from '../mvcc/rules.ts';
import { physicalOf, plainTs } from '../mvcc/timestamp.ts';
import type { Ts } from '../mvcc/timestamp.ts';

type Rule = Parameters<typeof verdict>[0];
const unbreakable = (name: string): Rule => ({ name, mutation: '', removed: false });

/** Did another transaction commit (or roll back) here after this one took its snapshot? */
const WRITE_CONFLICT: Rule = { name: 'txn/write-conflict', mutation: 'mut:M19', removed: false };
export function writeConflict(
  newest: WriteAt,
  at: { readonly key: Bytes; readonly ts: Ts },
  broken: Broken,
): Verdict {
  return verdict(WRITE_CONFLICT, broken, {
    holds: newest.commitTs > at.ts,
    facts: {
      key: at.key,
      ts: plainTs(at.ts),
      conflictStartTs: plainTs(newest.write.startTs),
      conflictCommitTs: plainTs(newest.commitTs),
      conflictType: newest.write.type,
    },
  });
}

/** Was this very transaction rolled back on this key before? */
const SELF_ROLLED_BACK = unbreakable('txn/self-rolled-back');
export function selfRolledBack(found: WriteAt, key: Bytes, startTs: Ts): Verdict {
  const { commitTs, write } = found;
  return verdict(SELF_ROLLED_BACK, [], {
    holds: commitTs === startTs && (write.type === 'Rollback' || write.hasOverlappedRollback),
    facts: { key, startTs: plainTs(startTs), foundTs: plainTs(commitTs), foundType: write.type },
  });
}

/** May others clean this lock up? Strictly later than the last millisecond of its time to live. */
const LOCK_EXPIRED = unbreakable('txn/lock-expired');
export function lockExpired(lock: Lock, key: Bytes, currentTs: Ts): Verdict {
  return verdict(LOCK_EXPIRED, [], {
    holds: physicalOf(lock.startTs) + lock.ttl < physicalOf(currentTs),
    facts: {
      key,
      lockTs: plainTs(lock.startTs),
      ttl: plainTs(lock.ttl),
      currentTs: plainTs(currentTs),
    },
  });
}

/** Does the transaction's own lock still stand, so that a commit means what was prewritten? */
const OWN_LOCK_STANDS: Rule = { name: 'txn/own-lock-stands', mutation: 'mut:M25', removed: true };
export function ownLockStands(
  lock: Lock | null,
  at: { readonly key: Bytes; readonly startTs: Ts },
  broken: Broken,
): Verdict {
  return verdict(OWN_LOCK_STANDS, broken, {
    holds: lock?.startTs === at.startTs,
    facts: {
      key: at.key,
      startTs: plainTs(at.startTs),
      lockTs: lock === null ? null : plainTs(lock.startTs),
    },
  });
}

/** Is this commit_ts early enough to contradict what a reader was told? */
const COMMIT_TS_EXPIRED = unbreakable('txn/commit-ts-expired');
export function commitTsExpired(lock: Lock, key: Bytes, commitTs: Ts): Verdict {
  return verdict(COMMIT_TS_EXPIRED, [], {
    holds: commitTs < lock.minCommitTs,
    facts: { key, commitTs: plainTs(commitTs), minCommitTs: plainTs(lock.minCommitTs) },
  });
}

/** Must this rollback stay readable for ever? Those of primaries must: they decide for their transaction. */
const ROLLBACK_PROTECTED = unbreakable('txn/rollback-protected');
export function rollbackProtected(lock: Lock, key: Bytes): Verdict {
  return verdict(ROLLBACK_PROTECTED, [], {
    holds: lock.primary === key,
    facts: { key, primary: lock.primary, startTs: plainTs(lock.startTs) },
  });
}

/** Does the rollback of a key without a lock leave a record, which a late prewrite will meet? */
const ROLLBACK_LEAVES_MARK: Rule = {
  name: 'txn/rollback-leaves-mark',
  mutation: 'mut:M26',
  removed: false,
};
export function rollbackLeavesMark(key: Bytes, startTs: Ts, broken: Broken): Verdict {
  return verdict(ROLLBACK_LEAVES_MARK, broken, {
    holds: true,
    facts: { key, startTs: plainTs(startTs) },
  });
}

/** Shall a caller that is later than the lock's min_commit_ts push it up, so as to pass the lock? */
const PUSH_MIN_COMMIT_TS = unbreakable('txn/push-min-commit-ts');
export function pushMinCommitTs(lock: Lock, key: Bytes, callerStartTs: Ts): Verdict {
  return verdict(PUSH_MIN_COMMIT_TS, [], {
    holds:
      lock.minCommitTs !== 0 && Number.isFinite(callerStartTs) && callerStartTs >= lock.minCommitTs,
    facts: {
      key,
      callerStartTs: plainTs(callerStartTs),
      minCommitTs: plainTs(lock.minCommitTs),
    },
  });
}

/** Is a computed commit_ts kept above every timestamp that was ever read on this store? */
const ABOVE_READS: Rule = {
  name: 'txn/min-commit-ts-above-reads',
  mutation: 'mut:M27',
  removed: false,
};
export function minCommitTsAboveReads(maxTs: Ts, startTs: Ts, broken: Broken): Verdict {
  return verdict(ABOVE_READS, broken, {
    holds: true,
    facts: { maxTs: plainTs(maxTs), startTs: plainTs(startTs) },
  });
}

/** Lost in memory, but nobody can have changed the key since: may the prewrite go on as if it were locked? */
const AMEND_ALLOWED = unbreakable('txn/amend-allowed');
export function amendAllowed(newest: WriteAt | null, key: Bytes, startTs: Ts): Verdict {
  return verdict(AMEND_ALLOWED, [], {
    holds: newest === null || newest.commitTs < startTs,
    facts: {
      key,
      startTs: plainTs(startTs),
      newestCommitTs: newest === null ? null : plainTs(newest.commitTs),
    },
  });
}

/** May a commit be sent for these keys? The primary alone and first; others when it is committed. */
const PRIMARY_FIRST: Rule = { name: 'txn/primary-first', mutation: 'mut:M21', removed: true };
export function primaryFirst(
  keys: readonly Bytes[],
  at: { readonly primary: Bytes; readonly primaryCommitted: boolean },
  broken: Broken,
): Verdict {
  const isPrimary = keys.length === 1 && keys[0] === at.primary;
  return verdict(PRIMARY_FIRST, broken, {
    holds: at.primaryCommitted || isPrimary,
    facts: { keys: [...keys], primary: at.primary, primaryCommitted: at.primaryCommitted },
  });
}

/** Was this commit_ts fetched after every key was prewritten? */
const COMMIT_TS_AFTER_PREWRITE: Rule = {
  name: 'txn/commit-ts-after-prewrite',
  mutation: 'mut:M22',
  removed: true,
};
export function commitTsAfterPrewrite(
  at: { readonly startTs: Ts; readonly prewritten: number; readonly keys: number },
  broken: Broken,
): Verdict {
  return verdict(COMMIT_TS_AFTER_PREWRITE, broken, {
    holds: at.prewritten === at.keys,
    facts: { startTs: plainTs(at.startTs), prewritten: at.prewritten, keys: at.keys },
  });
}

/** May a lock be resolved now? A secondary's fate is never decided but by its primary. */
const PRIMARY_DECIDES: Rule = { name: 'txn/primary-decides', mutation: 'mut:M23', removed: true };
export function primaryDecides(
  lock: { readonly key: Bytes; readonly primary: Bytes; readonly startTs: Ts },
  decided: boolean,
  broken: Broken,
): Verdict {
  return verdict(PRIMARY_DECIDES, broken, {
    holds: decided,
    facts: { key: lock.key, primary: lock.primary, startTs: plainTs(lock.startTs), decided },
  });
}

/** May versions be collected at this safe point? Not before every lock up to it is resolved. */
const RESOLVED_BEFORE_GC: Rule = {
  name: 'txn/resolved-before-gc',
  mutation: 'mut:M24',
  removed: true,
};
export function resolvedBeforeGc(locksLeft: number, safePoint: Ts, broken: Broken): Verdict {
  return verdict(RESOLVED_BEFORE_GC, broken, {
    holds: locksLeft === 0,
    facts: { locksLeft, safePoint: plainTs(safePoint) },
  });
}

/**
 * Does the safe point stay below every transaction that is still active? Strictly: locks up to the safe point are
 * settled and their rollbacks collected, and a transaction that began there could come back.
 */
const BEHIND_READERS: Rule = {
  name: 'txn/safe-point-behind-readers',
  mutation: 'mut:M28',
  removed: true,
};
export function safePointBehindReaders(
  safePoint: Ts,
  oldestReader: Ts | null,
  broken: Broken,
): Verdict {
  return verdict(BEHIND_READERS, broken, {
    holds: oldestReader === null || safePoint < oldestReader,
    facts: {
      safePoint: plainTs(safePoint),
      oldestReader: oldestReader === null ? null : plainTs(oldestReader),
    },
  });
}

/** The rules that mutations break, by mutation. */
export const MUTATED_RULES: Readonly<Record<string, string>> = {
  'mut:M19': 'txn/write-conflict',
  'mut:M20': 'mvcc/lock-blocks-read',
  'mut:M21': 'txn/primary-first',
  'mut:M22': 'txn/commit-ts-after-prewrite',
  'mut:M23': 'txn/primary-decides',
  'mut:M24': 'txn/resolved-before-gc',
  'mut:M25': 'txn/own-lock-stands',
  'mut:M26': 'txn/rollback-leaves-mark',
  'mut:M27': 'txn/min-commit-ts-above-reads',
  'mut:M28': 'txn/safe-point-behind-readers',
};
