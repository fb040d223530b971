// From the replicas that a Region has to those that it shall have, as steps that keep it safe at every moment. Several
// changes at once go through a joint configuration; a single one does not need it.
// (PD: pkg/schedule/operator/builder.go, create_operator.go)

import type { PeerId, StoreId } from '../ids.ts';
import type { Peer } from '../raftstore/region.ts';
import { isJoint } from './operator.ts';
import type { OperatorKind, OperatorStep, PeerAt } from './operator-types.ts';
import type { KnownRegion } from './regions.ts';

/** `peerId` null: a new peer, which needs an id. */
export interface TargetPeer {
  readonly storeId: StoreId;
  readonly role: 'Voter' | 'Learner';
}

export interface Wish {
  readonly peers: readonly TargetPeer[];
  /** Null: whoever fits best, and the present one where it stays. */
  readonly leader: StoreId | null;
}

export interface BuildPlace {
  /** Null: PD has none on its disk at this moment. */
  readonly newPeerId: () => PeerId | null;
  readonly mayLead: (store: StoreId) => boolean;
}

export type Built =
  | { readonly ok: true; readonly steps: readonly OperatorStep[]; readonly kinds: OperatorKind[] }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): Built => ({ ok: false, reason });

interface Changes {
  readonly added: (TargetPeer & { readonly peerId: PeerId })[];
  readonly removed: Peer[];
  readonly promoted: PeerAt[];
  readonly demoted: PeerAt[];
}

/** The steps to the wish, or why there are none. */
export function buildSteps(known: KnownRegion, wish: Wish, place: BuildPlace): Built {
  const { region, leader } = known;
  if (isJoint(region)) return no(`Region ${region.id} stands in a joint configuration`);
  if (leader === null) return no(`PD knows no leader of Region ${region.id}`);
  if (!wish.peers.some(({ role }) => role === 'Voter')) return no('no voter would be left');
  const changes = changesOf(known, wish, place);
  if (changes === null) return no('PD has no id for a new peer at this moment');
  const target = chooseLeader(known, wish, place);
  if (target === null) return no('nobody is left that could lead');
  const moves = changes.added.length + changes.removed.length + changes.promoted.length;
  const isSingle = moves <= 1 && changes.demoted.length === 0;
  const steps = isSingle
    ? singleSteps(changes, leader, target)
    : jointSteps(known, changes, target);
  if (steps.length === 0) return no(`Region ${region.id} is as it shall be already`);
  const kinds: OperatorKind[] = [];
  if (steps.some((step) => step.type === 'TransferLeader')) kinds.push('leader');
  if (steps.some((step) => step.type !== 'TransferLeader')) kinds.push('region');
  return { ok: true, steps, kinds };
}

function changesOf({ region }: KnownRegion, wish: Wish, place: BuildPlace): Changes | null {
  const changes: Changes = { added: [], removed: [], promoted: [], demoted: [] };
  for (const wanted of wish.peers) {
    const peer = region.peers.find(({ storeId }) => storeId === wanted.storeId);
    if (peer === undefined) {
      const peerId = place.newPeerId();
      if (peerId === null) return null;
      changes.added.push({ ...wanted, peerId });
      continue;
    }
    const at = { storeId: peer.storeId, peerId: peer.id };
    if (wanted.role === 'Voter' && peer.role === 'Learner') changes.promoted.push(at);
    if (wanted.role === 'Learner' && peer.role === 'Voter') changes.demoted.push(at);
  }
  const kept = new Set(wish.peers.map(({ storeId }) => storeId));
  changes.removed.push(...region.peers.filter(({ storeId }) => !kept.has(storeId)));
  return changes;
}

/** The present leader where it stays, then voters that are there already, then new ones; by number. */
function chooseLeader(known: KnownRegion, wish: Wish, place: BuildPlace): StoreId | null {
  if (wish.leader !== null) return wish.leader;
  const voters = wish.peers.filter(({ role }) => role === 'Voter').map(({ storeId }) => storeId);
  const present = known.leader?.storeId ?? 0;
  if (voters.includes(present) && place.mayLead(present)) return present;
  const silent = new Set(
    [...known.down.map(({ peer }) => peer), ...known.pending].map((p) => p.storeId),
  );
  const isVoter = (store: StoreId) =>
    known.region.peers.some(({ storeId, role }) => storeId === store && role === 'Voter');
  const order = voters.toSorted(
    (a, b) =>
      Number(silent.has(a)) - Number(silent.has(b)) ||
      Number(!isVoter(a)) - Number(!isVoter(b)) ||
      a - b,
  );
  return order.find(place.mayLead) ?? (voters.includes(present) ? present : null);
}

/** At most one change: no joint configuration. (buildStepsWithoutJointConsensus) */
function singleSteps(changes: Changes, leader: Peer, target: StoreId): OperatorStep[] {
  const steps: OperatorStep[] = [];
  for (const { storeId: toStore, peerId, role } of changes.added) {
    steps.push({ type: 'AddLearner', toStore, peerId });
    if (role === 'Voter') steps.push({ type: 'PromoteLearner', toStore, peerId });
  }
  for (const { storeId: toStore, peerId } of changes.promoted)
    steps.push({ type: 'PromoteLearner', toStore, peerId });
  if (leader.storeId !== target)
    steps.push({ type: 'TransferLeader', fromStore: leader.storeId, toStore: target });
  for (const { storeId: fromStore, id: peerId } of changes.removed)
    steps.push({ type: 'RemovePeer', fromStore, peerId });
  return steps;
}

/** New peers learn first; then all votes change at once; then whoever votes no more goes. (buildStepsWithJointConsensus) */
function jointSteps(known: KnownRegion, changes: Changes, target: StoreId): OperatorStep[] {
  const leader = known.leader as Peer;
  const add = changes.added.map(({ storeId: toStore, peerId }): OperatorStep => ({
    type: 'AddLearner',
    toStore,
    peerId,
  }));
  const newVoters = changes.added.filter(({ role }) => role === 'Voter');
  const promote = [
    ...newVoters.map(({ storeId, peerId }) => ({ storeId, peerId })),
    ...changes.promoted,
  ];
  const leaving = changes.removed.filter(({ role }) => role === 'Voter');
  const demote = [
    ...changes.demoted,
    ...leaving.map(({ storeId, id: peerId }) => ({ storeId, peerId })),
  ];
  const transfer: OperatorStep[] =
    leader.storeId === target
      ? []
      : [{ type: 'TransferLeader', fromStore: leader.storeId, toStore: target }];
  const enter: OperatorStep = { type: 'ChangePeerV2Enter', promote, demote };
  const leave: OperatorStep[] =
    promote.length + demote.length > 1 ? [{ type: 'ChangePeerV2Leave', promote, demote }] : [];
  const stays = !demote.some(({ storeId }) => storeId === leader.storeId);
  const votesNow = known.region.peers.some(
    ({ storeId, role }) => storeId === target && role === 'Voter',
  );
  const changing: OperatorStep[] = votesNow
    ? [...transfer, enter, ...leave]
    : stays
      ? [enter, ...leave, ...transfer]
      : [enter, ...transfer, ...leave];
  const change = promote.length + demote.length === 0 ? transfer : changing;
  const remove = changes.removed.map(({ storeId: fromStore, id: peerId }): OperatorStep => ({
    type: 'RemovePeer',
    fromStore,
    peerId,
  }));
  return [...add, ...change, ...remove];
}
