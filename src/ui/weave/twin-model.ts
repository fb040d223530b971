// The cells of the Weave as a grid for keyboard and screen reader: which are there, what each says, where the arrows
// lead. Of very many columns only those around the one in focus are there, and each says its number. Pure.

import { mapped } from '../../projections/region-map.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { cellSays, sightOf } from './cell-model.ts';

/** A cell: a store and a Region that it holds. */
export interface Place {
  readonly store: NodeId;
  readonly region: RegionId;
}

export interface TwinCell extends Place {
  readonly says: string;
  /** From 1, in the order of the keyspace. */
  readonly column: number;
}

export interface TwinModel {
  readonly rows: readonly { readonly store: NodeId; readonly cells: readonly TwinCell[] }[];
  readonly columns: number;
}

/** Columns that are there at once. */
const WINDOW = 64;

export function twinModel(
  world: World,
  stores: readonly NodeId[],
  regions: readonly RegionId[],
  middle: number,
): TwinModel {
  const from = Math.max(0, Math.min(middle - WINDOW / 2, regions.length - WINDOW));
  const sights = regions.slice(from, from + WINDOW).flatMap((id) => {
    const state = world.regions[id];
    return state === undefined ? [] : [sightOf(world, mapped(state.region))];
  });
  return {
    columns: regions.length,
    rows: stores.map((store) => ({
      store,
      cells: sights.flatMap((sight, i) => {
        const says = cellSays(world, sight, store);
        const column = from + i + 1;
        return says === null ? [] : [{ store, region: sight.mapped.id, says, column }];
      }),
    })),
  };
}

export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

export const isArrow = (key: string): key is Arrow =>
  ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);

/** The picture as the arrows see it. */
export interface Ground {
  readonly stores: readonly NodeId[];
  readonly regions: readonly RegionId[];
  readonly holds: (place: Place) => boolean;
}

/** Where an arrow leads from a cell: sideways along the store's row, up and down within the Region. */
export function stepFrom(at: Place, arrow: Arrow, ground: Ground): Place | null {
  const { stores, regions, holds } = ground;
  const upright = arrow === 'ArrowUp' || arrow === 'ArrowDown';
  const places = upright
    ? stores.map((store) => ({ ...at, store }))
    : regions.map((region) => ({ ...at, region }));
  const here = upright ? stores.indexOf(at.store) : regions.indexOf(at.region);
  const back = arrow === 'ArrowLeft' || arrow === 'ArrowUp';
  const onward =
    arrow === 'Home'
      ? places
      : arrow === 'End'
        ? places.toReversed()
        : back
          ? places.slice(0, here).toReversed()
          : places.slice(here + 1);
  return onward.find(holds) ?? null;
}
