// What led to what: each record names its cause, so that one can walk back from a line of the event list to the line
// that it follows from, and on to the lines that follow from it. Records that tell nothing of their own, a message that
// arrives or a write that is durable, are steps on the way.

import { countWhile } from '../base/sorted.ts';
import type { JournalRecord, RecordId } from '../sim/record.ts';
import type { NodeId } from '../tikv/ids.ts';
import type { Line } from './words/line.ts';

/** Which record of the journal has an id: by node, and by its count there. */
export class RecordNumbers {
  readonly #numbers = new Map<NodeId, { readonly first: number; readonly n: number[] }>();

  take({ n, id }: JournalRecord): void {
    const known = this.#numbers.get(id.node);
    if (known === undefined) this.#numbers.set(id.node, { first: id.n, n: [n] });
    else known.n[id.n - known.first] = n;
  }

  /** Null: it has never come. */
  of({ node, n }: RecordId): number | null {
    const known = this.#numbers.get(node);
    return known?.n[n - known.first] ?? null;
  }
}

export interface Told {
  /** Ascending by number. */
  readonly lines: readonly Line[];
  /** The journal, as far as it is kept, without a gap. */
  readonly kept: readonly JournalRecord[];
  readonly numbers: RecordNumbers;
}

/** How far one looks: steps back, records on, and lines. */
const STEPS = 24;
const AHEAD = 6000;
const MOST = 24;
/** Records of one input that one looks through. */
const SIBLINGS = 40;

const recordOf = (kept: Told['kept'], n: number): JournalRecord | undefined =>
  kept[n - (kept[0]?.n ?? 0)];

/** The line that tells of a record; null where none does. */
export function lineOfRecord(lines: readonly Line[], n: number): Line | null {
  const line = lines[countWhile(lines, (each) => each.n <= n) - 1];
  if (line === undefined) return null;
  // Counted heartbeats have other records between the first and the last.
  return line.n === n || (line.glyph !== 'heartbeats' && line.lastN >= n) ? line : null;
}

const isSame = (a: RecordId | null, b: RecordId | null): boolean =>
  a !== null && b !== null && a.node === b.node && a.n === b.n;

/**
 * The line that a record belongs to: its own, or that of what its node told at the same input, such as the vote that an
 * answer brings.
 */
function ownerOf({ lines, kept }: Told, record: JournalRecord): Line | null {
  const own = lineOfRecord(lines, record.n);
  if (own !== null || record.cause === null) return own;
  const told: Line[] = [];
  for (const step of [-1, 1])
    for (let away = 1; away <= SIBLINGS; away++) {
      const other = recordOf(kept, record.n + step * away);
      if (other?.at !== record.at) break;
      const isSibling = other.id.node === record.id.node && isSame(other.cause, record.cause);
      const line = isSibling ? lineOfRecord(lines, other.n) : null;
      if (line !== null) told.push(line);
    }
  const last = told.toSorted((a, b) => a.n - b.n);
  // What leaves after a vote or an election is about that, whatever else the same input led to.
  return last.findLast(({ family }) => family === 'elections') ?? last.at(-1) ?? null;
}

/** Of one input, one thing comes after the other: the line before this one. */
function elderOf({ lines, kept }: Told, line: Line, record: JournalRecord): Line | null {
  for (let n = line.n - 1; n >= line.n - SIBLINGS; n--) {
    const elder = recordOf(kept, n);
    if (elder?.at !== record.at) return null;
    if (elder.id.node !== record.id.node || !isSame(elder.cause, record.cause)) continue;
    const before = lineOfRecord(lines, n);
    if (before !== null && before !== line) return before;
  }
  return null;
}

/** The line that this one follows from; null where it is not told, or not kept. */
export function causeOf(told: Told, line: Line): Line | null {
  const { kept, numbers } = told;
  let record = recordOf(kept, line.n);
  const elder = record === undefined ? null : elderOf(told, line, record);
  if (elder !== null) return elder;
  for (let step = 0; step < STEPS && record?.cause; step++) {
    const n = numbers.of(record.cause);
    record = n === null ? undefined : recordOf(kept, n);
    const owner = record === undefined ? null : ownerOf(told, record);
    if (owner !== null && owner !== line) return owner;
  }
  return null;
}

/** The lines that follow from this one, each directly, in order. */
export function effectsOf(told: Told, line: Line): Line[] {
  const { kept, numbers } = told;
  const own = recordOf(kept, line.n);
  if (own === undefined) return [];
  const reached = new Set([line.n]);
  const found = new Map<string, Line>();
  const from = Math.max(0, line.n - SIBLINGS - (kept[0]?.n ?? 0));
  for (const record of kept.slice(from, from + AHEAD)) {
    const cause = record.cause === null ? null : numbers.of(record.cause);
    const follows = cause !== null && reached.has(cause);
    const isSibling = record.id.node === own.id.node && isSame(record.cause, own.cause);
    if (!follows && !isSibling) continue;
    const owner = ownerOf(told, record);
    if (owner === line || (follows && owner === null)) reached.add(record.n);
    // Of one input, the first line follows; the others follow from that.
    const input = `${record.id.node} ${cause}`;
    if (owner !== null && owner.n > line.n && !found.has(input)) found.set(input, owner);
    if (found.size === MOST) break;
  }
  return [...found.values()].toSorted((a, b) => a.n - b.n);
}

/**
 * How an operation came to its answer: what the answer follows from, back to the question, with whatever else is told of
 * the operation itself. While it is open, what is told of it so far.
 */
export function wayOf(told: Told, op: number): Line[] {
  const own = told.lines.filter((line) => line.op === op);
  const first = own[0];
  const way = new Map(own.map((line) => [line.n, line]));
  if (first === undefined) return [];
  let line: Line | null = own.at(-1) ?? null;
  for (let step = 0; line !== null && step < STEPS; step++) {
    if (line.n < first.n) break;
    way.set(line.n, line);
    line = causeOf(told, line);
  }
  return [...way.values()].toSorted((a, b) => a.n - b.n);
}
