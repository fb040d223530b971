// Ids that nobody ever had. PD takes them from its disk a thousand at a time, and gives none before the disk has noted
// that they are taken. (PD: pkg/id/id.go)

/** Ids that PD takes from its disk at a time. */
const STEP = 1000;
/** The next thousand is taken while so many are left, so that operators need not wait for the disk. */
const LEFT_MIN = 200;

export interface SavedIds {
  readonly next: number;
  readonly bound: number;
  readonly durable: number;
}

export class IdAllocator {
  #next: number;
  /** Ids below this are, or will be, noted on the disk. */
  #bound: number;
  /** Ids below this are noted. */
  #durable: number;
  readonly #write: (bound: number) => void;

  constructor(write: (bound: number) => void, saved: SavedIds = { next: 0, bound: 0, durable: 0 }) {
    this.#write = write;
    this.#next = saved.next;
    this.#bound = saved.bound;
    this.#durable = saved.durable;
  }

  /** After a start: whatever is below the bound may have been given. */
  begin(bound: number): void {
    this.#next = this.#bound = this.#durable = bound;
  }

  /** Notes the first ids, before anybody asks. */
  prepare(): void {
    if (this.#next + LEFT_MIN > this.#bound) this.#extend();
  }

  /** `count` ids for an answer that waits for the disk. */
  take(count: number): number[] {
    const ids = Array.from({ length: count }, (_, i) => this.#next + i);
    this.#next += count;
    if (this.#next > this.#bound) this.#extend();
    return ids;
  }

  /** An id for something that waits for nothing; null: the disk has none noted at this moment. */
  takeNoted(): number | null {
    this.prepare();
    if (this.#next >= this.#durable) return null;
    return this.#next++;
  }

  #extend(): void {
    this.#bound = this.#next + STEP;
    this.#write(this.#bound);
  }

  /** Everything that was written is durable. */
  allDurable(): void {
    this.#durable = this.#bound;
  }

  save(): SavedIds {
    return { next: this.#next, bound: this.#bound, durable: this.#durable };
  }
}
