import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutTape, placeTexts, tapeWindow } from './tape-layout.ts';

const size = { width: 1440, left: 112, rightMargin: 20 };

describe('the tape', () => {
  test('a young recording begins at zero', () => {
    expect(tapeWindow(13_705_000, 1308)).toEqual({ from: 0, to: 16_000_000 });
  });

  test('now is always on it, with some future before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_000_000_000 }), (now) => {
        const window = tapeWindow(now, 1308);
        const { x, right } = layoutTape(window, size);
        expect(window.from).toBeLessThanOrEqual(now);
        expect(x(now)).toBeLessThanOrEqual(right - 0.1 * (right - 112));
        expect(now - window.from).toBeGreaterThanOrEqual(
          now > 15_000_000 ? 0.5 * (window.to - window.from) : 0,
        );
      }),
    );
  });

  test('marks stand still while the window does', () => {
    expect(tapeWindow(9_000_000, 1308)).toEqual(tapeWindow(5_000_000, 1308));
    expect(tapeWindow(21_000_000, 1308)).toEqual(tapeWindow(20_000_000, 1308));
  });

  test('an instant and its place belong together', () => {
    const layout = layoutTape({ from: 0, to: 16_000_000 }, size);
    expect(layout.at(layout.x(3_250_000))).toBe(3_250_000);
  });

  test('words never overlap, and the newest is kept', () => {
    const wishes = [100, 110, 120, 130].map((x, i) => ({ key: `${i}`, x, width: 60 }));
    const places = placeTexts(wishes, { left: 0, right: 400 }, 8);
    expect(places.map((place) => place.key)).toContain('3');
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) expect(a.x + 60 <= b.x || b.x + 60 <= a.x).toBe(true);
    });
  });
});
