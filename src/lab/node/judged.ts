// What becomes of a run besides its hash: what the judges say of the journal, and what the clients were told, in the order
// in which one could have told them.

import { Bench } from '../../sim/judges/bench.ts';
import { ClientHistory, historyText } from '../../sim/judges/history.ts';
import { checkLinearizable } from '../../sim/judges/linearizable.ts';
import type { JournalRecord } from '../../sim/record.ts';
import { clock, plural } from '../../projections/words/format.ts';

/** Looks at one journal, records as they come. */
export class Judged {
  readonly #bench = new Bench();
  readonly #history = new ClientHistory();

  take(records: readonly JournalRecord[]): void {
    this.#bench.observe(records);
    this.#history.observe(records);
  }

  /** The history as a file: see README.md. */
  history(): string {
    return historyText(this.#history.entries());
  }

  /**
   * What is said of the run, line by line; `broken` where a promise of the database was. `fromEmpty` is false where the
   * cluster began with something on its disks.
   */
  words(fromEmpty: boolean): { readonly lines: readonly string[]; readonly broken: boolean } {
    const verdicts = this.#bench.verdicts();
    const lines: string[] = [];
    for (const { id, name, violation } of verdicts) {
      if (violation === undefined) continue;
      const { at, record, text, witnesses } = violation;
      const shown = witnesses.map(({ node, n }) => `${node}#${n}`).join(', ');
      lines.push(`${id} ${name} is broken at ${clock(at)}, record ${record}: ${text}`);
      lines.push(`  seen in ${shown}`);
    }
    const holding = verdicts.filter((verdict) => verdict.holds).length;
    lines.push(`judges ${holding} of ${verdicts.length} hold`);
    const order = checkLinearizable(this.#history.entries(), { fromEmpty });
    const operations = plural(this.#history.entries().length, 'operation');
    if (order.verdict === 'violated') lines.push(`history ${operations}: ${order.text}`);
    else if (order.verdict === 'undecided')
      lines.push(`history ${operations}: too many orders to try them all`);
    else lines.push(`history ${operations}: linearizable`);
    const broken = holding < verdicts.length || order.verdict === 'violated';
    return { lines, broken };
  }
}
