// What people did to messages, as it is drawn: a duplicate joined to its original, and the way of the chosen one, which stays
// after its end.

import { useState } from 'react';
import type { Flight } from '../../projections/messages.ts';
import { useLive } from '../session/live.ts';
import type { Point } from '../chart/geometry.ts';
import type { Lanes } from './lane-route.ts';
import { pathOf } from './lanes-view.tsx';

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
