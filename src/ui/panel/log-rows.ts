// The event log as data: which lines pass the filter, which nodes have a column, and where in a row its marks stand. Pure.

import { lineText, type Family, type Line } from '../../projections/words/line.ts';
import { nodeRank, type NodeId, type RegionId } from '../../tikv/ids.ts';

export interface LogFilter {
  /** Null: all of them. */
  readonly families: readonly Family[] | null;
  /** Null: all nodes. */
  readonly node: NodeId | null;
  readonly region: RegionId | null;
  /** As typed; without it, everything. */
  readonly text: string;
}

export const EVERYTHING: LogFilter = { families: null, node: null, region: null, text: '' };

const isEverything = ({ families, node, region, text }: LogFilter): boolean =>
  families === null && node === null && region === null && text.trim() === '';

/** The same lines where the filter lets all of them through. */
export function filtered(lines: readonly Line[], filter: LogFilter): readonly Line[] {
  if (isEverything(filter)) return lines;
  const wanted = filter.text.trim().toLowerCase();
  return lines.filter(
    (line) =>
      (filter.families === null || filter.families.includes(line.family)) &&
      (filter.node === null || line.nodes.includes(filter.node)) &&
      (filter.region === null || line.region === filter.region) &&
      (wanted === '' || lineText(line).toLowerCase().includes(wanted)),
  );
}

/** The Region to be named before a line's words; null: there is none, or the words name it themselves. */
export function regionBefore(line: Line): RegionId | null {
  const { region } = line;
  return region === null || new RegExp(`\\bRegion ${region}\\b`).test(lineText(line))
    ? null
    : region;
}

/** One for each node, in the order of the picture: stores, PD, clients. */
export const columnsOf = (nodes: readonly NodeId[]): NodeId[] => {
  const weight = (node: NodeId) => (node.startsWith('s') ? 0 : node.startsWith('pd') ? 1 : 2);
  return nodes.toSorted((a, b) => weight(a) - weight(b) || nodeRank(a) - nodeRank(b));
};

export interface RowMarks {
  /** The column of the one who acts; null: nobody in particular. */
  readonly acts: number | null;
  /** The columns of those whom it is about besides. */
  readonly others: readonly number[];
}

export function marksOf(line: Line, columns: readonly NodeId[]): RowMarks {
  const places = line.nodes.map((node) => columns.indexOf(node)).filter((place) => place >= 0);
  const [acts = null, ...others] = places;
  return { acts, others: [...new Set(others)].filter((place) => place !== acts) };
}

/** Rows to draw of many: the ones in view, and some around. */
export function rowsInView(
  scroll: { readonly top: number; readonly height: number },
  rowHeight: number,
  count: number,
): { readonly from: number; readonly to: number } {
  const first = Math.floor(scroll.top / rowHeight) - AROUND;
  const last = Math.ceil((scroll.top + scroll.height) / rowHeight) + AROUND;
  return { from: Math.max(0, Math.min(first, count)), to: Math.max(0, Math.min(last, count)) };
}

const AROUND = 6;
