// What the transaction layer decided: one event for a command, with the verdicts of all rules that were asked.
// Changes of versions are told where the batch is applied (mvcc, `eventsOfBatch`), not here.

import type { Bytes } from '../../base/bytes.ts';
import type { Verdict } from '../mvcc/rules.ts';
import type { PlainTs } from '../mvcc/timestamp.ts';
import type { PlainTxnError, WaitForEntry } from './error.ts';

interface Decided {
  readonly startTs: PlainTs;
  readonly verdicts: readonly Verdict[];
}

interface Rejected extends Decided {
  readonly errors: readonly PlainTxnError[];
}

export type TxnEvent =
  | ({
      readonly type: 'txn/prewritten';
      readonly primary: Bytes;
      readonly keys: readonly Bytes[];
      readonly minCommitTs: PlainTs;
      readonly onePcCommitTs: PlainTs;
    } & Decided)
  | ({ readonly type: 'txn/prewrite-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({
      readonly type: 'txn/committed';
      readonly keys: readonly Bytes[];
      readonly commitTs: PlainTs;
    } & Decided)
  | ({ readonly type: 'txn/commit-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({ readonly type: 'txn/rolled-back'; readonly keys: readonly Bytes[] } & Decided)
  | ({ readonly type: 'txn/rollback-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({
      readonly type: 'txn/status-checked';
      readonly primary: Bytes;
      readonly status: string;
      readonly action: string;
      readonly callerStartTs: PlainTs;
      readonly commitTs: PlainTs;
      readonly minCommitTs: PlainTs;
    } & Decided)
  | ({ readonly type: 'txn/status-check-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({
      readonly type: 'txn/secondaries-checked';
      readonly keys: readonly Bytes[];
      readonly status: string;
      readonly commitTs: PlainTs;
    } & Decided)
  | ({
      readonly type: 'txn/locks-resolved';
      readonly keys: readonly Bytes[];
      readonly commitTs: PlainTs;
    } & Decided)
  | ({ readonly type: 'txn/resolve-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({
      readonly type: 'txn/keys-locked';
      readonly keys: readonly Bytes[];
      readonly primary: Bytes;
      readonly forUpdateTs: PlainTs;
      /** Keys that were locked in spite of a newer version, with its commit_ts. */
      readonly conflicts: readonly { readonly key: Bytes; readonly commitTs: PlainTs }[];
    } & Decided)
  | ({ readonly type: 'txn/lock-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({ readonly type: 'txn/keys-unlocked'; readonly keys: readonly Bytes[] } & Decided)
  | ({
      readonly type: 'txn/ttl-extended';
      readonly primary: Bytes;
      readonly ttl: PlainTs;
    } & Decided)
  | ({ readonly type: 'txn/heart-beat-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | ({ readonly type: 'txn/read-rejected'; readonly keys: readonly Bytes[] } & Rejected)
  | {
      readonly type: 'txn/versions-collected';
      readonly safePoint: PlainTs;
      readonly found: number;
      readonly deleted: number;
    }
  /** The highest timestamp that any read may have used went up. */
  | { readonly type: 'txn/max-ts-raised'; readonly from: PlainTs; readonly to: PlainTs }
  /** A command stands in line for a latch, behind another command. */
  | { readonly type: 'txn/latch-awaited'; readonly command: number; readonly behind: number }
  | {
      readonly type: 'txn/lock-wait-started';
      readonly startTs: PlainTs;
      readonly key: Bytes;
      readonly lockTs: PlainTs;
      readonly token: number;
    }
  | {
      readonly type: 'txn/lock-wait-ended';
      readonly startTs: PlainTs;
      readonly key: Bytes;
      readonly token: number;
      readonly reason: 'released' | 'resumed' | 'timeout' | 'deadlock' | 'cancelled';
    }
  | {
      readonly type: 'txn/deadlock-found';
      readonly startTs: PlainTs;
      readonly lockTs: PlainTs;
      readonly key: Bytes;
      readonly waitChain: readonly WaitForEntry[];
    };
