// How quickly virtual time passes: from the wall time of animation frames to instants that the engine is asked for. Pure;
// the wall's time comes in as an argument.

import type { Micros } from '../tikv/ids.ts';

/** A frame that comes later than this counts as this long: no jump after a hiccup or a hidden tab. */
export const LONGEST_FRAME_MS = 100;
/** How much faster time passes while nothing is under way, with auto pace on. */
export const AUTO_FACTOR = 10;
/** 1 s = 250 ms. */
export const OPENING_SPEED: Micros = 250_000;

/** How far the engine may go for one frame. */
export interface Stretch {
  /** It is asked for this much in any case. */
  readonly by: Micros;
  /** And for this much where nothing is under way, stopping when something is. At least `by`. */
  readonly idleBy: Micros;
}

export interface PaceState {
  /** The last frame's time stamp; null: time stood still until now. */
  readonly wallMs: number | null;
  /** Virtual time that was due, less than a microsecond. */
  readonly rest: number;
}

export const STANDING: PaceState = { wallMs: null, rest: 0 };

export interface PaceSettings {
  readonly speed: Micros;
  readonly autoPace: boolean;
}

/** What a frame at `wallMs` asks for, and the state after it. The first frame after standing still asks for nothing. */
export function paceFrame(
  state: PaceState,
  wallMs: number,
  { speed, autoPace }: PaceSettings,
): { readonly state: PaceState; readonly stretch: Stretch } {
  if (state.wallMs === null) return { state: { wallMs, rest: 0 }, stretch: { by: 0, idleBy: 0 } };
  const elapsed = Math.min(Math.max(wallMs - state.wallMs, 0), LONGEST_FRAME_MS);
  const due = (elapsed * speed) / 1000 + state.rest;
  const by = Math.floor(due);
  return {
    state: { wallMs, rest: due - by },
    stretch: { by, idleBy: autoPace ? by * AUTO_FACTOR : by },
  };
}

/** Two stretches for which the engine has had no time yet, as one; never longer than the longest frame. */
export function addStretch(a: Stretch, b: Stretch, { speed, autoPace }: PaceSettings): Stretch {
  const most = Math.floor((LONGEST_FRAME_MS * speed) / 1000);
  return {
    by: Math.min(a.by + b.by, most),
    idleBy: Math.min(a.idleBy + b.idleBy, autoPace ? most * AUTO_FACTOR : most),
  };
}

/** How the speed that is asked for compares to what is reached. */
export interface Lag {
  readonly asked: number;
  readonly reached: number;
}

export const NO_LAG: Lag = { asked: 0, reached: 0 };
/** Older frames count less: what is told is about the last second of frames. */
const FADING = 59 / 60;

export function noteLag(lag: Lag, asked: Micros, reached: Micros): Lag {
  return {
    asked: lag.asked * FADING + asked,
    reached: lag.reached * FADING + Math.min(reached, asked),
  };
}

/** How many times slower than asked time passes: 1 where the engine keeps up, else in steps of a half. */
export function behindOf({ asked, reached }: Lag): number {
  if (asked === 0) return 1;
  const factor = asked / Math.max(reached, 1);
  return factor < 1.25 ? 1 : Math.round(factor * 2) / 2;
}
