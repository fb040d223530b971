// The heat of Regions: bytes written and read in a second, as the heartbeats of their leaders told PD. A row of its own
// where columns are narrow, a line under the ruler where they are wide.

import type { World } from '../../projections/world.ts';
import type { RegionId } from '../../tikv/ids.ts';
import type { Pen } from './pen.ts';
import type { WeaveLayout } from './weave-layout.ts';

/** Bytes a second that a Region has to have to be as warm as can be; of a busier cluster, what its busiest has. */
const FULL = 100;
/** Of the line under the ruler. */
const LINE = 3;

const heatOf = (world: World, region: RegionId): number => {
  const flow = world.pd.flow[region];
  return flow === undefined ? 0 : flow.writtenBytesRate + flow.readBytesRate;
};

export function paintHeat({ ctx, ink }: Pen, layout: WeaveLayout<RegionId>, world: World): void {
  const { heatY, rulerY, cloth, columns } = layout;
  const [y, height] = heatY === null ? [rulerY + 1, LINE] : [heatY - 6, 12];
  if (heatY !== null) {
    ctx.fillStyle = ink.cloth;
    ctx.globalAlpha = 0.5;
    ctx.fillRect(cloth.x, y, cloth.width, height);
  }
  let most = FULL;
  for (const { ids } of columns) for (const id of ids) most = Math.max(most, heatOf(world, id));
  ctx.fillStyle = ink.re;
  for (const column of columns) {
    let heat = 0;
    for (const id of column.ids) heat = Math.max(heat, heatOf(world, id));
    if (heat === 0) continue;
    ctx.globalAlpha = 0.12 + (0.83 * heat) / most;
    ctx.fillRect(column.x, y, column.width, height);
  }
  ctx.globalAlpha = 1;
}
