// A client as a session: at most one open transaction, whose operations run one after the other. What is asked while one
// is open, or about to be, belongs to it. All of it is plain data.

import type { Micros } from '../ids.ts';
import type { ClientEvent } from './event.ts';
import type { ClientOutcome, ClientRequest } from './request.ts';
import { isRaw } from './request.ts';
import type { Mutation, TxnContext } from './snapshot.ts';

export interface OpenTxn {
  readonly name: string;
  readonly startTs: number;
  readonly begunAt: Micros;
  /** By key. */
  readonly mutations: readonly Mutation[];
}

interface Asked {
  readonly op: number;
  readonly request: ClientRequest;
}

export interface SavedSession {
  readonly txn: OpenTxn | null;
  readonly running: Asked | null;
  readonly queue: readonly Asked[];
}

export class Session {
  #txn: OpenTxn | null;
  /** The operation of the session that is under way. */
  #running: Asked | null;
  readonly #queue: Asked[];

  constructor(saved?: SavedSession) {
    this.#txn = saved?.txn ?? null;
    this.#running = saved?.running ?? null;
    this.#queue = [...(saved?.queue ?? [])];
  }

  /** What is meant: inside a transaction, `put` is its put; a transaction without a name gets one. */
  meant({ op, request }: Asked): ClientRequest {
    if (request.type === 'begin') return { ...request, name: request.name ?? `t${op}` };
    if (!this.#willBeOpen()) return request;
    switch (request.type) {
      case 'put':
        return { ...request, type: 'txn-put' };
      case 'get':
        return { ...request, type: 'txn-get' };
      case 'delete':
        return { ...request, type: 'txn-delete' };
      case 'scan':
        return { ...request, type: 'txn-scan' };
      default:
        return request;
    }
  }

  /** Whether a transaction is open once everything asked so far is done, if all goes well. */
  #willBeOpen(): boolean {
    const asked = this.#running === null ? this.#queue : [this.#running, ...this.#queue];
    const last = asked.findLast(({ request: { type } }) => ENDS.includes(type));
    return last === undefined ? this.#txn !== null : last.request.type === 'begin';
  }

  /** True where it has to wait for its turn. */
  waits(asked: Asked): boolean {
    if (this.#running === null && this.#queue.length === 0) return false;
    this.#queue.push(asked);
    return true;
  }

  /** The next one whose turn it is. */
  next(): Asked | null {
    return this.#running === null ? (this.#queue.shift() ?? null) : null;
  }

  /** Why it cannot be done now; null where it begins. */
  begin({ op, request }: Asked): string | null {
    if (isRaw(request) && request.type !== 'cas') return null;
    const reason = this.#refusal(request);
    if (reason === null && !isRaw(request)) this.#running = { op, request };
    return reason;
  }

  #refusal(request: ClientRequest): string | null {
    const txn = this.#txn;
    if (request.type === 'begin' || request.type === 'cas') {
      if (txn === null) return null;
      const what = request.type === 'cas' ? 'Compare-and-swap is for raw keys. ' : '';
      return `${what}Transaction ${txn.name} is open: commit it or roll it back first.`;
    }
    if (txn === null) return 'No transaction is open here. Open one with: begin';
    const named = request.type === 'commit' || request.type === 'rollback' ? request.name : null;
    return named === null || named === txn.name
      ? null
      : `The open transaction is ${txn.name}, not ${named}.`;
  }

  context(now: Micros): TxnContext | null {
    if (this.#txn === null) return null;
    const { startTs, mutations, begunAt } = this.#txn;
    return { startTs, mutations, elapsedMs: Math.max(0, Math.floor((now - begunAt) / 1000)) };
  }

  /** The session's operation has ended; what that means for the transaction. */
  end(op: number, outcome: ClientOutcome, now: Micros): ClientEvent | null {
    if (this.#running?.op !== op) return null;
    const { request } = this.#running;
    this.#running = null;
    const txn = this.#txn;
    if (request.type === 'begin') {
      if (outcome.status !== 'ok' || outcome.result.type !== 'begin') return null;
      const { startTs, name } = outcome.result;
      this.#txn = { name, startTs, begunAt: now, mutations: [] };
      return { type: 'client/txn-begun', op, name, startTs };
    }
    if (txn === null) return null;
    if (request.type === 'txn-put' || request.type === 'txn-delete') {
      const { key } = request;
      const value = request.type === 'txn-put' ? request.value : null;
      const others = txn.mutations.filter(([name]) => name !== key);
      const mutations = [...others, [key, value] as const];
      this.#txn = { ...txn, mutations: mutations.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
      return { type: 'client/txn-buffered', op, startTs: txn.startTs, key, value };
    }
    if (request.type !== 'commit' && request.type !== 'rollback') return null;
    this.#txn = null;
    return endOf(op, txn, outcome);
  }

  save(): SavedSession {
    return { txn: this.#txn, running: this.#running, queue: [...this.#queue] };
  }
}

const ENDS: readonly ClientRequest['type'][] = ['begin', 'commit', 'rollback'];

function endOf(op: number, { name, startTs }: OpenTxn, outcome: ClientOutcome): ClientEvent {
  const ended = { type: 'client/txn-ended', op, name, startTs } as const;
  if (outcome.status !== 'ok') return { ...ended, status: outcome.status, commitTs: null };
  return outcome.result.type === 'commit'
    ? { ...ended, status: 'committed', commitTs: outcome.result.commitTs }
    : { ...ended, status: 'rolled-back', commitTs: null };
}
