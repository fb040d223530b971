// How a message looks: which body, filled or hollow, in which colour, with which sign. One table for the ring, the legend
// and the inspector. A request is filled and an answer hollow; the colour is the kind of activity.

import type { Flight, MessageKind } from '../../projections/messages.ts';

export type Tone = 're' | 'el' | 'muted' | 'lo' | 'co' | 'fa';

export interface MessageLook {
  readonly body: 'disc' | 'diamond' | 'square' | 'tick' | 'box';
  readonly filled: boolean;
  readonly tone: Tone;
  readonly sign: '+' | '−' | '?' | 'r' | '→' | null;
  readonly beads: number;
  readonly doomed: boolean;
}

const BASE: Record<MessageKind, Omit<MessageLook, 'beads' | 'doomed'>> = {
  append: { body: 'disc', filled: true, tone: 're', sign: null },
  'append-answer': { body: 'disc', filled: false, tone: 're', sign: '+' },
  heartbeat: { body: 'tick', filled: true, tone: 'muted', sign: null },
  'heartbeat-answer': { body: 'tick', filled: false, tone: 'muted', sign: null },
  'pre-vote': { body: 'disc', filled: false, tone: 'el', sign: '?' },
  'pre-vote-answer': { body: 'disc', filled: false, tone: 'el', sign: '+' },
  vote: { body: 'disc', filled: true, tone: 'el', sign: '?' },
  'vote-answer': { body: 'disc', filled: false, tone: 'el', sign: '+' },
  'timeout-now': { body: 'square', filled: true, tone: 'el', sign: '→' },
  transfer: { body: 'square', filled: true, tone: 'el', sign: '→' },
  snapshot: { body: 'box', filled: true, tone: 're', sign: null },
  'snapshot-answer': { body: 'box', filled: false, tone: 're', sign: '+' },
  'read-index': { body: 'disc', filled: true, tone: 'muted', sign: 'r' },
  'read-index-answer': { body: 'disc', filled: false, tone: 'muted', sign: 'r' },
  client: { body: 'diamond', filled: true, tone: 'muted', sign: null },
  'client-answer': { body: 'diamond', filled: false, tone: 'muted', sign: null },
  pd: { body: 'square', filled: true, tone: 'muted', sign: null },
  'pd-answer': { body: 'square', filled: false, tone: 'muted', sign: null },
};

/** Kinds whose answer carries a yes or a no. */
const ANSWERS_YES_OR_NO: readonly MessageKind[] = [
  'append-answer',
  'snapshot-answer',
  'pre-vote-answer',
  'vote-answer',
  'client-answer',
];

export function lookOf(flight: Pick<Flight, 'kind' | 'sign' | 'beads' | 'doomed'>): MessageLook {
  const base = BASE[flight.kind];
  const sign = ANSWERS_YES_OR_NO.includes(flight.kind) ? (flight.sign ?? base.sign) : base.sign;
  return { ...base, sign, beads: flight.beads, doomed: flight.doomed !== null };
}
