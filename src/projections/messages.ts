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

/** Never changed in place: what happens to it makes another of the same `id`. */
export interface Flight {
  /** `s1#42`: the sender and the number of its `network/sent` record. A duplicate has `s1#42/2`. */
  readonly id: string;
  readonly sent: RecordId;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: MessageKind;
  /** A few words: `vote request, term 7`. */
  readonly label: string;
  readonly region: RegionId | null;
  readonly term: number | null;
  /** Entries that it carries. */
  readonly beads: number;
  /** The answer that it brings: `+` yes, `−` no; null where it is no answer. */
  readonly sign: '+' | '−' | null;
  /** The client operation that it serves. */
  readonly request: { client: NodeId; id: number } | null;
  readonly sentAt: Micros;
  /** Where it was when it last set out: at sending, or when somebody moved it. Motion goes on from there. */
  readonly leg: Leg;
  /** Of a duplicate: the flight that it doubles. */
  readonly twinOf: string | null;
  /** Null where it was lost from the start (then it travels to `lostAt` and ends there), and while it is held. */
  readonly arrivesAt: Micros | null;
  readonly lostAt: Micros | null;
  /** What somebody last did to its time. */
  readonly moved: 'delayed' | 'hurried' | 'released' | null;
  /** Since when somebody holds it where it is. */
  readonly heldAt: Micros | null;
  /** Why it will be lost, from the moment that this is known. `receiver-down` is a forecast: a restart in time lifts it. */
  readonly doomed: Doom | null;
  /** What it says, for the inspector. */
  readonly message: Message;
}

export interface Leg {
  readonly at: Micros;
  /** The part of its way that lay behind it, in millionths. */
  readonly done: number;
}

export interface Doom {
  readonly reason: LossReason;
  readonly since: Micros;
}

/** A message that was lost, kept for a while so that its place can be shown. */
export interface Loss {
  readonly flight: Flight;
  readonly at: Micros;
  readonly reason: LossReason;
}

/** The newest losses kept. */
export const LOSSES_KEPT = 50;

/** Heartbeats are counted, not listed. */
export interface HeartbeatCounts {
  sent: number;
  arrived: number;
  lost: number;
}
