// The wires. A link is directed and has its own stream of chance; each message draws the same count from it, whatever
// is switched on. Messages of a link arrive in the order in which they were sent, as on TiKV's streams.

import { assert } from '../base/assert.ts';
import { between, luck, newChance, type Chance } from '../base/chance.ts';
import { Heap } from '../base/heap.ts';
import type { Plain } from '../base/plain.ts';
import type { Micros, NodeId } from '../tikv/ids.ts';
import type { Message } from '../tikv/node/message.ts';
import { compareKeys, KIND, keyOf, type InputKey } from './key.ts';
import type { Arrival } from './host.ts';
import type { LossReason, RecordId } from './record.ts';

/** Nothing is faster: the simulation runs windows of this length in parallel. (rule 7) */
export const LATENCY_MIN: Micros = 1000;
/** Messages on all wires together; more is a bug of ours or a storm of its own making. */
const IN_FLIGHT_MAX = 100_000;

export interface Link {
  latency: Micros;
  jitter: Micros;
  lossPerMillion: number;
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

export class Network {
  readonly #seed: number;
  readonly #links: Map<string, Link>;
  readonly #counters: Map<NodeId, number>;
  #flights: Heap<Flight>;
  readonly #latency: Micros;
  readonly #jitter: Micros;

  constructor(seed: number, latency: Micros, jitter: Micros) {
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

  /** Puts a message on its wire and says what will become of it, as far as it is decided now. */
  send(sending: Sending): { arrivesAt: Micros | null; lostAt: Micros | null } {
    const { from, to, at } = sending;
    const link = this.link(from, to);
    const latency = between(link.chance, link.latency - link.jitter, link.latency + link.jitter);
    const unlucky = luck(link.chance, link.lossPerMillion);
    const share = between(link.chance, 30, 70);
    const reason = link.cut ? 'cut' : unlucky ? 'chance' : null;
    const dies = at + Math.max(1, Math.floor((latency * share) / 100));
    const arrives = Math.max(at + latency, link.lastArrival);
    if (reason === null) link.lastArrival = arrives;
    this.#push(sending, reason === null ? arrives : dies, reason);
    return reason === null
      ? { arrivesAt: arrives, lostAt: null }
      : { arrivesAt: null, lostAt: dies };
  }

  #push(sending: Sending, at: Micros, reason: LossReason | null): void {
    assert(this.#flights.size < IN_FLIGHT_MAX, 'too many messages on the wires');
    const key = keyOf(at, KIND.message, sending.to, this.#count(sending.to));
    this.#flights.push({
      key,
      from: sending.from,
      to: sending.to,
      sent: sending.sent,
      message: sending.message,
      reason,
      word: false,
      incarnation: sending.incarnation,
    });
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
    return {
      links: [...this.#links].map(([name, link]) => [
        name,
        { ...link, chance: { ...link.chance } },
      ]),
      counters: [...this.#counters],
      flights: this.#flights.sorted(),
    } as unknown as Plain;
  }

  /** Goes on from what `save` gave. */
  load(saved: Plain): void {
    const state = saved as unknown as {
      links: [string, Link][];
      counters: [NodeId, number][];
      flights: Flight[];
    };
    this.#links.clear();
    for (const [name, link] of state.links)
      this.#links.set(name, { ...link, chance: { ...link.chance } });
    this.#counters.clear();
    for (const [node, n] of state.counters) this.#counters.set(node, n);
    this.#flights = new Heap((a, b) => compareKeys(a.key, b.key), state.flights);
  }
}

/** As the node's loop takes it in. */
export function arrivalOf(flight: Flight): Arrival {
  return {
    type: flight.word ? 'send-failed' : 'message',
    key: flight.key,
    peer: flight.from,
    message: flight.message,
    sent: flight.sent,
  };
}
