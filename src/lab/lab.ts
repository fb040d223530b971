// The lab: the one door to a running cluster. It owns no time and no thread. It reads lines, gives commands to the
// conductor, moves time until something holds, and knows what is true now. The page reaches it from afar (browser), the
// command line and the tests have it in hand.
//
// What it promises about time (rule 6): while a condition waits, inputs run one at a time, and the command that follows
// stands directly after the input that met it. Calls are served in turn; a waiting condition lets others in between its
// inputs, and what they do is recorded where it was done.

import { assert, must } from '../base/assert.ts';
import { evaluate, isTrue } from '../base/expression-interpreter.ts';
import { parseExpression } from '../base/expression-parser.ts';
import type { Expression, Vocabulary } from '../base/expression.ts';
import type { Micros } from '../tikv/ids.ts';
import type { Command } from '../sim/command.ts';
import type { Conductor } from '../sim/conductor.ts';
import type { JournalRecord } from '../sim/record.ts';
import { RECORDING_FORMAT, type Recording } from '../sim/recording.ts';
import { foldRecord } from '../projections/fold.ts';
import { openOperations } from '../projections/questions.ts';
import { locksText, mvccText, transactionsText } from '../projections/words/explain-versions.ts';
import { duration } from '../projections/words/format.ts';
import { newWorld, type World } from '../projections/world.ts';
import { readLine } from './console.ts';
import { JournalTail } from './journal-tail.ts';
import { durationOf, type Names } from './line-args.ts';
import type {
  EventsAnswer,
  IdleAnswer,
  ImportAnswer,
  LabVersion,
  RunAnswer,
  UntilAnswer,
} from './page-api.ts';
import { printCommand } from './print-command.ts';
import { readRecording, writeRecording } from './recording-format.ts';
import { helpText } from './verbs/all.ts';
import { settingsText } from './verbs/raft.ts';
import type { Action, Look } from './verbs/verb.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface LabOptions {
  readonly loom: string;
  readonly build: string;
  /** Opens a recording that was read and is sound: in the page, as a new cluster. */
  readonly open?: (recording: Recording) => Promise<ImportAnswer>;
}

/** How long a condition may wait where nothing is said. */
const WITHIN: Micros = 30_000_000;
const WITHIN_MAX: Micros = 86_400_000_000;
/** Inputs between two looks whether somebody else wants to be served. */
const SLICE = 256;

export class Lab {
  readonly version: LabVersion;
  readonly world: World = newWorld();
  readonly journal = new JournalTail();
  readonly #options: LabOptions;
  readonly #vocabulary: Vocabulary;
  #conductor: Conductor | null = null;
  /** The call that is being served; the next one waits for it. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #cancelled = 0;

  constructor(options: LabOptions) {
    const { loom, build } = options;
    this.version = { loom, build, recording: RECORDING_FORMAT };
    this.#options = options;
    this.#vocabulary = vocabularyOf({
      world: this.world,
      journal: this.journal,
      now: () => this.conductor.now,
    });
  }

  /** The conductor's `onRecords`: everything that happened, in order, from the first record on. */
  take(records: readonly JournalRecord[]): void {
    for (const record of records) {
      foldRecord(this.world, record);
      this.journal.take(record);
    }
  }

  /** From here on the lab serves this conductor, whose records it has been taking. */
  attach(conductor: Conductor): void {
    assert(conductor.records === this.world.records, 'a lab takes every record of its conductor');
    this.#conductor = conductor;
  }

  get conductor(): Conductor {
    return must(this.#conductor, 'a conductor');
  }

  /** Serves one call after the other. Whoever drives the conductor beside the lab (pace, step) does it in here. */
  async serve<T>(work: () => Promise<T> | T): Promise<T> {
    this.#waiting += 1;
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends every condition that waits now, unmet. */
  cancel(): void {
    this.#cancelled += 1;
  }

  /** Milliseconds of virtual time. */
  now(): number {
    return this.conductor.now / 1000;
  }

  hash(): string {
    return this.conductor.hash();
  }

  state(): World {
    return this.world;
  }

  events(since = 0): EventsAnswer {
    return {
      first: this.journal.first,
      next: this.journal.total,
      records: this.journal.since(since),
    };
  }

  /** One console line. See page-api.ts for what it answers. */
  async run(line: string): Promise<RunAnswer> {
    const read = readLine(line, this.names());
    if (!read.ok)
      return { ok: false, reason: read.reason, from: read.from, to: read.to, at: this.now() };
    return this.#act(read.action);
  }

  async #act(action: Action): Promise<RunAnswer> {
    switch (action.type) {
      case 'nothing':
        return { ok: true, kind: 'nothing', at: this.now() };
      case 'help':
        return { ok: true, kind: 'text', text: helpText(action.word), at: this.now() };
      case 'look':
        return {
          ok: true,
          kind: 'text',
          text: this.#look(action.look),
          look: action.look,
          at: this.now(),
        };
      case 'step': {
        const { moved, at } = await this.step();
        return moved
          ? { ok: true, kind: 'time', at }
          : {
              ok: false,
              reason: 'Nothing will ever happen here again: start a node first.',
              from: null,
              to: null,
              at,
            };
      }
      case 'wait':
        await this.pass(action.for);
        return { ok: true, kind: 'time', at: this.now() };
      case 'until':
        return this.#runUntil(action);
      case 'command':
        return this.give(action.command);
    }
  }

  #look(look: Look): string {
    switch (look.type) {
      case 'versions':
        return mvccText(this.world, look.key);
      case 'locks':
        return locksText(this.world, look.from, look.to);
      case 'transactions':
        return transactionsText(this.world, look.name);
      case 'settings':
        return settingsText(this.world.settings, look.name);
    }
  }

