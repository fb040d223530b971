// The appends on their way to one peer: the last index of each, oldest first.   (TiKV: raft-rs tracker/inflights.rs)
// The window may be as large as 2^31 - 1, so nothing is reserved ahead.

export class Inflights {
  #ends: number[] = [];
  #head = 0;
  #window: number;

  constructor(window: number) {
    this.#window = window;
  }

  get count(): number {
    return this.#ends.length - this.#head;
  }

  get window(): number {
    return this.#window;
  }

  /** A smaller window takes hold as acknowledgements come in. */
  setWindow(window: number): void {
    this.#window = window;
  }

  full(): boolean {
    return this.#ends.length - this.#head >= this.#window;
  }

  add(end: number): void {
    this.#ends.push(end);
  }

  /** An acknowledgement of `index` ends every append up to it. */
  freeTo(index: number): void {
    const ends = this.#ends;
    let head = this.#head;
    while (head < ends.length && (ends[head] as number) <= index) head++;
    this.#head = head;
    if (head === ends.length) this.reset();
    else if (head > 64 && head * 2 > ends.length) {
      this.#ends = ends.slice(head);
      this.#head = 0;
    }
  }

  freeFirst(): void {
    const first = this.#ends[this.#head];
    if (first !== undefined) this.freeTo(first);
  }

  reset(): void {
    if (this.#ends.length > 0) this.#ends = [];
    this.#head = 0;
  }

  save(): number[] {
    return this.#ends.slice(this.#head);
  }

  load(ends: readonly number[]): void {
    this.#ends = ends.slice();
    this.#head = 0;
  }
}
