import { describe, expect, test } from 'vitest';
import { endOf, lostPart, progressOf, spotOn } from './message-path.ts';

const leg = { at: 1000, done: 0 };
const flying = { sentAt: 1000, leg, arrivesAt: 2000, lostAt: null, heldAt: null };

describe('where a message is', () => {
  test('it is halfway at half of its time, and nowhere before and after', () => {
    expect(progressOf(flying, 1500)).toBe(0.5);
    expect(progressOf(flying, 999)).toBeNull();
    expect(progressOf(flying, 2000)).toBeNull();
  });

  test('a message to a store that is down goes to the door', () => {
    expect(progressOf(flying, 1750)).toBe(0.75);
    expect(endOf(flying)).toBe(1);
  });

  test('a message lost by chance ends on the way', () => {
    const lost = { ...flying, arrivesAt: null, lostAt: 2000 };
    expect(endOf(lost)).toBeLessThan(0.6);
    expect(progressOf(lost, 1999)).toBeLessThan(endOf(lost));
  });

  test('a message that is held stands still where it was', () => {
    const held = { ...flying, leg: { at: 1200, done: 200_000 }, arrivesAt: null, heldAt: 1200 };
    expect(progressOf(held, 1300)).toBe(0.2);
    expect(progressOf(held, 9000)).toBe(0.2);
  });

  test('one that was delayed goes on from where it was, and slower', () => {
    const delayed = { ...flying, leg: { at: 1500, done: 500_000 }, arrivesAt: 3500 };
    expect(progressOf(delayed, 1500)).toBe(0.5);
    expect(progressOf(delayed, 2500)).toBe(0.75);
  });

  test('a lane with a bend is walked at constant speed', () => {
    const lane = [
      { x: 0, y: 0 },
      { x: 30, y: 0 },
      { x: 30, y: 10 },
    ];
    expect(spotOn(lane, 0.5)).toEqual({ x: 20, y: 0, heading: 0 });
    expect(spotOn(lane, 0.875)).toEqual({ x: 30, y: 5, heading: 90 });
    expect(spotOn(lane, 1)).toEqual({ x: 30, y: 10, heading: 90 });
  });
});

describe('where a message died', () => {
  test('one that was cut off in the air lies where it was', () => {
    expect(lostPart(flying, 1250)).toBe(0.25);
    expect(lostPart({ ...flying, arrivesAt: null, lostAt: 1400 }, 1400)).toBeLessThan(0.6);
  });
});
