// Whose record it is, and the how-manieth of its own: the same in every host, known before the merge.

import type { NodeId } from '../tikv/ids.ts';

/** The conductor's own records: commands, the network, the life of nodes. */
export const WORLD = 'world';

export interface RecordId {
  readonly node: NodeId | typeof WORLD;
  readonly n: number;
}

export const sameId = (a: RecordId, b: RecordId): boolean => a.node === b.node && a.n === b.n;
