// The newest records, kept on the page for whoever begins to listen late. Bounded: older ones are let go of.
// (determinism: rule 22)

import type { JournalRecord } from '../sim/record.ts';
import type { Micros } from '../tikv/ids.ts';
import type { RecordListener } from './session-types.ts';

export const RECORDS_KEPT = 200_000;

export class PageJournal {
  readonly #listeners = new Set<RecordListener>();
  #records: JournalRecord[] = [];
  #reached: Micros = 0;

  /** The instant that the engine has reached. */
  get reached(): Micros {
    return this.#reached;
  }

  /** What is kept, in order; the last is the newest record. */
  get kept(): readonly JournalRecord[] {
    return this.#records;
  }

  reset(): void {
    this.#records = [];
    this.#reached = 0;
    for (const listener of this.#listeners) listener.reset();
  }

  take(batch: readonly JournalRecord[], reached: Micros): void {
    for (const record of batch) this.#records.push(record);
    // Cut in pieces: taking a few from the front each time would move all the others.
    const tooMany = this.#records.length - RECORDS_KEPT;
    if (tooMany > RECORDS_KEPT / 4) this.#records = this.#records.slice(tooMany);
    this.#reached = reached;
    for (const listener of this.#listeners) listener.records(batch, reached);
  }

  /** Everything that is kept, then each batch as it comes; the answer ends it. */
  listen(listener: RecordListener): () => void {
    this.#listeners.add(listener);
    listener.reset();
    listener.records(this.#records.slice(-RECORDS_KEPT), this.#reached);
    return () => this.#listeners.delete(listener);
  }
}
