// A layout that changes travels to its new places in 400 ms, or 200 ms where only widths change; a Region that a split
// has made begins as the left part of the column that it was. Without motion it is there at once.

import { useEffect, useRef, useState } from 'react';
import type { RegionId } from '../../tikv/ids.ts';
import { useReducedMotion } from '../chart/use-size.ts';
import { useFrame } from '../session/live.ts';
import { between, easing } from './glide.ts';
import type { WeaveLayout } from './weave-layout.ts';

const STRUCTURE_MS = 400;
const WIDTHS_MS = 200;

interface Journey {
  readonly from: WeaveLayout<RegionId>;
  readonly to: WeaveLayout<RegionId>;
  readonly began: number;
  readonly lasts: number;
}

export function useGlide(target: WeaveLayout<RegionId>): WeaveLayout<RegionId> {
  const calm = useReducedMotion();
  const [shown, setShown] = useState(target);
  const journey = useRef<Journey | null>(null);
  const last = useRef(shown);
  useEffect(() => {
    last.current = shown;
  });
  useEffect(() => {
    const from = last.current;
    if (from === target) return;
    if (calm || !comparable(from, target)) {
      journey.current = null;
      setShown(target);
      return;
    }
    const same =
      from.columns.length === target.columns.length && from.rows.length === target.rows.length;
    const lasts = same && from.tears.length === target.tears.length ? WIDTHS_MS : STRUCTURE_MS;
    journey.current = { from, to: target, began: performance.now(), lasts };
  }, [target, calm]);
  useFrame((_, wallMs) => {
    const { current } = journey;
    if (current === null) return;
    const part = (wallMs - current.began) / current.lasts;
    if (part >= 1) {
      journey.current = null;
      setShown(current.to);
    } else setShown(between(current.from, current.to, easing(Math.max(0, part))));
  });
  return shown;
}

/** Other sizes and other sets of stores are not travelled. */
function comparable(a: WeaveLayout<RegionId>, b: WeaveLayout<RegionId>): boolean {
  const names = (layout: WeaveLayout<RegionId>) =>
    layout.rows
      .map(({ name }) => name)
      .toSorted()
      .join(' ');
  return a.links.x === b.links.x && names(a) === names(b) && a.columns.length > 0;
}
