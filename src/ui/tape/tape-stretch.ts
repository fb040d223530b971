// Which stretch of time the tape shows: what the viewer has chosen of it. While somebody looks back it is held, so that
// marks stand still under the hand; else it follows the newest moment.

import { create } from 'zustand';
import type { Micros } from '../../tikv/ids.ts';

interface Stretch {
  /** Null: what the width suggests. */
  readonly span: Micros | null;
  /** Null: it follows the newest moment. */
  readonly from: Micros | null;
}

export const useStretch = create<Stretch>()(() => ({ span: null, from: null }));

export const setStretch = useStretch.setState;
