// Is there one order of all operations that explains every answer? Each operation has to stand somewhere between its
// call and its end, and each key is a register of its own, so each key is checked alone.
//
// The search is Lowe's just-in-time linearisation ("Testing for linearizability", 2017), a refinement of Wing and
// Gong's: walk over the calls and ends in their order, keep every state that the key may be in (the value, and which of
// the running operations have taken effect already), and place an operation at the latest when it ends. States that
// are equal are kept once. The first end that leaves no state is the answer that nothing explains.
//
// Operations without an end may take effect at any time or never. Failed ones have no effect. A scan counts as one
// read of each key that it covers: that the reads of one scan belong together is not checked.

import type { Bytes } from '../../base/bytes.ts';
import type { HistoryEntry } from './history.ts';
import { lastUses, registerOps, type RegisterOp, type Step, type Value } from './register.ts';

export type LinearizabilityVerdict =
  | { readonly verdict: 'linearizable' }
  | {
      readonly verdict: 'violated';
      readonly key: Bytes;
      /** The operation whose answer nothing explains. */
      readonly entry: HistoryEntry;
      /** What the key could hold while that operation ran; null is no value. */
      readonly possible: readonly Value[];
      readonly text: string;
    }
  /** Too many orders are possible to try them all. */
  | { readonly verdict: 'undecided'; readonly key: Bytes };

/** States at one moment; more are too many. */
const STATES_MAX = 100_000;

export interface CheckOptions {
  /** False: keys may have held anything before the history began. */
  readonly fromEmpty?: boolean;
}

/** Checks every key that the history names, in order. */
export function checkLinearizable(
  history: readonly HistoryEntry[],
  { fromEmpty = true }: CheckOptions = {},
): LinearizabilityVerdict {
  let undecided: LinearizabilityVerdict | null = null;
  for (const [key, ops] of registerOps(history)) {
    const found = checkRegister(ops, fromEmpty ? [null] : anyOf(ops));
    if (found === null) continue;
    if (found === 'too-many') {
      undecided ??= { verdict: 'undecided', key };
      continue;
    }
    const { op, possible } = found;
    const text = explain(key, op, possible);
    return { verdict: 'violated', key, entry: op.entry, possible, text };
  }
  return undecided ?? { verdict: 'linearizable' };
}

/** What a register may have held: only what somebody was told of makes a difference. */
function anyOf(ops: readonly RegisterOp[]): Value[] {
  const values = new Set<Value>([null]);
  for (const { step } of ops) if (step.needs !== undefined) values.add(step.needs);
  return [...values];
}

/** One way how things may stand: the value, and who among the running has taken effect (ascending numbers). */
interface State {
  readonly value: Value;
  readonly done: readonly number[];
}

interface Moment {
  readonly at: number;
  readonly op: number;
  readonly ends: boolean;
}

function checkRegister(
  ops: readonly RegisterOp[],
  initial: readonly Value[],
): null | 'too-many' | { readonly op: RegisterOp; readonly possible: Value[] } {
  const moments: Moment[] = [];
  for (const [op, { call, end }] of ops.entries()) {
    moments.push({ at: call, op, ends: false });
    if (end !== null) moments.push({ at: end, op, ends: true });
  }
  // A call and an end at one moment overlap.
  moments.sort((a, b) => a.at - b.at || Number(a.ends) - Number(b.ends) || a.op - b.op);
  const search = new Search(ops, initial);
  for (const { op, ends } of moments) {
    if (!ends) {
      search.begin(op);
      continue;
    }
    const before = search.end(op);
    if (before === 'too-many') return before;
    if (before !== null) return { op: ops[op] as RegisterOp, possible: before };
  }
  return null;
}

class Search {
  readonly #ops: readonly RegisterOp[];
  readonly #uses: ReadonlyMap<Value, number>;
  readonly #running = new Set<number>();
  #states = new Map<string, State>();
  /** The end that is looked at. */
  #now = 0;

  constructor(ops: readonly RegisterOp[], initial: readonly Value[]) {
    this.#ops = ops;
    this.#uses = lastUses(ops);
    for (const [i, value] of initial.entries()) this.#states.set(`${i}`, { value, done: [] });
  }

  begin(op: number): void {
    this.#running.add(op);
  }

