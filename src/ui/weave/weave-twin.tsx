// The grid over the cells: a name for each replica, arrows to move between them, Enter to look inside, the store's verbs
// in its row head. Dragging a replica or a leader to another store asks PD for the move.

import { memo, useCallback, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { World } from '../../projections/world.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { useLive, useModel } from '../session/live.ts';
import { useTouch } from '../faults/use-touch.ts';
import { select, setViewer, useViewer } from '../session/viewer-store.ts';
import type { Column } from './columns.ts';
import { lookAtRegion } from './weave-panel.tsx';
import { isArrow, stepFrom, twinModel, type Place, type TwinCell } from './twin-model.ts';
import { DropPlace, useDrag } from './weave-drag.tsx';
import { cellBox, type Row, type WeaveLayout } from './weave-layout.ts';
import type { WeaveShape } from './weave-shape.ts';

export interface TwinProps {
  readonly layout: WeaveLayout<RegionId>;
  readonly shape: WeaveShape;
}

const px = (value: number) => `calc(${value} * var(--px))`;

/** Chooses a replica: its Region is the one that all views look at, its store the thing inspected. */
function choose(place: Place): void {
  setViewer({ region: place.region });
  select({ type: 'node', node: place.store });
}

export const WeaveTwin = memo(function WeaveTwin({ layout, shape }: TwinProps) {
  const { source } = useLive();
  const [focus, setFocus] = useState<Place | null>(null);
  const stores = shape.stores.map(({ node }) => node);
  const regions = shape.regions.map(({ id }) => id);
  const middle = Math.max(0, focus === null ? 0 : regions.indexOf(focus.region));
  const ids = regions.join(' ');
  const rows = stores.join(' ');
  const model = useModel(
    useCallback(
      (world: World) =>
        twinModel(
          world,
          rows.split(' ').filter(Boolean),
          ids.split(' ').filter(Boolean).map(Number),
          middle,
        ),
      [rows, ids, middle],
    ),
  );
  const grid = useRef<HTMLDivElement>(null);
  const { drag, cancel, handlers } = useDrag(layout, grid);
  const first = model.rows.flatMap(({ cells }) => cells)[0] ?? null;
  const current = focus ?? first;
  const columns = columnsById(layout);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && drag !== null) {
      event.stopPropagation();
      return cancel();
    }
    if (current === null || !(event.target as HTMLElement).matches('[role=gridcell]')) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      return choose(current);
    }
    if (!isArrow(event.key)) return;
    event.preventDefault();
    const holds = ({ store, region }: Place) =>
      source.world.replicas[store]?.[region] !== undefined;
    const next = stepFrom(current, event.key, { stores, regions, holds });
    if (next === null) return;
    setFocus(next);
    requestAnimationFrame(() =>
      grid.current
        ?.querySelector<HTMLElement>(`[data-cell="${next.store} ${next.region}"]`)
        ?.focus(),
    );
  };
  return (
    <div
      ref={grid}
      className="weave-twin"
      role="grid"
      aria-label="Replicas: a row for each store, a column for each Region"
      aria-colcount={model.columns + 1}
      onKeyDown={onKeyDown}
      data-dragging={drag !== null || undefined}
      {...handlers}
    >
      <ColumnHeads layout={layout} shape={shape} />
      {drag !== null && <DropPlace drag={drag} layout={layout} />}
      {model.rows.map(({ store, cells }) => {
        const row = layout.rows.find(({ name }) => name === store);
        return row === undefined ? null : (
          <div key={store} role="row">
            <RowHead row={row} layout={layout} shape={shape} />
            {cells.map((cell) => {
              const column = columns.get(cell.region);
              return column === undefined ? null : (
                <Cell
                  key={cell.region}
                  cell={cell}
                  style={placeOf(column, row)}
                  stop={current?.store === store && current.region === cell.region}
                  onFocus={setFocus}
                />
              );
            })}
          </div>
        );
      })}
    </div>
  );
});

function columnsById(layout: WeaveLayout<RegionId>): Map<RegionId, Column<RegionId>> {
  return new Map(layout.columns.flatMap((column) => column.ids.map((id) => [id, column] as const)));
}

function placeOf(column: Column<RegionId>, row: Row): CSSProperties {
  const box = cellBox(column, row);
  return { left: px(box.x), top: px(box.y), width: px(box.width), height: px(box.height) };
}

/** A button over the name of each Region that has room for one, or under its flag. */
function ColumnHeads({ layout, shape }: TwinProps) {
  const chosen = useViewer((viewer) => viewer.region);
  const { regionsY, flagsY, rulerY, cloth } = layout;
  const wide = layout.columns.filter(({ level, look }) => level <= 1 || look !== 'quiet');
  if (wide.length === 0 || shape.regions.length === 0) return null;
  return (
    <div role="row">
      {wide.map((column) => {
        const [id] = column.ids;
        if (id === undefined) return null;
        const place = layout.columns.indexOf(column);
        const top = regionsY === null ? (flagsY ?? rulerY) : regionsY - 15;
        return (
          <span role="columnheader" key={id} aria-colindex={place + 2}>
            <button
              type="button"
              className="weave-column-head"
              aria-pressed={id === chosen}
              aria-label={`Region ${id}`}
              style={{
                left: px(column.x - 2),
                top: px(top),
                width: px(Math.max(16, column.width - 4)),
                height: px(regionsY === null ? cloth.y - top : 22),
              }}
              onClick={() => lookAtRegion(id === chosen ? null : id)}
            />
          </span>
        );
      })}
    </div>
  );
}

function RowHead({ row, layout, shape }: TwinProps & { row: Row }) {
  const { chooseNode } = useTouch(null);
  const head = shape.stores.find(({ node }) => node === row.name);
  const chosen = useViewer(
    (viewer) => viewer.selection?.type === 'node' && viewer.selection.node === row.name,
  );
  const words = [
    ...(head?.out === null ? [head.leads, head.replicas] : [head?.out.join(' ') ?? '']),
    ...(head?.state === null || head?.state === undefined ? [] : [`${head.state} to PD`]),
    ...(head?.place === null || head?.place === undefined ? [] : [head.place[1]]),
  ].join(', ');
  return (
    <span role="rowheader">
      <button
        type="button"
        className="weave-row-head"
        data-chosen={chosen}
        style={{
          left: px(layout.headX - 8),
          top: px(row.cellY),
          width: px(layout.cloth.x - layout.headX),
          height: px(row.cellHeight),
        }}
        aria-label={`${head?.name ?? row.name}, ${words}`}
        title={words}
        onClick={() => chooseNode(row.name)}
      />
    </span>
  );
}

interface CellProps {
  readonly cell: TwinCell;
  readonly style: CSSProperties;
  readonly stop: boolean;
  readonly onFocus: (place: Place) => void;
}

function Cell({ cell, style, stop, onFocus }: CellProps) {
  const { store, region, says, column } = cell;
  const { chooseNode } = useTouch(null);
  const chosen = useViewer(
    (viewer) =>
      viewer.region === region &&
      viewer.selection?.type === 'node' &&
      viewer.selection.node === store,
  );
  return (
    <div
      role="gridcell"
      className="weave-cell"
      data-cell={`${store} ${region}`}
      data-chosen={chosen}
      aria-selected={chosen}
      aria-colindex={column + 1}
      aria-label={says}
      title={says}
      tabIndex={stop ? 0 : -1}
      style={style}
      onFocus={() => onFocus({ store, region })}
      onClick={() => {
        if (useViewer.getState().tool === null) choose({ store, region });
        else chooseNode(store);
      }}
    />
  );
}
