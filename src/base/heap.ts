// A priority queue with a total order: the caller's comparison never calls two items equal, so the order in which
// they were pushed cannot matter.

export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number, items: readonly T[] = []) {
    this.#compare = compare;
    for (const item of items) this.push(item);
  }

  get size(): number {
    return this.#items.length;
  }

  /** The least item, left where it is. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (this.#compare(items[parent] as T, item) <= 0) break;
      items[i] = items[parent] as T;
      i = parent;
    }
    items[i] = item;
  }

  /** Takes the least item out. */
  pop(): T | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (items.length > 0 && last !== undefined) this.#sink(last);
    return least;
  }

  /** Takes out every item that `matches`, in no particular order. */
  remove(matches: (item: T) => boolean): T[] {
    const kept = this.#items.filter((item) => !matches(item));
    const removed = this.#items.filter(matches);
    if (removed.length > 0) {
      this.#items.length = 0;
      for (const item of kept) this.push(item);
    }
    return removed;
  }

  /** All items in order; the heap keeps them. */
  sorted(): T[] {
    return this.#items.toSorted(this.#compare);
  }

  #sink(item: T): void {
    const items = this.#items;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1] as T, items[child] as T) < 0)
        child++;
      if (this.#compare(item, items[child] as T) <= 0) break;
      items[i] = items[child] as T;
      i = child;
    }
    items[i] = item;
  }
}
