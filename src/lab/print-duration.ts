// Durations and shares as lines have them, exactly.

import type { Micros } from '../tikv/ids.ts';

/** `1.5s`, `40ms`, `250us`: exact, in the largest unit that keeps it short. */
export function printDuration(micros: Micros): string {
  const sign = micros < 0 ? '-' : '';
  const size = Math.abs(micros);
  if (size % 100_000 === 0 && size >= 1_000_000) return `${sign}${decimal(size, 1_000_000)}s`;
  return size % 1000 === 0 || size === 0 ? `${sign}${size / 1000}ms` : `${sign}${size}us`;
}

/** `value / unit`, exactly: the unit is a power of ten. */
export function decimal(value: number, unit: number): string {
  const rest = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return `${Math.floor(value / unit)}${rest === '' ? '' : `.${rest}`}`;
}
