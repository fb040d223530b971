// Ids of calls: no answer to an earlier life of a node is ever taken for an answer to this one.

/** Calls in one life of a node. */
const CALLS_MAX = 100_000_000;

export const firstCall = (incarnation: number): number => incarnation * CALLS_MAX + 1;
