// The recording on its way to the session database: a command is durable before it is carried out, the clock follows at
// most once a second of the wall. Where the browser refuses to store, the cluster goes on, the page says so, and what is
// missing is stored with the next command. (determinism: rule 12)

import type { TimedCommand } from '../sim/recording.ts';
import type { Clock, SessionDb } from './session-db.ts';
import { reasonOf } from './stored.ts';

const CLOCK_EVERY_MS = 1000;

export interface WriteAheadOptions {
  readonly session: Pick<SessionDb, 'command' | 'clock'>;
  readonly generation: number;
  /** Commands that the database has already. */
  readonly stored: number;
  readonly onRefused: (reason: string) => void;
}

export class WriteAhead {
  readonly #options: WriteAheadOptions;
  #stored: number;
  /** Commands that could not be stored yet, from number `#stored` on. */
  #missing: TimedCommand[] = [];
  #clockWallMs: number | null = null;
  #clock: Clock | null = null;

  constructor(options: WriteAheadOptions) {
    this.#options = options;
    this.#stored = options.stored;
  }

  /** Before command number `index` is carried out. Resolves once it is durable, or once that is known to be impossible. */
  async command(timed: TimedCommand, index: number): Promise<void> {
    const { session, generation, onRefused } = this.#options;
    // It may take the place of the last one.
    this.#stored = Math.min(this.#stored, index);
    this.#missing.length = Math.min(this.#missing.length, index - this.#stored);
    this.#missing.push(timed);
    try {
      await session.command(generation, this.#stored, this.#missing);
      this.#stored = index + 1;
      this.#missing = [];
    } catch (error) {
      onRefused(reasonOf(error));
    }
  }

  /** Stores where the engine stands, as `stand` says: once a second of the wall, or at once where `now` says so. */
  clock(stand: () => Clock | null, wallMs: number, now = false): void {
    const early = this.#clockWallMs !== null && wallMs - this.#clockWallMs < CLOCK_EVERY_MS;
    if (early && !now) return;
    const clock = stand();
    if (clock === null || clock.at === this.#clock?.at) return;
    this.#clockWallMs = wallMs;
    this.#clock = clock;
    const { session, generation, onRefused } = this.#options;
    // Nobody waits for it: an older clock only means that a little less is run again.
    session.clock(generation, clock).catch((error: unknown) => onRefused(reasonOf(error)));
  }
}
