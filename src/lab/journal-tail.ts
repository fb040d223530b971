// The newest records, for conditions and for looking back: bounded, counted by type, and scanned once for each predicate.

import { isTrue } from '../base/expression-interpreter.ts';
import type { Predicate, Value } from '../base/expression.ts';
import type { JournalRecord } from '../sim/record.ts';

/** Records kept in all, and of one type. Types that come seldom are kept longer than the bulk. */
const KEPT = 50_000;
const KEPT_PER_TYPE = 20_000;

/** A record as conditions see it: the event's own fields, and `n`, `t` (ms), `node`. */
export type EventView = { readonly [field: string]: Value };

interface OfType {
  /** How many there were in all. */
  total: number;
  /** The newest, oldest first. */
  readonly kept: JournalRecord[];
}

/** What is known of one predicate after the first `seen` records of its type. */
interface Scan {
  seen: number;
  count: number;
  first: JournalRecord | null;
  last: JournalRecord | null;
}

export interface Matches {
  readonly count: number;
  readonly first: EventView | null;
  readonly last: EventView | null;
}

export class JournalTail {
  readonly #newest: JournalRecord[] = [];
  readonly #byType = new Map<string, OfType>();
  /** By the place of the predicate in its expression, then by type. */
  readonly #scans = new WeakMap<object, Map<string, Scan>>();
  #total = 0;

  take(record: JournalRecord): void {
    this.#total = record.n + 1;
    this.#newest.push(record);
    // Cut in pieces: taking one from the front each time would move all the others.
    if (this.#newest.length > KEPT * 1.25) this.#newest.splice(0, this.#newest.length - KEPT);
    const { type } = record.event;
    const ofType = this.#byType.get(type) ?? { total: 0, kept: [] };
    ofType.total += 1;
    ofType.kept.push(record);
    if (ofType.kept.length > KEPT_PER_TYPE * 1.25)
      ofType.kept.splice(0, ofType.kept.length - KEPT_PER_TYPE);
    this.#byType.set(type, ofType);
  }

  /** How many records there were in all. */
  get total(): number {
    return this.#total;
  }

  /** The types that have come so far. */
  types(): string[] {
    return [...this.#byType.keys()];
  }

  /** Records from number `n` on, as far as they are kept. */
  since(n: number): readonly JournalRecord[] {
    const first = this.#newest[0]?.n ?? 0;
    return this.#newest.slice(Math.max(0, n - first));
  }

  get first(): number {
    return this.#newest[0]?.n ?? this.#total;
  }

  /** The kept records of a type, oldest first. */
  ofType(type: string): readonly JournalRecord[] {
    return this.#byType.get(type)?.kept ?? [];
  }

  /** What there is of a type, of all that ever came where there is no predicate. */
  matches(type: string, predicate: Predicate | null): Matches {
    const ofType = this.#byType.get(type);
    if (ofType === undefined) return { count: 0, first: null, last: null };
    if (predicate === null)
      return {
        count: ofType.total,
        first: viewOf(ofType.kept[0]),
        last: viewOf(ofType.kept.at(-1)),
      };
    const scan = predicate.closed ? this.#scanOf(predicate, type) : newScan();
    const from = Math.max(0, ofType.kept.length - (ofType.total - scan.seen));
    for (const record of ofType.kept.slice(from)) {
      const view = viewOf(record);
      if (!isTrue(predicate.closed ? predicate.testAlone(view) : predicate.test(view))) continue;
      scan.count += 1;
      scan.first ??= record;
      scan.last = record;
    }
    scan.seen = ofType.total;
    return { count: scan.count, first: viewOf(scan.first), last: viewOf(scan.last) };
  }

  /** A predicate whose value depends on the event alone is asked once for each event. */
  #scanOf(predicate: Predicate, type: string): Scan {
    const scans = this.#scans.get(predicate.site) ?? new Map<string, Scan>();
    this.#scans.set(predicate.site, scans);
    const scan = scans.get(type) ?? newScan();
    scans.set(type, scan);
    return scan;
  }
}

const newScan = (): Scan => ({ seen: 0, count: 0, first: null, last: null });

export function viewOf(record: JournalRecord): EventView;
export function viewOf(record: JournalRecord | null | undefined): EventView | null;
export function viewOf(record: JournalRecord | null | undefined): EventView | null {
  if (record === null || record === undefined) return null;
  const { n, at, id, event } = record;
  // An event may have a `node` of its own; then that is the one meant.
  return { node: id.node, ...event, n, t: at / 1000 } as unknown as EventView;
}
