// The words beside a message: what it is, and when it arrives or why it never will.

import type { Flight } from '../../projections/messages.ts';
import type { Micros } from '../../tikv/ids.ts';
import { doomWords } from '../../projections/words/explain.ts';
import { commas } from '../../projections/words/format.ts';
import { stopwatch } from '../chart/words.ts';
import { remainsOf } from './message-path.ts';

/** First line in full: `vote request, term 7`. */
export const fullLabel = (flight: Flight): string => flight.label;

/** First line where space is short: `42`, `36 to 39`, `has 42`; null where the mark alone says enough. */
export function shortLabel(flight: Flight): string | null {
  if (flight.message.type === 'raft') {
    const { message } = flight.message;
    const first = message.index + 1;
    if (flight.kind === 'append') {
      if (message.entries.length === 0) return `commit ${commas(message.commit)}`;
      const last = message.index + message.entries.length;
      return first === last ? commas(first) : `${commas(first)}–${commas(last)}`;
    }
    if (flight.kind === 'append-answer')
      return flight.sign === '−' ? 'rejects' : `has ${commas(message.index)}`;
  }
  if (flight.kind === 'pre-vote') return 'pre-vote';
  if (flight.kind === 'vote') return 'vote?';
  if (flight.kind === 'pre-vote-answer' || flight.kind === 'vote-answer')
    return flight.sign === '−' ? 'no' : 'yes';
  if (flight.kind === 'client' || flight.kind === 'client-answer') return flight.label;
  return null;
}

/** Second line: `arrives in 19 ms`, or the reason of its doom. */
export function fateLine(flight: Flight, now: Micros): { text: string; doomed: boolean } {
  if (flight.heldAt !== null) return { text: 'held', doomed: false };
  const doom = doomWords(flight);
  if (doom !== null) return { text: doom, doomed: true };
  const arrives = `arrives in ${stopwatch(remainsOf(flight, now))}`;
  const decided = flight.twinOf === null ? flight.moved : 'duplicate';
  return { text: decided === null ? arrives : `${decided}: ${arrives}`, doomed: false };
}
