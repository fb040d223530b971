// What the parts of the tape's drawing are given.

import type { TapeLayout } from './tape-layout.ts';
import type { TapeModel } from './tape-model.ts';

export interface PartProps {
  readonly model: TapeModel;
  readonly layout: TapeLayout;
  readonly rows: Rows;
}

/** Where the rows stand; a low tape does without its axis. */
export interface Rows {
  readonly band: number;
  readonly bandHeight: number;
  readonly writes: number;
  readonly axis: number | null;
}
