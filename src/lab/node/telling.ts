// What the commands of a script cause first, told as it comes: under the line that made time pass.

import { RecordNumbers } from '../../projections/causes.ts';
import { Consequences } from '../../projections/consequences.ts';
import { listRecord, newEventList } from '../../projections/words/event-list.ts';
import { clock } from '../../projections/words/format.ts';
import { lineText, type Line } from '../../projections/words/line.ts';
import type { JournalRecord } from '../../sim/record.ts';
import type { Lab } from '../lab.ts';
import type { RunAnswer } from '../page-api.ts';

interface Open {
  readonly record: number;
  readonly line: string;
  readonly what: Consequences;
  /** Its own line says more than what was typed, but where a client asks for it. */
  readonly tellsOwn: boolean;
  /** Lines that have been told. */
  told: number;
}

export class Telling {
  readonly #list = newEventList();
  readonly #numbers = new RecordNumbers();
  #open: Open[] = [];

  /** Before the lab folds the record: lines are told of the world before it. */
  take({ world }: Lab, record: JournalRecord): void {
    this.#numbers.take(record);
    listRecord(this.#list, world, record);
  }

  /** From now on this command is followed. */
  follow({ record, line, op }: Extract<RunAnswer, { kind: 'command' }>): void {
    this.#open.push({
      record,
      line,
      tellsOwn: op === null,
      what: new Consequences(record),
      told: 0,
    });
  }

  /** What has followed since the last time, from whatever is followed, in the journal's order. */
  news({ journal }: Lab): string[] {
    const [oldest] = this.#open;
    if (oldest === undefined) return [];
    const told = {
      lines: this.#list.lines,
      numbers: this.#numbers,
      kept: journal.since(oldest.record),
    };
    const found = this.#open.flatMap((open) => {
      open.what.look(told);
      const { own, lines } = open.what;
      const fresh = [...(open.tellsOwn && own !== null ? [own] : []), ...lines].slice(open.told);
      open.told += fresh.length;
      return fresh.map((line): [Line, string] => [line, open.line]);
    });
    this.#open = this.#open.filter(({ what }) => !what.done);
    return found
      .toSorted(([a], [b]) => a.n - b.n)
      .map(([line, of]) => `           ${clock(line.at)}  ${lineText(line)}  (${of})`);
  }
}
