import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addStretch,
  behindOf,
  LONGEST_FRAME_MS,
  NO_LAG,
  noteLag,
  OPENING_SPEED,
  paceFrame,
  STANDING,
  type Lag,
} from './pace.ts';

const opening = { speed: OPENING_SPEED, autoPace: false };

/** All the virtual time that frames at these instants ask for. */
function total(walls: readonly number[], settings = opening): number {
  let state = STANDING;
  let sum = 0;
  for (const wall of walls) {
    const paced = paceFrame(state, wall, settings);
    state = paced.state;
    sum += paced.stretch.by;
  }
  return sum;
}

test('one second of frames is the virtual time that the speed says, however the second is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.5, max: LONGEST_FRAME_MS, noNaN: true }), {
        minLength: 1,
        maxLength: 80,
      }),
      fc.integer({ min: 1000, max: 4_000_000 }),
      (gaps, speed) => {
        const walls = [0];
        for (const gap of gaps) walls.push((walls.at(-1) as number) + gap);
        const due = ((walls.at(-1) as number) * speed) / 1000;
        const sum = total(walls, { speed, autoPace: false });
        expect(Math.abs(sum - due)).toBeLessThan(2);
      },
    ),
  );
});

test('a frame after a long gap counts as 100 ms', () => {
  expect(total([0, 60_000])).toBe(25_000);
});

test('the first frame after standing still moves nothing, however late it comes', () => {
  expect(paceFrame(STANDING, 987_654, opening).stretch).toEqual({ by: 0, idleBy: 0 });
});

test('a clock that steps back moves nothing back', () => {
  expect(total([1000, 400, 416])).toBe(4000);
});

test('very slow motion adds up: no frame is too short to count', () => {
  const walls = Array.from({ length: 601 }, (_, i) => (i * 1000) / 60);
  expect(total(walls, { speed: 2000, autoPace: false })).toBe(20_000);
});

test('auto pace may go ten times as far while nothing is under way, and no farther', () => {
  const { state } = paceFrame(STANDING, 0, opening);
  const { stretch } = paceFrame(state, 16, { speed: OPENING_SPEED, autoPace: true });
  expect(stretch).toEqual({ by: 4000, idleBy: 40_000 });
});

test('frames that the engine had no time for are made up for by 100 ms at most', () => {
  const frame = { by: 4000, idleBy: 40_000 };
  const paced = { speed: OPENING_SPEED, autoPace: true };
  expect(addStretch(frame, frame, paced)).toEqual({ by: 8000, idleBy: 80_000 });
  expect(addStretch({ by: 24_000, idleBy: 240_000 }, frame, paced)).toEqual({
    by: 25_000,
    idleBy: 250_000,
  });
});

function lagAfter(frames: number, asked: number, reached: number, lag: Lag = NO_LAG): Lag {
  return frames === 0 ? lag : lagAfter(frames - 1, asked, reached, noteLag(lag, asked, reached));
}

test('an engine that reaches a quarter of what is asked is told to be four times behind, and recovers', () => {
  const late = lagAfter(60, 4000, 1000);
  expect(behindOf(late)).toBe(4);
  expect(behindOf(lagAfter(600, 4000, 4000, late))).toBe(1);
});

test('a small shortfall is not worth a word, and neither is standing still', () => {
  expect(behindOf(lagAfter(60, 4000, 3600))).toBe(1);
  expect(behindOf(NO_LAG)).toBe(1);
});

test('hurrying beyond what was asked does not hide a later lag', () => {
  expect(behindOf(lagAfter(60, 4000, 2000, lagAfter(600, 4000, 40_000)))).toBeGreaterThan(1);
});
