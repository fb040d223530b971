// Who is who. Ids are what TiKV's are: numbers given out by PD, unique in the cluster and never used twice.

/** `s1` (a store), `pd1` (the placement driver), `c1` (a client). The address of a node on the network. */
export type NodeId = string;
export type NodeKind = 'store' | 'pd' | 'client';

export type StoreId = number;
export type RegionId = number;
export type PeerId = number;
/** Virtual or node time in whole microseconds. */
export type Micros = number;

const PREFIX: readonly [string, NodeKind][] = [
  ['pd', 'pd'],
  ['s', 'store'],
  ['c', 'client'],
];

/** Kind and number of a node; null where the text names none. */
export function parseNodeId(text: string): { kind: NodeKind; number: number } | null {
  for (const [prefix, kind] of PREFIX) {
    if (!text.startsWith(prefix)) continue;
    const digits = text.slice(prefix.length);
    if (/^[1-9][0-9]{0,3}$/.test(digits)) return { kind, number: Number(digits) };
  }
  return null;
}

const KIND_RANK: Record<NodeKind, number> = { store: 0, pd: 1, client: 2 };

/** The order of nodes: stores, then PD, then clients, each by number (s2 before s10). */
export function nodeRank(node: NodeId): number {
  const parsed = parseNodeId(node);
  return parsed === null ? 1_000_000 : KIND_RANK[parsed.kind] * 10_000 + parsed.number;
}

export const storeNode = (store: StoreId): NodeId => `s${store}`;
export const PD_NODE: NodeId = 'pd1';
