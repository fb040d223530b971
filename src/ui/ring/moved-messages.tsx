// What people did to messages, as it is drawn: held ones parked along their lane, a duplicate joined to its original, and the
// way of the chosen one, which stays after its end.

import { useState } from 'react';
import type { Flight } from '../../projections/messages.ts';
import { useLive } from '../session/live.ts';
import type { Point } from '../chart/geometry.ts';
import type { Lane, Lanes } from './lane-route.ts';
import { pathOf } from './lanes-view.tsx';
import { progressOf } from './message-path.ts';

/** Parked messages of a lane stand so far apart, where there is room, and off its ends. */
const PITCH = 30;
const FIRST = 0.2;
const LAST = 0.85;
/** So far beside its lane, to the right: what comes the other way has room. */
const ASIDE = 7;

/** Where along its lane each held message stands: about where it was stopped, one behind the other. */
export function parkedParts(flights: readonly Flight[], lanes: Lanes): Map<string, number> {
  const parts = new Map<string, number>();
  const byLane = new Map<string, Flight[]>();
  for (const flight of flights) {
    if (flight.heldAt === null) continue;
    const key = `${flight.from}>${flight.to}`;
    byLane.set(key, [...(byLane.get(key) ?? []), flight]);
  }
  for (const [key, held] of byLane) {
    const lane = lanes.get(key);
    if (lane === undefined) continue;
    const step = Math.min(PITCH / lengthOf(lane), (LAST - FIRST) / held.length);
    // The first that was held is the furthest along.
    const inOrder = held.toSorted((a, b) => (progressOf(b, 0) ?? 0) - (progressOf(a, 0) ?? 0));
    let free = LAST;
    inOrder.forEach((flight, i) => {
      const behind = (inOrder.length - 1 - i) * step;
      const at = Math.max(FIRST + behind, Math.min(free, flight.leg.done / 1_000_000));
      parts.set(flight.id, at);
      free = at - step;
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

/** The hairline between a duplicate and its original. */
export function TwinLine({ flight, keep }: { flight: Flight; keep: Map<string, SVGLineElement> }) {
  if (flight.twinOf === null) return null;
  return (
    <line
      className="message-twin"
      data-dup-of={flight.twinOf}
      style={{ display: 'none' }}
      ref={(element) => {
        if (element === null) return undefined;
        keep.set(flight.id, element);
        return () => {
          keep.delete(flight.id);
        };
      }}
    />
  );
}

/** Once a frame: the hairlines follow what they join. */
export function drawTwins(
  flights: readonly Flight[],
  spots: ReadonlyMap<string, Point>,
  lines: ReadonlyMap<string, SVGLineElement>,
): void {
  for (const [id, line] of lines) {
    const twin = spots.get(id);
    const original = spots.get(flights.find((flight) => flight.id === id)?.twinOf ?? '');
    line.style.display = twin === undefined || original === undefined ? 'none' : '';
    if (twin === undefined || original === undefined) continue;
    line.setAttribute('x1', twin.x.toFixed(1));
    line.setAttribute('y1', twin.y.toFixed(1));
    line.setAttribute('x2', original.x.toFixed(1));
    line.setAttribute('y2', original.y.toFixed(1));
  }
}

/** The lane of the chosen message, also after the message is gone. */
export function ChosenWay({ id, lanes }: { id: string | null; lanes: Lanes }) {
  const { source } = useLive();
  const [last, setLast] = useState<{ id: string; key: string } | null>(null);
  if (id === null) return null;
  const { world } = source;
  const flight =
    world.flights[id] ?? world.losses.find((loss) => loss.flight.id === id)?.flight ?? null;
  const key = flight === null ? null : `${flight.from}>${flight.to}`;
  if (key !== null && (last?.id !== id || last.key !== key)) setLast({ id, key });
  const lane = lanes.get(key ?? (last?.id === id ? last.key : ''));
  return lane === undefined ? null : <path className="message-way" d={pathOf(lane)} />;
}
