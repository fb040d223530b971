import { describe, expect, test } from 'vitest';
import { SPEEDS, speedWords, stepped, stopOf } from './speed.ts';

describe('the speeds of time', () => {
  test('every stop is its own nearest stop', () => {
    SPEEDS.forEach((speed, i) => expect(stopOf(speed)).toBe(i));
  });

  test('a speed between two stops goes to the nearer one', () => {
    expect(SPEEDS[stopOf(23_000)]).toBe(20_000);
    expect(SPEEDS[stopOf(999_000_000)]).toBe(30_000_000);
  });

  test('steps end at both ends', () => {
    expect(stepped(2000, -1)).toBe(2000);
    expect(stepped('max', 1)).toBe('max');
    expect(stepped('max', -1)).toBe(30_000_000);
    expect(stepped(250_000, 1)).toBe(500_000);
  });

  test('it is said in words', () => {
    expect(speedWords(20_000)).toBe('1\u00a0s = 20\u00a0ms');
    expect(speedWords(2_000_000)).toBe('1\u00a0s = 2\u00a0s');
    expect(speedWords('max')).toBe('as fast as it goes');
  });
});
