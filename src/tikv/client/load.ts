// A client that works on its own: one operation after the other, at an even pace in its own time, keys and values by a
// stream of chance of its own. What it does are operations like any other, with numbers that no command's operation has.
// (go-ycsb: pkg/workload/core.go; its generators: uniform, hotspot, sequential)

import { below, luck, pick, type Chance } from '../../base/chance.ts';
import type { Micros } from '../ids.ts';
import type { RawClientRequest } from './request.ts';

export interface Load {
  /** uniform: puts and gets on all keys alike; hot: most of them on a few; append: puts, each behind the last. */
  readonly kind: 'uniform' | 'hot' | 'append';
  /** Operations a second, 1 to `RATE_MAX`. */
  readonly rate: number;
  /** Null: until it is stopped. */
  readonly duration: Micros | null;
}

export const RATE_MAX = 200;
/** Keys that `uniform` and `hot` know. */
const KEYS = 1000;
/** Keys that are hot, next to each other, and the share of operations that go to them. */
const HOT_KEYS = 10;
const HOT_PER_MILLION = 900_000;
/** Of `uniform`; the others write only. */
const READS_PER_MILLION = 500_000;
/** Operations of a load that may be unanswered; then it waits, and says nothing of those that it leaves out. */
export const UNANSWERED_MAX = 32;

const SECOND = 1_000_000;

/** A load under way. */
export interface RunningLoad {
  readonly load: Load;
  readonly startedAt: Micros;
  /** Operations begun so far. */
  readonly done: number;
  /** Where the hot keys begin. */
  readonly hotFrom: number;
}

export function beginLoad(load: Load, now: Micros, chance: Chance): RunningLoad {
  return { load, startedAt: now, done: 0, hotFrom: below(chance, KEYS - HOT_KEYS) };
}

/** When turn number `turn` (from 0) is due: the first one interval after the start. */
export const turnAt = ({ load, startedAt }: RunningLoad, turn: number): Micros =>
  startedAt + Math.floor(((turn + 1) * SECOND) / load.rate);

export const endOf = ({ load, startedAt }: RunningLoad): Micros | null =>
  load.duration === null ? null : startedAt + load.duration;

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/** The next operation. Draws the same count whatever comes out. */
export function nextRequest(running: RunningLoad, chance: Chance): RawClientRequest {
  const { load, done, hotFrom } = running;
  const any = below(chance, KEYS);
  const hot = hotFrom + below(chance, HOT_KEYS);
  const isHot = luck(chance, HOT_PER_MILLION);
  const reads = luck(chance, READS_PER_MILLION);
  const letter = pick(chance, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  const value = `${letter}${digits(done, 6)}`;
  switch (load.kind) {
    case 'uniform': {
      const key = `key${digits(any, 4)}`;
      return reads ? { type: 'get', key } : { type: 'put', key, value };
    }
    case 'hot':
      return { type: 'put', key: `key${digits(isHot ? hot : any, 4)}`, value };
    case 'append':
      return { type: 'put', key: `log${digits(done, 6)}`, value };
  }
}
