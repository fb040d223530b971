// The page's clock: animation frames become stretches that the engine is asked for, one at a time; what a busy engine had
// no time for is asked for with the next. A hidden page moves nothing, and coming back jumps nowhere.

import type { Micros } from '../tikv/ids.ts';
import {
  addStretch,
  behindOf,
  NO_LAG,
  noteLag,
  paceFrame,
  STANDING,
  type Lag,
  type Stretch,
} from './pace.ts';
import type { Speed } from './session-types.ts';

const NOTHING: Stretch = { by: 0, idleBy: 0 };

export interface ClockSettings {
  readonly speed: Speed;
  readonly autoPace: boolean;
}

export class FrameClock {
  readonly #pump: (stretch: Stretch | 'max') => Promise<void>;
  #pace = STANDING;
  /** What frames asked for while the engine was busy. */
  #due = NOTHING;
  #lag: Lag = NO_LAG;
  #reached: Micros = 0;
  #pumping: Promise<void> | null = null;

  constructor(pump: (stretch: Stretch | 'max') => Promise<void>) {
    this.#pump = pump;
  }

  /** How many times slower than asked time passes. */
  get behind(): number {
    return behindOf(this.#lag);
  }

  /** Resolves when the engine owes no answer to a frame. */
  async settled(): Promise<void> {
    await this.#pumping;
  }

  /** Time stands still: what was due is let go of. */
  stand(): void {
    this.#pace = STANDING;
    this.#due = NOTHING;
    this.#lag = NO_LAG;
  }

  /** One frame at `wallMs`; the engine has come to `reached`. */
  frame(wallMs: number, reached: Micros, { speed, autoPace }: ClockSettings): void {
    if (speed === 'max') {
      this.stand();
      this.#send('max');
      return;
    }
    const standing = this.#pace.wallMs === null;
    const { state, stretch } = paceFrame(this.#pace, wallMs, { speed, autoPace });
    this.#pace = state;
    if (!standing) this.#lag = noteLag(this.#lag, stretch.by, Math.max(0, reached - this.#reached));
    this.#reached = reached;
    this.#due = addStretch(this.#due, stretch, { speed, autoPace });
    if (this.#pumping !== null || this.#due.by === 0) return;
    const due = this.#due;
    this.#due = NOTHING;
    this.#send(due);
  }

  #send(stretch: Stretch | 'max'): void {
    if (this.#pumping !== null) return;
    this.#pumping = this.#pump(stretch).finally(() => {
      this.#pumping = null;
    });
  }
}
