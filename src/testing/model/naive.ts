// Percolator as the paper has it (Peng and Dabek, OSDI 2010, figure 6): per key one lock, and writes by commit timestamp.
// Added is only what the paper leaves to its one careful client: a transaction that was cleaned up is closed to its own
// late requests, and a younger transaction's clean-up counts as a newer write. Written without looking at the engine.

import { lettersOf } from './plan.ts';

/** What a cell knows. */
interface Cell {
  lock: { startTs: number; primary: string; value: string } | null;
  readonly writes: { commitTs: number; startTs: number; value: string }[];
  readonly closed: number[];
}

export type Naive = Record<string, Cell>;

export function newNaive(keys: string): Naive {
  return Object.fromEntries(
    lettersOf(keys).map((key) => [key, { lock: null, writes: [], closed: [] }]),
  );
}

const cellOf = (naive: Naive, key: string) => naive[key] as Cell;

/** Get: a lock at or below the timestamp has to be settled first; else the latest write below it. */
export function naiveGet(naive: Naive, key: string, ts: number): string {
  const { lock, writes } = cellOf(naive, key);
  if (lock !== null && lock.startTs <= ts) return `locked by ${lock.startTs}`;
  const visible = writes.filter(({ commitTs }) => commitTs <= ts);
  const newest = visible.toSorted((a, b) => b.commitTs - a.commitTs)[0];
  return newest === undefined ? 'none' : `value ${newest.value}`;
}

/** Prewrite: no write after the start, no lock at any time. */
export function naivePrewrite(
  naive: Naive,
  key: string,
  txn: { readonly startTs: number; readonly primary: string; readonly value: string },
): string {
  const cell = cellOf(naive, key);
  if (cell.lock !== null) {
    return cell.lock.startTs === txn.startTs ? 'ok' : `locked by ${cell.lock.startTs}`;
  }
  // The paper's client never asks again after its commit; here a late request finds its own commit.
  if (cell.writes.some(({ startTs }) => startTs === txn.startTs)) return 'ok';
  const isNewer = cell.writes.some(({ commitTs }) => commitTs > txn.startTs);
  if (isNewer || cell.closed.some((ts) => ts >= txn.startTs)) return 'conflict';
  cell.lock = { ...txn };
  return 'ok';
}

/** Commit: the lock becomes a write; without the lock the transaction was aborted. */
export function naiveCommit(naive: Naive, key: string, startTs: number, commitTs: number): string {
  const cell = cellOf(naive, key);
  if (cell.lock?.startTs === startTs) {
    cell.writes.push({ commitTs, startTs, value: cell.lock.value });
    cell.lock = null;
    return 'ok';
  }
  return cell.writes.some((write) => write.startTs === startTs) ? 'ok' : 'no lock';
}

/** Roll back one cell: remove the lock, close the cell to the transaction. */
export function naiveRollback(naive: Naive, key: string, startTs: number): string {
  const cell = cellOf(naive, key);
  if (cell.writes.some((write) => write.startTs === startTs)) return 'committed';
  if (cell.lock?.startTs === startTs) cell.lock = null;
  if (!cell.closed.includes(startTs)) cell.closed.push(startTs);
  return 'ok';
}

/** Clean up by the primary: committed if it has a write, given up if it has no lock or its client is dead. */
export function naiveStatus(
  naive: Naive,
  primary: string,
  startTs: number,
  isDead: boolean,
): string {
  const cell = cellOf(naive, primary);
  const write = cell.writes.find((one) => one.startTs === startTs);
  if (write !== undefined) return `committed ${write.commitTs}`;
  if (cell.closed.includes(startTs)) return 'rolled back';
  if (!isDead) return cell.lock?.startTs === startTs ? 'alive' : 'not found';
  naiveRollback(naive, primary, startTs);
  return 'rolled back';
}

/** Settle another cell as the primary was settled. */
export function naiveResolve(naive: Naive, key: string, startTs: number, commitTs: number): string {
  return commitTs === 0
    ? naiveRollback(naive, key, startTs)
    : naiveCommit(naive, key, startTs, commitTs);
}
