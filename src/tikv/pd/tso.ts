// The timestamp oracle. A timestamp is physical milliseconds · 2^18 + a counter, a plain number. PD saves a bound ahead
// of the clock, and hands nothing out at or above the bound that is on disk: so a PD that starts again, whatever its
// clock says, begins above everything that was ever given. (PD: pkg/tso/tso.go)

import { assert } from '../../base/assert.ts';

/** Timestamps in one millisecond. */
export const LOGICAL_MAX = 2 ** 18;
/** The clock moves on only where it is more than this ahead, and the bound is saved anew where it comes this near. */
const GUARD_MS = 1;
/** A call for more timestamps than a millisecond has waits this many updates. */
const TRIES_MAX = 10;

export interface TsoState {
  physical: number;
  /** How many of this millisecond are given. */
  logical: number;
  /** On disk; 0 before the first one is. */
  bound: number;
  /** On its way to the disk: the bound, and the physical part that it allows. */
  saving: { readonly bound: number; readonly physical: number } | null;
}

export const newTsoState = (): TsoState => ({ physical: 0, logical: 0, bound: 0, saving: null });

export type TsoGrant =
  /** The last timestamp of the batch. */
  | { readonly type: 'given'; readonly timestamp: number }
  /** This millisecond is used up, or PD does not serve yet: after the next update. */
  | { readonly type: 'wait' }
  | { readonly type: 'refused'; readonly reason: string };

/** Rule `pd/tso-below-bound`: may this timestamp be handed out? */
export const belowBound = (physical: number, bound: number): boolean => physical < bound;

export class Tso {
  readonly #state: TsoState;
  readonly #windowMs: number;

  constructor(state: TsoState, windowMs: number) {
    this.#state = state;
    this.#windowMs = windowMs;
  }

  /** After a start: the bound that must be on disk before anything is given. (syncTimestamp) */
  begin(saved: number, nowMs: number): number {
    const next = nowMs - saved < GUARD_MS ? saved + GUARD_MS : nowMs;
    return this.#save(next);
  }

  #save(physical: number): number {
    const bound = physical + this.#windowMs;
    this.#state.saving = { bound, physical };
    return bound;
  }

  /** The bound is on disk: time may go on. */
  saved(): void {
    const { saving } = this.#state;
    assert(saving !== null, 'no bound was on its way');
    this.#state.bound = saving.bound;
    this.#state.saving = null;
    this.#raise(saving.physical);
  }

  #raise(physical: number): void {
    if (physical <= this.#state.physical) return;
    this.#state.physical = physical;
    this.#state.logical = 0;
  }

  /** Moves the physical part towards the clock. Returns a bound that has to be saved first; null: none. */
  update(nowMs: number): number | null {
    const { physical, logical, bound, saving } = this.#state;
    if (physical === 0 || saving !== null) return null;
    const behind = nowMs - physical > GUARD_MS;
    const crowded = logical > LOGICAL_MAX / 2;
    if (!behind && !crowded) return null;
    const next = behind ? nowMs : physical + 1;
    if (bound - next <= GUARD_MS) return this.#save(next);
    this.#raise(next);
    return null;
  }

  /** `tries` counts how often the same call has waited. */
  give(count: number, tries: number): TsoGrant {
    const state = this.#state;
    if (!Number.isSafeInteger(count) || count < 1 || count >= LOGICAL_MAX)
      return { type: 'refused', reason: `${count} timestamps: from 1 to ${LOGICAL_MAX - 1} go` };
    if (state.physical === 0) return { type: 'wait' };
    if (state.logical + count >= LOGICAL_MAX && !this.#raiseWithoutSaving())
      return tries < TRIES_MAX
        ? { type: 'wait' }
        : { type: 'refused', reason: 'timestamps of this millisecond are used up' };
    state.logical += count;
    assert(belowBound(state.physical, state.bound), 'a timestamp at or above the saved bound');
    return { type: 'given', timestamp: state.physical * LOGICAL_MAX + state.logical };
  }

  /** One millisecond on, if the bound on disk allows it. */
  #raiseWithoutSaving(): boolean {
    const next = this.#state.physical + 1;
    if (this.#state.bound - next <= GUARD_MS) return false;
    this.#raise(next);
    return true;
  }
}
