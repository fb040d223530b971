// What a checker, a scheduler or a person proposes: an operator before PD has given it a number.
// (PD: pkg/schedule/operator/create_operator.go)

import type { StoreId } from '../ids.ts';
import type { Region } from '../raftstore/region.ts';
import { buildSteps, type TargetPeer, type Wish } from './operator-builder.ts';
import type { OperatorKind, OperatorPlan, OperatorPriority } from './operator-types.ts';
import { takesLeaders } from './placement.ts';
import type { KnownRegion } from './regions.ts';
import type { ClusterView } from './view.ts';

export type Proposal = Omit<OperatorPlan, 'id' | 'regionEpoch'>;

export interface Reasoned {
  readonly desc: string;
  /** Whose limit it counts against; what it moves is found out. */
  readonly kind: OperatorKind;
  readonly priority?: OperatorPriority;
  readonly reason: OperatorPlan['reason'];
}

/** A proposal that ends with the wish fulfilled; a text: why there is none. */
export function propose(
  view: ClusterView,
  known: KnownRegion,
  wish: Wish,
  what: Reasoned,
): Proposal | string {
  const { newPeerId } = view;
  const mayLead = (store: StoreId) => takesLeaders(view, store);
  const built = buildSteps(known, wish, { newPeerId, mayLead });
  if (!built.ok) return built.reason;
  const { desc, kind, reason, priority = 'medium' } = what;
  const kinds = [...new Set([kind, ...built.kinds])];
  return { regionId: known.region.id, desc, kinds, priority, reason, steps: built.steps };
}

/** The present replicas, as a wish. */
export const presentPeers = (region: Region): TargetPeer[] =>
  region.peers.map(({ storeId, role }) => ({
    storeId,
    role: role === 'Learner' || role === 'DemotingVoter' ? 'Learner' : 'Voter',
  }));

/** With the replica on one store moved to another. */
export function movedPeers(region: Region, from: StoreId, to: StoreId): TargetPeer[] {
  const peers = presentPeers(region);
  const others = peers.filter(({ storeId }) => storeId !== from);
  const role = peers.find(({ storeId }) => storeId === from)?.role ?? 'Voter';
  return [...others, { storeId: to, role }];
}

export const isProposal = (made: Proposal | string | null): made is Proposal =>
  made !== null && typeof made !== 'string';
