// What a person asks of PD, as pd-ctl does: carried out, or refused with the reason and the way out.
// (PD: pkg/schedule/handler/handler.go, server/api/{operator,scheduler,store}.go, pkg/schedule/scatter)

import { textOf } from '../../base/bytes.ts';
import { peerOn } from '../raftstore/region.ts';
import { encodeRawKey } from '../raftstore/raw-codec.ts';
import { encodeKey } from '../mvcc/key.ts';
import type { StoreId } from '../ids.ts';
import type { PdCommand } from './command.ts';
import type { OperatorKind } from './operator-types.ts';
import { storeToAdd, storesOf, takesLeaders } from './placement.ts';
import { movedPeers, presentPeers, propose, type Proposal } from './proposal.ts';
import type { KnownRegion } from './regions.ts';
import type { ClusterView } from './view.ts';

type OperatorCommand = Extract<
  PdCommand,
  {
    type:
      | 'transfer-leader'
      | 'add-peer'
      | 'add-learner'
      | 'remove-peer'
      | 'transfer-peer'
      | 'split-region'
      | 'scatter-region';
  }
>;

export const isOperatorCommand = (command: PdCommand): command is OperatorCommand =>
  'region' in command && command.type !== 'remove-operator';

const ASKED = { type: 'asked' } as const;
const named = (store: StoreId): string => `S${store}`;

/** The operator that a person wants; a text: why it cannot be. */
export function operatorFor(view: ClusterView, command: OperatorCommand): Proposal | string {
  if (command.type === 'split-region') return splitFor(view, command);
  const known = view.regions.byId(command.region);
  if (known === null) return `PD knows no Region ${command.region}.`;
  switch (command.type) {
    case 'transfer-leader':
      return transferFor(view, known, command.store);
    case 'add-peer':
    case 'add-learner':
      return addFor(view, known, command);
    case 'remove-peer':
      return removeFor(view, known, command.store);
    case 'transfer-peer':
      return moveFor(view, known, command);
    case 'scatter-region':
      return scatterFor(view, known);
  }
}

const what = (desc: string, kind: OperatorKind = 'admin') =>
  ({ desc, kind, priority: 'high', reason: ASKED }) as const;

/** `Region 7 has no replica on S4. It has them on S1, S2 and S3.` */
function noPeer({ region }: KnownRegion, store: StoreId): string {
  const on = region.peers.map(({ storeId }) => named(storeId)).join(', ');
  return `Region ${region.id} has no replica on ${named(store)}. It has them on ${on}.`;
}

function storeProblem(view: ClusterView, store: StoreId): string | null {
  const known = view.stores.get(store);
  if (known === undefined) return `PD knows no store ${named(store)}.`;
  return known.state === 'Up' ? null : `${named(store)} is ${known.state}: it takes nothing more.`;
}

function transferFor(view: ClusterView, known: KnownRegion, store: StoreId): Proposal | string {
  const peer = peerOn(known.region, store);
  if (peer === undefined) return noPeer(known, store);
  if (peer.role === 'Learner')
    return `The replica on ${named(store)} is a learner: it cannot lead.`;
  if (known.leader?.storeId === store)
    return `${named(store)} leads Region ${known.region.id} already.`;
  const problem = storeProblem(view, store);
  if (problem !== null) return problem;
  const wish = { peers: presentPeers(known.region), leader: store };
  return propose(view, known, wish, what('admin-transfer-leader'));
}

function addFor(
  view: ClusterView,
  known: KnownRegion,
  { type, store }: { type: OperatorCommand['type']; store: StoreId },
): Proposal | string {
  const present = peerOn(known.region, store);
  if (present !== undefined && !(type === 'add-peer' && present.role === 'Learner'))
    return `Region ${known.region.id} has a replica on ${named(store)} already.`;
  const problem = storeProblem(view, store);
  if (problem !== null) return problem;
  const role = type === 'add-peer' ? 'Voter' : 'Learner';
  const others = presentPeers(known.region).filter(({ storeId }) => storeId !== store);
  const peers = [...others, { storeId: store, role } as const];
  return propose(view, known, { peers, leader: null }, what(`admin-${type}`));
}