  async #runUntil({ expression, from, within }: Action & { type: 'until' }): Promise<RunAnswer> {
    const parsed = parseExpression(expression, this.#vocabulary);
    const at = this.now();
    if (!parsed.ok) {
      const { message, ...place } = parsed.problem;
      return { ok: false, reason: message, from: from + place.from, to: from + place.to, at };
    }
    const answer = await this.#until(parsed.expression, within ?? WITHIN);
    return answer.met
      ? { ok: true, kind: 'time', at: answer.at }
      : { ok: false, reason: answer.why, from: null, to: null, at: answer.at };
  }

  /** Gives a command, as every button does. */
  async give(command: Command): Promise<RunAnswer> {
    return this.serve(async () => {
      const given = await this.conductor.give(command);
      const at = this.now();
      return given.ok
        ? { ok: true, kind: 'command', line: printCommand(command), command, op: given.op, at }
        : { ok: false, reason: given.reason, from: null, to: null, at };
    });
  }

  /** Lets so much virtual time pass. */
  async pass(micros: Micros): Promise<void> {
    await this.serve(() => this.conductor.advance(this.conductor.now + micros));
  }

  async step(): Promise<{ moved: boolean; at: number }> {
    return this.serve(async () => ({ moved: await this.conductor.step(), at: this.now() }));
  }

  /** Moves time until the expression holds. */
  async until(
    expression: string,
    options: { readonly within?: number | string } = {},
  ): Promise<UntilAnswer> {
    const within = withinOf(options.within);
    if (within === null)
      return {
        met: false,
        at: this.now(),
        why: '`within` is a number of milliseconds or a duration such as 5s, at most a day.',
      };
    const parsed = parseExpression(expression, this.#vocabulary);
    if (parsed.ok) return this.#until(parsed.expression, within);
    return {
      met: false,
      at: this.now(),
      why: `${parsed.problem.message} (at character ${parsed.problem.from + 1})`,
    };
  }

  async #until(expression: Expression, within: Micros): Promise<UntilAnswer> {
    const limit = this.conductor.now + within;
    const cancelled = this.#cancelled;
    const watch = this.#watch(expression);
    if (watch.holds()) return { met: true, at: this.now() };
    for (;;) {
      if (watch.problem !== null) return { met: false, at: this.now(), why: watch.problem };
      if (this.#cancelled !== cancelled)
        return { met: false, at: this.now(), why: 'The waiting was ended.' };
      const met = await this.serve(() => this.#slice(watch, limit));
      if (met) return { met: true, at: this.now() };
      if (watch.problem === null && this.conductor.now >= limit)
        return {
          met: false,
          at: this.now(),
          why: `It did not come about within ${duration(within)}.`,
        };
    }
  }

  /** Some inputs, one at a time; true where one of them met the condition. */
  async #slice(watch: Watch, limit: Micros): Promise<boolean> {
    let left = SLICE;
    let met = false;
    await this.conductor.advance(limit, () => {
      met = watch.holds();
      left -= 1;
      return met || watch.problem !== null || left === 0;
    });
    return met || watch.holds();
  }

  #watch(expression: Expression): Watch {
    const watch: Watch = {
      problem: null,
      holds: () => {
        const result = evaluate(expression, this.#vocabulary);
        if (!result.ok)
          watch.problem = `${result.problem.message} (at character ${result.problem.from + 1})`;
        return result.ok && isTrue(result.value);
      },
    };
    return watch;
  }

  /** Whether the lab has nothing left to wait for. The page adds what it has yet to draw. */
  idle(): IdleAnswer {
    if (this.#waiting > 0)
      return { idle: false, why: 'A command is being carried out, or a condition waits.' };
    const open = openOperations(this.world)[0];
    if (open === undefined) return { idle: true };
    const more = openOperations(this.world).length - 1;
    const others = more === 0 ? '' : ` (and ${more} more)`;
    return { idle: false, why: `Operation ${open.op} of ${open.client} is open${others}.` };
  }

  /** The recording as canonical JSON text. */
  export(): string {
    return writeRecording(this.conductor.recording());
  }

  async import(recording: unknown): Promise<ImportAnswer> {
    const read = readRecording(recording);
    if (!read.ok) return read;
    if (this.#options.open === undefined)
      return { ok: false, reason: 'This lab cannot open another recording.' };
    return this.#options.open(read.recording);
  }

  names(): Names {
    return {
      nodes: Object.keys(this.world.nodes),
      regions: Object.keys(this.world.regions).map(Number),
      value: (expression) => this.#nameMeant(expression),
    };
  }

  /** `kill {leader('r1')}`: the name that an expression stands for at this moment. What is recorded is the name. */
  #nameMeant(expression: string): { text: string } | { problem: string } {
    const parsed = parseExpression(expression, this.#vocabulary);
    const result = parsed.ok ? evaluate(parsed.expression, this.#vocabulary) : parsed;
    if (!result.ok) return { problem: result.problem.message };
    const { value } = result;
    if (typeof value === 'string' || typeof value === 'number') return { text: `${value}` };
    return { problem: `\`${expression}\` names nothing at this moment.` };
  }
}

interface Watch {
  problem: string | null;
  holds(): boolean;
}

/** Microseconds; null where it is no time to wait. */
function withinOf(within: number | string | undefined): Micros | null {
  if (within === undefined) return WITHIN;
  const micros = typeof within === 'number' ? Math.round(within * 1000) : durationOf(within);
  return micros !== null && micros >= 0 && micros <= WITHIN_MAX ? micros : null;
}
