// Who waits for whom, in the whole cluster; and whether a new wait closes a circle. One store keeps it: the leader of the
// Region that holds the empty key. Invariant: the graph has no circle; the one who would close it is refused.
// (TiKV: src/server/lock_manager/deadlock.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import type { Deadlock, WaitForEntry } from './error.ts';
import { keyHash } from './latch.ts';

/** `waiter` waits for the lock of `holder` on `key`, and said so at `at`. */
export interface WaitEdge {
  readonly waiter: Ts;
  readonly holder: Ts;
  readonly key: Bytes;
  at: number;
}

export interface DeadlockDetector {
  readonly edges: WaitEdge[];
  /** Microseconds after which an edge that nobody repeated is forgotten. */
  readonly ttl: number;
}

export function newDeadlockDetector(ttl: number): DeadlockDetector {
  return { edges: [], ttl };
}

/** Adds the wait, or says how it would close a circle. */
export function detect(
  detector: DeadlockDetector,
  wait: { readonly waiter: Ts; readonly holder: Ts; readonly key: Bytes },
  now: number,
): Deadlock | null {
  forget(detector, ({ at }) => at + detector.ttl <= now);
  const path = pathFrom(detector, wait.holder, wait.waiter);
  if (path !== null) return deadlockOf(wait, path);
  const known = detector.edges.find(
    ({ waiter, holder, key }) =>
      waiter === wait.waiter && holder === wait.holder && key === wait.key,
  );
  if (known === undefined) detector.edges.push({ ...wait, at: now });
  else known.at = now;
  return null;
}

/** The wait is over. */
export function cleanUpWaitFor(
  detector: DeadlockDetector,
  wait: { readonly waiter: Ts; readonly holder: Ts; readonly key: Bytes },
): void {
  forget(
    detector,
    ({ waiter, holder, key }) =>
      waiter === wait.waiter && holder === wait.holder && key === wait.key,
  );
}

/** The transaction is over: it waits for nobody. */
export function cleanUp(detector: DeadlockDetector, txn: Ts): void {
  forget(detector, ({ waiter }) => waiter === txn);
}

function forget(detector: DeadlockDetector, matches: (edge: WaitEdge) => boolean): void {
  const staying = detector.edges.filter((edge) => !matches(edge));
  detector.edges.splice(0, detector.edges.length, ...staying);
}

/** The edges that lead from one transaction to another; null where none do. Depth first, in the order of arrival. */
function pathFrom(detector: DeadlockDetector, from: Ts, to: Ts): WaitEdge[] | null {
  if (from === to) return [];
  const reachedBy = new Map<Ts, WaitEdge | null>([[from, null]]);
  const stack = [from];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const edge of detector.edges) {
      if (edge.waiter !== at || reachedBy.has(edge.holder)) continue;
      reachedBy.set(edge.holder, edge);
      if (edge.holder === to) return pathTo(reachedBy, to);
      stack.push(edge.holder);
    }
  }
  return null;
}

function pathTo(reachedBy: ReadonlyMap<Ts, WaitEdge | null>, to: Ts): WaitEdge[] {
  const path: WaitEdge[] = [];
  for (let edge = reachedBy.get(to); edge; edge = reachedBy.get(edge.waiter)) path.unshift(edge);
  return path;
}

function deadlockOf(
  wait: { readonly waiter: Ts; readonly holder: Ts; readonly key: Bytes },
  path: readonly WaitEdge[],
): Deadlock {
  const waitChain = [...path, wait].map(entryOf);
  const closing = path.at(-1);
  return {
    kind: 'Deadlock',
    startTs: wait.waiter,
    lockTs: wait.holder,
    lockKey: wait.key,
    deadlockKeyHash: keyHash(closing?.key ?? wait.key),
    waitChain,
  };
}

function entryOf(edge: {
  readonly waiter: Ts;
  readonly holder: Ts;
  readonly key: Bytes;
}): WaitForEntry {
  return {
    txn: edge.waiter,
    waitForTxn: edge.holder,
    keyHash: keyHash(edge.key),
    key: edge.key,
  };
}
