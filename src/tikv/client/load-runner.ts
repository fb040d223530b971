// What keeps a load going: the client's timer, the pace, and how much may be unanswered.

import type { Chance } from '../../base/chance.ts';
import type { Plain } from '../../base/plain.ts';
import type { Sink } from '../outbox.ts';
import type { ClientEvent } from './event.ts';
import {
  beginLoad,
  endOf,
  nextRequest,
  turnAt,
  UNANSWERED_MAX,
  type Load,
  type RunningLoad,
} from './load.ts';
import type { RawClientRequest } from './request.ts';

export const LOAD_TIMER = 'load';

/** Operations of a client's loads are numbered far above those of commands, each client's and each life's apart. */
const PER_CLIENT = 1_000_000_000_000;
const PER_LIFE = 100_000_000;

export const firstLoadOp = (client: number, incarnation: number): number =>
  client * PER_CLIENT + incarnation * PER_LIFE;

export interface LoadRunnerParts {
  readonly sink: Sink<never, ClientEvent>;
  readonly chance: Chance;
  readonly firstOp: number;
  readonly begin: (op: number, request: RawClientRequest) => void;
  /** Operations of loads that are not answered yet. */
  readonly unanswered: () => number;
}

interface Saved {
  readonly running: RunningLoad | null;
  /** Turns that are over, taken or left out. */
  readonly turn: number;
  readonly nextOp: number;
  readonly chance: Chance;
}

export class LoadRunner {
  readonly #parts: LoadRunnerParts;
  #running: RunningLoad | null;
  #turn: number;
  #nextOp: number;

  constructor(parts: LoadRunnerParts, saved?: Plain) {
    const state = saved as unknown as Saved | undefined;
    this.#parts = parts;
    this.#running = state?.running ?? null;
    this.#turn = state?.turn ?? 0;
    this.#nextOp = state?.nextOp ?? parts.firstOp;
    if (state !== undefined) Object.assign(parts.chance, state.chance);
  }

  /** A load under way ends; the new one takes its place. */
  start(load: Load): void {
    const { sink, chance } = this.#parts;
    this.stop('replaced');
    this.#running = beginLoad(load, sink.now, chance);
    this.#turn = 0;
    sink.emit({ type: 'client/load-started', load });
    this.#wait(this.#running);
  }

  stop(why: 'stopped' | 'replaced' | 'time'): void {
    if (this.#running === null) return;
    const { sink } = this.#parts;
    sink.timer(LOAD_TIMER, null);
    const { load, done } = this.#running;
    this.#running = null;
    sink.emit({ type: 'client/load-ended', load, operations: done, why });
  }

  onTimer(): void {
    const running = this.#running;
    if (running === null) return;
    const { sink, chance, begin, unanswered } = this.#parts;
    const end = endOf(running);
    if (end !== null && sink.now >= end) return this.stop('time');
    this.#turn += 1;
    this.#wait(running);
    // Chance is drawn for a turn that is left out as well: how slow the cluster is changes no later key.
    const request = nextRequest(running, chance);
    if (unanswered() >= UNANSWERED_MAX) return;
    this.#running = { ...running, done: running.done + 1 };
    begin(this.#nextOp++, request);
  }

  #wait(running: RunningLoad): void {
    const { sink } = this.#parts;
    const end = endOf(running);
    const at = Math.max(turnAt(running, this.#turn), sink.now + 1);
    sink.timer(LOAD_TIMER, end === null ? at : Math.max(sink.now + 1, Math.min(at, end)));
  }

  save(): Plain {
    const saved: Saved = {
      running: this.#running,
      turn: this.#turn,
      nextOp: this.#nextOp,
      chance: { ...this.#parts.chance },
    };
    return saved as unknown as Plain;
  }
}
