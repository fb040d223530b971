// What happens to versions. The first six say what an applied batch did (`eventsOfBatch`); the others are what a read
// found. Timestamps are plain: 2^64 − 1 is written "max". Region, store and time are the host's to add.

import type { Bytes } from '../../base/bytes.ts';
import type { Verdict } from './rules.ts';
import type { PlainTs } from './timestamp.ts';

export type MvccEvent =
  | {
      readonly type: 'mvcc/lock-written';
      readonly key: Bytes;
      readonly lockType: string;
      readonly primary: Bytes;
      readonly startTs: PlainTs;
      readonly ttl: PlainTs;
      readonly forUpdateTs: PlainTs;
      readonly minCommitTs: PlainTs;
      readonly txnSize: PlainTs;
      readonly useAsyncCommit: boolean;
      readonly secondaries: readonly Bytes[];
      readonly rollbackTs: readonly PlainTs[];
      readonly shortValue: Bytes | null;
    }
  | { readonly type: 'mvcc/lock-removed'; readonly key: Bytes }
  | {
      readonly type: 'mvcc/write-written';
      readonly key: Bytes;
      readonly commitTs: PlainTs;
      readonly startTs: PlainTs;
      readonly writeType: string;
      readonly protected: boolean;
      readonly overlappedRollback: boolean;
      readonly gcFence: PlainTs | null;
      readonly shortValue: Bytes | null;
    }
  | { readonly type: 'mvcc/write-removed'; readonly key: Bytes; readonly commitTs: PlainTs }
  | {
      readonly type: 'mvcc/value-written';
      readonly key: Bytes;
      readonly startTs: PlainTs;
      readonly value: Bytes;
    }
  | { readonly type: 'mvcc/value-removed'; readonly key: Bytes; readonly startTs: PlainTs }
  /** A read was answered: with the version of `commitTs` (null: through a lock, or there is none). */
  | {
      readonly type: 'mvcc/key-read';
      readonly key: Bytes;
      readonly readTs: PlainTs;
      readonly found: boolean;
      readonly commitTs: PlainTs | null;
      readonly startTs: PlainTs | null;
      readonly verdicts: readonly Verdict[];
    }
  /** A read met a lock that it may not pass. */
  | {
      readonly type: 'mvcc/read-blocked';
      readonly key: Bytes;
      readonly readTs: PlainTs;
      readonly lockTs: PlainTs;
      readonly primary: Bytes;
      readonly verdicts: readonly Verdict[];
    };
