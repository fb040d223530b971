// What a client does that works on its own.

import type { Load } from '../../tikv/client/load.ts';
import { duration } from './format.ts';

const LOADS = {
  uniform: 'puts and gets on all keys alike',
  hot: 'puts, most of them on a few keys',
  append: 'puts, each key behind the last',
} as const;

/** `puts and gets on all keys alike, 10 a second, for 5 s`. */
export function loadWords({ kind, rate, duration: time }: Load): string {
  return `${LOADS[kind]}, ${rate} a second${time === null ? '' : `, for ${duration(time)}`}`;
}
