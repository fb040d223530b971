// Latches: commands that touch the same key run one after the other, in the order in which they came.
// Invariant: slots are taken in ascending order, so no two commands ever wait for each other; whoever stands first in a
// slot's line holds it. Two keys may share a slot. (TiKV: src/storage/txn/latch.rs)

import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/bytes.ts';

export interface Latches {
  /** For each slot the ids of commands in line; the first one holds it. */
  readonly slots: number[][];
}

/** The latches of one command: its slots, and how many of them it holds. */
export interface Latch {
  readonly slots: readonly number[];
  owned: number;
}

export function newLatches(size: number): Latches {
  return { slots: Array.from({ length: size }, () => []) };
}

/** 32 bits over the key (FNV-1a). */
export function keyHash(key: Bytes): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

export function newLatch(latches: Latches, keys: readonly Bytes[]): Latch {
  const slots = new Set(keys.map((key) => keyHash(key) % latches.slots.length));
  return { slots: [...slots].toSorted((a, b) => a - b), owned: 0 };
}

/** Takes slots as far as they are free, and stands in line at the first that is not. True: all are held. */
export function acquire(latches: Latches, latch: Latch, id: number): boolean {
  while (latch.owned < latch.slots.length) {
    const line = lineOf(latches, latch.slots[latch.owned] as number);
    if (!line.includes(id)) line.push(id);
    if (line[0] !== id) return false;
    latch.owned++;
  }
  return true;
}

/** The command that holds what `latch` waits for; null where it waits for nothing. */
export function holderAhead(latches: Latches, latch: Latch): number | null {
  const slot = latch.slots[latch.owned];
  return slot === undefined ? null : (lineOf(latches, slot)[0] ?? null);
}

/** Gives everything back; the commands that now stand first, each once. */
export function release(latches: Latches, latch: Latch, id: number): number[] {
  const woken = new Set<number>();
  for (const slot of latch.slots.slice(0, latch.owned)) {
    const line = lineOf(latches, slot);
    assert(line[0] === id, `command ${id} gives back a latch that it does not hold`);
    line.shift();
    if (line[0] !== undefined) woken.add(line[0]);
  }
  latch.owned = 0;
  return [...woken];
}

function lineOf(latches: Latches, slot: number): number[] {
  return latches.slots[slot] as number[];
}
