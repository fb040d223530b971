// What a command caused first: the lines of what followed from its record, directly or by way of others. Each record of the
// journal is looked at once, as it comes; after a few lines, or a while, nobody looks any more.

import type { Micros } from '../tikv/ids.ts';
import { lineOfRecord, type Told } from './causes.ts';
import type { Line } from './words/line.ts';

/** Lines that are told, beside the command's own. */
const MOST = 3;
/** How long one looks: records, and virtual time after the command. */
const AHEAD = 6000;
const WITHIN: Micros = 10_000_000;

export class Consequences {
  /** The line of the command itself, or of its client, who asks for it; null: it has none. */
  own: Line | null = null;
  /** What followed, first things first. */
  readonly lines: Line[] = [];
  /** Nothing is looked for any more. */
  done = false;
  readonly #first: number;
  #next: number;
  #began: Micros | null = null;
  readonly #reached = new Set<number>();

  /** `n`: the number of the `command/given` record. */
  constructor(n: number) {
    this.#first = n;
    this.#next = n;
  }

  /** Looks at what has come since the last time; true where a line was found. */
  look(told: Told): boolean {
    const { kept, numbers } = told;
    const before = this.lines.length + (this.own === null ? 0 : 1);
    const first = kept[0]?.n ?? 0;
    if (this.#next < first) this.done = true;
    while (!this.done) {
      const record = kept[this.#next - first];
      if (record === undefined) break;
      this.#next += 1;
      this.#began ??= record.at;
      const cause = record.cause === null ? null : numbers.of(record.cause);
      const follows = cause !== null && this.#reached.has(cause);
      if (follows || record.n === this.#first) this.#take(told, record.n);
      const late = record.at - this.#began > WITHIN || this.#next - this.#first > AHEAD;
      if (late || this.lines.length === MOST) this.done = true;
    }
    return this.lines.length + (this.own === null ? 0 : 1) > before;
  }

  #take({ lines, kept }: Told, n: number): void {
    this.#reached.add(n);
    const line = lineOfRecord(lines, n);
    // Counted heartbeats are not of this command alone.
    if (line === null || line.glyph === 'heartbeats' || line.glyph === 'overdue') return;
    const { event } = kept[n - (kept[0]?.n ?? 0)] ?? {};
    const isOwn = event?.type === 'command/given' || event?.type === 'client/op-started';
    if (isOwn && this.own === null && this.lines.length === 0) this.own = line;
    else if (this.lines.at(-1) !== line) this.lines.push(line);
  }
}
