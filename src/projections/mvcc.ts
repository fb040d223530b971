// Versions of keys as each store has applied them: the rows of LOCK, WRITE and DEFAULT. And the transactions that clients
// have begun. Both are bounded: old ones go, and say so.

import { countWhile } from '../base/sorted.ts';
import type { Bytes } from '../base/bytes.ts';
import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { PlainTs } from '../tikv/mvcc/timestamp.ts';
import type { RegionTxnEvent } from '../tikv/txn/message.ts';

type Written<Type extends RegionTxnEvent['type']> = Omit<
  Extract<RegionTxnEvent, { type: Type }>,
  'type' | 'key' | 'region'
>;

export type LockRow = Written<'mvcc/lock-written'>;
export type WriteRow = Written<'mvcc/write-written'>;
export type ValueRow = Written<'mvcc/value-written'>;

export interface KeyVersions {
  key: Bytes;
  region: RegionId;
  lock: LockRow | null;
  /** Newest first. */
  writes: WriteRow[];
  /** Values too long for their records; newest first. */
  values: ValueRow[];
  /** Versions that were too many to keep here; a read below them is not answered. */
  dropped: number;
  changedAt: Micros;
}

/** In the order of their last change. */
export type StoreVersions = KeyVersions[];

/** Kept per store, and per key. */
export const KEYS_KEPT = 256;
export const VERSIONS_KEPT = 48;

export type TxnPhase =
  | 'open'
  | 'prewriting'
  | 'committing'
  | 'committed'
  | 'rolled-back'
  | 'failed'
  | 'undetermined'
  /** Its client lost its power: whoever meets its locks finds out what is to become of it. */
  | 'abandoned';

export interface Transaction {
  name: string;
  client: NodeId;
  startTs: number;
  begunAt: Micros;
  phase: TxnPhase;
  /** What it will write, by key; null is a delete. */
  buffer: [key: Bytes, value: Bytes | null][];
  primary: Bytes | null;
  commitTs: number | null;
  endedAt: Micros | null;
}

/** The newest kept. */
export const TRANSACTIONS_KEPT = 200;

/** A timestamp that PD gave out, and the how manieth it was. */
export interface GivenTimestamp {
  timestamp: number;
  n: number;
}

/** The newest kept. */
export const TIMESTAMPS_KEPT = 2048;

export interface Transactions {
  /** By store. */
  versions: Record<NodeId, StoreVersions>;
  /** Oldest first. */
  list: Transaction[];
  /** Ascending. */
  given: GivenTimestamp[];
}

export const newTransactions = (): Transactions => ({ versions: {}, list: [], given: [] });

/** What a store has applied of a key; null where that is nothing. */
export function versionsOn(
  { versions }: Transactions,
  store: NodeId,
  key: Bytes,
): KeyVersions | null {
  return versions[store]?.find((each) => each.key === key) ?? null;
}

/** The how manieth timestamp this is, with a `+` for one after it that nobody was given; null where it is unknown. */
export function ordinalOf({ given }: Transactions, ts: PlainTs): string | null {
  if (ts === 'max') return 'the newest';
  const at = given[countWhile(given, ({ timestamp }) => timestamp <= ts) - 1];
  if (at === undefined) return null;
  return at.timestamp === ts ? `${at.n}` : `${at.n}+`;
}
