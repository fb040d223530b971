// Which stretch of time the tape shows: what the viewer has chosen of it. While somebody looks back it is held, so that
// marks stand still under the hand; else it follows the newest moment.

import { create } from 'zustand';
import type { Micros } from '../../tikv/ids.ts';
import { zoomed } from './tape-layout.ts';

interface Stretch {
  /** Null: what the width suggests. */
  readonly span: Micros | null;
  /** The span that is drawn. */
  readonly shown: Micros;
  /** Null: it follows the newest moment. */
  readonly from: Micros | null;
}

export const useStretch = create<Stretch>()(() => ({ span: null, shown: 16_000_000, from: null }));

export const setStretch = useStretch.setState;

/** A shorter stretch (1) or a longer one (−1), about what is drawn now. */
export function zoomBy(by: 1 | -1, liveAt: Micros): void {
  const { span, shown } = useStretch.getState();
  setStretch({ span: zoomed(span ?? shown, by, liveAt) });
}
