// What must be true of every history: M1 to M14. Judged from outside, by what is stored and what was answered; records
// that were collected are remembered.

import { MvccReader } from '../../tikv/mvcc/reader.ts';
import type { WriteAt } from '../../tikv/mvcc/reader.ts';
import type { Lock } from '../../tikv/mvcc/lock.ts';
import { isProtected } from '../../tikv/mvcc/write.ts';
import type { Move } from './moves.ts';
import { lettersOf } from './plan.ts';
import type { Profile, TxnPlan } from './plan.ts';
import { locksUpTo, settleLock } from './settle.ts';
import { KEYS } from './state.ts';
import type { History, State } from './state.ts';

const ALL_KEYS = lettersOf(KEYS);

/** A broken invariant, in words. */
export interface Breach {
  readonly invariant: string;
  readonly what: string;
}

interface Stored {
  readonly key: string;
  readonly lock: Lock | null;
  readonly writes: readonly WriteAt[];
}

function storedIn(state: State): Stored[] {
  const reader = new MvccReader(state.engine);
  return ALL_KEYS.map((key) => ({
    key,
    lock: reader.loadStoredLock(key),
    writes: [...reader.writes(key)],
  }));
}

/** The state with its history brought up to date. */
export function remember(state: State): State {
  const commits = [...state.history.commits];
  const rollbacks = [...state.history.rollbacks];
  let { asyncMin } = state.history;
  const reader = new MvccReader(state.engine);
  for (const { key, lock, writes } of storedIn(state)) {
    for (const { commitTs, write } of writes) {
      const { startTs, type, hasOverlappedRollback } = write;
      if (type === 'Rollback' || hasOverlappedRollback) {
        const ts = type === 'Rollback' ? startTs : commitTs;
        if (!rollbacks.some((one) => one.key === key && one.startTs === ts)) {
          rollbacks.push({ key, startTs: ts });
        }
      }
      if (type === 'Rollback') continue;
      if (commits.some((one) => one.key === key && one.commitTs === commitTs)) continue;
      const value = type === 'Put' ? reader.loadValue(key, write) : null;
      commits.push({ key, commitTs, startTs, type, value });
    }
    if (lock?.useAsyncCommit === true) {
      const known = asyncMin[lock.startTs] ?? {};
      if (known[key] === undefined) {
        asyncMin = { ...asyncMin, [lock.startTs]: { ...known, [key]: lock.minCommitTs } };
      }
    }
  }
  commits.sort((a, b) => a.commitTs - b.commitTs || (a.key < b.key ? -1 : 1));
  rollbacks.sort((a, b) => a.startTs - b.startTs || (a.key < b.key ? -1 : 1));
  return { ...state, history: { ...state.history, commits, rollbacks, asyncMin } };
}

/** The first broken invariant of a step; null: all hold. */
export function breachOf(
  before: State,
  now: State,
  at: { readonly profile: Profile; readonly move: Move },
): Breach | null {
  if (now.mismatch !== null) return { invariant: 'paper', what: now.mismatch };
  return (
    breachOfStep(storedIn(before), storedIn(now), at) ??
    breachOfOutcomes(now, at.profile) ??
    breachOfReads(now, at.move.verb === 'read' ? 'M9' : 'M10') ??
    breachOfEnd(now, at.profile)
  );
}

