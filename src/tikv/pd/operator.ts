// What a step of an operator wants of the Region's leader, what proves it finished, and what speaks against going on.
// (PD: pkg/schedule/operator/step.go, operator.go)

import type { RegionId, StoreId } from '../ids.ts';
import { peerOn, type Peer, type Region } from '../raftstore/region.ts';
import type { OrderedChange, RegionOrder } from './message.ts';
import type { Operator, OperatorStep, PeerAt } from './operator-types.ts';
import type { KnownRegion } from './regions.ts';

/** How long a step may take. (PD: 60 s where nothing is copied, 10 min else) */
export const STEP_TIMEOUT = 20_000_000;

type Joint = Extract<OperatorStep, { type: 'ChangePeerV2Enter' | 'ChangePeerV2Leave' }>;

const peerAt = (region: Region, { storeId, peerId }: PeerAt): Peer | undefined =>
  region.peers.find((peer) => peer.storeId === storeId && peer.id === peerId);

export const isJoint = (region: Region): boolean =>
  region.peers.some(({ role }) => role === 'IncomingVoter' || role === 'DemotingVoter');

/** Does the Region, as its leader describes it, prove the step finished? */
export function stepFinished(step: OperatorStep, operator: Operator, known: KnownRegion): boolean {
  const { region, leader, pending } = known;
  switch (step.type) {
    case 'TransferLeader':
      return leader?.storeId === step.toStore;
    case 'AddLearner': {
      const { toStore: storeId, peerId } = step;
      const added = peerAt(region, { storeId, peerId });
      return added !== undefined && !pending.some(({ id }) => id === peerId);
    }
    case 'PromoteLearner': {
      const { toStore: storeId, peerId } = step;
      return peerAt(region, { storeId, peerId })?.role === 'Voter';
    }
    case 'RemovePeer':
      return peerAt(region, { storeId: step.fromStore, peerId: step.peerId }) === undefined;
    case 'ChangePeerV2Enter':
      return step.promote.every((at) => isVoting(peerAt(region, at))) && demoted(region, step);
    case 'ChangePeerV2Leave':
      return !isJoint(region) && demoted(region, step);
    case 'SplitRegion':
      return region.epoch.version > operator.regionEpoch.version;
  }
}

const isVoting = (peer: Peer | undefined): boolean =>
  peer?.role === 'Voter' || peer?.role === 'IncomingVoter';

/** True where none of the peers to be demoted is a plain voter any more. */
const demoted = (region: Region, { demote }: Joint): boolean =>
  demote.every((at) => {
    const role = peerAt(region, at)?.role;
    return role !== 'Voter' && role !== 'IncomingVoter';
  });

/** By how much the steps up to the one under way may have raised `confVer`. */
export function confVerChanged(operator: Operator, region: Region): number {
  const steps = operator.steps.slice(0, operator.step + 1);
  return steps.reduce((sum, step) => sum + changedBy(step, region), 0);
}

function changedBy(step: OperatorStep, region: Region): number {
  switch (step.type) {
    case 'TransferLeader':
    case 'SplitRegion':
      return 0;
    case 'AddLearner':
      return Number(peerAt(region, { storeId: step.toStore, peerId: step.peerId }) !== undefined);
    case 'PromoteLearner':
      return Number(isVoting(peerAt(region, { storeId: step.toStore, peerId: step.peerId })));
    case 'RemovePeer':
      return Number(peerAt(region, { storeId: step.fromStore, peerId: step.peerId }) === undefined);
    case 'ChangePeerV2Enter': {
      const entered = step.promote.every((at) => isVoting(peerAt(region, at)));
      return entered && demoted(region, step) ? step.promote.length + step.demote.length : 0;
    }
    case 'ChangePeerV2Leave':
      return isJoint(region) ? 0 : step.promote.length + step.demote.length;
  }
}

