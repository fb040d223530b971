// What PD knows of stores: where they stand, what they say of their load, and whether they are up, disconnected after a
// while of silence, down after a long one, or on their way out. (PD: pkg/core/store.go)

import type { Plain } from '../../base/plain.ts';
import type { Micros, StoreId } from '../ids.ts';
import { storeNode } from '../ids.ts';
import type { StoreInfo, StoreLabel, StoreState, StoreStats } from './message.ts';

export interface KnownStore {
  readonly id: StoreId;
  /** On PD's own clock; after a start of PD, that start. */
  readonly heardAt: Micros;
  readonly state: StoreState;
  /** Null: it has not spoken since PD began. */
  readonly stats: StoreStats | null;
  readonly labels: readonly StoreLabel[];
}

/** What stands on PD's disk. */
interface StoredStore {
  readonly id: StoreId;
  readonly state: 'Up' | 'Offline' | 'Tombstone';
  readonly labels: readonly StoreLabel[];
}

export interface Patience {
  readonly disconnect: Micros;
  readonly down: Micros;
}

export const infoOf = ({ id, state, labels }: KnownStore): StoreInfo => ({
  id,
  node: storeNode(id),
  state,
  labels,
});

/** A store that serves, or served until it fell silent; not one that is on its way out. */
export const isMember = ({ state }: KnownStore): boolean =>
  state !== 'Offline' && state !== 'Tombstone';

export function rowOf({ id, state, labels }: KnownStore): StoredStore {
  const kept = state === 'Offline' || state === 'Tombstone' ? state : 'Up';
  return { id, state: kept, labels };
}

/** A store as PD finds it on its disk. (Older disks hold the number alone.) */
export function storeFromRow(row: Plain, now: Micros): KnownStore {
  const { id, state, labels }: StoredStore =
    typeof row === 'number'
      ? { id: row, state: 'Up', labels: [] }
      : (row as unknown as StoredStore);
  return { id, heardAt: now, state: state === 'Up' ? 'Disconnected' : state, stats: null, labels };
}

export class StoreList {
  readonly #stores: Map<StoreId, KnownStore>;
  readonly #patience: () => Patience;

  constructor(patience: () => Patience, stores: readonly KnownStore[]) {
    this.#patience = patience;
    this.#stores = new Map(stores.map((store) => [store.id, store]));
  }

  get(id: StoreId): KnownStore | undefined {
    return this.#stores.get(id);
  }

  set(store: KnownStore): void {
    this.#stores.set(store.id, store);
  }

  /** Notes a store, or that it was heard of; returns it where its state is another one now. */
  heard(id: StoreId, now: Micros, stats: StoreStats | null): KnownStore | null {
    const known = this.#stores.get(id);
    const state = known === undefined || isMember(known) ? 'Up' : known.state;
    const labels = known?.labels ?? [];
    const store = { id, heardAt: now, state, stats: stats ?? known?.stats ?? null, labels };
    this.#stores.set(id, store);
    return known?.state === state ? null : store;
  }

  /** Looks at the clock; returns the stores whose state is another one now. */
  judge(now: Micros): KnownStore[] {
    const changed: KnownStore[] = [];
    const { disconnect, down } = this.#patience();
    for (const store of this.all()) {
      if (!isMember(store)) continue;
      const silent = now - store.heardAt;
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
    const { disconnect, down } = this.#patience();
    for (const store of this.#stores.values())
      for (const patience of isMember(store) ? [disconnect, down] : []) {
        const at = store.heardAt + patience;
        if (at > now && (next === null || at < next)) next = at;
      }
    return next;
  }

  /** How long the store has been silent. */
  silence({ heardAt }: KnownStore, now: Micros): Micros {
    return Math.max(0, now - heardAt);
  }

  /** Silent for as long as PD has patience, whether or not it is being emptied too. */
  isDown(store: KnownStore, now: Micros): boolean {
    return this.silence(store, now) >= this.#patience().down;
  }

  /** By number. */
  all(): KnownStore[] {
    return [...this.#stores.values()].toSorted((a, b) => a.id - b.id);
  }
}
