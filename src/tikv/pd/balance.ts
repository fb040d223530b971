// Leaders and replicas, spread evenly: from the store with most to the one with least, one at a time, and only where
// the two are closer to each other afterwards.
// (PD: pkg/schedule/schedulers/{balance_leader,balance_region,utils}.go)

import { below } from '../../base/chance.ts';
import type { StoreId } from '../ids.ts';
import { isJoint } from './operator.ts';
import { distinctScore, storesOf, takesLeaders, takesPeers } from './placement.ts';
import { isProposal, movedPeers, presentPeers, propose, type Proposal } from './proposal.ts';
import type { KnownRegion } from './regions.ts';
import type { KnownStore } from './stores.ts';
import type { ClusterView } from './view.ts';

/** Stores whose leaders differ by no more than this are even. (PD: twice 5) */
export const LEADER_TOLERANCE = 1;

export function balanceLeader(view: ClusterView): Proposal | null {
  if (view.count('leader') >= view.settings['schedule.leader-schedule-limit']) return null;
  const up = view.stores.all().filter(({ id }) => takesLeaders(view, id));
  const sources = up.toSorted((a, b) => view.leaderScore(b.id) - view.leaderScore(a.id));
  for (const source of sources) {
    const regions = view.ledBy(source.id).filter((known) => view.isHealthy(known));
    for (const known of shuffled(view, regions)) {
      const made = transferOut(view, known, source.id);
      if (made !== null) return made;
    }
  }
  return null;
}

function transferOut(view: ClusterView, known: KnownRegion, from: StoreId): Proposal | null {
  const followers = known.region.peers
    .map(({ storeId }) => storeId)
    .filter((store) => store !== from && takesLeaders(view, store))
    .toSorted((a, b) => view.leaderScore(a) - view.leaderScore(b) || a - b);
  const [to] = followers;
  if (to === undefined) return null;
  const [fromCount, toCount] = [view.leaderScore(from), view.leaderScore(to)];
  if (fromCount - toCount <= LEADER_TOLERANCE) return null;
  return transferLeader(view, known, to, {
    desc: 'balance-leader',
    kind: 'leader',
    reason: { type: 'leaders', from, to, fromCount, toCount },
  });
}

/** A proposal that changes nothing but who leads; null where it cannot be. */
export function transferLeader(
  view: ClusterView,
  known: KnownRegion,
  to: StoreId,
  what: Parameters<typeof propose>[3],
): Proposal | null {
  const made = propose(view, known, { peers: presentPeers(known.region), leader: to }, what);
  return isProposal(made) ? made : null;
}

export function balanceRegion(view: ClusterView): Proposal | null {
  if (view.count('region') >= view.settings['schedule.region-schedule-limit']) return null;
  const sources = view.stores
    .all()
    .filter(({ state }) => state === 'Up')
    .toSorted((a, b) => view.regionScore(b.id) - view.regionScore(a.id));
  for (const source of sources)
    for (const known of movable(view, source.id)) {
      const made = moveOut(view, known, source);
      if (made !== null) return made;
    }
  return null;
}

/** Replicas that do not lead come first: moving one is cheaper. */
function movable(view: ClusterView, store: StoreId): KnownRegion[] {
  const fitting = view
    .regionsOn(store)
    .filter(
      (known) =>
        view.isHealthy(known) &&
        view.isFullyReplicated(known) &&
        !view.isHot(known) &&
        !isJoint(known.region),
    );
  const leads = (known: KnownRegion) => Number(known.leader?.storeId === store);
  return shuffled(view, fitting).toSorted((a, b) => leads(a) - leads(b));
}

function moveOut(view: ClusterView, known: KnownRegion, source: KnownStore): Proposal | null {
  const from = source.id;
  const to = targetOf(view, known, source)?.id;
  if (to === undefined) return null;
  const [fromSize, toSize] = [view.regionScore(from), view.regionScore(to)];
  const tolerance = Math.max(view.sizeOf(known), view.averageSize);
  if (fromSize - toSize <= tolerance) return null;
  const made = propose(
    view,
    known,
    { peers: movedPeers(known.region, from, to), leader: null },
    {
      desc: 'balance-region',
      kind: 'region',
      priority: 'low',
      reason: { type: 'size', from, to, fromSize, toSize },
    },
  );
  return isProposal(made) ? made : null;
}

/** The store with least on it, no nearer to the other replicas than the source is. (PD: LocationSafeguard) */
export function targetOf(
  view: ClusterView,
  known: KnownRegion,
  source: KnownStore,
): KnownStore | null {
  const held = new Set(known.region.peers.map(({ storeId }) => storeId));
  const others = storesOf(view, known, source.id);
  const far = (store: KnownStore) => distinctScore(view.locationLabels, others, store);
  const least = far(source);
  const [target] = view.stores
    .all()
    .filter((store) => !held.has(store.id) && takesPeers(view, store) && far(store) >= least)
    .toSorted((a, b) => view.regionScore(a.id) - view.regionScore(b.id) || a.id - b.id);
  return target ?? null;
}

/** In an order of chance. */
function shuffled<T>(view: ClusterView, list: readonly T[]): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(view.chance, i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

/** Stores that shall lead nothing lose one leader after the other. (PD: schedulers/evict_leader.go) */
export function evictLeader(view: ClusterView, stores: readonly StoreId[]): Proposal | null {
  for (const from of stores)
    for (const known of view.ledBy(from)) {
      if (view.operators.has(known.region.id)) continue;
      const silent = new Set(known.down.map(({ peer }) => peer.id));
      const [to] = known.region.peers
        .filter(({ id, role }) => role === 'Voter' && !silent.has(id))
        .map(({ storeId }) => storeId)
        .filter((store) => store !== from && takesLeaders(view, store))
        .toSorted((a, b) => view.leaderScore(a) - view.leaderScore(b) || a - b);
      if (to === undefined) continue;
      const made = transferLeader(view, known, to, {
        desc: 'evict-leader',
        kind: 'leader',
        priority: 'urgent',
        reason: { type: 'evict-leader', store: from },
      });
      if (made !== null) return made;
    }
  return null;
}
