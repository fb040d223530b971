// A history of clients as operations on registers, one register a key: what each needs to find, and what it leaves.

import type { Bytes } from '../../base/bytes.ts';
import type { HistoryEntry } from './history.ts';

/** Null: the key does not exist. */
export type Value = Bytes | null;

/** An absent field asks nothing, or leaves the value as it is. */
export interface Step {
  /** Takes effect only while the register holds this. */
  readonly needs?: Value;
  /** Takes effect only while it holds anything else. */
  readonly refuses?: Value;
  readonly sets?: Value;
}

export interface RegisterOp {
  readonly entry: HistoryEntry;
  readonly call: number;
  /** Null: it may take effect at any time after its call, or never. */
  readonly end: number | null;
  readonly step: Step;
}

/** The operations of each key that the history names, keys in order. */
export function registerOps(
  history: readonly HistoryEntry[],
): (readonly [Bytes, readonly RegisterOp[]])[] {
  const keys = new Set<Bytes>();
  for (const entry of history) {
    if (entry.operation !== 'scan') keys.add(entry.key);
    else for (const [key] of entry.value ?? []) keys.add(key);
  }
  const ordered = [...keys].toSorted();
  return ordered.map((key) => [key, opsOf(key, history)] as const);
}

function opsOf(key: Bytes, history: readonly HistoryEntry[]): RegisterOp[] {
  const ops: RegisterOp[] = [];
  for (const entry of history) {
    const step = stepOf(key, entry);
    if (step === null) continue;
    const end = entry.status === 'ok' ? entry.return : null;
    ops.push({ entry, call: entry.call, end, step });
  }
  return withoutUnseen(ops.toSorted((a, b) => a.call - b.call));
}

/** What the operation does to the key; null where it does, and tells, nothing. */
function stepOf(key: Bytes, entry: HistoryEntry): Step | null {
  if (entry.status === 'fail') return null;
  const known = entry.status === 'ok';
  switch (entry.operation) {
    case 'put':
    case 'delete':
      return entry.key === key ? { sets: entry.value } : null;
    case 'get':
      return known && entry.key === key ? { needs: entry.value } : null;
    case 'cas': {
      if (entry.key !== key) return null;
      const { expected, value, found } = entry;
      // Without an answer only its effect counts, and it has one only where the comparison holds.
      if (!known) return { needs: expected, sets: value };
      // An answer that contradicts itself fits nowhere.
      if (entry.succeeded === (found !== expected)) return { needs: found, refuses: found };
      return entry.succeeded === true ? { needs: expected, sets: value } : { needs: found };
    }
    case 'scan':
      return known && scanCovers(entry, key)
        ? { needs: entry.value?.find(([each]) => each === key)?.[1] ?? null }
        : null;
  }
}

/** Has the scan said what the key holds? Where its limit is reached, it says nothing of what comes after. */
function scanCovers(scan: Extract<HistoryEntry, { operation: 'scan' }>, key: Bytes): boolean {
  if (key < scan.key || (scan.to !== '' && key >= scan.to)) return false;
  const pairs = scan.value ?? [];
  const last = pairs.at(-1);
  return pairs.length < scan.limit || (last !== undefined && key <= last[0]);
}

/**
 * An operation without an end whose value nobody was ever told of explains nothing: whatever order holds with it holds
 * without it. Leaving these out keeps the number of orders small.
 */
function withoutUnseen(ops: readonly RegisterOp[]): RegisterOp[] {
  const uses = lastUses(ops);
  return ops.filter(({ end, step }) => end !== null || isUsed(step, uses));
}

const isUsed = ({ sets }: Step, uses: ReadonlyMap<Value, number>): boolean =>
  sets !== undefined && uses.has(sets);

/**
 * Until when somebody may need to find a value: the last end of an operation that was told of it, or that leads to such
 * a value and may still happen.
 */
export function lastUses(ops: readonly RegisterOp[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const extend = (value: Value | undefined, until: number): boolean => {
    if (value === undefined || until <= (uses.get(value) ?? -1)) return false;
    uses.set(value, until);
    return true;
  };
  for (const { end, step } of ops) if (end !== null) extend(step.needs, end);
  const open = ops.filter(({ end }) => end === null);
  for (let grows = true; grows;) {
    grows = false;
    for (const { step } of open) {
      const until = step.sets === undefined ? undefined : uses.get(step.sets);
      if (until !== undefined && extend(step.needs, until)) grows = true;
    }
  }
  return uses;
}
