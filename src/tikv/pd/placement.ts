// Which stores may hold a replica and which is best: those that serve and have room, far from the other replicas, with
// little on them. (PD: pkg/schedule/filter/filters.go, checker/replica_strategy.go, core/store.go DistinctScore)

import type { StoreId } from '../ids.ts';
import type { KnownRegion } from './regions.ts';
import { isMember, type KnownStore } from './stores.ts';
import type { ClusterView } from './view.ts';

/** A store that is this full gets nothing more. (PD: low-space-ratio 0.8) */
const LOW_SPACE_PERCENT = 80;
/** How much farther one level of labels is than the next narrower one. (PD: replicaBaseScore) */
const LEVEL = 100;

/** At which level two stores stand apart; −1: in the same place. A store without the label stands apart from all. */
function compareLocation(a: KnownStore, b: KnownStore, labels: readonly string[]): number {
  const value = ({ labels: own }: KnownStore, key: string) =>
    own.find((label) => label.key === key)?.value.toLowerCase() ?? '';
  return labels.findIndex((key) => {
    const [mine, its] = [value(a, key), value(b, key)];
    return mine === '' || its === '' || mine !== its;
  });
}

/** How far a store stands from others: the sum over them, wide levels counting most. */
export function distinctScore(
  labels: readonly string[],
  others: readonly KnownStore[],
  store: KnownStore,
): number {
  let score = 0;
  for (const other of others) {
    if (other.id === store.id) continue;
    const level = compareLocation(store, other, labels);
    if (level >= 0) score += LEVEL ** (labels.length - level - 1);
  }
  return score;
}

/** May it be given one more replica? */
export function takesPeers(view: ClusterView, store: KnownStore): boolean {
  const { stats } = store;
  if (store.state !== 'Up' || stats === null) return false;
  const { capacityBytes, availableBytes, sendingSnapCount, receivingSnapCount } = stats;
  if (sendingSnapCount > view.settings['schedule.max-snapshot-count']) return false;
  if (receivingSnapCount > view.settings['schedule.max-snapshot-count']) return false;
  if (view.pendingOn(store.id) > view.settings['schedule.max-pending-peer-count']) return false;
  const used = capacityBytes - availableBytes;
  return capacityBytes <= 0 || used * 100 < capacityBytes * LOW_SPACE_PERCENT;
}

/** May it lead one more Region? */
export const takesLeaders = (view: ClusterView, id: StoreId): boolean =>
  view.stores.get(id)?.state === 'Up' && !view.isEvicted(id);

/** The stores that hold a Region's replicas, but `without` one. */
export function storesOf(view: ClusterView, { region }: KnownRegion, without = 0): KnownStore[] {
  return region.peers.flatMap(({ storeId }) =>
    storeId === without ? [] : (view.stores.get(storeId) ?? []),
  );
}

/** The best store for one more replica beside `others`; null: there is none. `atLeast` is the score that it must reach. */
export function storeToAdd(
  view: ClusterView,
  known: KnownRegion,
  others: readonly KnownStore[],
  atLeast = 0,
): KnownStore | null {
  const held = new Set(known.region.peers.map(({ storeId }) => storeId));
  const fitting = view.stores
    .all()
    .filter((store) => !held.has(store.id) && takesPeers(view, store));
  const scored = fitting
    .map((store) => ({ store, far: distinctScore(view.locationLabels, others, store) }))
    .filter(({ far }) => far >= atLeast);
  scored.sort(
    (a, b) =>
      b.far - a.far ||
      view.regionScore(a.store.id) - view.regionScore(b.store.id) ||
      a.store.id - b.store.id,
  );
  return scored[0]?.store ?? null;
}

/** The replica that is missed least: near the others, on a store that holds much. */
export function storeToRemove(view: ClusterView, known: KnownRegion): KnownStore | null {
  const all = storesOf(view, known);
  const scored = all.map((store) => ({
    store,
    gone: Number(!isMember(store) || store.state === 'Down'),
    far: distinctScore(view.locationLabels, all, store),
  }));
  scored.sort(
    (a, b) =>
      b.gone - a.gone ||
      a.far - b.far ||
      view.regionScore(b.store.id) - view.regionScore(a.store.id) ||
      b.store.id - a.store.id,
  );
  return scored[0]?.store ?? null;
}
