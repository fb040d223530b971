// The cloth: cells, stripes and row lines on a canvas that is painted again only where a cell has changed.

import { isAlive } from '../../projections/questions.ts';
import { holdsUnsplit, mapped } from '../../projections/region-map.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import type { Box } from '../chart/geometry.ts';
import { cellModel, sightOf, type CellModel, type RegionSight } from './cell-model.ts';
import { signColumn, storeSight, type StoreSight } from './cell-sign.ts';
import type { Column } from './columns.ts';
import { paintBucket, paintCell } from './paint-cells.ts';
import type { Pen } from './pen.ts';
import { cellBox, type Row, type WeaveLayout } from './weave-layout.ts';

type Layout = WeaveLayout<RegionId>;

export class Cloth {
  #keys: string[] = [];
  /** Of narrow columns: what each cell shows, as a number. */
  #signs: number[] = [];
  #layout: Layout | null = null;
  #ink: unknown = null;

  /** Forgets what is painted: the next painting is whole. */
  clear(): void {
    this.#layout = null;
  }

  paint(pen: Pen, world: World, layout: Layout): void {
    const whole = this.#layout !== layout || this.#ink !== pen.ink;
    if (whole) {
      this.#layout = layout;
      this.#ink = pen.ink;
      this.#keys = [];
      this.#signs = [];
      pen.ctx.clearRect(0, 0, layout.links.x + 400, layout.cloth.y + layout.cloth.height + 40);
      paintLines(pen, layout, { x: layout.headX, width: layout.links.x + 118 - layout.headX });
    }
    if (layout.level <= 1) this.#paintWide(pen, world, layout, whole);
    else this.#paintNarrow(pen, world, layout, whole);
  }

  /** Few columns, and cells that may reach over several: all or nothing. */
  #paintWide(pen: Pen, world: World, layout: Layout, whole: boolean): void {
    const sights = layout.columns.map((column) => sightsOf(world, column)[0] ?? null);
    const cells = layout.columns.map((column, i) =>
      cellsIn(world, column, sights[i] ?? null, layout.rows),
    );
    const key = JSON.stringify(cells);
    if (!whole && this.#keys[0] === key) return;
    this.#keys = [key];
    if (!whole) clearColumns(pen, layout, layout.columns);
    for (const [i, column] of layout.columns.entries())
      for (const [j, row] of layout.rows.entries()) {
        const cell = cells[i]?.[j];
        if (cell === null || cell === undefined) continue;
        const first = reachOf(sights, i, row.name);
        const box = spanned(layout.columns[first] ?? column, column, row);
        const whole = { ...cell, note: `one Region: entry ${cell.log} not yet applied` };
        paintCell(pen, box, first < i && column.level === 0 ? whole : cell, column.level);
      }
  }

  #paintNarrow(pen: Pen, world: World, layout: Layout, whole: boolean): void {
    const stores = layout.rows.map(({ name }) => storeSight(world, name));
    for (const [i, column] of layout.columns.entries()) {
      const spoken = column.level <= 1;
      if (!spoken && !this.#changed(i, column.ids, stores) && !whole) continue;
      const sights = sightsOf(world, column);
      const drawn =
        column.ids.length > 1
          ? bucketIn(world, sights, layout.rows)
          : cellsIn(world, column, sights[0] ?? null, layout.rows);
      if (spoken) {
        const key = JSON.stringify(drawn);
        if (!whole && this.#keys[i] === key) continue;
        this.#keys[i] = key;
      }
      if (!whole) clearColumns(pen, layout, [column]);
      for (const [j, row] of layout.rows.entries()) {
        const cell = drawn[j];
        if (cell === null || cell === undefined) continue;
        const box = cellBox(column, row);
        if ('leads' in cell) paintBucket(pen, box, cell);
        else paintCell(pen, box, cell, column.level);
      }
      paintDownRows(pen, world, layout, column);
    }
  }

  #changed(column: number, ids: readonly RegionId[], stores: readonly StoreSight[]): boolean {
    let changed = false;
    signColumn(ids, stores, (row, sign) => {
      const at = column * stores.length + row;
      if (this.#signs[at] === sign) return;
      this.#signs[at] = sign;
      changed = true;
    });
    return changed;
  }
}

const sightsOf = (world: World, column: Column<RegionId>): RegionSight[] =>
  column.ids.flatMap((id) => {
    const state = world.regions[id];
    return state === undefined ? [] : [sightOf(world, mapped(state.region))];
  });

interface Shares {
  readonly leads: number;
  readonly holds: number;
}

const cellsIn = (
  world: World,
  column: Column<RegionId>,
  sight: RegionSight | null,
  rows: readonly Row[],
): (CellModel | null)[] =>
  rows.map((row) => (sight === null ? null : cellModel(world, sight, row.name, column.level)));

/** Neighbours that share a stripe, as shares of one. */
const bucketIn = (
  world: World,
  sights: readonly RegionSight[],
  rows: readonly Row[],
): (Shares | null)[] =>
  rows.map(({ name }) => {
    let leads = 0;
    let holds = 0;
    for (const sight of sights) {
      const replica = sight.replicas.get(name);
      if (replica === undefined) continue;
      holds += 1;
      if (replica.role === 'leader' && isAlive(world, name)) leads += 1;
    }
    return holds === 0 ? null : { leads: leads / sights.length, holds: holds / sights.length };
  });

/** The first of the columns that a replica still holds: before it has applied a split, its cell reaches over them. */
function reachOf(sights: readonly (RegionSight | null)[], at: number, store: NodeId): number {
  const own = sights[at]?.replicas.get(store);
  let first = at;
  while (first > 0) {
    const left = sights[first - 1];
    if (left === null || left === undefined) break;
    if (left.replicas.get(store)?.initialized === true || !holdsUnsplit(own, left.mapped)) break;
    first -= 1;
  }
  return first;
}

function spanned(first: Column<RegionId>, last: Column<RegionId>, row: Row): Box {
  const box = cellBox(last, row);
  const from = cellBox(first, row).x;
  return { ...box, x: from, width: box.x + box.width - from };
}

function clearColumns(
  { ctx, ...pen }: Pen,
  layout: Layout,
  columns: readonly Column<RegionId>[],
): void {
  const [first] = columns;
  const last = columns.at(-1);
  if (first === undefined || last === undefined) return;
  const width = last.x + last.width - first.x;
  ctx.clearRect(first.x, layout.cloth.y - 4, width, layout.cloth.height + 8);
  paintLines({ ctx, ...pen }, layout, { x: first.x, width });
}

/** A hairline between rows, none beside a tear. */
function paintLines(
  { ctx, ink }: Pen,
  { rows }: Layout,
  { x, width }: { readonly x: number; readonly width: number },
): void {
  ctx.fillStyle = ink.line;
  for (const [i, row] of rows.entries())
    if (rows[i + 1]?.group === row.group) ctx.fillRect(x, Math.round(row.y + row.height), width, 1);
}

function paintDownRows(pen: Pen, world: World, { rows }: Layout, column: Column<RegionId>): void {
  for (const row of rows) {
    if (isAlive(world, row.name)) continue;
    pen.ctx.globalAlpha = 0.55;
    pen.ctx.fillStyle = pen.ink.paper;
    pen.ctx.fillRect(column.x, row.cellY, column.width, row.cellHeight);
    pen.ctx.globalAlpha = 1;
    pen.ctx.fillStyle = pen.hatch;
    pen.ctx.fillRect(column.x, row.cellY, column.width, row.cellHeight);
  }
}
