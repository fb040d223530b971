import { expect, test } from 'vitest';
import { FrameClock } from './frame-clock.ts';
import type { Stretch } from './pace.ts';

const settings = { speed: 250_000, autoPace: false };

/** A clock over an engine that answers when it is told to. */
function setUp() {
  const asked: (Stretch | 'max')[] = [];
  let answer: () => void = () => undefined;
  const clock = new FrameClock((stretch) => {
    asked.push(stretch);
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  return { asked, clock, answer: () => (answer(), clock.settled()) };
}

test('the engine is asked once at a time; what a busy one missed comes with the next', async () => {
  const { asked, clock, answer } = setUp();
  for (const wall of [0, 16, 32, 48]) clock.frame(wall, 0, settings);
  expect(asked).toEqual([{ by: 4000, idleBy: 4000 }]);
  await answer();
  clock.frame(64, 4000, settings);
  expect(asked[1]).toEqual({ by: 12_000, idleBy: 12_000 });
});

test('standing still lets go of what was due, and the next frame starts from there', async () => {
  const { asked, clock, answer } = setUp();
  for (const wall of [0, 16, 32]) clock.frame(wall, 0, settings);
  clock.stand();
  await answer();
  clock.frame(60_000, 4000, settings);
  clock.frame(60_016, 4000, settings);
  expect(asked).toEqual([
    { by: 4000, idleBy: 4000 },
    { by: 4000, idleBy: 4000 },
  ]);
});

test('as fast as it goes asks for no stretch and is never behind', async () => {
  const { asked, clock, answer } = setUp();
  clock.frame(0, 0, { ...settings, speed: 'max' });
  await answer();
  clock.frame(16, 9_000_000, { ...settings, speed: 'max' });
  expect(asked).toEqual(['max', 'max']);
  expect(clock.behind).toBe(1);
});

test('an engine that comes a fourth of the way is told to be four times behind', async () => {
  const { clock, answer } = setUp();
  for (let frame = 0; frame <= 120; frame++) {
    clock.frame(frame * 16, frame * 1000, settings);
    await answer();
  }
  expect(clock.behind).toBe(4);
});

test('very slow motion asks for nothing until a microsecond is due', async () => {
  const { asked, clock, answer } = setUp();
  for (let frame = 0; frame <= 10; frame++) {
    clock.frame(frame * 16, 0, { speed: 10, autoPace: false });
    await answer();
  }
  expect(asked).toEqual([{ by: 1, idleBy: 1 }]);
});
