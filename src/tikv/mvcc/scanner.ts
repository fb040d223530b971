// Walks user keys in order and reads each of them at one timestamp; a locked key is an answer of its own, not an end.
// Invariant: for every key the scan says what a point read of the same snapshot and timestamp would say.
// (TiKV: src/storage/mvcc/reader/scanner/{forward,backward}.rs)

import type { Bytes } from '../../base/bytes.ts';
import type { Cf, KvSnapshot } from '../kv/engine.ts';
import { afterVersions, decodeKey, truncateTs } from './key.ts';
import { decodeLock } from './lock.ts';
import { readKey } from './point-getter.ts';
import type { ReadOptions, ReadResult } from './point-getter.ts';
import type { MvccReader } from './reader.ts';

/** Engine keys without timestamp, `from` ≤ key < `to` (null: no end). */
export interface KeyRange {
  readonly from: Bytes;
  readonly to: Bytes | null;
}

export interface Scanned {
  readonly key: Bytes;
  readonly result: ReadResult;
}

/** After so many versions of one key the cursor jumps instead of stepping. */
const SEEK_BOUND = 8;

/** A place in a column family that moves one way. */
class Cursor {
  readonly #snapshot: KvSnapshot;
  readonly #cf: Cf;
  readonly #range: KeyRange;
  readonly #reverse: boolean;
  #entries: Iterator<[Bytes, Bytes]>;
  #current: [Bytes, Bytes] | undefined;

  constructor(snapshot: KvSnapshot, cf: Cf, at: { range: KeyRange; reverse: boolean }) {
    this.#snapshot = snapshot;
    this.#cf = cf;
    this.#range = at.range;
    this.#reverse = at.reverse;
    this.#entries = this.#open(at.range.from, at.range.to);
    this.step();
  }

  get key(): Bytes | undefined {
    return this.#current?.[0];
  }

  get value(): Bytes {
    return (this.#current as [Bytes, Bytes])[1];
  }

  step(): void {
    const next = this.#entries.next();
    this.#current = next.done === true ? undefined : next.value;
  }

  /** Goes on past everything that belongs to this encoded user key. */
  leave(encoded: Bytes): void {
    for (let steps = 0; this.key?.startsWith(encoded) === true; steps++) {
      if (steps === SEEK_BOUND) {
        this.#entries = this.#reverse
          ? this.#open(this.#range.from, encoded)
          : this.#open(afterVersions(encoded), this.#range.to);
      }
      this.step();
    }
  }

  #open(from: Bytes, to: Bytes | null): Iterator<[Bytes, Bytes]> {
    return this.#reverse
      ? this.#snapshot.reverseRange(this.#cf, from, to)
      : this.#snapshot.range(this.#cf, from, to);
  }
}

/** Keys of the range with something to say at `options.ts`, ascending or descending. */
export function* scanRange(
  reader: MvccReader,
  at: { readonly range: KeyRange; readonly reverse: boolean },
  options: ReadOptions,
): Generator<Scanned> {
  const locks = new Cursor(reader.snapshot, 'lock', at);
  const writes = new Cursor(reader.snapshot, 'write', at);
  for (;;) {
    const locked = locks.key;
    const written = writes.key === undefined ? undefined : truncateTs(writes.key);
    const encoded = nearer(locked, written, at.reverse);
    if (encoded === undefined) return;
    const key = decodeKey(encoded, encoded === locked ? 'lock' : 'write');
    const lock = encoded === locked ? decodeLock(locks.value, encoded) : null;
    const result = readKey(reader, { key, lock }, options);
    if (result.type !== 'none') yield { key, result };
    if (encoded === locked) locks.step();
    if (encoded === written) writes.leave(encoded);
  }
}

function nearer(a: Bytes | undefined, b: Bytes | undefined, reverse: boolean): Bytes | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b === reverse ? b : a;
}

/** The user keys in a range of the write column family, ascending, each once. */
export function* scanKeys(snapshot: KvSnapshot, range: KeyRange): Generator<Bytes> {
  const writes = new Cursor(snapshot, 'write', { range, reverse: false });
  while (writes.key !== undefined) {
    const encoded = truncateTs(writes.key);
    yield decodeKey(encoded, 'write');
    writes.leave(encoded);
  }
}
