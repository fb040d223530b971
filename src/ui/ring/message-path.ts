// Where a message is at an instant, and what is known of its end. Its place is a pure function of virtual time: straight
// along its lane, at constant speed, from the moment of sending to the moment of its end.

import { doneAt } from '../../projections/fold-network.ts';
import type { Flight } from '../../projections/messages.ts';
import { along, headingOf, lengthOf, type Point } from '../chart/geometry.ts';
import type { Lane } from './lane-route.ts';

/** A message that its link loses ends about here. */
const LOST_ON_THE_WAY = 0.56;

type Fate = Pick<Flight, 'sentAt' | 'leg' | 'arrivesAt' | 'lostAt' | 'heldAt'>;

/** Which part of its way lies behind it at `now`, 0 to 1; null before it was sent and after its end. */
export function progressOf(flight: Fate, now: number): number | null {
  const end = flight.lostAt ?? flight.arrivesAt;
  if (now < flight.sentAt) return null;
  if (flight.heldAt === null && (end === null || now >= end)) return null;
  return (doneAt(flight, now) / 1_000_000) * endOf(flight);
}

/** The part of the way at which it ends: 1 for what arrives, or finds nobody at the door. */
export const endOf = (flight: Fate): number => (flight.lostAt === null ? 1 : LOST_ON_THE_WAY);

/** The part of the way that lay behind a message when it was lost at `at`. */
export const lostPart = (flight: Fate, at: number): number =>
  (doneAt(flight, at) / 1_000_000) * endOf(flight);

/** Microseconds until its end; negative after it. */
export const remainsOf = (flight: Fate, now: number): number =>
  (flight.lostAt ?? flight.arrivesAt ?? flight.sentAt) - now;

export interface Spot extends Point {
  /** Degrees, clockwise from the right. */
  readonly heading: number;
}

/** The place at `part` of a lane's length. */
export function spotOn(lane: Lane, part: number): Spot {
  const segments = lane.slice(1).map((to, i) => ({ from: lane[i] as Point, to }));
  const whole = segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
  let left = Math.min(Math.max(part, 0), 1) * whole;
  for (const [i, segment] of segments.entries()) {
    const length = lengthOf(segment);
    if (left <= length || i === segments.length - 1) {
      const spot = along(segment, length === 0 ? 0 : left / length);
      return { ...spot, heading: headingOf(segment) };
    }
    left -= length;
  }
  return { x: lane[0]?.x ?? 0, y: lane[0]?.y ?? 0, heading: 0 };
}
