// The kinds of lines, by the words of the filters.

import type { Family } from '../../projections/words/line.ts';

export const FAMILIES: readonly (readonly [Family, string])[] = [
  ['faults', 'Faults'],
  ['elections', 'Elections'],
  ['replication', 'Replication'],
  ['clients', 'Clients'],
  ['pd', 'Placement driver'],
  ['messages', 'Messages'],
];
