// How long a client waits before it tries again, by what went wrong. An operation owns its counts: the n-th wait of a
// kind is the base doubled n times, up to the cap. (client-go: config/retry/config.go, backoff.go)

import { between, type Chance } from '../../base/chance.ts';

export type BackoffKind =
  | 'tikvRPC'
  | 'regionMiss'
  | 'regionScheduling'
  | 'staleCommand'
  | 'pdRPC'
  | 'serverBusy'
  | 'tikvDiskFull'
  | 'regionNotInitialized'
  | 'txnLock'
  | 'txnLockFast'
  | 'txnNotFound'
  | 'maxTsNotSynced';

interface Kind {
  readonly baseMs: number;
  readonly capMs: number;
  /** Half of the wait is drawn, so that clients that fail together do not come back together. */
  readonly equalJitter: boolean;
}

export const BACKOFF: Readonly<Record<BackoffKind, Kind>> = {
  tikvRPC: { baseMs: 40, capMs: 400, equalJitter: true },
  regionMiss: { baseMs: 10, capMs: 100, equalJitter: false },
  regionScheduling: { baseMs: 20, capMs: 200, equalJitter: false },
  staleCommand: { baseMs: 10, capMs: 200, equalJitter: false },
  pdRPC: { baseMs: 100, capMs: 800, equalJitter: true },
  serverBusy: { baseMs: 400, capMs: 2000, equalJitter: true },
  tikvDiskFull: { baseMs: 100, capMs: 1000, equalJitter: false },
  regionNotInitialized: { baseMs: 20, capMs: 200, equalJitter: false },
  /** A writer waits for somebody's lock, a reader for a shorter time. */
  txnLock: { baseMs: 50, capMs: 600, equalJitter: true },
  txnLockFast: { baseMs: 20, capMs: 600, equalJitter: true },
  txnNotFound: { baseMs: 20, capMs: 200, equalJitter: false },
  maxTsNotSynced: { baseMs: 20, capMs: 200, equalJitter: false },
};

/** Milliseconds of the wait number `attempt` (from 0) of a kind. Draws once, whatever the kind. */
export function waitMs(kind: BackoffKind, attempt: number, chance: Chance): number {
  const { baseMs, capMs, equalJitter } = BACKOFF[kind];
  let wait = baseMs;
  for (let n = 0; n < attempt && wait < capMs; n++) wait *= 2;
  wait = Math.min(wait, capMs);
  const half = Math.floor(wait / 2);
  const drawn = between(chance, 0, half);
  return equalJitter ? wait - half + drawn : wait;
}
