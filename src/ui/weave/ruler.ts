// The ticks of the ruler: bounds of Regions with their keys, where the words find room; the ends always. No word stands
// where the pole of a flag runs through it. Pure.

import { textWidth } from '../chart/text-width.ts';

export interface Bound {
  readonly x: number;
  readonly text: string;
}

export interface Tick extends Bound {
  readonly textX: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

const BESIDE_POLE = 4;

/** Keys are set in the mono face: every character is as wide as the next. */
const widthOf = (text: string, size: number): number =>
  Math.max(text.length * size * 0.6, textWidth(text, size));

export function placeTicks(
  bounds: readonly Bound[],
  size: number,
  [from, to]: readonly [number, number],
  poles: readonly number[] = [],
): Tick[] {
  const taken: [number, number][] = [];
  const crossed = (left: number, right: number) =>
    poles.some((pole) => pole > left - BESIDE_POLE && pole < right + BESIDE_POLE);
  const ticks: Tick[] = [];
  const order = [...bounds.keys()];
  const last = order.length - 1;
  // The ends first, then from the left.
  const wanted = [0, last, ...order.slice(1, last)].filter((i, at, all) => all.indexOf(i) === at);
  for (const i of wanted) {
    const bound = bounds[i];
    if (bound === undefined) continue;
    const width = widthOf(bound.text, size);
    const anchor = i === 0 ? 'start' : i === last ? 'end' : 'middle';
    const left =
      anchor === 'start' ? bound.x : anchor === 'end' ? bound.x - width : bound.x - width / 2;
    if (left < from - 1 || left + width > to + 1) continue;
    if (taken.some(([a, b]) => left < b + 12 && a < left + width + 12)) continue;
    if (anchor === 'middle' && crossed(left, left + width)) continue;
    taken.push([left, left + width]);
    ticks.push({ ...bound, textX: bound.x, anchor });
  }
  return ticks.toSorted((a, b) => a.x - b.x);
}
