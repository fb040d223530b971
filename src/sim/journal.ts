// The order of everything that happened, and its fingerprint. The conductor keeps no record: it numbers them, hashes
// them and hands them on; whoever shows or judges them keeps what it needs. (rules 21, 22)

import { hashDigits, hashPlain, newHash, type Hash } from '../base/hash.ts';
import type { Plain } from '../base/plain.ts';
import type { Micros } from '../tikv/ids.ts';
import type { JournalRecord, LoomEvent, RecordId } from './record.ts';

export class Journal {
  #hash: Hash = newHash();
  #count = 0;
  #batch: JournalRecord[] = [];

  get count(): number {
    return this.#count;
  }

  append(at: Micros, id: RecordId, cause: RecordId | null, event: LoomEvent): void {
    const record: JournalRecord = { n: this.#count, at, id, cause, event };
    hashPlain(this.#hash, at, 'at');
    hashPlain(this.#hash, id.node, 'node');
    hashPlain(this.#hash, id.n, 'n');
    hashPlain(this.#hash, cause, 'cause');
    hashPlain(this.#hash, event, event.type);
    this.#count += 1;
    this.#batch.push(record);
  }

  /** The records since the last call. */
  take(): JournalRecord[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  /** Sixteen digits: the fingerprint of everything so far. */
  digits(): string {
    return hashDigits(this.#hash);
  }

  save(): Plain {
    return { hash: { ...this.#hash }, count: this.#count };
  }

  static load(saved: Plain): Journal {
    const state = saved as unknown as { hash: Hash; count: number };
    const journal = new Journal();
    journal.#hash = { ...state.hash };
    journal.#count = state.count;
    return journal;
  }
}
