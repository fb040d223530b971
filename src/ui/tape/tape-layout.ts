// The tape: which stretch of time it shows, and where an instant stands on it. Pure.

import { scaleLinear } from 'd3';
import type { Micros } from '../../tikv/ids.ts';

export interface TapeWindow {
  readonly from: Micros;
  readonly to: Micros;
}

export interface TapeLayout {
  readonly x: (at: Micros) => number;
  /** The instant at a place. */
  readonly at: (x: number) => Micros;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly left: number;
  readonly right: number;
}

const SECOND: Micros = 1_000_000;
/** The newest moment stands no further right than this. */
const FULL = 0.88;

export interface TapeSize {
  readonly width: number;
  /** Labels stand left of this. */
  readonly left: number;
  readonly rightMargin: number;
}

/** How much time is shown where nobody has chosen. */
export const usualSpan = (width: number): Micros =>
  (width >= 900 ? 16 : width >= 500 ? 10 : 6) * SECOND;

/** The window begins at zero while the recording is young, and then goes on by steps, so that marks stand still. */
export function tapeWindow(now: Micros, span: Micros): TapeWindow {
  if (now <= span * FULL) return { from: 0, to: span };
  const step = span / 4;
  const from = Math.ceil((now - span * FULL) / step) * step;
  return { from, to: from + span };
}

/** A held window, moved only where the moment that is looked at lies outside. */
export function windowAround(at: Micros, from: Micros, span: Micros): TapeWindow {
  if (at >= from && at <= from + span) return { from, to: from + span };
  const step = span / 8;
  const moved = Math.max(0, Math.floor((at - span / 3) / step) * step);
  return { from: moved, to: moved + span };
}

/** Shorter and longer stretches: from two seconds to everything that there is. */
export const SHORTEST: Micros = 2 * SECOND;

export function zoomed(span: Micros, by: 1 | -1, now: Micros): Micros {
  const whole = Math.max(16 * SECOND, now / FULL);
  return Math.min(Math.max(by > 0 ? span / 2 : span * 2, SHORTEST), whole);
}

/** The instant of the nearest mark, where one is near enough to be meant; else the place's own. */
export function snapped(layout: TapeLayout, x: number, marks: readonly Micros[]): Micros {
  let best: Micros | null = null;
  for (const mark of marks)
    if (
      Math.abs(layout.x(mark) - x) <= SNAP &&
      (best === null || Math.abs(layout.x(mark) - x) < Math.abs(layout.x(best) - x))
    )
      best = mark;
  return best ?? Math.max(0, layout.at(x));
}

const SNAP = 6;

export function layoutTape(window: TapeWindow, { width, left, rightMargin }: TapeSize): TapeLayout {
  const right = width - rightMargin;
  const scale = scaleLinear().domain([window.from, window.to]).range([left, right]);
  const ticks = scale
    .ticks(8)
    .filter((tick) => tick % (SECOND / 2) === 0)
    .map((tick) => ({ x: scale(tick), label: `${tick / SECOND}\u00a0s` }));
  return {
    x: (at) => Math.min(right, Math.max(left, scale(at))),
    at: (x) => Math.round(scale.invert(x)),
    ticks,
    left,
    right,
  };
}

export interface TextWish {
  readonly key: string;
  readonly x: number;
  readonly width: number;
}

export interface TextPlace {
  readonly key: string;
  /** Where the text begins. */
  readonly x: number;
}

/** So near to the cap of the playhead no word stands. */
const BESIDE_HEAD = 8;

/**
 * Words beside marks: left of the mark, else right of it, else left out; the newest has the first choice. None runs under
 * the playhead, which stands at `head`.
 */
export function placeTexts(
  wishes: readonly TextWish[],
  bounds: { readonly left: number; readonly right: number },
  gap: number,
  head: number,
): TextPlace[] {
  const taken: { readonly from: number; readonly to: number }[] = [
    { from: head - BESIDE_HEAD, to: head + BESIDE_HEAD },
    ...wishes.map(({ x }) => ({ from: x - gap + 2, to: x + gap - 2 })),
  ];
  const places: TextPlace[] = [];
  for (const wish of wishes.toReversed()) {
    const place = [wish.x - gap - wish.width, wish.x + gap].find(
      (x) =>
        x >= bounds.left &&
        x + wish.width <= bounds.right &&
        taken.every(({ from, to }) => x + wish.width <= from || x >= to),
    );
    if (place === undefined) continue;
    places.push({ key: wish.key, x: place });
    taken.push({ from: place - 4, to: place + wish.width + 4 });
  }
  return places.toReversed();
}
