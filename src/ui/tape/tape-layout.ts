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

/** The window begins at zero while the recording is young, and then goes on by steps, so that marks stand still. */
export function tapeWindow(now: Micros, width: number): TapeWindow {
  const span = (width >= 900 ? 16 : width >= 500 ? 10 : 6) * SECOND;
  if (now <= span * FULL) return { from: 0, to: span };
  const step = span / 4;
  const from = Math.ceil((now - span * FULL) / step) * step;
  return { from, to: from + span };
}

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

/** Words beside marks: left of the mark, else right of it, else left out; the newest has the first choice. */
export function placeTexts(
  wishes: readonly TextWish[],
  bounds: { readonly left: number; readonly right: number },
  gap: number,
): TextPlace[] {
  const taken: { readonly from: number; readonly to: number }[] = wishes.map(({ x }) => ({
    from: x - gap + 2,
    to: x + gap - 2,
  }));
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
