// What an inspector shows, as plain data: fields under TiKV's names with what they mean, tables, and ways to other things.

import type { NodeState } from '../../projections/cluster.ts';
import { KNOBS, type KnobName } from '../../tikv/config.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { duration } from '../../projections/words/format.ts';
import type { Selection } from '../session/viewer-store.ts';

export interface Field {
  /** TiKV's own name. */
  readonly name: string;
  readonly value: string;
  /** What it means. */
  readonly means: string;
  /** What it is in a real TiKV, where Loom's is scaled; null where they are the same. */
  readonly real: string | null;
}

export interface InspectedTable {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly cells: readonly string[];
    /** What the row leads to. */
    readonly to?: Selection;
  }[];
  /** Columns that hold numbers, from 0. */
  readonly numeric: readonly number[];
}

/** Something that belongs to the chosen thing. */
export interface Way {
  readonly words: string;
  readonly to: Selection;
}

export interface Inspected {
  readonly title: string;
  readonly under: string;
  readonly fields: readonly Field[];
  readonly tables: readonly InspectedTable[];
  readonly ways: readonly Way[];
  readonly remark: string | null;
  /** Of a store: what can be done with it. */
  readonly node: { readonly id: NodeId; readonly status: NodeState['status'] } | null;
  /** Of an entry: its index, for the quorum row. */
  readonly entry: number | null;
}

export const NOTHING: Omit<Inspected, 'title' | 'under'> = {
  fields: [],
  tables: [],
  ways: [],
  remark: null,
  node: null,
  entry: null,
};

export const field = (
  name: string,
  value: string,
  means: string,
  real: string | null = null,
): Field => ({ name, value, means, real });

/** `9 s`: what a default TiKV has where Loom is scaled; null where it is not. */
export function realOf(name: KnobName): string | null {
  const knob = KNOBS[name];
  if (knob.teach === knob.tikv || typeof knob.tikv === 'boolean') return null;
  return knob.unit === 'ms' ? duration(knob.tikv * 1000) : String(knob.tikv);
}
