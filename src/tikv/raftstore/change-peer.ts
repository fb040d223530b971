// Membership changes: what a leader refuses to propose, and what they make of a Region when they are applied. One change
// is simple; two or more enter a joint configuration, in which both the old and the new voters have to agree until
// another command leaves it. (TiKV: util.rs check_conf_change, peer.rs check_conf_change, fsm/apply.rs exec_change_peer_v2)

import type { StoreId } from '../ids.ts';
import { enterJoint, leaveJoint, simpleChange, type Membership } from '../raft/configuration.ts';
import { RaftError } from '../raft/error.ts';
import { jointCommitted } from '../raft/quorum.ts';
import type { Tracker } from '../raft/tracker.ts';
import { confChangeOf, type PeerChange, type WantedChange } from './admin-command.ts';
import { isJoint } from './peer-storage.ts';
import { peerOn, type Peer, type PeerRole, type Region } from './region.ts';

/** How many ids of new peers these changes need. */
export const newPeers = (region: Region, wanted: readonly WantedChange[]): number =>
  wanted.filter((each) => addsPeer(region, each)).length;

const ADDS: readonly WantedChange['do'][] = ['join', 'add-peer', 'add-learner'];

const addsPeer = (region: Region, { do: kind, store }: WantedChange): boolean =>
  ADDS.includes(kind) && peerOn(region, store) === undefined;

/** The changes as a log carries them; a text where they make no sense. `ids` are for new peers. */
export function changesOf(
  region: Region,
  wanted: readonly WantedChange[],
  ids: readonly number[],
): readonly PeerChange[] | string {
  const changes: PeerChange[] = [];
  let used = 0;
  for (const want of wanted) {
    const known = peerOn(region, want.store);
    const problem = wantProblem(want, known);
    if (problem !== null) return problem;
    if (known === undefined) {
      const id = ids[used++];
      if (id === undefined) return 'the Region has changed in the meantime';
      const role: PeerRole = want.do === 'add-learner' ? 'Learner' : 'Voter';
      const type = want.do === 'add-learner' ? 'AddLearnerNode' : 'AddNode';
      changes.push({ type, peer: { id, storeId: want.store, role } });
    } else if (want.do === 'promote' || want.do === 'join')
      changes.push({ type: 'AddNode', peer: { ...known, role: 'Voter' } });
    else if (want.do === 'demote')
      changes.push({ type: 'AddLearnerNode', peer: { ...known, role: 'Learner' } });
    else changes.push({ type: 'RemoveNode', peer: known });
  }
  return changes;
}

function wantProblem(want: WantedChange, known: Peer | undefined): string | null {
  const store = `S${want.store}`;
  switch (want.do) {
    case 'join':
      return known === undefined || known.role === 'Learner' ? null : `${store} votes already`;
    case 'add-peer':
    case 'add-learner':
      if (known === undefined) return null;
      return known.role === 'Learner' && want.do === 'add-peer'
        ? `${store} has a learner of the Region already: promote it`
        : `${store} has a peer of the Region already`;
    case 'promote':
      return known?.role === 'Learner' ? null : `${store} has no learner of the Region`;
    case 'demote':
      return known?.role === 'Voter' ? null : `${store} has no voter of the Region`;
    case 'remove-peer':
      return known === undefined ? `${store} has no peer of the Region` : null;
  }
}

/** Why a leader does not propose these changes; null where it does. The checks are TiKV's. */
export function changeProblem(of: {
  readonly region: Region;
  readonly leader: StoreId;
  readonly changes: readonly PeerChange[];
  readonly tracker: Tracker;
  readonly firstIndex: number;
}): string | null {
  const { region, leader, changes, tracker, firstIndex } = of;
  const joint = isJoint(region);
  const me = peerOn(region, leader);
  if (changes.length === 0) {
    if (!joint) return 'the Region is in no joint configuration';
    return me?.role === 'DemotingVoter'
      ? 'the leader itself is to be a learner then: transfer its leadership first'
      : null;
  }
  if (joint) return 'the Region is in a joint configuration: leave it first';
  const stores = changes.map(({ peer }) => peer.storeId);
  if (new Set(stores).size < stores.length) return 'a store is named twice';
  const problem = kindProblem(region, leader, changes);
  if (problem !== null) return problem;
  const next = membershipAfter(tracker.members, changes);
  if (typeof next === 'string') return next;
  return quorumProblem(tracker, next, firstIndex);
}

