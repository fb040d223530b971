// One command at work: what it reads through, what it collects, which rules it asked and what they said.
// Invariant: the context is never changed; everything that a command does is in its result.
// (TiKV: src/storage/txn/commands/mod.rs WriteContext, WriteResult)

import type { Bytes } from '../../base/bytes.ts';
import type { KvSnapshot, WriteBatch } from '../kv/engine.ts';
import type { MvccEvent } from '../mvcc/event.ts';
import type { Lock } from '../mvcc/lock.ts';
import { MvccReader } from '../mvcc/reader.ts';
import type { Broken, Verdict } from '../mvcc/rules.ts';
import type { KeyRange } from '../mvcc/scanner.ts';
import type { Ts } from '../mvcc/timestamp.ts';
import { MvccTxn } from '../mvcc/txn.ts';
import type { KeyLock, ReleasedLock } from '../mvcc/txn.ts';
import { raisedMaxTs } from './concurrency.ts';
import type { ConcurrencyManager } from './concurrency.ts';
import type { TxnEvent } from './event.ts';
import type { TxnRequest } from './request.ts';
import type { TxnResponse } from './response.ts';

/** What a command may look at besides snapshot and request. */
export interface TxnContext {
  readonly concurrency: Readonly<ConcurrencyManager>;
  /** Pessimistic locks of this Region that live in memory only, by user key. */
  readonly pessimisticLocks: ReadonlyMap<Bytes, Lock>;
  /** The Region: engine keys without timestamp. Walks over many keys stay inside. */
  readonly range: KeyRange;
  /** False on a new leader that has not asked PD yet how far reads have gone. */
  readonly isMaxTsSynced: boolean;
  /** The node's own time in microseconds; raw keys expire by it. */
  readonly now: number;
  readonly broken: Broken;
}

/** Everything that a command does. The host carries it out, in this order. */
export interface CommandResult {
  /** 1. The store's max_ts from now on, whatever becomes of the batch. */
  readonly maxTs: Ts;
  /** 2. Published in the lock table until the batch is applied (or given up). */
  readonly memoryLocks: readonly KeyLock[];
  /** 3. Pessimistic locks: into memory where that is allowed, else `lockOps` of them join the batch. */
  readonly pessimisticLocks: readonly KeyLock[];
  /** 4. Proposed; the response is true when it is applied. */
  readonly batch: WriteBatch;
  /** 5. Whoever waits for these is woken when the batch is applied. */
  readonly released: readonly ReleasedLock[];
  /** 6. The answer. */
  readonly response: TxnResponse;
  /** What was decided, as it may enter the journal. */
  readonly events: readonly (TxnEvent | MvccEvent)[];
  /** The command is not finished: this goes on where it stopped, after the batch is applied. */
  readonly next: TxnRequest | null;
}

/** What a command function gives; the rest of the result is read from its `Work`. */
export interface Done {
  readonly response: TxnResponse;
  readonly events: readonly (TxnEvent | MvccEvent)[];
  readonly next?: TxnRequest;
}

export class Work {
  readonly context: TxnContext;
  readonly reader: MvccReader;
  readonly txn: MvccTxn;
  readonly verdicts: Verdict[] = [];
  #maxTs: Ts;

  constructor(snapshot: KvSnapshot, context: TxnContext, startTs: Ts) {
    this.context = context;
    this.reader = new MvccReader(snapshot, context.pessimisticLocks);
    this.txn = new MvccTxn(startTs);
    this.#maxTs = context.concurrency.maxTs;
  }

  get broken(): Broken {
    return this.context.broken;
  }

  get maxTs(): Ts {
    return this.#maxTs;
  }

  raiseMaxTs(ts: Ts): void {
    this.#maxTs = raisedMaxTs(this.#maxTs, ts);
  }

  /** Asks a rule, and remembers what it said. */
  judge(verdict: Verdict): boolean {
    this.verdicts.push(verdict);
    return verdict.holds;
  }
}
