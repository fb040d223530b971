// The one total order of inputs: (at, kind, node, n). Arrival order between threads is never looked at.

import { nodeRank, type Micros, type NodeId } from '../tikv/ids.ts';

/** command < disk < timer < message */
export const KIND = { command: 0, disk: 1, timer: 2, message: 3 } as const;
export type KindRank = (typeof KIND)[keyof typeof KIND];

/** [at, kind, rank of the node, n]: plain data, compared part by part. */
export type InputKey = readonly [at: Micros, kind: number, node: number, n: number];

/** Negative, zero or positive as `a` stands before, at or after `b`. */
export function compareKeys(a: InputKey, b: InputKey): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

export const keyOf = (at: Micros, kind: KindRank, node: NodeId, n: number): InputKey => [
  at,
  kind,
  nodeRank(node),
  n,
];

/** Stands before every input of an instant. */
export const startOf = (at: Micros): InputKey => [at, -1, 0, 0];

/** Stands directly after `key`: nothing fits between. */
export const justAfter = (key: InputKey): InputKey => [key[0], key[1], key[2], key[3] + 1];
