// What must hold of a storm, read from the journal alone: what every judge says, no bug of ours, and one order that
// explains what the clients were told.

import { Bench } from '../sim/judges/bench.ts';
import { ClientHistory } from '../sim/judges/history.ts';
import { checkLinearizable } from '../sim/judges/linearizable.ts';
import type { JournalRecord } from '../sim/record.ts';

/** A broken promise, in one sentence. */
export type Breach = string;

export interface StormVerdict {
  readonly breaches: readonly Breach[];
  /** Too many orders were possible to try them all: neither right nor wrong. */
  readonly undecided: boolean;
}

/** Looks at one journal, records as they come. */
export class StormChecks {
  readonly #bench = new Bench();
  readonly #history = new ClientHistory();
  readonly #breaches: Breach[] = [];

  take(records: readonly JournalRecord[]): void {
    this.#history.observe(records);
    for (const { judge, record, text } of this.#bench.observe(records))
      this.#breaches.push(`${judge} at record ${record}: ${text}`);
    for (const { n, event } of records) {
      if (event.type === 'node/panicked')
        this.#breaches.push(
          `record ${n}: ${event.node} stopped with an error of ours: ${event.message}`,
        );
    }
  }

  /** What is known now that all is over. */
  verdict(): StormVerdict {
    const order = checkLinearizable(this.#history.entries());
    const breaches = [...this.#breaches];
    if (order.verdict === 'violated') breaches.push(order.text);
    return { breaches, undecided: order.verdict === 'undecided' };
  }
}
