import { expect, test } from 'vitest';
import type { ClientOutcome } from '../tikv/client/request.ts';
import { isLinearizable, type Observed } from './linearizable.ts';

const put = (from: number, to: number, value: string, ok = true): Observed => ({
  from,
  to,
  request: { type: 'put', key: 'k', value },
  outcome: ok
    ? { status: 'ok', result: { type: 'put' } }
    : { status: 'undetermined', reason: 'lost' },
});
const get = (from: number, to: number, value: string | null): Observed => ({
  from,
  to,
  request: { type: 'get', key: 'k' },
  outcome: { status: 'ok', result: { type: 'get', value } },
});
const cas = (from: number, to: number, outcome: ClientOutcome): Observed => ({
  from,
  to,
  request: { type: 'cas', key: 'k', previous: '1', value: '2' },
  outcome,
});
const swapped: ClientOutcome = {
  status: 'ok',
  result: { type: 'cas', succeeded: true, previous: '1' },
};

test.each([
  ['in a row', [put(0, 1, '1'), get(2, 3, '1')], true],
  ['a stale read', [put(0, 1, '1'), put(2, 3, '2'), get(4, 5, '1')], false],
  ['side by side, either is right', [put(0, 9, '1'), put(0, 9, '2'), get(10, 11, '1')], true],
  [
    'two reads that disagree on the order',
    [put(0, 9, '1'), put(0, 9, '2'), get(10, 11, '1'), get(12, 13, '2')],
    false,
  ],
  [
    'a lost write that happened late',
    [put(0, 1, '1', false), get(2, 3, null), get(4, 5, '1')],
    true,
  ],
  ['a lost write that never happened', [put(0, 1, '1', false), get(2, 3, null)], true],
  [
    'a lost write that happened and then did not',
    [put(0, 1, '1', false), get(2, 3, '1'), get(4, 5, null)],
    false,
  ],
  ['two swaps of one value', [put(0, 1, '1'), cas(2, 9, swapped), cas(2, 9, swapped)], false],
  ['one swap', [put(0, 1, '1'), cas(2, 3, swapped), get(4, 5, '2')], true],
] as const)('%s: %s', (_name, history, expected) => {
  expect(isLinearizable(history)).toBe(expected);
});