function breachOfStep(
  before: readonly Stored[],
  now: readonly Stored[],
  { move }: { readonly move: Move },
): Breach | null {
  for (const [i, old] of before.entries()) {
    const { key, lock, writes } = now[i] as Stored;
    if (old.lock !== null && old.lock.startTs !== lock?.startTs) {
      const { startTs } = old.lock;
      const isTold = writes.some(
        (one) =>
          one.write.startTs === startTs ||
          // The place of an unprotected rollback is taken by another transaction's commit.
          one.commitTs === startTs,
      );
      if (old.lock.type !== 'Pessimistic' && !isTold) {
        return {
          invariant: 'M2',
          what: `the lock of ${startTs} on ${key} is gone without a record`,
        };
      }
    }
    for (const found of old.writes) {
      const still = writes.find(({ commitTs }) => commitTs === found.commitTs);
      if (still === undefined) {
        if (move.verb === 'collect' || isCollapsible(found)) continue;
        return { invariant: 'M7', what: `the record at ${found.commitTs} on ${key} is gone` };
      }
      if (still.write.startTs !== found.write.startTs && !isCollapsible(found)) {
        return {
          invariant: 'M7',
          what: `the record at ${found.commitTs} on ${key} is overwritten`,
        };
      }
    }
    if (old.lock?.type === 'Pessimistic') {
      const known = new Set(old.writes.map(({ commitTs }) => commitTs));
      const intruder = writes.find(
        ({ commitTs, write }) =>
          !known.has(commitTs) &&
          write.startTs !== old.lock?.startTs &&
          (write.type === 'Put' || write.type === 'Delete'),
      );
      if (intruder !== undefined) {
        return {
          invariant: 'M11',
          what: `a commit at ${intruder.commitTs} under the lock of ${key}`,
        };
      }
    }
  }
  return null;
}

const isCollapsible = ({ write }: WriteAt): boolean =>
  write.type === 'Rollback' && !isProtected(write);

/** M3 to M6, M8 and M12: one outcome, at one time, everywhere. */
function breachOfOutcomes(state: State, profile: Profile): Breach | null {
  const { commits, rollbacks, asyncMin } = state.history;
  for (const commit of commits) {
    const { key, startTs, commitTs } = commit;
    const plan = planOfTxn(state, profile, startTs);
    const primary = plan?.writes[0] ?? key;
    if (rollbacks.some((one) => one.key === key && one.startTs === startTs)) {
      return { invariant: 'M3', what: `${startTs} is committed and rolled back on ${key}` };
    }
    const decision = commits.find((one) => one.key === primary && one.startTs === startTs);
    const isAsync = plan?.kind === 'async';
    if (decision === undefined && !isAsync) {
      return { invariant: 'M4', what: `${startTs} is committed on ${key}, not on its primary` };
    }
    const taken = rollbacks.find((one) => one.startTs === startTs);
    if (decision !== undefined && taken !== undefined) {
      return { invariant: 'M5', what: `${startTs} is committed, and rolled back on ${taken.key}` };
    }
    if (decision !== undefined && decision.commitTs !== commitTs) {
      return {
        invariant: 'M6',
        what: `${startTs} has commits at ${decision.commitTs}, ${commitTs}`,
      };
    }
    if (commitTs <= startTs) return { invariant: 'M8', what: `commit ${commitTs} of ${startTs}` };
    if (isAsync && plan !== undefined) {
      const least = lettersOf(plan.writes).map((one) => asyncMin[startTs]?.[one]);
      if (least.includes(undefined) || Math.max(...(least as number[])) !== commitTs) {
        return {
          invariant: 'M12',
          what: `${startTs} commits at ${commitTs}, its keys say ${least.join(', ')}`,
        };
      }
    }
  }
  return breachOfOrder(state, profile);
}

/** M8: who writes over a version has seen it. (A pessimistic transaction has locked it instead.) */
function breachOfOrder(state: State, profile: Profile): Breach | null {
  for (const key of ALL_KEYS) {
    const versions = state.history.commits.filter((one) => one.key === key && one.type !== 'Lock');
    for (const [i, version] of versions.entries()) {
      const older = versions[i - 1];
      if (older === undefined || older.commitTs <= version.startTs) continue;
      if (planOfTxn(state, profile, version.startTs)?.kind === 'pessimistic') {
        // What it wrote begins with what was there: nothing is lost.
        if (version.value?.startsWith(older.value ?? '') === true) continue;
      }
      const what = `${version.startTs} wrote ${key} over the commit at ${older.commitTs}`;
      return { invariant: 'M8', what };
    }
  }
  return null;
}

