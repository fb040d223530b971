// The wires. A link is directed and has its own stream of chance; each message draws the same count from it, whatever
// is switched on. Messages of a link arrive in the order in which they were sent, as on TiKV's streams.

import { assert } from '../base/assert.ts';
import { between, luck, newChance, type Chance } from '../base/chance.ts';
import { Heap } from '../base/heap.ts';
import { clonePlain, type Plain } from '../base/plain.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { Message } from '../tikv/node/message.ts';
import { compareKeys, KIND, keyOf, type InputKey } from './key.ts';
import type { Arrival } from './host.ts';
import type { LossReason } from './record.ts';
import type { RecordId } from './record-id.ts';

/** Nothing is faster: the simulation runs windows of this length in parallel. (rule 7) */
export const LATENCY_MIN: Micros = 1000;
/** Messages on all wires together; more is a bug of ours or a storm of its own making. */
const IN_FLIGHT_MAX = 100_000;

export interface LinkProperties {
  latency: Micros;
  jitter: Micros;
  lossPerMillion: number;
  /** Raft messages only: client and PD calls can be lost or late, never doubled. (rule 25) */
  duplicatePerMillion: number;
  reorderPerMillion: number;
}

export interface Link extends LinkProperties {
  cut: boolean;
  /** No message of the link arrives before an earlier one. */
  lastArrival: Micros;
  readonly chance: Chance;
}

/** On its way to `to`; dies on the way where `reason` is set. `word` tells a sender of a failure, and is no record. */
export interface Flight {
  readonly key: InputKey;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly sent: RecordId;
  readonly message: Message;
  readonly reason: LossReason | null;
  readonly word: boolean;
  /** The sender's life: word of a failure reaches no later one. */
  readonly incarnation: number;
}

export interface Sending {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly at: Micros;
  readonly message: Message;
  readonly sent: RecordId;
  readonly incarnation: number;
}

/** When a message arrives, or dies; a doubled one has a twin; a held one has no moment yet. */
export interface Fate {
  readonly arrivesAt: Micros | null;
  readonly lostAt: Micros | null;
  readonly twinArrivesAt: Micros | null;
  readonly held: boolean;
}

/** Messages that are held as soon as they are sent; null: any. */
export interface Hold {
  readonly kind: string | null;
  readonly from: NodeId | null;
  readonly to: NodeId | null;
}

/** A message that stands still, and how much of its way is left. */
export interface Held {
  readonly flight: Flight;
  readonly left: Micros;
}

export class Network {
  readonly #seed: number;
  readonly #links: Map<string, Link>;
  readonly #counters: Map<NodeId, number>;
  #flights: Heap<Flight>;
  holds: Hold[] = [];
  held: Held[] = [];
  readonly #latency: Micros;
  readonly #jitter: Micros;

  constructor(
    seed: number,
    { latency, jitter }: { readonly latency: Micros; readonly jitter: Micros },
  ) {
    this.#seed = seed;
    this.#latency = latency;
    this.#jitter = jitter;
    this.#links = new Map();
    this.#counters = new Map();
    this.#flights = new Heap((a, b) => compareKeys(a.key, b.key));
  }