/** Why the step cannot go on as things stand; null where it can. `isUp` says whether a store serves. */
export function stepProblem(
  step: OperatorStep,
  { region, leader }: KnownRegion,
  isUp: (store: StoreId) => boolean,
): string | null {
  const name = (store: StoreId) => `S${store}`;
  switch (step.type) {
    case 'TransferLeader': {
      const peer = peerOn(region, step.toStore);
      if (!isVoting(peer)) return `${name(step.toStore)} has no voter that could lead`;
      return isUp(step.toStore) ? null : `${name(step.toStore)} is not up`;
    }
    case 'AddLearner': {
      const peer = peerOn(region, step.toStore);
      if (peer !== undefined && peer.id !== step.peerId)
        return `${name(step.toStore)} has another peer already`;
      return isUp(step.toStore) ? null : `${name(step.toStore)} is not up`;
    }
    case 'PromoteLearner':
      return peerAt(region, { storeId: step.toStore, peerId: step.peerId }) === undefined
        ? `the learner on ${name(step.toStore)} is gone`
        : null;
    case 'RemovePeer':
      return leader?.id === step.peerId ? `${name(step.fromStore)} leads` : null;
    case 'ChangePeerV2Enter':
      return step.promote.every((at) => peerAt(region, at) !== undefined)
        ? null
        : 'a learner that shall vote is gone';
    case 'ChangePeerV2Leave':
      return leader?.role === 'DemotingVoter'
        ? `${name(leader.storeId)} leads and shall not vote`
        : null;
    case 'SplitRegion':
      return null;
  }
}

/** What the leader is asked for. */
export function orderOf(step: OperatorStep, region: Region): RegionOrder {
  switch (step.type) {
    case 'TransferLeader': {
      const peer = peerOn(region, step.toStore);
      return { type: 'TransferLeader', peer: peer ?? newPeer(step.toStore, 0, 'Voter') };
    }
    case 'AddLearner':
      return change({
        type: 'AddLearnerNode',
        peer: newPeer(step.toStore, step.peerId, 'Learner'),
      });
    case 'PromoteLearner':
      return change({ type: 'AddNode', peer: newPeer(step.toStore, step.peerId, 'Voter') });
    case 'RemovePeer': {
      const role = peerOn(region, step.fromStore)?.role ?? 'Voter';
      return change({ type: 'RemoveNode', peer: newPeer(step.fromStore, step.peerId, role) });
    }
    case 'ChangePeerV2Enter':
      return change(
        ...step.promote.map(({ storeId, peerId }): OrderedChange => ({
          type: 'AddNode',
          peer: newPeer(storeId, peerId, 'Voter'),
        })),
        ...step.demote.map(({ storeId, peerId }): OrderedChange => ({
          type: 'AddLearnerNode',
          peer: newPeer(storeId, peerId, 'Learner'),
        })),
      );
    case 'ChangePeerV2Leave':
      return change();
    case 'SplitRegion':
      return { type: 'SplitRegion', policy: step.policy, keys: step.keys };
  }
}

const newPeer = (storeId: StoreId, id: number, role: Peer['role']): Peer => ({ id, storeId, role });
const change = (...changes: OrderedChange[]): RegionOrder => ({ type: 'ChangePeerV2', changes });

/**
 * What operators under way will change yet: leaders and bytes by store. A replica that PD sees already counts where it
 * stands, although its step is not finished before it has the data: counted twice, it would drive others away again.
 * (PD: operator/influence.go, which does count it twice, and asks for twice the difference before it moves)
 */
export class Influence {
  readonly #leaders = new Map<StoreId, number>();
  readonly #bytes = new Map<StoreId, number>();

  constructor(
    operators: Iterable<Operator>,
    look: (region: RegionId) => { readonly region: Region; readonly size: number } | null,
  ) {
    for (const operator of operators) {
      const known = look(operator.regionId);
      if (known === null) continue;
      const { region, size } = known;
      for (const step of operator.steps.slice(operator.step)) {
        if (step.type === 'TransferLeader') {
          add(this.#leaders, step.fromStore, -1);
          add(this.#leaders, step.toStore, 1);
        }
        if (step.type === 'AddLearner' && peerOn(region, step.toStore) === undefined)
          add(this.#bytes, step.toStore, size);
        if (step.type === 'RemovePeer' && peerOn(region, step.fromStore) !== undefined)
          add(this.#bytes, step.fromStore, -size);
      }
    }
  }

  leaders(store: StoreId): number {
    return this.#leaders.get(store) ?? 0;
  }

  bytes(store: StoreId): number {
    return this.#bytes.get(store) ?? 0;
  }
}

function add(counts: Map<StoreId, number>, store: StoreId, by: number): void {
  counts.set(store, (counts.get(store) ?? 0) + by);
}
