// The smallest parts of a recording, checked: numbers, bytes, names of nodes, labels.

import * as v from 'valibot';
import { isBytes } from '../base/bytes.ts';
import { parseNodeId } from '../tikv/ids.ts';

export const whole = (min: number, max: number) =>
  v.pipe(
    v.number(`must be a whole number from ${min} to ${max}`),
    v.check(
      (value) => Number.isSafeInteger(value) && value >= min && value <= max,
      `must be a whole number from ${min} to ${max}`,
    ),
  );
export const micros = whole(0, Number.MAX_SAFE_INTEGER);
export const node = v.pipe(
  v.string('must name a node'),
  v.check((text) => parseNodeId(text) !== null, 'must name a node, such as s1, pd1 or c1'),
);
/** Whose hosts died at a command. */
export const missed = v.exactOptional(v.array(node));
export const bytes = v.pipe(
  v.string('must be a string of bytes'),
  v.check(isBytes, 'must be a string of bytes: every code unit below 256'),
);
const labelWord = (longest: number) =>
  v.pipe(
    v.string('must be a word'),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be a word of letters, digits, dots and hyphens'),
    v.maxLength(longest, `has more than ${longest} characters`),
  );
export const labels = v.pipe(
  v.array(v.strictObject({ key: labelWord(31), value: labelWord(63) })),
  v.maxLength(16, 'has more than 16 labels'),
);
