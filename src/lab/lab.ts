// The lab: the one door to a running cluster. It owns no time and no thread. It reads lines, gives commands to the
// conductor, moves time until something holds, and knows what is true now. The page reaches it from afar (browser), the
// command line and the tests have it in hand.
//
// What it promises about time (rule 6): while a condition waits, inputs run one at a time, and the command that follows
// stands directly after the input that met it. Calls are served in turn; a waiting condition lets others in between its
// inputs, and what they do is recorded where it was done.

import { assert, must } from '../base/assert.ts';
import { evaluate } from '../base/expression-interpreter.ts';
import { parseExpression } from '../base/expression-parser.ts';
import type { Value, Vocabulary } from '../base/expression.ts';
import type { Micros } from '../tikv/ids.ts';
import type { Command } from '../sim/command.ts';
import type { Conductor } from '../sim/conductor.ts';
import type { JournalRecord } from '../sim/record.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import { RECORDING_FORMAT, type Recording } from '../sim/recording.ts';
import { replayTo, type Cut } from '../sim/replay.ts';
import { foldRecord } from '../projections/fold.ts';
import { openOperations } from '../projections/questions.ts';
import { newestUndo } from '../projections/undo.ts';
import { clock } from '../projections/words/format.ts';
import { newWorld, type World } from '../projections/world.ts';
import { readLine } from './console.ts';
import { evaluateText, type Evaluation } from './evaluation.ts';
import { Goal, readGoal, WITHIN } from './goal.ts';
import { JournalTail } from './journal-tail.ts';
import type { Names } from './line-args.ts';
import { lookText } from './look-text.ts';
import type {
  EventsAnswer,
  IdleAnswer,
  ImportAnswer,
  LabVersion,
  RunAnswer,
  UntilAnswer,
} from './page-api.ts';
import { writeLink, type LinkMade } from './moment-link.ts';
import { printCommand } from './print-command.ts';
import { readRecording, writeRecording } from './recording-format.ts';
import { helpText } from './verbs/all.ts';
import type { Action } from './verbs/verb.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface LabOptions {
  readonly loom: string;
  readonly build: string;
  /** Somebody moves time on its own, and hears of `run`, `stop` and `speed`. */
  readonly paced?: boolean;
  /** Opens a recording that was read and is sound: in the page, as a new cluster. */
  readonly open?: (recording: Recording) => Promise<ImportAnswer>;
  /** How far the recording has been run again for a link to a past moment; null: to the end. May give the thread away. */
  readonly onLinking?: (place: Linking | null) => Promise<void>;
}

/** A recording is run again for a link: `done` of `of` microseconds. */
export interface Linking {
  readonly done: Micros;
  readonly of: Micros;
}

/** Whoever waited for a link does so no more. */
class LinkEnded extends Error {
  override readonly name = 'LinkEnded';
}

/** Inputs between two looks whether somebody else wants to be served. */
const SLICE = 256;