  /** The operation has to have taken effect by now. Null: it can. Else the values that the key could hold. */
  end(op: number): null | 'too-many' | Value[] {
    this.#now = this.#op(op).end ?? this.#now;
    this.#retire();
    const next = new Map<string, State>();
    const seen = new Map<string, State>();
    const open: State[] = [];
    const see = (state: State): void => {
      const read = this.#read(state);
      const key = this.#keyOf(read);
      if (seen.has(key)) return;
      seen.set(key, read);
      open.push(read);
    };
    for (const state of this.#states.values()) see(state);
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (seen.size > STATES_MAX) return 'too-many';
      if (state.done.includes(op)) {
        const { value, done } = state;
        const after = { value, done: done.filter((each) => each !== op) };
        next.set(this.#keyOf(after), after);
        continue;
      }
      for (const other of this.#running)
        if (this.#fits(state, other)) see(this.#place(state, other));
    }
    this.#running.delete(op);
    this.#states = next;
    return next.size > 0 ? null : this.#possible(seen.values());
  }

  #op(op: number): RegisterOp {
    return this.#ops[op] as RegisterOp;
  }

  /** Will somebody who has not ended yet have found this value, or built on it? */
  #isUsed(value: Value): boolean {
    return (this.#uses.get(value) ?? -1) >= this.#now;
  }

  /** Values that nobody needs to find any more are all the same. */
  #keyOf({ value, done }: State): string {
    const held = !this.#isUsed(value) ? '' : value === null ? ' -' : ` =${value}`;
    return `${done.join()}${held}`;
  }

  /** Operations without an end that nobody needs any more: whether they happened makes no difference from now on. */
  #retire(): void {
    const useless = [...this.#running].filter((op) => {
      const { end, step } = this.#op(op);
      return end === null && !(step.sets !== undefined && this.#isUsed(step.sets));
    });
    if (useless.length === 0) return;
    for (const op of useless) this.#running.delete(op);
    const states = [...this.#states.values()];
    this.#states.clear();
    for (const { value, done } of states) {
      const state = { value, done: done.filter((op) => !useless.includes(op)) };
      this.#states.set(this.#keyOf(state), state);
    }
  }

  /** Every running read that is true now takes effect: it changes nothing, and is one less to place. */
  #read({ value, done }: State): State {
    const reads: number[] = [];
    for (const op of this.#running) {
      const { step } = this.#op(op);
      if (step.sets === undefined && !done.includes(op) && allows(step, value)) reads.push(op);
    }
    return { value, done: reads.length === 0 ? done : ascending([...done, ...reads]) };
  }

  /** May it take effect next, and is there any use in that? */
  #fits({ value, done }: State, op: number): boolean {
    const { step, end } = this.#op(op);
    if (step.sets === undefined || done.includes(op) || !allows(step, value)) return false;
    // What need not happen happens only where the next operation builds on it.
    if (end === null && !this.#isWanted(step.sets, done, op)) return false;
    return !this.#hasTwin(done, op);
  }

  #isWanted(value: Value, done: readonly number[], by: number): boolean {
    for (const op of this.#running)
      if (op !== by && this.#op(op).step.needs === value && !done.includes(op)) return true;
    return false;
  }

  /** Of several that do the same, the one that ends first goes first. */
  #hasTwin(done: readonly number[], op: number): boolean {
    const { step, end } = this.#op(op);
    for (const other of this.#running) {
      if (other === op || done.includes(other)) continue;
      const twin = this.#op(other);
      if (twin.step.sets !== step.sets || twin.step.needs !== step.needs) continue;
      if (twin.end === end ? other < op : (twin.end ?? Infinity) < (end ?? Infinity)) return true;
    }
    return false;
  }

  /** Writes whose values nobody needs take effect just before another write hides them. */
  #place({ value, done }: State, op: number): State {
    const { step } = this.#op(op);
    const placed = [...done, op];
    if (step.needs === undefined) {
      for (const other of this.#running) {
        const hidden = this.#op(other).step;
        if (hidden.needs !== undefined || hidden.sets === undefined || other === op) continue;
        if (!done.includes(other) && !this.#isUsed(hidden.sets)) placed.push(other);
      }
    }
    return { value: step.sets === undefined ? value : step.sets, done: ascending(placed) };
  }

  /** The values of these states, and what the running operations could make of them. */
  #possible(states: Iterable<State>): Value[] {
    const values = new Set<Value>();
    for (const { value, done } of states) {
      values.add(value);
      for (const op of this.#running) {
        const { step } = this.#op(op);
        if (step.sets !== undefined && !done.includes(op) && allows(step, value))
          values.add(step.sets);
      }
    }
    return [...values];
  }
}

const ascending = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b);

const allows = ({ needs, refuses }: Step, value: Value): boolean =>
  (needs === undefined || needs === value) && (refuses === undefined || refuses !== value);

const shown = (value: Value): string => (value === null ? 'nothing' : JSON.stringify(value));

function explain(key: Bytes, { entry }: RegisterOp, possible: readonly Value[]): string {
  const client = entry.client.toUpperCase();
  const could = `While it ran, ${JSON.stringify(key)} could hold ${possible.map(shown).join(' or ')}.`;
  switch (entry.operation) {
    case 'get':
      return `${client} reads ${JSON.stringify(key)} and is told ${shown(entry.value)}. ${could}`;
    case 'scan': {
      const pair = entry.value?.find(([name]) => name === key);
      return `${client} scans and is told that ${JSON.stringify(key)} holds ${shown(pair?.[1] ?? null)}. ${could}`;
    }
    case 'cas':
      return entry.succeeded === true
        ? `${client} is told that ${JSON.stringify(key)} held ${shown(entry.expected)} and was set. ${could}`
        : `${client} is told that ${JSON.stringify(key)} held ${shown(entry.found)} and was not set. ${could}`;
    // They need to find nothing, so they fit everywhere.
    case 'put':
    case 'delete':
      return could;
  }
}