  link(from: NodeId, to: NodeId): Link {
    const name = `${from}>${to}`;
    let link = this.#links.get(name);
    if (link === undefined) {
      link = {
        latency: this.#latency,
        jitter: this.#jitter,
        lossPerMillion: 0,
        duplicatePerMillion: 0,
        reorderPerMillion: 0,
        cut: false,
        lastArrival: 0,
        chance: newChance(this.#seed, `link ${name}`),
      };
      this.#links.set(name, link);
    }
    return link;
  }

  /** The smallest latency that any link can draw. */
  get lookahead(): Micros {
    let least = this.#latency - this.#jitter;
    for (const link of this.#links.values()) least = Math.min(least, link.latency - link.jitter);
    return least;
  }

  /**
   * Puts a message on its wire and says what will become of it, as far as it is decided now. Six draws a message,
   * whatever is switched on.
   */
  send(sending: Sending): Fate {
    const { from, to, at } = sending;
    const link = this.link(from, to);
    const { chance } = link;
    const latency = between(chance, link.latency - link.jitter, link.latency + link.jitter);
    const unlucky = luck(chance, link.lossPerMillion);
    const share = between(chance, 30, 70);
    const doubled = luck(chance, link.duplicatePerMillion);
    const overtaken = luck(chance, link.reorderPerMillion);
    const later = between(chance, 0, link.latency);
    const raft = sending.message.type === 'raft';
    const reason = link.cut ? 'cut' : unlucky ? 'chance' : null;
    if (reason !== null) {
      const lostAt = at + Math.max(1, Math.floor((latency * share) / 100));
      this.#push(sending, lostAt, reason);
      return { arrivesAt: null, lostAt, twinArrivesAt: null, held: false };
    }
    if (this.holds.some((hold) => isHeldBy(hold, sending))) {
      this.held.push({ flight: this.#flight(sending, at, null), left: latency });
      return { arrivesAt: null, lostAt: null, twinArrivesAt: null, held: true };
    }
    const inOrder = Math.max(at + latency, link.lastArrival);
    const arrivesAt = overtaken && raft ? inOrder + later : inOrder;
    if (arrivesAt === inOrder) link.lastArrival = arrivesAt;
    this.#push(sending, arrivesAt, null);
    const twinArrivesAt = doubled && raft ? arrivesAt + later : null;
    if (twinArrivesAt !== null) this.#push(sending, twinArrivesAt, null);
    return { arrivesAt, lostAt: null, twinArrivesAt, held: false };
  }

  #push(sending: Sending, at: Micros, reason: LossReason | null): void {
    this.#add(this.#flight(sending, at, reason));
  }

  #flight(sending: Sending, at: Micros, reason: LossReason | null): Flight {
    const { from, to, sent, message, incarnation } = sending;
    const key = keyOf(at, KIND.message, to, this.#count(to));
    return { key, from, to, sent, message, reason, word: false, incarnation };
  }

  /** The message gets another moment of arrival. */
  arriveAt(flight: Flight, at: Micros): void {
    this.#add({ ...flight, key: keyOf(at, KIND.message, flight.to, this.#count(flight.to)) });
  }

  /** The message is the very next input: nothing that has run at this instant stands behind it. */
  arriveNext(flight: Flight, now: Micros, last: InputKey | null): void {
    const kind =
      last !== null && last[0] === now ? Math.max(last[1], KIND.message) + 1 : KIND.message + 1;
    const [, , rank, n] = keyOf(now, KIND.message, flight.to, this.#count(flight.to));
    this.#add({ ...flight, key: [now, kind, rank, n] });
  }

  #add(flight: Flight): void {
    assert(this.#flights.size < IN_FLIGHT_MAX, 'too many messages on the wires');
    this.#flights.push(flight);
  }

  #count(receiver: NodeId): number {
    const n = this.#counters.get(receiver) ?? 0;
    this.#counters.set(receiver, n + 1);
    return n;
  }

  /** Word of a failed sending goes back to the sender, one link latency after the failure. */
  reportFailure(flight: Flight, at: Micros): void {
    const back = this.link(flight.from, flight.to);
    const key = keyOf(at + back.latency, KIND.message, flight.from, this.#count(flight.from));
    this.#flights.push({
      ...flight,
      key,
      from: flight.to,
      to: flight.from,
      reason: null,
      word: true,
    });
  }

  nextKey(): InputKey | null {
    return this.#flights.peek()?.key ?? null;
  }

  /** Takes out what is due before `until`, in order. */
  due(until: InputKey): Flight[] {
    const flights: Flight[] = [];
    for (;;) {
      const first = this.#flights.peek();
      if (first === undefined || compareKeys(first.key, until) >= 0) return flights;
      this.#flights.pop();
      flights.push(first);
    }
  }

  /** Takes out the messages that `matches`, in key order: they die now. */
  take(matches: (flight: Flight) => boolean): Flight[] {
    return this.#flights.remove(matches).toSorted((a, b) => compareKeys(a.key, b.key));
  }

  /** What is under way, in order. */
  inFlight(): Flight[] {
    return this.#flights.sorted();
  }

  save(): Plain {
    return clonePlain({
      links: [...this.#links],
      counters: [...this.#counters],
      flights: this.#flights.sorted(),
      holds: this.holds,
      held: this.held,
    }) as unknown as Plain;
  }

  /** Goes on from what `save` gave. */
  load(saved: Plain): void {
    const state = clonePlain(saved) as unknown as {
      links: [string, Link][];
      counters: [NodeId, number][];
      flights: Flight[];
      holds: Hold[];
      held: Held[];
    };
    this.#links.clear();
    for (const [name, link] of state.links) this.#links.set(name, link);
    this.#counters.clear();
    for (const [node, n] of state.counters) this.#counters.set(node, n);
    this.#flights = new Heap((a, b) => compareKeys(a.key, b.key), state.flights);
    this.holds = state.holds;
    this.held = state.held;
  }
}

export function isHeldBy(hold: Hold, on: Pick<Sending, 'from' | 'to' | 'message'>): boolean {
  return (
    (hold.kind === null || hold.kind === kindOf(on.message)) &&
    (hold.from === null || hold.from === on.from) &&
    (hold.to === null || hold.to === on.to)
  );
}

export const sameHold = (a: Hold, b: Hold): boolean =>
  a.kind === b.kind && a.from === b.from && a.to === b.to;

/** What sort of message it is, in one word: raft-rs's name, or the name of the call. */
export function kindOf(message: Message): string {
  if (message.type === 'raft') return message.message.msgType;
  if (message.type === 'kv-request') return message.request.type;
  if (message.type === 'txn-request') return `kv-${message.request.type}`;
  return message.type === 'pd-request' ? message.call.type : message.type;
}

/** Part of an ordered stream, whose sender notices every loss: none is doubled or overtaken by chance. */
export const isStreamed = (message: Message): boolean => message.type === 'snapshot-chunk';

/** As the node's loop takes it in. */
export function arrivalOf(flight: Flight): Arrival {
  const { key, from: peer, message, sent, word } = flight;
  return { type: word ? 'send-failed' : 'message', key, peer, message, sent };
}
