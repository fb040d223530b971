// A new leader does not know how far reads on the old one went. Until PD has given it a timestamp, which is above every
// read so far, it may compute no commit timestamp of its own. (TiKV: raftstore require_updating_max_ts, txn_ext.rs)

import type { Micros, RegionId } from '../ids.ts';
import type { Sink } from '../outbox.ts';
import { raisedMaxTs, type ConcurrencyManager } from './concurrency.ts';
import type { RegionTxnEvent } from './message.ts';

const TIMER = 'txn-max-ts';

interface Leadership {
  readonly term: number;
  /** The call to PD that it waits for; 0: max_ts is synced. */
  call: number;
}

export type SavedMaxTsSync = readonly (readonly [RegionId, Leadership])[];

export class MaxTsSync {
  readonly #sink: Sink<never, never>;
  readonly #askTimestamp: (call: number) => void;
  readonly #nextCall: () => number;
  readonly #retry: Micros;
  readonly #concurrency: ConcurrencyManager;
  readonly #led: Map<RegionId, Leadership>;

  constructor(
    options: {
      readonly sink: Sink<never, never>;
      readonly askTimestamp: (call: number) => void;
      readonly nextCall: () => number;
      readonly pdRetry: Micros;
      readonly concurrency: ConcurrencyManager;
    },
    saved: SavedMaxTsSync = [],
  ) {
    this.#sink = options.sink;
    this.#askTimestamp = options.askTimestamp;
    this.#nextCall = options.nextCall;
    this.#retry = options.pdRetry;
    this.#concurrency = options.concurrency;
    this.#led = new Map(saved.map(([regionId, led]) => [regionId, { ...led }]));
  }

  isSynced(regionId: RegionId, term: number): boolean {
    const led = this.#led.get(regionId);
    return led?.term === term && led.call === 0;
  }

  /** Takes note of who leads a Region (null: somebody else); asks PD where leadership is new. */
  onLeadership(regionId: RegionId, term: number | null): 'lost' | 'won' | 'same' {
    if (term === null) return this.#led.delete(regionId) ? 'lost' : 'same';
    if (this.#led.get(regionId)?.term === term) return 'same';
    this.#led.set(regionId, { term, call: this.#nextCall() });
    this.#ask();
    return 'won';
  }

  /** Asked again, a call keeps its id: whichever answer comes first counts. */
  #ask(): void {
    const open = [...this.#led.values()].filter(({ call }) => call !== 0);
    for (const { call } of open) this.#askTimestamp(call);
    this.#sink.timer(TIMER, open.length === 0 ? null : this.#sink.now + this.#retry);
  }

  /** True where the timer is this one's. */
  onTimer(name: string): boolean {
    if (name !== TIMER) return false;
    this.#ask();
    return true;
  }

  onTimestamp(call: number, timestamp: number): RegionTxnEvent[] {
    const events: RegionTxnEvent[] = [];
    for (const [region, led] of this.#led) {
      if (led.call !== call) continue;
      led.call = 0;
      const from = this.#concurrency.maxTs;
      const to = raisedMaxTs(from, timestamp);
      this.#concurrency.maxTs = to;
      if (to > from) events.push({ type: 'txn/max-ts-raised', region, from, to });
    }
    return events;
  }

  save(): SavedMaxTsSync {
    return [...this.#led].map(([regionId, led]) => [regionId, { ...led }]);
  }
}
