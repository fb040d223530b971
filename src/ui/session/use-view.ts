// Which picture the stage shows: what the viewer has chosen; else the ring, and from the first split on the Weave.

import type { World } from '../../projections/world.ts';
import { useModel } from './live.ts';
import { useViewer, type StageView } from './viewer-store.ts';

const hasMany = (world: World): boolean => Object.keys(world.regions).length > 1;

export const useManyRegions = (): boolean => useModel(hasMany);

export function useView(): StageView {
  const chosen = useViewer((viewer) => viewer.view);
  const many = useManyRegions();
  return chosen ?? (many ? 'weave' : 'ring');
}
