// One line of the event list: a picture, a sentence in parts, and what it is about.

import type { Micros, NodeId, RegionId } from '../../tikv/ids.ts';

/** The small mark before a line. */
export type Glyph =
  | 'fault'
  | 'heal'
  | 'start'
  | 'bug'
  | 'timer'
  | 'pre-vote'
  | 'candidate'
  | 'vote-asked'
  | 'vote-yes'
  | 'vote-no'
  | 'leader'
  | 'follower'
  | 'append'
  | 'append-answer'
  | 'conflict'
  | 'commit'
  | 'client'
  | 'answer'
  | 'refused'
  | 'undetermined'
  | 'read'
  | 'lost'
  | 'overdue'
  | 'heartbeats'
  | 'pd';

/** What a filter of the list chooses from. */
export type Family = 'faults' | 'elections' | 'replication' | 'clients' | 'pd' | 'messages';

export interface Part {
  readonly text: string;
  readonly tone: 'plain' | 'strong' | 'muted';
}

export interface Line {
  /** The record that it tells of; of a line that stands for several, the first. */
  readonly n: number;
  /** The record that it was last brought up to date by. */
  readonly lastN: number;
  readonly at: Micros;
  readonly glyph: Glyph;
  readonly family: Family;
  readonly parts: readonly Part[];
  /** Whom it is about; the first is the one who acts. */
  readonly nodes: readonly NodeId[];
  readonly region: RegionId | null;
  /** The log entry that it is about. */
  readonly index: number | null;
  readonly op: number | null;
}

/** One name a line: a record can have its own line and one that says what was due before it. */
export const lineKey = (line: Line): string => `${line.n} ${line.glyph}`;

export const textOfParts = (parts: readonly Part[]): string =>
  parts.map(({ text }) => text).join('');

/** The sentence of a line. */
export const lineText = (line: Line): string => textOfParts(line.parts);

export const strong = (text: string): Part => ({ text, tone: 'strong' });
export const muted = (text: string): Part => ({ text, tone: 'muted' });

/** A sentence from pieces; plain where nothing else is said. */
export const said = (pieces: readonly (string | Part)[]): Part[] =>
  pieces.map((piece) => (typeof piece === 'string' ? { text: piece, tone: 'plain' } : piece));

/** The words of pieces, without their tones. */
export const wordsOf = (pieces: readonly (string | Part)[]): string => textOfParts(said(pieces));