export class Lab {
  readonly version: LabVersion;
  readonly world: World = newWorld();
  readonly journal = new JournalTail();
  readonly #options: LabOptions;
  readonly #vocabulary: Vocabulary;
  /** What is remembered under a name, beside what the vocabulary knows. */
  readonly #bound: Record<string, () => Value> = {};
  #conductor: Conductor | null = null;
  /** The call that is being served; the next one waits for it. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #cancelled = 0;

  constructor(options: LabOptions) {
    const { loom, build } = options;
    this.version = { loom, build, recording: RECORDING_FORMAT };
    this.#options = options;
    const { world, journal } = this;
    const known = vocabularyOf({ world, journal, now: () => this.conductor.now });
    this.#vocabulary = { ...known, names: Object.assign(this.#bound, known.names) };
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
    const answer = await this.#act(read.action);
    return read.background && answer.ok && answer.kind === 'command'
      ? { ...answer, background: true }
      : answer;
  }

  async #act(action: Action): Promise<RunAnswer> {
    switch (action.type) {
      case 'nothing':
        return { ok: true, kind: 'nothing', at: this.now() };
      case 'help':
        return {
          ok: true,
          kind: 'text',
          text: helpText(action.word, this.world),
          look: { type: 'help', word: action.word },
          at: this.now(),
        };
      case 'look':
        return {
          ok: true,
          kind: 'text',
          text: lookText(action.look, { world: this.world, records: this.journal }),
          look: action.look,
          at: this.now(),
        };
      case 'pace':
        return this.#options.paced === true
          ? { ok: true, kind: 'pace', pace: action.pace, at: this.now() }
          : this.#refuse('Nobody moves time by itself here: wait and step do.');
      case 'link': {
        const { at } = action;
        const made = at === null ? this.link() : await this.linkTo({ at, records: null });
        if (!made.ok) return this.#refuse(made.reason);
        const { fragment } = made;
        return { ok: true, kind: 'link', fragment, moment: made.at / 1000, at: this.now() };
      }
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
      case 'undo':
        return this.#undo();
      case 'wait':
        await this.pass(action.for);
        return { ok: true, kind: 'time', at: this.now() };
      case 'until':
        return this.#runUntil(action);
      case 'command':
        return this.give(action.command);
    }
  }

  #refuse(reason: string): RunAnswer {
    return { ok: false, reason, from: null, to: null, at: this.now() };
  }

  /** Gives what leads back from the newest fault, one command after the other. */
  async #undo(): Promise<RunAnswer> {
    const step = newestUndo(this.world);
    if (step === null) return this.#refuse('There is nothing to take back.');
    if (step.why !== null) return this.#refuse(step.why);
    const back = step.back.slice(step.done);
    for (const command of back) {
      const given = await this.give(command);
      if (!given.ok) return given;
    }
    const text = `Taken back: ${printCommand(step.command)}\n${back.map(printCommand).join('\n')}`;
    return { ok: true, kind: 'text', text, at: this.now() };
  }

  async #runUntil({ expression, from, within }: Action & { type: 'until' }): Promise<RunAnswer> {
    const parsed = parseExpression(expression, this.#vocabulary);
    const at = this.now();
    if (!parsed.ok) {
      const { message, ...place } = parsed.problem;
      return { ok: false, reason: message, from: from + place.from, to: from + place.to, at };
    }
    const time = { now: this.conductor.now, within: within ?? WITHIN };
    const goal = new Goal(parsed.expression, this.#vocabulary, time);
    const answer = await this.reach(goal);
    return answer.met
      ? { ok: true, kind: 'time', at: answer.at }
      : { ok: false, reason: answer.why, from: null, to: null, at: answer.at };
  }

  /** Gives a command, as every button does. */
  async give(command: Command): Promise<RunAnswer> {
    return this.serve(async () => {
      const { refused } = this.world.pd;
      const before = this.journal.total;
      const given = await this.conductor.give(command);
      const at = this.now();
      const { pd } = this.world;
      // PD has taken the command and says no: that is its answer, and it stands in the recording like any other.
      if (command.type === 'pd' && pd.refused !== null && pd.refused !== refused)
        return { ok: false, reason: pd.refused.reason, from: null, to: null, at };
      if (!given.ok) return { ok: false, reason: given.reason, from: null, to: null, at };
      const told = this.journal.since(before).find(({ event }) => event.type === 'command/given');
      const record = must(told, 'the record of a command').n;
      const line = printCommand(command);
      return { ok: true, kind: 'command', line, command, record, op: given.op, at };
    });
  }

  /** Lets so much virtual time pass. */
  async pass(micros: Micros): Promise<void> {
    await this.serve(() => this.conductor.advance(this.conductor.now + micros));
  }

  async step(): Promise<{ moved: boolean; at: number }> {
    return this.serve(async () => ({ moved: await this.conductor.step(), at: this.now() }));
  }

  /** What an expression is worth now. */
  evaluate(expression: string): Evaluation {
    return evaluateText(expression, this.#vocabulary);
  }

  /** From now on expressions know this value by this name, such as `$term`. */
  bind(name: string, value: Value): void {
    assert(/^\$[A-Za-z]\w*$/.test(name), 'a bound name begins with $');
    this.#bound[name] = () => value;
  }

  /** A condition to be looked at as somebody else moves time; a text says why it cannot be. */
  goal(expression: string, within: number | string | undefined): Goal | string {
    return readGoal(expression, { vocabulary: this.#vocabulary, now: this.conductor.now, within });
  }

  /** Moves time until the expression holds. */
  async until(
    expression: string,
    options: { readonly within?: number | string } = {},
  ): Promise<UntilAnswer> {
    const goal = this.goal(expression, options.within);
    return typeof goal === 'string' ? { met: false, at: this.now(), why: goal } : this.reach(goal);
  }

  /** Moves time until the goal is settled, as fast as it goes. */
  async reach(goal: Goal): Promise<UntilAnswer> {
    const cancelled = this.#cancelled;
    while (!goal.lookAt(this.conductor.now)) {
      if (this.#cancelled === cancelled) await this.serve(() => this.#slice(goal));
      else goal.end('The waiting was ended.');
    }
    const { why } = goal.outcome;
    return why === null ? { met: true, at: this.now() } : { met: false, at: this.now(), why };
  }

  /** Some inputs, one at a time. */
  async #slice(goal: Goal): Promise<void> {
    let left = SLICE;
    await this.conductor.advance(goal.limit, () => {
      left -= 1;
      return goal.look() || left === 0;
    });
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

  /** The fragment of an address that leads to this moment. */
  link(): LinkMade {
    const recording = this.conductor.recording();
    return writeLink({ recording, hash: this.hash(), build: this.version.build });
  }

  /** The same for a past moment. Its hash is found by running the recording again up to there, in memory. */
  async linkTo(cut: Cut): Promise<LinkMade> {
    const recording = this.conductor.recording();
    const cancelled = this.#cancelled;
    if (cut.at > this.conductor.now) {
      const reason = `It is ${clock(this.conductor.now)} s: a link leads to a moment that has been.`;
      return { ok: false, reason, recording: null };
    }
    const onProgress = async ({ at }: { at: Micros }): Promise<void> => {
      await this.#options.onLinking?.({ done: Math.min(at, cut.at), of: cut.at });
      if (this.#cancelled !== cancelled) throw new LinkEnded();
    };
    try {
      const hosts = memoryHosts({ images: recording.base ?? [] });
      const then = await replayTo(recording, cut, { hosts, onProgress });
      const { build } = this.version;
      return writeLink({ recording: then.recording(), hash: then.hash(), build });
    } catch (error) {
      if (!(error instanceof LinkEnded)) throw error;
      return { ok: false, reason: 'The link was not waited for.', recording: null };
    } finally {
      await this.#options.onLinking?.(null);
    }
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
