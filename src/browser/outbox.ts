// Records on their way to the page: in batches, one for each pump, and while a long call runs, about thirty a second.

import type { JournalRecord } from '../sim/record.ts';
import type { Micros } from '../tikv/ids.ts';
import type { News } from './protocol.ts';

const EVERY_MS = 33;
/** A batch is never longer: one message that takes the page a blink to fold. */
const LONGEST = 5000;

export class Outbox {
  readonly #post: (news: News) => void;
  readonly #wallMs: () => number;
  #batch: JournalRecord[] = [];
  #reached: Micros | null = null;
  #postedMs = 0;

  constructor(post: (news: News) => void, wallMs: () => number) {
    this.#post = post;
    this.#wallMs = wallMs;
  }

  /** Another history begins; what was not posted yet belongs to the last one. */
  reset(): void {
    this.#batch = [];
    this.#reached = null;
    this.#post({ news: 'reset' });
  }

  take(records: readonly JournalRecord[]): void {
    this.#batch.push(...records);
    const late = this.#wallMs() - this.#postedMs >= EVERY_MS;
    const last = this.#batch.at(-1);
    if (last !== undefined && (late || this.#batch.length >= LONGEST)) this.flush(last.at);
  }

  /** Posts what there is, and that the engine stands at `reached`; nothing where that is known. */
  flush(reached: Micros): void {
    const batch = this.#batch;
    if (batch.length === 0 && this.#reached !== null && reached <= this.#reached) return;
    this.#reached = Math.max(reached, this.#reached ?? 0);
    this.#batch = [];
    this.#postedMs = this.#wallMs();
    this.#post({ news: 'records', batch, reached: this.#reached });
  }
}
