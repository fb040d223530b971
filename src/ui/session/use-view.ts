// Which picture the stage shows: what the viewer has chosen; else the ring, and from the first split on the Weave.

import { hasManyRegions } from '../../projections/questions.ts';
import { useModel } from './live.ts';
import { useViewer, type StageView } from './viewer-store.ts';

export const useManyRegions = (): boolean => useModel(hasManyRegions);

export function useView(): StageView {
  const chosen = useViewer((viewer) => viewer.view);
  const many = useManyRegions();
  return chosen ?? (many ? 'weave' : 'ring');
}

/** In the Weave, where no Region is chosen, the tape and its legend are of all Regions. */
export function useOfAllRegions(): boolean {
  const view = useView();
  const chosen = useViewer((viewer) => viewer.region);
  return view === 'weave' && chosen === null;
}