function removeFor(view: ClusterView, known: KnownRegion, store: StoreId): Proposal | string {
  if (peerOn(known.region, store) === undefined) return noPeer(known, store);
  const peers = presentPeers(known.region).filter(({ storeId }) => storeId !== store);
  return propose(view, known, { peers, leader: null }, what('admin-remove-peer'));
}

function moveFor(
  view: ClusterView,
  known: KnownRegion,
  { from, to }: { from: StoreId; to: StoreId },
): Proposal | string {
  if (peerOn(known.region, from) === undefined) return noPeer(known, from);
  if (peerOn(known.region, to) !== undefined)
    return `Region ${known.region.id} has a replica on ${named(to)} already.`;
  const problem = storeProblem(view, to);
  if (problem !== null) return problem;
  const wish = { peers: movedPeers(known.region, from, to), leader: null };
  return propose(view, known, wish, what('admin-move-peer'));
}

function splitFor(
  view: ClusterView,
  command: Extract<PdCommand, { type: 'split-region' }>,
): Proposal | string {
  const encode = command.space === 'raw' ? encodeRawKey : encodeKey;
  const keys = command.keys.map(encode);
  const [first] = keys;
  const known =
    command.region !== null
      ? view.regions.byId(command.region)
      : first === undefined
        ? null
        : view.regions.byKey(first);
  if (known === null)
    return command.region === null
      ? 'Name a Region or a key to split at.'
      : `PD knows no Region ${command.region}.`;
  const { region, leader } = known;
  if (leader === null) return `PD knows no leader of Region ${region.id}.`;
  const at = keys.findIndex(
    (key) => key <= region.startKey || (region.endKey !== '' && key >= region.endKey),
  );
  if (at >= 0) {
    const key = textOf(command.keys[at] ?? '');
    return keys[at] === region.startKey
      ? `Region ${region.id} begins at ${key} already.`
      : `Region ${region.id} does not hold ${key}: region key ${key} says which one does.`;
  }
  const policy = keys.length > 0 ? 'usekey' : command.policy === 'usekey' ? 'scan' : command.policy;
  return {
    regionId: region.id,
    desc: 'admin-split-region',
    kinds: ['admin', 'split'],
    priority: 'high',
    reason: ASKED,
    steps: [{ type: 'SplitRegion', policy, keys }],
  };
}

/** Replicas to the stores with least, the leader to the one that leads least. (PD: scatter/region_scatterer.go) */
function scatterFor(view: ClusterView, known: KnownRegion): Proposal | string {
  const { region } = known;
  if (!view.isFullyReplicated(known)) return `Region ${region.id} lacks replicas: mend it first.`;
  let peers = presentPeers(region);
  for (const { storeId: from } of region.peers) {
    const source = view.stores.get(from);
    if (source === undefined) continue;
    const here = { ...known, region: { ...region, peers: region.peers } };
    const taken = new Set(peers.map(({ storeId }) => storeId));
    const target = storeToAdd(view, here, storesOf(view, known, from));
    if (target === null || taken.has(target.id)) continue;
    if (view.regionScore(target.id) + view.sizeOf(known) > view.regionScore(from)) continue;
    peers = movedPeers({ ...region, peers: asPeers(peers) }, from, target.id);
  }
  const [leader] = peers
    .map(({ storeId }) => storeId)
    .filter((store) => takesLeaders(view, store))
    .toSorted((a, b) => view.leaderScore(a) - view.leaderScore(b) || a - b);
  const present = known.leader?.storeId;
  const better =
    leader !== undefined &&
    present !== undefined &&
    view.leaderScore(leader) + 1 < view.leaderScore(present)
      ? leader
      : null;
  const made = propose(view, known, { peers, leader: better }, what('scatter-region'));
  return typeof made === 'string'
    ? `Region ${region.id} stands where scattering would put it.`
    : made;
}

const asPeers = (peers: ReturnType<typeof presentPeers>) =>
  peers.map(({ storeId, role }) => ({ id: 0, storeId, role }));
