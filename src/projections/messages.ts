// Messages that are under way, what kind each is, and what is already known of its fate.

import type { Micros, NodeId, RegionId } from '../tikv/ids.ts';
import type { LossReason, RecordId } from '../sim/record.ts';
import type { Message } from '../tikv/node/message.ts';

/** How a message is drawn: one shape for each. */
export type MessageKind =
  | 'append'
  | 'append-answer'
  | 'heartbeat'
  | 'heartbeat-answer'
  | 'pre-vote'
  | 'pre-vote-answer'
  | 'vote'
  | 'vote-answer'
  | 'timeout-now'
  | 'transfer'
  | 'snapshot'
  | 'snapshot-answer'
  | 'read-index'
  | 'read-index-answer'
  | 'client'
  | 'client-answer'
  | 'pd'
  | 'pd-answer';

export interface Flight {
  /** `s1#42`: the sender and the number of its `network/sent` record. A duplicate has `s1#42/2`. */
  id: string;
  sent: RecordId;
  from: NodeId;
  to: NodeId;
  kind: MessageKind;
  /** A few words: `vote request, term 7`. */
  label: string;
  region: RegionId | null;
  term: number | null;
  /** Entries that it carries. */
  beads: number;
  /** The answer that it brings: `+` yes, `−` no; null where it is no answer. */
  sign: '+' | '−' | null;
  /** The client operation that it serves. */
  request: { client: NodeId; id: number } | null;
  sentAt: Micros;
  /** Where it was when it last set out: at sending, or when somebody moved it. Motion goes on from there. */
  leg: Leg;
  /** Of a duplicate: the flight that it doubles. */
  twinOf: string | null;
  /** Null where it was lost from the start (then it travels to `lostAt` and ends there), and while it is held. */
  arrivesAt: Micros | null;
  lostAt: Micros | null;
  /** What somebody last did to its time. */
  moved: 'delayed' | 'hurried' | 'released' | null;
  /** Since when somebody holds it where it is. */
  heldAt: Micros | null;
  /** Why it will be lost, from the moment that this is known. `receiver-down` is a forecast: a restart in time lifts it. */
  doomed: Doom | null;
  /** What it says, for the inspector. */
  message: Message;
}

export interface Leg {
  at: Micros;
  /** The part of its way that lay behind it, in millionths. */
  done: number;
}

export interface Doom {
  reason: LossReason;
  since: Micros;
}

/** A message that was lost, kept for a while so that its place can be shown. */
export interface Loss {
  flight: Flight;
  at: Micros;
  reason: LossReason;
}

/** The newest losses kept. */
export const LOSSES_KEPT = 50;

/** Heartbeats are counted, not listed. */
export interface HeartbeatCounts {
  sent: number;
  arrived: number;
  lost: number;
}
