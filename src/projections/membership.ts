// Who decides: the voters of a Region as one replica has applied them. In a joint configuration there are two sets, the old
// and the new one, and each decision needs a majority of both. (TiKV: raft-rs quorum/joint.rs)

import type { PeerId } from '../tikv/ids.ts';
import type { ConfState } from '../tikv/raft/message.ts';
import type { PeerRole, Region } from '../tikv/raftstore/region.ts';

export interface Membership {
  /** The voters; while it is joint, the new ones. */
  incoming: PeerId[];
  /** The old voters; none where it is not joint. */
  outgoing: PeerId[];
  /** They learn and do not vote. */
  learners: PeerId[];
  /** Old voters that become learners when the joint configuration is left. */
  demoting: PeerId[];
}

/** One set of voters and how many of them decide. */
export interface Majority {
  readonly side: 'only' | 'old' | 'new';
  readonly voters: readonly PeerId[];
  readonly needed: number;
}

export const noMembers = (): Membership => ({
  incoming: [],
  outgoing: [],
  learners: [],
  demoting: [],
});

export const membersFrom = (conf: ConfState): Membership => ({
  incoming: [...conf.voters],
  outgoing: [...conf.votersOutgoing],
  learners: [...conf.learners],
  demoting: [...conf.learnersNext],
});

/** As the roles of the peers say it. */
export function membersOf(region: Region): Membership {
  const of = (...roles: PeerRole[]): PeerId[] =>
    region.peers.filter(({ role }) => roles.includes(role)).map(({ id }) => id);
  const changing = of('IncomingVoter', 'DemotingVoter').length > 0;
  return {
    incoming: of('Voter', 'IncomingVoter'),
    outgoing: changing ? of('Voter', 'DemotingVoter') : [],
    learners: of('Learner'),
    demoting: of('DemotingVoter'),
  };
}

export const isJoint = (members: Membership): boolean => members.outgoing.length > 0;

const majority = (side: Majority['side'], voters: readonly PeerId[]): Majority => ({
  side,
  voters,
  needed: Math.floor(voters.length / 2) + 1,
});

/** The sets that have to agree: one, or the old and the new one. */
export const majoritiesOf = (members: Membership): Majority[] =>
  isJoint(members)
    ? [majority('old', members.outgoing), majority('new', members.incoming)]
    : [majority('only', members.incoming)];

/** Everybody who votes, in either set. */
export const votersIn = ({ incoming, outgoing }: Membership): PeerId[] => [
  ...new Set([...outgoing, ...incoming]),
];

/** Whether those for whom `has` is true are a majority of every set. */
export const decides = (members: Membership, has: (peer: PeerId) => boolean): boolean =>
  majoritiesOf(members).every(
    ({ voters, needed }) => voters.length > 0 && voters.filter(has).length >= needed,
  );
