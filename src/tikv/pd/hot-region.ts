// What is written and read much, spread over stores: a hot Region's leader, or a replica of it, leaves the store that takes
// most where another one would take less even with it. (PD: pkg/schedule/schedulers/hot_region.go; PD weighs bytes,
// keys and queries against each other and looks at several dimensions at a time, here it is bytes alone)

import type { StoreId } from '../ids.ts';
import { transferLeader } from './balance.ts';
import { distinctScore, storesOf, takesLeaders, takesPeers } from './placement.ts';
import { isProposal, movedPeers, propose, type Proposal } from './proposal.ts';
import type { KnownRegion } from './regions.ts';
import type { ClusterView } from './view.ts';

type FlowKind = 'write' | 'read';

export function balanceHotRegion(view: ClusterView): Proposal | null {
  if (view.count('hot-region') >= view.settings['schedule.hot-region-schedule-limit']) return null;
  return movePeer(view) ?? moveLeader(view, 'write') ?? moveLeader(view, 'read');
}

const rateOf = ({ flow }: KnownRegion, kind: FlowKind): number =>
  kind === 'write' ? flow.rates.writtenBytes : flow.rates.readBytes;

function isHot(view: ClusterView, { flow }: KnownRegion, kind: FlowKind): boolean {
  const hits = view.settings['schedule.hot-region-cache-hits-threshold'];
  return (kind === 'write' ? flow.hotWrites : flow.hotReads) >= hits;
}

const sum = (regions: readonly KnownRegion[], kind: FlowKind): number =>
  regions.reduce((total, known) => total + rateOf(known, kind), 0);

/** Hot Regions among these, the hottest first. */
const hottest = (view: ClusterView, regions: readonly KnownRegion[], kind: FlowKind) =>
  regions
    .filter((known) => isHot(view, known, kind) && view.isHealthy(known))
    .toSorted((a, b) => rateOf(b, kind) - rateOf(a, kind) || a.region.id - b.region.id);

function moveLeader(view: ClusterView, kind: FlowKind): Proposal | null {
  const load = (store: StoreId) => sum(view.ledBy(store), kind);
  const from = busiest(view, load);
  if (from === null) return null;
  const fromRate = load(from);
  for (const known of hottest(view, view.ledBy(from), kind)) {
    const [to] = known.region.peers
      .map(({ storeId }) => storeId)
      .filter((store) => store !== from && takesLeaders(view, store))
      .toSorted((a, b) => load(a) - load(b) || a - b);
    if (to === undefined) continue;
    const [rate, toRate] = [rateOf(known, kind), load(to)];
    if (toRate + rate >= fromRate) continue;
    const reason = { type: 'flow', flow: kind, rate, from, to, fromRate, toRate } as const;
    const desc = `transfer-hot-${kind}-leader`;
    const made = transferLeader(view, known, to, { desc, kind: 'hot-region', reason });
    if (made !== null) return made;
  }
  return null;
}

/** Every replica writes what its leader writes, so a write weighs on all of them. */
function movePeer(view: ClusterView): Proposal | null {
  const load = (store: StoreId) => sum(view.regionsOn(store), 'write');
  const from = busiest(view, load);
  const source = from === null ? undefined : view.stores.get(from);
  if (from === null || source === undefined) return null;
  const fromRate = load(from);
  for (const known of hottest(view, view.regionsOn(from), 'write')) {
    if (!view.isFullyReplicated(known)) continue;
    const others = storesOf(view, known, from);
    const far = (store: typeof source) => distinctScore(view.locationLabels, others, store);
    const held = new Set(known.region.peers.map(({ storeId }) => storeId));
    const [target] = view.stores
      .all()
      .filter(
        (store) => !held.has(store.id) && takesPeers(view, store) && far(store) >= far(source),
      )
      .toSorted((a, b) => load(a.id) - load(b.id) || a.id - b.id);
    if (target === undefined) continue;
    const [to, rate, toRate] = [target.id, rateOf(known, 'write'), load(target.id)];
    if (toRate + rate >= fromRate) continue;
    const reason = { type: 'flow', flow: 'write', rate, from, to, fromRate, toRate } as const;
    const peers = movedPeers(known.region, from, to);
    const what = { desc: 'move-hot-write-peer', kind: 'hot-region', reason } as const;
    const made = propose(view, known, { peers, leader: null }, what);
    if (isProposal(made)) return made;
  }
  return null;
}

function busiest(view: ClusterView, load: (store: StoreId) => number): StoreId | null {
  const up = view.stores.all().filter(({ state }) => state === 'Up');
  const [first] = up.toSorted((a, b) => load(b.id) - load(a.id) || a.id - b.id);
  return first === undefined || load(first.id) === 0 ? null : first.id;
}
