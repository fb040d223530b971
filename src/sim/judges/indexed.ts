// A stretch of something that is numbered like a log: everything above `base`, without holes.

export class Indexed<T> {
  #base: number;
  #items: T[];

  constructor(base: number, items: readonly T[] = []) {
    this.#base = base;
    this.#items = [...items];
  }

  /** Nothing at or below it is known. */
  get base(): number {
    return this.#base;
  }

  get last(): number {
    return this.#base + this.#items.length;
  }

  at(index: number): T | undefined {
    return this.#items[index - this.#base - 1];
  }

  /** Puts an item at `index`; whatever stood there and after is gone. Beyond the end, only the item is known. */
  put(index: number, item: T): void {
    if (index > this.last + 1) this.reset(index - 1);
    else if (index <= this.#base) this.reset(index - 1);
    else this.cut(index);
    this.#items.push(item);
  }

  /** Takes out everything from `index` on. */
  cut(index: number): void {
    const kept = Math.max(0, index - this.#base - 1);
    if (kept < this.#items.length) this.#items.length = kept;
  }

  /** Forgets everything: what follows `base` comes next. */
  reset(base: number): void {
    this.#base = base;
    this.#items = [];
  }

  /** Forgets what stands at or below `index`. */
  dropTo(index: number): void {
    if (index <= this.#base) return;
    this.#items = this.#items.slice(index - this.#base);
    this.#base = index;
  }
}
