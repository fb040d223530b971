// Is a Region as it should be? Looked at one after the other: a joint configuration that nobody leaves, a learner that
// nobody promotes, and its replicas: on dead stores, on stores that go, too few, too many, too near to each other.
// (PD: pkg/schedule/checker/{checker_controller,joint_state_checker,learner_checker,replica_checker}.go)

import type { StoreId } from '../ids.ts';
import { isJoint } from './operator.ts';
import type { OperatorReason, OperatorStep, PeerAt } from './operator-types.ts';
import { distinctScore, storesOf, storeToAdd, storeToRemove } from './placement.ts';
import { isProposal, movedPeers, presentPeers, propose, type Proposal } from './proposal.ts';
import type { KnownRegion } from './regions.ts';
import type { KnownStore } from './stores.ts';
import type { ClusterView } from './view.ts';

/** What the Region needs most; null: nothing, or nothing that can be done now. */
export function checkRegion(view: ClusterView, known: KnownRegion): Proposal | null {
  if (known.leader === null || view.operators.has(known.region.id)) return null;
  if (isJoint(known.region)) return leaveJoint(view, known);
  const promoted = checkLearner(view, known);
  if (promoted !== null) return promoted;
  if (view.count('replica') >= view.settings['schedule.replica-schedule-limit']) return null;
  for (const check of [checkDown, checkOffline, checkMissing, checkExtra, checkLocation]) {
    const made = check(view, known);
    if (isProposal(made)) return made;
  }
  return null;
}

/**
 * PD must ask for the leaving of what it, or a person, has entered. A leader that shall vote no more hands over first, to
 * a voter that answers; null: there is none now.
 */
function leaveJoint(view: ClusterView, known: KnownRegion): Proposal | null {
  const { region, leader, pending, down } = known;
  const at = (role: string): PeerAt[] =>
    region.peers
      .filter((peer) => peer.role === role)
      .map(({ storeId, id: peerId }) => ({ storeId, peerId }));
  const [promote, demote] = [at('IncomingVoter'), at('DemotingVoter')];
  const leave: OperatorStep = { type: 'ChangePeerV2Leave', promote, demote };
  const steps: OperatorStep[] = [leave];
  if (leader?.role === 'DemotingVoter') {
    const silent = new Set([...pending, ...down.map(({ peer }) => peer)].map(({ id }) => id));
    const [target] = region.peers
      .filter(({ role }) => role === 'Voter' || role === 'IncomingVoter')
      .filter(({ id, storeId }) => view.stores.get(storeId)?.state === 'Up' && !silent.has(id))
      .toSorted((a, b) => Number(view.isEvicted(a.storeId)) - Number(view.isEvicted(b.storeId)));
    if (target === undefined) return null;
    const [fromStore, toStore] = [leader.storeId, target.storeId];
    steps.unshift({ type: 'TransferLeader', fromStore, toStore });
  }
  return {
    regionId: region.id,
    desc: 'leave-joint-state',
    kinds: ['region'],
    priority: 'high',
    reason: { type: 'joint' },
    steps,
  };
}

function checkLearner(view: ClusterView, known: KnownRegion): Proposal | null {
  const { region, pending, down } = known;
  const learner = region.peers.find(
    ({ id, role }) =>
      role === 'Learner' &&
      !pending.some((peer) => peer.id === id) &&
      !down.some(({ peer }) => peer.id === id),
  );
  if (learner === undefined) return null;
  const { storeId } = learner;
  const peers = presentPeers(region).map((peer) =>
    peer.storeId === storeId ? { ...peer, role: 'Voter' as const } : peer,
  );
  const made = propose(
    view,
    known,
    { peers, leader: null },
    { desc: 'promote-learner', kind: 'region', reason: { type: 'learner', store: storeId } },
  );
  return isProposal(made) ? made : null;
}

