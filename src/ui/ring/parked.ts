// Where held messages stand: beside their lane, about where they were stopped, one behind the other.

import type { Flight } from '../../projections/messages.ts';
import type { Point } from '../chart/geometry.ts';
import type { Lane, Lanes } from './lane-route.ts';

/** Parked messages of a lane stand so far apart, where there is room, and off its ends. */
const PITCH = 30;
const FIRST = 0.2;
const LAST = 0.85;
/** So far beside its lane, to the right: what comes the other way has room. */
const ASIDE = 7;

/** More of them on one lane are counted beside the last. */
const MOST = 5;

export interface Parked {
  readonly part: number;
  /** Of the last one that is drawn: how many stand behind it. Null: another one bears the words. */
  readonly behind: number | null;
}

/** Where along its lane each held message stands: about where it was stopped, one behind the other. */
export function parkedParts(flights: readonly Flight[], lanes: Lanes): Map<string, Parked> {
  const parts = new Map<string, Parked>();
  const byLane = new Map<string, Flight[]>();
  for (const flight of flights) {
    if (flight.heldAt === null) continue;
    const key = `${flight.from}>${flight.to}`;
    const queue = byLane.get(key);
    if (queue === undefined) byLane.set(key, [flight]);
    else queue.push(flight);
  }
  for (const [key, held] of byLane) {
    const lane = lanes.get(key);
    if (lane === undefined) continue;
    // The first that was held is the furthest along.
    const inOrder = held.toSorted((a, b) => b.leg.done - a.leg.done).slice(0, MOST);
    const step = Math.min(PITCH / lengthOf(lane), (LAST - FIRST) / inOrder.length);
    let free = LAST;
    inOrder.forEach((flight, i) => {
      const after = inOrder.length - 1 - i;
      const part = Math.max(FIRST + after * step, Math.min(free, flight.leg.done / 1_000_000));
      parts.set(flight.id, { part, behind: after > 0 ? null : held.length - inOrder.length });
      free = part - step;
    });
  }
  return parts;
}

const lengthOf = (lane: Lane): number =>
  lane.slice(1).reduce((sum, point, i) => {
    const from = lane[i] ?? point;
    return sum + Math.hypot(point.x - from.x, point.y - from.y);
  }, 0);

/** A message that stands still stands beside the road. */
export const aside = <Spot extends Point>(spot: Spot, right: Point): Spot => ({
  ...spot,
  x: spot.x + right.x * ASIDE,
  y: spot.y + right.y * ASIDE,
});
