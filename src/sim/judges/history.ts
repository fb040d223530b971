// What clients have seen: each operation with its call, its end and its answer, as a checker of histories wants it.
// Read from the journal; whoever was open when its client died, or has not ended yet, may or may not have happened.

import type { Bytes } from '../../base/bytes.ts';
import type { ClientRequest, ClientResult } from '../../tikv/client/request.ts';
import type { Micros, NodeId } from '../../tikv/ids.ts';
import type { JournalRecord } from '../record.ts';

/**
 * How it ended. `ok`: as `answer` says. `fail`: it certainly did not happen. `unknown`: it may take effect at any moment
 * after its call, even after the client gave up, or never.
 */
export type Status = 'ok' | 'fail' | 'unknown';

interface Timed {
  /** The recording's number of the operation. */
  readonly op: number;
  readonly client: NodeId;
  /** Places in the journal: an operation that ended before another one was called stands wholly before it. */
  readonly call: number;
  /** Null: it has not ended. */
  readonly return: number | null;
  readonly calledAt: Micros;
  readonly returnedAt: Micros | null;
  readonly status: Status;
}

/** Keys and values are byte strings; null is no value. Answers are null unless the status is `ok`. */
export type HistoryEntry = Timed &
  (
    | { readonly operation: 'put'; readonly key: Bytes; readonly value: Bytes }
    | { readonly operation: 'delete'; readonly key: Bytes; readonly value: null }
    /** `value` is the answer: null for no such key, and where there was no answer. */
    | { readonly operation: 'get'; readonly key: Bytes; readonly value: Bytes | null }
    /** Writes `value` where the key holds `expected`; `found` is what it held. */
    | {
        readonly operation: 'cas';
        readonly key: Bytes;
        readonly value: Bytes;
        readonly expected: Bytes | null;
        readonly succeeded: boolean | null;
        readonly found: Bytes | null;
      }
    /** From `key` up to `to` (empty: no end), at most `limit` pairs. */
    | {
        readonly operation: 'scan';
        readonly key: Bytes;
        readonly to: Bytes;
        readonly limit: number;
        readonly value: readonly (readonly [Bytes, Bytes])[] | null;
      }
  );

/** Transactions are other people's business: here are the operations on single, raw keys. */
type RegisterRequest = Extract<ClientRequest, { type: HistoryEntry['operation'] }>;

const REGISTER: readonly ClientRequest['type'][] = ['put', 'delete', 'get', 'cas', 'scan'];

const isRegister = (request: ClientRequest): request is RegisterRequest =>
  REGISTER.includes(request.type);

interface Open {
  readonly timed: Pick<Timed, 'op' | 'client' | 'call' | 'calledAt'>;
  readonly request: RegisterRequest;
}

/** Collects a history from the records as they come. */
export class ClientHistory {
  readonly #entries: HistoryEntry[] = [];
  /** By client and operation. */
  readonly #open = new Map<string, Open>();

  observe(records: readonly JournalRecord[]): void {
    for (const record of records) this.#take(record);
  }

  #take({ event, id, n, at }: JournalRecord): void {
    switch (event.type) {
      case 'client/op-started': {
        const { op, request } = event;
        if (!isRegister(request)) return;
        const timed = { op, client: id.node, call: n, calledAt: at };
        this.#open.set(`${id.node} ${op}`, { timed, request });
        return;
      }
      case 'client/op-ended': {
        const key = `${id.node} ${event.op}`;
        const open = this.#open.get(key);
        if (open === undefined) return;
        this.#open.delete(key);
        const end = { return: n, returnedAt: at };
        const { outcome } = event;
        if (outcome.status === 'ok')
          this.#entries.push(entryOf(open, { ...end, status: 'ok' }, outcome.result));
        else {
          const status = outcome.status === 'failed' ? 'fail' : 'unknown';
          this.#entries.push(entryOf(open, { ...end, status }, null));
        }
        return;
      }
      case 'node/killed':
      case 'node/destroyed':
      case 'node/panicked':
        for (const [key, open] of this.#open) {
          if (open.timed.client !== event.node) continue;
          this.#open.delete(key);
          this.#entries.push(entryOf(open, NO_END, null));
        }
        return;
      default:
    }
  }

  /** In the order of their calls; what is still open is unknown so far. */
  entries(): HistoryEntry[] {
    const open = [...this.#open.values()].map((each) => entryOf(each, NO_END, null));
    return [...this.#entries, ...open].toSorted((a, b) => a.call - b.call);
  }
}

const NO_END = { return: null, returnedAt: null, status: 'unknown' } as const;

export function historyOf(records: readonly JournalRecord[]): HistoryEntry[] {
  const history = new ClientHistory();
  history.observe(records);
  return history.entries();
}

function entryOf(
  { timed, request }: Open,
  end: Pick<Timed, 'return' | 'returnedAt' | 'status'>,
  result: ClientResult | null,
): HistoryEntry {
  const common = { ...timed, ...end };
  switch (request.type) {
    case 'put':
      return { ...common, operation: 'put', key: request.key, value: request.value };
    case 'delete':
      return { ...common, operation: 'delete', key: request.key, value: null };
    case 'get': {
      const value = result?.type === 'get' ? result.value : null;
      return { ...common, operation: 'get', key: request.key, value };
    }
    case 'cas': {
      const { key, value, previous: expected } = request;
      const answer = result?.type === 'cas' ? result : null;
      const [succeeded, found] = [answer?.succeeded ?? null, answer?.previous ?? null];
      return { ...common, operation: 'cas', key, value, expected, succeeded, found };
    }
    case 'scan': {
      const { from: key, to, limit } = request;
      const value = result?.type === 'scan' ? result.pairs : null;
      return { ...common, operation: 'scan', key, to, limit, value };
    }
  }
}

export const HISTORY_FORMAT = 'loom-history/1';

/** As a file: an object with the format and the entries, one a line. */
export function historyText(entries: readonly HistoryEntry[]): string {
  const lines = entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n');
  return `{ "format": "${HISTORY_FORMAT}", "entries": [\n${lines}\n] }\n`;
}
