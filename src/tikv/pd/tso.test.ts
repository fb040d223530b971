import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LOGICAL_MAX, newTsoState, Tso, type TsoState } from './tso.ts';

const WINDOW = 1000;
const physicalOf = (timestamp: number) => Math.floor(timestamp / LOGICAL_MAX);

function started(savedMs: number, nowMs: number): { tso: Tso; state: TsoState } {
  const state = newTsoState();
  const tso = new Tso(state, WINDOW);
  tso.begin(savedMs, nowMs);
  tso.saved();
  return { tso, state };
}

test('nothing is given before the bound is on disk', () => {
  const tso = new Tso(newTsoState(), WINDOW);
  expect(tso.begin(0, 500)).toBe(1500);
  expect(tso.give(1, 0)).toEqual({ type: 'wait' });
  tso.saved();
  expect(tso.give(1, 0)).toEqual({ type: 'given', timestamp: 500 * LOGICAL_MAX + 1 });
});

test('the answer is the last of the batch', () => {
  const { tso } = started(0, 500);
  expect(tso.give(3, 0)).toEqual({ type: 'given', timestamp: 500 * LOGICAL_MAX + 3 });
  expect(tso.give(2, 0)).toEqual({ type: 'given', timestamp: 500 * LOGICAL_MAX + 5 });
});

test('a clock behind the saved bound begins above it', () => {
  const { tso } = started(5000, 10);
  const given = tso.give(1, 0);
  expect(given).toEqual({ type: 'given', timestamp: 5001 * LOGICAL_MAX + 1 });
});

test('the clock moves time on, and near the bound saves a new one first', () => {
  const { tso, state } = started(0, 500);
  expect(tso.update(501)).toBeNull();
  expect(state.physical).toBe(500);
  expect(tso.update(600)).toBeNull();
  expect(state.physical).toBe(600);
  expect(tso.update(1499)).toBe(2499);
  expect(state.physical).toBe(600);
  expect(tso.update(1500)).toBeNull();
  tso.saved();
  expect(state.physical).toBe(1499);
});

test('a crowded millisecond gives way to the next, as long as the bound allows', () => {
  const { tso, state } = started(0, 500);
  const many = LOGICAL_MAX - 1;
  const first = tso.give(many, 0);
  const second = tso.give(many, 0);
  expect(first).toMatchObject({ type: 'given' });
  expect(second).toEqual({ type: 'given', timestamp: 501 * LOGICAL_MAX + many });
  state.bound = 502;
  expect(tso.give(many, 0)).toEqual({ type: 'wait' });
  expect(tso.give(many, 10)).toMatchObject({ type: 'refused' });
});

test.each([0, -1, 1.5, LOGICAL_MAX])('%d timestamps are refused', (count) => {
  expect(started(0, 1).tso.give(count, 0)).toMatchObject({ type: 'refused' });
});

test('timestamps only grow, over restarts and clocks that jump, and stay below the bound', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('give' as const), n: fc.integer({ min: 1, max: 200_000 }) }),
    fc.record({ type: fc.constant('update' as const), n: fc.integer({ min: 0, max: 700 }) }),
    fc.record({ type: fc.constant('restart' as const), n: fc.integer({ min: -3000, max: 3000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 10_000;
      let disk = 0;
      let last = 0;
      let { tso, state } = started(0, now);
      disk = state.bound;
      for (const { type, n } of steps) {
        if (type === 'give') {
          const grant = tso.give(n, 0);
          if (grant.type !== 'given') continue;
          expect(grant.timestamp - n).toBeGreaterThanOrEqual(last);
          expect(physicalOf(grant.timestamp)).toBeLessThan(disk);
          last = grant.timestamp;
        } else if (type === 'update') {
          now += n;
          if (tso.update(now) !== null) {
            tso.saved();
            disk = state.bound;
          }
        } else {
          now = Math.max(1, now + n);
          ({ tso, state } = started(disk, now));
          disk = state.bound;
        }
      }
    }),
  );
});
