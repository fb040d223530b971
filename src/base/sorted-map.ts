// An ordered map from byte strings, with O(1) snapshots (copy on write). The tree is the sorted-btree package's;
// this file is the only one that knows it.

import BTreeModule from 'sorted-btree';

// The package is CommonJS: its class is the default export of one loader and a field of it in another.
const BTree = (BTreeModule as unknown as { default?: typeof BTreeModule }).default ?? BTreeModule;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export class SortedMap<V> {
  readonly #tree: BTreeModule<string, V>;

  private constructor(tree: BTreeModule<string, V>) {
    this.#tree = tree;
  }

  static of<V>(entries: Iterable<readonly [string, V]> = []): SortedMap<V> {
    const tree = new BTree<string, V>(undefined, compare);
    for (const [key, value] of entries) tree.set(key, value);
    return new SortedMap(tree);
  }

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): V | undefined {
    return this.#tree.get(key);
  }

  has(key: string): boolean {
    return this.#tree.has(key);
  }

  set(key: string, value: V): void {
    this.#tree.set(key, value);
  }

  delete(key: string): boolean {
    return this.#tree.delete(key);
  }

  /** An independent map with the same entries, in O(1); either may change afterwards. */
  snapshot(): SortedMap<V> {
    return new SortedMap(this.#tree.clone());
  }

  /** Entries with `from` ≤ key < `to` (null: no end), ascending. Changing the map ends the walk's validity. */
  *range(from = '', to: string | null = null): Generator<[string, V]> {
    for (const pair of this.#tree.entries(from)) {
      if (to !== null && pair[0] >= to) return;
      yield [pair[0], pair[1]];
    }
  }

  /** Entries with `from` ≤ key < `to` (null: no end), descending. */
  *reverseRange(from = '', to: string | null = null): Generator<[string, V]> {
    const start = to === null ? this.#tree.maxKey() : to;
    if (start === undefined) return;
    for (const pair of this.#tree.entriesReversed(start)) {
      if (to !== null && pair[0] >= to) continue;
      if (pair[0] < from) return;
      yield [pair[0], pair[1]];
    }
  }

  /** The first entry at or after `key`. */
  seek(key: string): [string, V] | undefined {
    for (const pair of this.#tree.entries(key)) return [pair[0], pair[1]];
    return undefined;
  }

  /** Takes out `from` ≤ key < `to` (null: no end); returns how many went. */
  deleteRange(from: string, to: string | null): number {
    const keys: string[] = [];
    for (const [key] of this.range(from, to)) keys.push(key);
    for (const key of keys) this.#tree.delete(key);
    return keys.length;
  }
}
