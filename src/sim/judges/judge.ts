// What a judge is. It reads the journal and nothing else, one record after the other, and says so when a promise of the
// database is broken. Judges stand outside: no node knows of them, and they change nothing.

import type { Plain } from '../../base/plain.ts';
import type { Micros } from '../../tikv/ids.ts';
import type { JournalRecord } from '../record.ts';
import type { RecordId } from '../record-id.ts';
import type { Chronicle } from './chronicle.ts';
import type { EventType, RecordOf } from './record-of.ts';

export interface Judge {
  /** As the catalogue of invariants counts them: `inv:R1`. */
  readonly id: `inv:${string}`;
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** The only events that it looks at. */
  readonly reads: readonly EventType[];
  /**
   * `past` is everything before this record: the Bench takes the record in after all judges have seen it. Null: nothing
   * is wrong. A judge may keep a memory of its own, so each is for one journal.
   */
  observe(record: JournalRecord, past: Chronicle): Violation | null;
}

/** A broken promise: plain data. */
export interface Violation {
  readonly judge: Judge['id'];
  readonly name: string;
  readonly at: Micros;
  /** The place in the journal of the record that broke it. */
  readonly record: number;
  /** The records that prove it, the breaking one first. */
  readonly witnesses: readonly RecordId[];
  readonly facts: { readonly [fact: string]: Plain };
  readonly text: string;
}

/** What a judge has found at a record; the Bench adds who and when. */
export interface Finding {
  readonly text: string;
  readonly facts: Violation['facts'];
  /** The records that prove it, besides the one at hand. */
  readonly witnesses: readonly (RecordId | null | undefined)[];
}

export function violation(
  judge: Pick<Judge, 'id' | 'name'>,
  record: JournalRecord,
  finding: Finding,
): Violation {
  const witnesses: RecordId[] = [record.id];
  for (const id of finding.witnesses) if (id !== null && id !== undefined) witnesses.push(id);
  const { text, facts } = finding;
  const { id: judgeId, name } = judge;
  return { judge: judgeId, name, at: record.at, record: record.n, witnesses, facts, text };
}

/** A judge from its parts: `find` sees only records of the types that it names. */
export function judgeOf<T extends EventType>(parts: {
  readonly id: Judge['id'];
  readonly name: string;
  readonly says: string;
  readonly reads: readonly T[];
  readonly find: (record: RecordOf<T>, past: Chronicle) => Finding | null;
}): Judge {
  const { id, name, says, reads, find } = parts;
  const types: ReadonlySet<EventType> = new Set(reads);
  return {
    id,
    name,
    says,
    reads,
    observe(record, past) {
      if (!types.has(record.event.type)) return null;
      const finding = find(record as RecordOf<T>, past);
      return finding === null ? null : violation({ id, name }, record, finding);
    },
  };
}

/** A node as people read it: S2. */
export const called = (node: string): string => node.toUpperCase();