function checkDown(view: ClusterView, known: KnownRegion): Proposal | string | null {
  if (!view.settings['schedule.enable-remove-down-replica']) return null;
  const patience = Math.floor(view.settings['pd.max-store-down-time'] / 1000);
  for (const { peer, downSeconds } of known.down) {
    const store = view.stores.get(peer.storeId);
    if (store === undefined || downSeconds < patience) continue;
    if (!view.stores.isDown(store, view.now)) continue;
    const silentMs = Math.floor(view.stores.silence(store, view.now) / 1000);
    return fixPeer(view, known, store, ['down', { type: 'store-down', store: store.id, silentMs }]);
  }
  return null;
}

function checkOffline(view: ClusterView, known: KnownRegion): Proposal | string | null {
  if (!view.settings['schedule.enable-replace-offline-replica']) return null;
  for (const store of storesOf(view, known))
    if (store.state === 'Offline')
      return fixPeer(view, known, store, ['offline', { type: 'store-offline', store: store.id }]);
  return null;
}

/** Takes the replica away where there are more than enough, and else moves it. */
function fixPeer(
  view: ClusterView,
  known: KnownRegion,
  store: KnownStore,
  [word, reason]: readonly [string, OperatorReason],
): Proposal | string | null {
  const { region } = known;
  const voters = region.peers.filter(({ role }) => role === 'Voter').length;
  if (voters > view.maxReplicas)
    return withoutPeer(view, known, store.id, [`remove-extra-${word}-replica`, reason]);
  const target = storeToAdd(view, known, storesOf(view, known, store.id));
  if (target === null) return null;
  const peers = movedPeers(region, store.id, target.id).map((peer) => ({
    ...peer,
    role: 'Voter' as const,
  }));
  const what = { desc: `replace-${word}-replica`, kind: 'replica', reason } as const;
  return propose(view, known, { peers, leader: null }, what);
}

function withoutPeer(
  view: ClusterView,
  known: KnownRegion,
  store: StoreId,
  [desc, reason]: readonly [string, OperatorReason],
): Proposal | string {
  const peers = presentPeers(known.region).filter(({ storeId }) => storeId !== store);
  return propose(view, known, { peers, leader: null }, { desc, kind: 'replica', reason });
}

function checkMissing(view: ClusterView, known: KnownRegion): Proposal | string | null {
  if (!view.settings['schedule.enable-make-up-replica']) return null;
  const { region } = known;
  const [have, want] = [region.peers.length, view.maxReplicas];
  if (have >= want) return null;
  const target = storeToAdd(view, known, storesOf(view, known));
  if (target === null) return null;
  const peers = [...presentPeers(region), { storeId: target.id, role: 'Voter' as const }];
  const reason = { type: 'too-few', have, want } as const;
  const what = { desc: 'make-up-replica', kind: 'replica', reason } as const;
  return propose(view, known, { peers, leader: null }, what);
}

function checkExtra(view: ClusterView, known: KnownRegion): Proposal | string | null {
  if (!view.settings['schedule.enable-remove-extra-replica']) return null;
  const have = known.region.peers.filter(({ role }) => role === 'Voter').length;
  const want = view.maxReplicas;
  if (have <= want) return null;
  const store = storeToRemove(view, known);
  if (store === null) return null;
  return withoutPeer(view, known, store.id, [
    'remove-extra-replica',
    { type: 'too-many', have, want },
  ]);
}

function checkLocation(view: ClusterView, known: KnownRegion): Proposal | string | null {
  const labels = view.locationLabels;
  if (!view.settings['schedule.enable-location-replacement'] || labels.length === 0) return null;
  if (!view.isHealthy(known)) return null;
  const all = storesOf(view, known);
  const old = storeToRemove(view, known);
  if (old === null) return null;
  const others = all.filter(({ id }) => id !== old.id);
  const fromScore = distinctScore(labels, others, old);
  const target = storeToAdd(view, known, others, fromScore + 1);
  if (target === null) return null;
  const toScore = distinctScore(labels, others, target);
  const reason = { type: 'location', from: old.id, to: target.id, fromScore, toScore } as const;
  const peers = movedPeers(known.region, old.id, target.id);
  const what = { desc: 'move-to-better-location', kind: 'replica', reason } as const;
  return propose(view, known, { peers, leader: null }, what);
}
