import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  layoutTape,
  placeTexts,
  snapped,
  tapeWindow,
  usualSpan,
  windowAround,
  zoomed,
} from './tape-layout.ts';

const size = { width: 1440, left: 112, rightMargin: 20 };

describe('the tape', () => {
  test('a young recording begins at zero', () => {
    expect(tapeWindow(13_705_000, usualSpan(1308))).toEqual({ from: 0, to: 16_000_000 });
  });

  test('now is always on it, with some future before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_000_000_000 }), (now) => {
        const window = tapeWindow(now, usualSpan(1308));
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
    expect(tapeWindow(9_000_000, usualSpan(1308))).toEqual(tapeWindow(5_000_000, usualSpan(1308)));
    expect(tapeWindow(21_000_000, usualSpan(1308))).toEqual(
      tapeWindow(20_000_000, usualSpan(1308)),
    );
  });

  test('an instant and its place belong together', () => {
    const layout = layoutTape({ from: 0, to: 16_000_000 }, size);
    expect(layout.at(layout.x(3_250_000))).toBe(3_250_000);
  });

  test('words never overlap, and the newest is kept', () => {
    const wishes = [100, 110, 120, 130].map((x, i) => ({ key: `${i}`, x, width: 60 }));
    const places = placeTexts(wishes, { left: 0, right: 400 }, 8, 390);
    expect(places.map((place) => place.key)).toContain('3');
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1)) expect(a.x + 60 <= b.x || b.x + 60 <= a.x).toBe(true);
    });
  });

  test('words give way to the playhead', () => {
    const placed = (head: number) =>
      placeTexts([{ key: 'kill', x: 100, width: 60 }], { left: 0, right: 400 }, 8, head)[0]?.x;
    expect(placed(300)).toBe(32);
    expect(placed(60)).toBe(108);
    expect(placeTexts([{ key: 'kill', x: 30, width: 60 }], { left: 0, right: 400 }, 8, 60)).toEqual(
      [],
    );
  });

  test('a moment that is looked at is always on it, and a held window stands still else', () => {
    expect(windowAround(5_000_000, 4_000_000, 16_000_000)).toEqual({
      from: 4_000_000,
      to: 20_000_000,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600_000_000 }),
        fc.integer({ min: 0, max: 600_000_000 }),
        (at, from) => {
          const window = windowAround(at, from, 16_000_000);
          expect(window.from).toBeGreaterThanOrEqual(0);
          expect(at).toBeGreaterThanOrEqual(window.from);
          expect(at).toBeLessThanOrEqual(window.to);
        },
      ),
    );
  });

  test('a touch beside a mark means the mark; elsewhere it means its own instant', () => {
    const layout = layoutTape({ from: 0, to: 16_000_000 }, size);
    const marks = [3_000_000, 3_050_000, 9_000_000];
    expect(snapped(layout, layout.x(3_050_000) + 3, marks)).toBe(3_050_000);
    expect(snapped(layout, layout.x(5_000_000), marks)).toBe(5_000_000);
  });

  test('it shows from two seconds to everything', () => {
    expect(zoomed(16_000_000, 1, 0)).toBe(8_000_000);
    expect(zoomed(2_000_000, 1, 0)).toBe(2_000_000);
    expect(zoomed(16_000_000, -1, 5_000_000)).toBe(16_000_000);
    expect(zoomed(512_000_000, -1, 600_000_000)).toBeGreaterThan(600_000_000);
  });
});