function planOfTxn(state: State, profile: Profile, startTs: number): TxnPlan | undefined {
  return profile.plans[state.clients.findIndex((client) => client.startTs === startTs)];
}

function visibleAt(history: History, key: string, ts: number) {
  const data = history.commits.filter((one) => one.key === key && one.type !== 'Lock');
  return data.findLast(({ commitTs }) => commitTs <= ts) ?? null;
}

/** What was answered is true (M9), and stays true (M10). */
function breachOfReads(state: State, invariant: 'M9' | 'M10'): Breach | null {
  for (const { client, key, ts, value } of state.history.reads) {
    const visible = visibleAt(state.history, key, ts);
    if ((visible?.value ?? null) === value) continue;
    const what = `t${client + 1} read ${value} of ${key} at ${ts}; now it is ${visible?.value}`;
    return { invariant, what };
  }
  return null;
}

/** M13, M14 and the promise: if everybody died now, whoever comes next could settle it all. */
function breachOfEnd(state: State, profile: Profile): Breach | null {
  let settled = state;
  for (let rounds = 0; ; rounds++) {
    const [lock] = locksUpTo(settled, profile, Number.MAX_SAFE_INTEGER);
    if (lock === undefined) break;
    if (rounds > 2 * ALL_KEYS.length) {
      return { invariant: 'M13', what: `the lock of ${lock.lockVersion} on ${lock.key} stays` };
    }
    settled = settleLock(settled, profile, lock);
  }
  settled = remember(settled);
  const outcome = breachOfOutcomes(settled, profile) ?? breachOfReads(settled, 'M10');
  if (outcome !== null) return outcome;
  for (const [i, client] of settled.clients.entries()) {
    const plan = profile.plans[i] as TxnPlan;
    const written = lettersOf(plan.writes).filter((key) =>
      settled.history.commits.some((one) => one.key === key && one.startTs === client.startTs),
    );
    if (client.told && written.length < plan.writes.length) {
      return {
        invariant: 'atomicity',
        what: `t${i + 1} was told "committed", on ${written.join('')} only`,
      };
    }
    if (written.length > 0 && written.length < plan.writes.length) {
      return { invariant: 'atomicity', what: `t${i + 1} is committed on ${written.join('')} only` };
    }
  }
  return breachOfCollection(settled);
}

/** M14: reads at or above the safe point find what they would have found. */
function breachOfCollection(state: State): Breach | null {
  const { safePoint } = state.history;
  if (safePoint === 0) return null;
  const reader = new MvccReader(state.engine);
  for (const key of ALL_KEYS) {
    for (let ts = safePoint; ts <= state.tso + 1; ts++) {
      const value = reader.getValue(key, ts);
      const visible = visibleAt(state.history, key, ts)?.value ?? null;
      if (value !== visible) {
        return { invariant: 'M14', what: `${key} at ${ts} is ${value}, and was ${visible}` };
      }
    }
  }
  return null;
}

/** Both read what the other wrote over, and both are committed: allowed under snapshot isolation, and counted. */
export function isWriteSkew(state: State, profile: Profile): boolean {
  const done = profile.plans.flatMap((plan, i) => {
    const client = state.clients[i];
    return client?.told === true ? [{ plan, client }] : [];
  });
  return done.some((a) =>
    done.some(
      (b) =>
        a !== b &&
        b.client.startTs < a.client.commitTs &&
        a.client.startTs < b.client.commitTs &&
        reads(a.plan, b.plan) &&
        reads(b.plan, a.plan) &&
        !overlap(a.plan.writes, b.plan.writes),
    ),
  );
}

const overlap = (a: string, b: string) => lettersOf(a).some((key) => b.includes(key));
const reads = (a: TxnPlan, b: TxnPlan) => overlap(a.reads, b.writes);
