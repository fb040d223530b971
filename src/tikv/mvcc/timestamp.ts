// Timestamps are plain numbers, physical milliseconds · 2^18 + logical, below 2^53; no bit operator ever touches one.
// Invariant: what leaves the engine as plain data says "max" for 2^64 − 1; inside, the constant compares as it should.
// (TiKV: components/txn_types/src/timestamp.rs)

/** A timestamp of PD's oracle, or `TS_MAX`. */
export type Ts = number;

/** 2^64 − 1: later than every timestamp. Not finite on purpose: it must never be computed with or stored as a number. */
export const TS_MAX: Ts = Number.POSITIVE_INFINITY;

/** A timestamp as plain data: what may enter a message, the journal or a saved state. */
export type PlainTs = number | 'max';

const LOGICAL = 262_144;

export const composeTs = (physicalMs: number, logical: number): Ts =>
  physicalMs * LOGICAL + logical;
export const physicalOf = (ts: Ts): number => Math.floor(ts / LOGICAL);
export const logicalOf = (ts: Ts): number => (ts === TS_MAX ? LOGICAL - 1 : ts % LOGICAL);

export const nextTs = (ts: Ts): Ts => ts + 1;
export const prevTs = (ts: Ts): Ts => (ts === TS_MAX ? Number.MAX_SAFE_INTEGER : ts - 1);

export const plainTs = (ts: Ts): PlainTs => (ts === TS_MAX ? 'max' : ts);
export const tsOf = (plain: PlainTs): Ts => (plain === 'max' ? TS_MAX : plain);
