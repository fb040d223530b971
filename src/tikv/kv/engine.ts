// One store's key-value engine in memory: three column families of ordered byte strings, with O(1) snapshots.
// What reaches the disk, and when, is the store's business; the engine only knows what is written.
// (TiKV: components/engine_traits, engine_rocks; the column families of src/storage/mvcc)

import { SortedMap } from '../../base/sorted-map.ts';
import type { Bytes } from '../../base/bytes.ts';

/** TiKV's column families for data. */
export type Cf = 'default' | 'lock' | 'write';
export const CFS: readonly Cf[] = ['default', 'lock', 'write'];

/** One change of a write batch. `to` of a range is exclusive; null is the end of the key space. */
export type KvOp =
  | { readonly type: 'put'; readonly cf: Cf; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'delete'; readonly cf: Cf; readonly key: Bytes }
  | {
      readonly type: 'delete-range';
      readonly cf: Cf;
      readonly from: Bytes;
      readonly to: Bytes | null;
    };

/** Changes that take effect together, in order. */
export type WriteBatch = readonly KvOp[];

/** A view that no later write changes. Keys are engine keys (already encoded). */
export interface KvSnapshot {
  get(cf: Cf, key: Bytes): Bytes | undefined;
  /** `from` ≤ key < `to` (null: no end), ascending. */
  range(cf: Cf, from?: Bytes, to?: Bytes | null): IterableIterator<[Bytes, Bytes]>;
  /** The same range, descending. */
  reverseRange(cf: Cf, from?: Bytes, to?: Bytes | null): IterableIterator<[Bytes, Bytes]>;
}

export class KvEngine implements KvSnapshot {
  readonly #maps: Record<Cf, SortedMap<Bytes>>;

  constructor(maps?: Record<Cf, SortedMap<Bytes>>) {
    this.#maps = maps ?? { default: SortedMap.of(), lock: SortedMap.of(), write: SortedMap.of() };
  }

  get(cf: Cf, key: Bytes): Bytes | undefined {
    return this.#maps[cf].get(key);
  }

  range(cf: Cf, from: Bytes = '', to: Bytes | null = null): IterableIterator<[Bytes, Bytes]> {
    return this.#maps[cf].range(from, to);
  }

  reverseRange(
    cf: Cf,
    from: Bytes = '',
    to: Bytes | null = null,
  ): IterableIterator<[Bytes, Bytes]> {
    return this.#maps[cf].reverseRange(from, to);
  }

  /** All of the batch, in order. */
  write(batch: WriteBatch): void {
    for (const op of batch) {
      const map = this.#maps[op.cf];
      if (op.type === 'put') map.set(op.key, op.value);
      else if (op.type === 'delete') map.delete(op.key);
      else map.deleteRange(op.from, op.to);
    }
  }

  /** A view of this moment, in O(1). */
  snapshot(): KvSnapshot {
    return new KvEngine({
      default: this.#maps.default.snapshot(),
      lock: this.#maps.lock.snapshot(),
      write: this.#maps.write.snapshot(),
    });
  }

  /** All entries of a column family, as plain data. */
  entries(cf: Cf): [Bytes, Bytes][] {
    return [...this.#maps[cf].range()];
  }
}
