// A press on a cell that ends on another row of its Region. While it is under way, the place where it would end says what
// PD would be asked.

import { useCallback, useRef, useState, type DragEvent, type PointerEvent } from 'react';
import type { RegionId, NodeId } from '../../tikv/ids.ts';
import type { World } from '../../projections/world.ts';
import { typeScale } from '../chart/use-size.ts';
import { useLive, useModel } from '../session/live.ts';
import { columnAt } from './columns.ts';
import { askForMove } from './moving.ts';
import type { Place } from './twin-model.ts';
import { cellBox, rowAt, type WeaveLayout } from './weave-layout.ts';
import { dragWords, wishOfDrag } from './wishes.ts';

/** So far a press has to travel before it is a drag. */
const DRAG_FROM = 8;

export interface Drag {
  readonly place: Place;
  /** The row that it is over; null: none, or its own. */
  readonly over: NodeId | null;
}

interface Press {
  readonly place: Place;
  readonly x: number;
  readonly y: number;
  /** It has travelled far enough. */
  drags: boolean;
}

export function useDrag(layout: WeaveLayout<RegionId>, grid: { current: HTMLDivElement | null }) {
  const live = useLive();
  const press = useRef<Press | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  /** The row under a pointer that is over some column, but for the one where it began. */
  const rowUnder = (place: Place, event: PointerEvent): NodeId | null => {
    const box = grid.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const unit = (box.width / (grid.current?.offsetWidth || 1)) * typeScale();
    const row = rowAt(layout.rows, (event.clientY - box.top) / unit);
    const column = columnAt(layout.columns, (event.clientX - box.left) / unit);
    return row === null || column === null || row.name === place.store ? null : row.name;
  };
  const end = () => {
    press.current = null;
    setDrag(null);
  };
  const handlers = {
    onPointerDown(event: PointerEvent) {
      const name = (event.target as HTMLElement).dataset['cell'];
      if (name === undefined || event.button !== 0) return;
      const [store = '', region = ''] = name.split(' ');
      const { clientX: x, clientY: y } = event;
      press.current = { place: { store, region: Number(region) }, x, y, drags: false };
    },
    onPointerMove(event: PointerEvent) {
      const { current } = press;
      if (current === null) return;
      const { place, x, y } = current;
      current.drags ||= Math.hypot(event.clientX - x, event.clientY - y) >= DRAG_FROM;
      if (!current.drags) return;
      const over = rowUnder(place, event);
      setDrag((known) => (known?.place === place && known.over === over ? known : { place, over }));
    },
    onPointerUp(event: PointerEvent) {
      const { current } = press;
      end();
      if (current?.drags !== true) return;
      const over = rowUnder(current.place, event);
      if (over !== null) void askForMove(live, current.place, over);
    },
    // Where something is selected, the browser would take the drag for its own.
    onDragStart: (event: DragEvent) => event.preventDefault(),
    onPointerCancel: end,
    onPointerLeave: end,
  };
  return { drag, cancel: end, handlers };
}

const px = (value: number) => `calc(${value} * var(--px))`;

/** Where the drag would end, and what it would ask. */
export function DropPlace({ drag, layout }: { drag: Drag; layout: WeaveLayout<RegionId> }) {
  const { place, over } = drag;
  const make = useCallback(
    (world: World) => (over === null ? null : wishOfDrag(world, place, over)),
    [place, over],
  );
  const wish = useModel(make);
  const column = layout.columns.find(({ ids }) => ids.includes(place.region));
  const row = layout.rows.find(({ name }) => name === over);
  if (over === null || column === undefined || row === undefined) return null;
  const box = cellBox(column, row);
  return (
    <div
      className="weave-drop"
      data-asks={wish !== null}
      style={{ left: px(box.x), top: px(box.y), width: px(box.width), height: px(box.height) }}
    >
      <span>{dragWords(wish, place, over)}</span>
    </div>
  );
}