function kindProblem(
  region: Region,
  leader: StoreId,
  changes: readonly PeerChange[],
): string | null {
  const simple = changes.length === 1;
  let learnersOnly = true;
  for (const { type, peer } of changes) {
    const known = peerOn(region, peer.storeId);
    const votes = known !== undefined && known.role !== 'Learner';
    if (type === 'RemoveNode' && votes && !simple)
      return `S${peer.storeId} votes: in a joint change it becomes a learner first`;
    if (simple && peer.storeId === leader && type !== 'AddNode')
      return 'a leader does not remove or demote itself: transfer its leadership first';
    if (type === 'AddNode' || votes) learnersOnly = false;
  }
  return !simple && learnersOnly
    ? 'changes of learners alone need no joint configuration: give them one by one'
    : null;
}

function membershipAfter(members: Membership, changes: readonly PeerChange[]): Membership | string {
  const { changes: singles } = confChangeOf(changes, '');
  try {
    if (singles.length === 0) return leaveJoint(members).to;
    if (singles.length === 1) return simpleChange(members, singles).to;
    return enterJoint(members, singles, false).to;
  } catch (error) {
    if (error instanceof RaftError) return error.message;
    throw error;
  }
}

/** Under the new membership the log that a quorum has must still be there to be sent. */
function quorumProblem(tracker: Tracker, next: Membership, firstIndex: number): string | null {
  if (tracker.members.incoming.length === 1 && !tracker.isJoint()) return null;
  const promoted = jointCommitted(next.incoming, next.outgoing, tracker);
  return promoted + 1 >= firstIndex
    ? null
    : `a majority of the new voters has the log only to entry ${promoted}, and it begins at ${firstIndex}: add them as learners first`;
}

/** The Region after the changes; a text where they no longer fit. */
export function regionAfter(region: Region, changes: readonly PeerChange[]): Region | string {
  if (changes.length === 0) return afterLeaving(region);
  const joint = changes.length > 1;
  if (isJoint(region)) return 'the Region is in a joint configuration';
  let peers: readonly Peer[] = region.peers;
  for (const { type, peer } of changes) {
    const known = peers.find(({ storeId }) => storeId === peer.storeId);
    if (known === undefined) {
      if (type === 'RemoveNode') return `S${peer.storeId} has no peer`;
      peers = [...peers, { ...peer, role: roleOf(type === 'AddNode', joint) }];
      continue;
    }
    if (known.id !== peer.id) return `S${peer.storeId} has another peer`;
    if (type === 'RemoveNode') {
      if (joint && known.role !== 'Learner') return `S${peer.storeId} votes`;
      peers = peers.filter((each) => each !== known);
      continue;
    }
    const votes = known.role !== 'Learner';
    if (votes === (type === 'AddNode')) return `S${peer.storeId} has that role already`;
    const role = type === 'AddNode' ? roleOf(true, joint) : joint ? 'DemotingVoter' : 'Learner';
    peers = peers.map((each) => (each === known ? { ...known, role } : each));
  }
  const confVer = region.epoch.confVer + changes.length;
  return { ...region, peers, epoch: { ...region.epoch, confVer } };
}

const roleOf = (votes: boolean, joint: boolean): PeerRole =>
  votes ? (joint ? 'IncomingVoter' : 'Voter') : 'Learner';

/** Every role that flips counts. */
function afterLeaving(region: Region): Region | string {
  if (!isJoint(region)) return 'the Region is in no joint configuration';
  let flips = 0;
  const peers = region.peers.map((peer): Peer => {
    if (peer.role !== 'IncomingVoter' && peer.role !== 'DemotingVoter') return peer;
    flips += 1;
    return { ...peer, role: peer.role === 'IncomingVoter' ? 'Voter' : 'Learner' };
  });
  const confVer = region.epoch.confVer + flips;
  return { ...region, peers, epoch: { ...region.epoch, confVer } };
}
