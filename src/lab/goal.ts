// A condition that time is moved towards: looked at after every input, settled when it holds, when it cannot be answered,
// or when its time is over. Who moves time looks at it; the lab as fast as it goes, the page as fast as it shows.

import { evaluate, isTrue } from '../base/expression-interpreter.ts';
import { parseExpression } from '../base/expression-parser.ts';
import type { Expression, Vocabulary } from '../base/expression.ts';
import type { Micros } from '../tikv/ids.ts';
import { duration } from '../projections/words/format.ts';
import { durationOf } from './line-args.ts';

/** How long a condition may wait where nothing is said. */
export const WITHIN: Micros = 30_000_000;
const WITHIN_MAX: Micros = 86_400_000_000;

interface GoalOptions {
  readonly vocabulary: Vocabulary;
  readonly now: Micros;
  /** Milliseconds, or a duration. */
  readonly within: number | string | undefined;
}

/** A goal from what somebody wrote; a text says what is wrong with it. */
export function readGoal(text: string, options: GoalOptions): Goal | string {
  const { vocabulary, now } = options;
  const within = withinOf(options.within);
  if (within === null)
    return '`within` is a number of milliseconds or a duration such as 5s, at most a day.';
  const parsed = parseExpression(text, vocabulary);
  if (!parsed.ok) return placed(parsed.problem);
  return new Goal(parsed.expression, vocabulary, { now, within });
}

export class Goal {
  /** The instant at which it is given up. */
  readonly limit: Micros;
  readonly #expression: Expression;
  readonly #vocabulary: Vocabulary;
  readonly #within: Micros;
  /** Null: it holds. */
  #why: string | null = null;
  #settled = false;

  constructor(
    expression: Expression,
    vocabulary: Vocabulary,
    { now, within }: { readonly now: Micros; readonly within: Micros },
  ) {
    this.#expression = expression;
    this.#vocabulary = vocabulary;
    this.#within = within;
    this.limit = now + within;
  }

  /** After an input: true where there is nothing left to wait for. */
  look(): boolean {
    if (this.#settled) return true;
    const result = evaluate(this.#expression, this.#vocabulary);
    if (!result.ok) this.end(placed(result.problem));
    else if (isTrue(result.value)) this.#settled = true;
    return this.#settled;
  }

  /** After a stretch of time that ended at `now`: the same, and it is given up where its time is over. */
  lookAt(now: Micros): boolean {
    if (!this.look() && now >= this.limit)
      this.end(`It did not come about within ${duration(this.#within)}.`);
    return this.#settled;
  }

  /** Nobody waits for it any more. */
  end(why: string): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#why = why;
  }

  /** `why` is null where it holds. */
  get outcome(): { readonly settled: boolean; readonly why: string | null } {
    return { settled: this.#settled, why: this.#why };
  }
}

const placed = ({ message, from }: { readonly message: string; readonly from: number }): string =>
  `${message} (at character ${from + 1})`;

/** Microseconds; null where it is no time to wait. */
function withinOf(within: number | string | undefined): Micros | null {
  if (within === undefined) return WITHIN;
  const micros = typeof within === 'number' ? Math.round(within * 1000) : durationOf(within);
  return micros !== null && micros >= 0 && micros <= WITHIN_MAX ? micros : null;
}
