// The judges of a cluster that runs on a page: they take every record, and say where a promise of the database is broken.
// While a rule is broken on purpose they are on guard: then time is moved input by input, so that it stops directly after
// the one that broke a promise. (determinism: rule 6)

import { Bench } from '../sim/judges/bench.ts';
import type { Violation } from '../sim/judges/judge.ts';
import { sameId } from '../sim/record-id.ts';
import type { JournalRecord } from '../sim/record.ts';
import type { Objection } from './session-types.ts';

function witnessesOf({ witnesses }: Violation, known: readonly JournalRecord[]): JournalRecord[] {
  const found = witnesses.map((id) => known.findLast((record) => sameId(record.id, id)));
  return found.filter((record) => record !== undefined);
}

export class Judging {
  readonly #bench = new Bench();
  readonly #broken = new Set<string>();
  #violations: readonly Objection[] = [];

  /** What was found so far, oldest first; a new list where it has grown. At most one of each judge. */
  get violations(): readonly Objection[] {
    return this.#violations;
  }

  /** A rule is broken on purpose. */
  get onGuard(): boolean {
    return this.#broken.size > 0;
  }

  /**
   * The next records of the journal, in order and without a gap; `kept` gives the newest ones, these among them. True: a
   * promise was broken in them.
   */
  take(records: readonly JournalRecord[], kept: () => readonly JournalRecord[]): boolean {
    for (const { event } of records) {
      if (event.type === 'world/started')
        for (const rule of event.cluster.broken ?? []) this.#broken.add(rule);
      if (event.type !== 'command/given' || event.command.type !== 'mutate') continue;
      if (event.command.on) this.#broken.add(event.command.rule);
      else this.#broken.delete(event.command.rule);
    }
    const found = this.#bench.observe(records);
    if (found.length === 0) return false;
    const known = kept();
    const objections = found.map((violation) => {
      return { violation, witnesses: witnessesOf(violation, known) };
    });
    this.#violations = [...this.#violations, ...objections];
    return true;
  }
}
