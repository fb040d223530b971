// A line of the event list before it has its place there.

import type { NodeId } from '../../tikv/ids.ts';
import type { Family, Glyph, Part } from './line.ts';

/** A line without its place in the list. */
export interface Told {
  readonly glyph: Glyph;
  readonly family: Family;
  readonly pieces: readonly (string | Part)[];
  readonly nodes: readonly NodeId[];
  readonly region?: number;
  readonly index?: number;
  readonly op?: number;
}

export const fault = (nodes: readonly NodeId[], ...pieces: (string | Part)[]): Told => ({
  glyph: 'fault',
  family: 'faults',
  nodes,
  pieces,
});

export const mending = (
  glyph: 'heal' | 'start',
  nodes: readonly NodeId[],
  ...pieces: (string | Part)[]
): Told => ({
  glyph,
  family: 'faults',
  nodes,
  pieces,
});
