// What PD knows of stores, by their heartbeats: up, disconnected after a while of silence, down after a long one.
// (PD: pkg/core/store.go)

import type { Micros, StoreId } from '../ids.ts';
import { storeNode } from '../ids.ts';
import type { StoreInfo, StoreStats } from './message.ts';

export interface KnownStore {
  readonly id: StoreId;
  /** On PD's own clock; after a start of PD, that start. */
  readonly heardAt: Micros;
  readonly state: 'Up' | 'Disconnected' | 'Down';
  /** Null: it has not spoken since PD began. */
  readonly stats: StoreStats | null;
}

export interface Patience {
  readonly disconnect: Micros;
  readonly down: Micros;
}

export const infoOf = (store: KnownStore): StoreInfo => ({
  id: store.id,
  node: storeNode(store.id),
  state: store.state,
  labels: [],
});

export class StoreList {
  readonly #stores: Map<StoreId, KnownStore>;
  readonly #patience: Patience;

  constructor(patience: Patience, stores: readonly KnownStore[]) {
    this.#patience = patience;
    this.#stores = new Map(stores.map((store) => [store.id, store]));
  }

  has(id: StoreId): boolean {
    return this.#stores.has(id);
  }

  /** Notes a store, or that it was heard of; returns it where its state is another one now. */
  heard(id: StoreId, now: Micros, stats: StoreStats | null): KnownStore | null {
    const known = this.#stores.get(id);
    const store = { id, heardAt: now, state: 'Up' as const, stats: stats ?? known?.stats ?? null };
    this.#stores.set(id, store);
    return known?.state === 'Up' ? null : store;
  }

  /** Looks at the clock; returns the stores whose state is another one now. */
  judge(now: Micros): KnownStore[] {
    const changed: KnownStore[] = [];
    for (const store of this.all()) {
      const silent = now - store.heardAt;
      const { disconnect, down } = this.#patience;
      const state = silent >= down ? 'Down' : silent >= disconnect ? 'Disconnected' : store.state;
      if (state === store.state) continue;
      const next = { ...store, state };
      this.#stores.set(store.id, next);
      changed.push(next);
    }
    return changed;
  }

  /** When the clock has to be looked at next; null: there is nothing to wait for. */
  nextJudgement(now: Micros): Micros | null {
    let next: Micros | null = null;
    for (const { heardAt } of this.#stores.values())
      for (const patience of [this.#patience.disconnect, this.#patience.down]) {
        const at = heardAt + patience;
        if (at > now && (next === null || at < next)) next = at;
      }
    return next;
  }

  /** By number. */
  all(): KnownStore[] {
    return [...this.#stores.values()].toSorted((a, b) => a.id - b.id);
  }
}
