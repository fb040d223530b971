import { describe, expect, test } from 'vitest';
import { overlaps, within } from '../chart/geometry.ts';
import { arrangeStage } from './stage-layout.ts';

const SIZES = [
  [816, 628],
  [1052, 628],
  [656, 448],
  [892, 448],
  [1576, 800],
  [560, 400],
  // Hardly a window any more.
  [640, 250],
  [640, 180],
  [640, 52],
  [900, 40],
] as const;

describe('the stage', () => {
  test.each(SIZES)('parts of %d × %d lie inside it and beside each other', (width, height) => {
    for (let stores = 1; stores <= 7; stores++)
      for (const headline of [false, true]) {
        const { ring, logs, side } = arrangeStage({
          width,
          height,
          stores,
          headline,
          phone: false,
        });
        const boxes = [ring, logs, side].filter((box) => box !== null);
        for (const { height: high, width: wide } of boxes)
          expect(Math.min(high, wide)).toBeGreaterThanOrEqual(0);
        for (const box of boxes) expect(within(box, { x: 0, y: 0, width, height })).toBe(true);
        boxes.forEach((a, i) => {
          for (const b of boxes.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
        });
      }
  });

  test('three stores on the desk: the logs stand below, as drawn', () => {
    const { ring, logs } = arrangeStage({
      width: 816,
      height: 628,
      stores: 3,
      headline: false,
      phone: false,
    });
    expect(ring.height).toBe(432);
    expect(logs?.width).toBe(768);
  });

  test('five stores: side by side', () => {
    const parts = arrangeStage({
      width: 1052,
      height: 628,
      stores: 5,
      headline: false,
      phone: false,
    });
    expect(parts.logs?.x).toBeGreaterThan(540);
    expect(parts.side).not.toBeNull();
  });
});
