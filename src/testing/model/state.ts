// One moment of a small history: the store, the clients and all that was ever seen. Moments are never changed, only
// followed by others; two are the same where their keys are.

import { KvEngine } from '../../tikv/kv/engine.ts';
import { encodeKey } from '../../tikv/mvcc/key.ts';
import { encodeLock } from '../../tikv/mvcc/lock.ts';
import { executeCommand } from '../../tikv/txn/execute-command.ts';
import type { TxnRequest } from '../../tikv/txn/request.ts';
import type { TxnResponse } from '../../tikv/txn/response.ts';
import { newNaive } from './naive.ts';
import type { Naive } from './naive.ts';
import type { Profile } from './plan.ts';

export const KEYS = 'ab';

/** A lock in the way, and how far its settling has come. */
export interface Met {
  readonly key: string;
  readonly primary: string;
  readonly startTs: number;
  readonly isPessimistic: boolean;
  /** Keys of an async commit that have to be asked; null: its primary alone decides. */
  readonly secondaries: readonly string[] | null;
  readonly primaryMinCommitTs: number;
  /** The outcome; `unlock`: only the pessimistic lock goes. Null: not known. */
  readonly decided: { readonly commitTs: number; readonly unlock: boolean } | null;
  readonly toResolve: string;
}

export interface Client {
  readonly startTs: number;
  readonly forUpdateTs: number;
  /** What it read, by key. */
  readonly reads: Readonly<Record<string, string | null>>;
  readonly locked: string;
  readonly prewritten: string;
  /** Prewrites that were sent, whatever became of them. */
  readonly sent: string;
  readonly minCommitTs: number;
  readonly commitTs: number;
  readonly committed: string;
  readonly met: Met | null;
  /** Locks it may pass. */
  readonly bypass: readonly number[];
  /** `failed`: has to roll back. */
  readonly phase: 'active' | 'failed' | 'over' | 'dead';
  /** The application was told that the transaction is committed. */
  readonly told: boolean;
}

/** Everything that ever was, collected or not. */
export interface History {
  readonly commits: readonly {
    readonly key: string;
    readonly commitTs: number;
    readonly startTs: number;
    readonly type: string;
    readonly value: string | null;
  }[];
  readonly rollbacks: readonly { readonly key: string; readonly startTs: number }[];
  readonly reads: readonly {
    readonly client: number;
    readonly key: string;
    readonly ts: number;
    readonly value: string | null;
  }[];
  /** min_commit_ts of async-commit locks, by transaction and key. */
  readonly asyncMin: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly safePoint: number;
}

export interface State {
  readonly engine: KvEngine;
  readonly maxTs: number;
  /** The last timestamp that was given out. */
  readonly tso: number;
  readonly clients: readonly Client[];
  readonly gc: { readonly safePoint: number; readonly done: boolean } | null;
  readonly history: History;
  readonly naive: Naive | null;
  /** Where the engine and the paper disagreed. */
  readonly mismatch: string | null;
}

export const NEW_CLIENT: Client = {
  startTs: 0,
  forUpdateTs: 0,
  reads: {},
  locked: '',
  prewritten: '',
  sent: '',
  minCommitTs: 0,
  commitTs: 0,
  committed: '',
  met: null,
  bypass: [],
  phase: 'active',
  told: false,
};

export function initialState(profile: Profile): State {
  return {
    engine: new KvEngine(),
    maxTs: 0,
    tso: 0,
    clients: profile.plans.map(() => NEW_CLIENT),
    gc: null,
    history: { commits: [], rollbacks: [], reads: [], asyncMin: {}, safePoint: 0 },
    naive: profile.naive === true ? newNaive(KEYS) : null,
    mismatch: null,
  };
}

/** The store after a command, and its answer. */
export function ask(
  state: State,
  profile: Profile,
  request: TxnRequest,
): { readonly state: State; readonly response: TxnResponse } {
  const result = executeCommand(state.engine, request, {
    concurrency: { maxTs: state.maxTs, lockTable: new Map() },
    pessimisticLocks: new Map(),
    range: { from: '', to: null },
    isMaxTsSynced: true,
    now: 0,
    broken: profile.broken ?? [],
  });
  let { engine } = state;
  if (result.batch.length > 0 || result.pessimisticLocks.length > 0) {
    engine = engine.snapshot() as KvEngine;
    for (const { key, lock } of result.pessimisticLocks) {
      engine.write([{ type: 'put', cf: 'lock', key: encodeKey(key), value: encodeLock(lock) }]);
    }
    engine.write(result.batch);
  }
  return { state: { ...state, engine, maxTs: result.maxTs }, response: result.response };
}

/** The name of a state, short and practically never shared. */
export function keyOfState(state: State): string {
  const { engine, naive, maxTs, tso, clients, gc, history } = state;
  const stored = [engine.entries('default'), engine.entries('lock'), engine.entries('write')];
  return fingerprint(JSON.stringify([stored, maxTs, tso, clients, gc, history, naive]));
}

function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2f0b4a27;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x27d4eb2f);
    b ^= b >>> 15;
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
