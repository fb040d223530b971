// What answers to `why` are made of: records of the journal, and reasons with the rule and the record that they come from.

import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';
import type { JournalRecord } from '../../sim/record.ts';
import type { RecordId } from '../../sim/record-id.ts';
import type { World } from '../world.ts';
import { verdictWords, type AnyVerdict } from './rule-words.ts';

/** The records that are kept, by type, oldest first. */
export interface Records {
  ofType(type: string): readonly JournalRecord[];
}

export interface Reason {
  readonly sentence: string;
  /** The rule that blocks or decided; null: no rule had to. */
  readonly rule: string | null;
  /** The record that the sentence comes from; null: what is true now says it. */
  readonly record: RecordId | null;
  readonly at: Micros | null;
}

/** What the answer is made of. */
export interface Asked {
  readonly world: World;
  readonly records: Records;
}

/** A reason that nothing but the present state gives. */
export const plainly = (sentence: string): Reason => ({
  sentence,
  rule: null,
  record: null,
  at: null,
});

/** A reason from a record, and the rule that its verdict names. */
export function reason(
  sentence: string,
  { id, at }: JournalRecord,
  verdict: AnyVerdict | null = null,
): Reason {
  const found = verdict === null ? '' : `: ${verdictWords(verdict)}`;
  return { sentence: `${sentence}${found}.`, rule: verdict?.rule ?? null, record: id, at };
}

/** The verdict that decided: the one that did not hold, or the last one. */
export const decisive = (verdicts: readonly AnyVerdict[], holds: boolean): AnyVerdict | null =>
  verdicts.find((verdict) => verdict.holds === holds) ?? verdicts.at(-1) ?? null;

type EventOf<T extends JournalRecord['event']['type']> = Extract<
  JournalRecord['event'],
  { type: T }
>;
export type RecordOf<T extends JournalRecord['event']['type']> = JournalRecord & {
  readonly event: EventOf<T>;
};

interface Where {
  readonly store?: NodeId;
  readonly region?: RegionId;
}

/** The newest records of a type, newest first. */
export function newest<T extends JournalRecord['event']['type']>(
  { records }: Asked,
  type: T,
  { store, region }: Where = {},
): RecordOf<T>[] {
  return (records.ofType(type) as readonly RecordOf<T>[])
    .filter(
      ({ id, event }) => store === undefined || ('node' in event ? event.node : id.node) === store,
    )
    .filter(({ event }) => region === undefined || !('region' in event) || event.region === region)
    .toReversed();
}
