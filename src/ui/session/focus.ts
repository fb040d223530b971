// The Region that all views look at. It is kept apart from the rest of what the viewer does, because models read it.

import type { RegionId } from '../../tikv/ids.ts';

let chosen: RegionId | null = null;

/** The Region that somebody has chosen; null: nobody has. */
export const focusedRegion = (): RegionId | null => chosen;

/** Called by the viewer's store when its `region` changes, and by nobody else. */
export function focusOn(region: RegionId | null): void {
  chosen = region;
}
