// A recording that is watched as it happens again: its commands are given where they stand, as time gets there, and time
// stops at its end. (determinism: rule 5, "the next recorded command")

import type { Conductor } from '../sim/conductor.ts';
import { compareKeys, justAfter, startOf, type InputKey } from '../sim/key.ts';
import type { Recording } from '../sim/recording.ts';
import type { Micros } from '../tikv/ids.ts';

type Stand = { readonly at: Micros; readonly after: InputKey | null };

export class Playback {
  readonly #conductor: Conductor;
  readonly #recording: Recording;
  #given = 0;

  constructor(conductor: Conductor, recording: Recording) {
    this.#conductor = conductor;
    this.#recording = recording;
  }

  /** Runs everything up to the instant `to`, the recording's commands among it. True: its end is reached. */
  async advance(to: Micros): Promise<boolean> {
    for (;;) {
      const next = this.#next();
      if (next === null) return true;
      if (next.at > to) break;
      await this.#goTo(next);
      if (!(await this.#giveNext())) return true;
    }
    await this.#conductor.advance(to);
    return false;
  }

  /** The instant of the next command, or of the end. Null: the end was reached. */
  nextAt(): Micros | null {
    return this.#next()?.at ?? null;
  }

  /** One input, or one command where that is next. True: the end is reached. */
  async step(): Promise<boolean> {
    const next = this.#next();
    if (next === null) return true;
    const ran = this.#conductor.recording().end?.after ?? null;
    const there = next.after === null || (ran !== null && compareKeys(ran, next.after) >= 0);
    if (!there) {
      await this.#conductor.step();
      return false;
    }
    this.#conductor.moveTo(next.at);
    return !(await this.#giveNext());
  }

  /** The next command, or the end. Null: the end was reached. */
  #next(): Stand | null {
    const { commands, end } = this.#recording;
    return this.#given > commands.length ? null : (commands[this.#given] ?? end);
  }

  async #goTo(stand: Stand): Promise<void> {
    await this.#conductor.advanceBefore(stand.after === null ? startOf(0) : justAfter(stand.after));
    this.#conductor.moveTo(stand.at);
  }

  /** False: there was none any more, or it cannot be done here; this is the end. */
  async #giveNext(): Promise<boolean> {
    const timed = this.#recording.commands[this.#given];
    this.#given = timed === undefined ? Number.POSITIVE_INFINITY : this.#given + 1;
    return timed !== undefined && (await this.#conductor.give(timed.command)).ok;
  }
}
