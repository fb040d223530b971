// A conf change takes effect when it is applied, on each peer by itself.

import { enterJoint, leaveJoint, simpleChange, type Change } from './configuration.ts';
import { asV2, entersJoint, leavesJoint, type ConfChange } from './conf-change.ts';
import { maybeCommit } from './commit-rule.ts';
import type { ConfState } from './message.ts';
import { abortTransfer, type Raft } from './raft.ts';
import { confirmReads } from './reads.ts';
import { bcastAppend, maybeSendAppend } from './replicate.ts';

export function applyConfChange(raft: Raft, change: ConfChange): ConfState {
  raft.tracker.apply(nextMembership(raft, change), raft.log.lastIndex());
  return postConfChange(raft);
}

function nextMembership(raft: Raft, change: ConfChange): Change {
  const { members } = raft.tracker;
  const v2 = asV2(change);
  if (leavesJoint(v2)) return leaveJoint(members);
  const joint = entersJoint(v2);
  const { length: changes } = v2.changes;
  const atOnce = raft.rules.confOneVoter({ changes, joint: joint !== null });
  if (joint === null) return simpleChange(members, v2.changes);
  return atOnce.holds
    ? simpleChange(members, v2.changes, true)
    : enterJoint(members, v2.changes, joint.autoLeave);
}

/** What a new membership changes for this peer at once. */
export function postConfChange(raft: Raft): ConfState {
  const { tracker } = raft;
  const confState = tracker.confState();
  raft.promotable = tracker.isVoter(raft.id);
  if (raft.trace) raft.events.push({ type: 'raft/conf-changed', confState });
  if (raft.role !== 'Leader' || confState.voters.length === 0) return confState;
  // A leader that has removed itself leads on until another takes over.
  if (!raft.promotable) return confState;
  if (maybeCommit(raft)) {
    // The quorum has become smaller.
    bcastAppend(raft);
  } else {
    // No need to let a new peer wait for the next heartbeat.
    for (const peer of tracker.peers) if (peer.id !== raft.id) maybeSendAppend(raft, peer, false);
  }
  const waiting = raft.readOnly.lastPendingToken();
  if (waiting !== null) confirmReads(raft, raft.id, waiting);
  if (raft.leadTransferee !== 0 && !tracker.isVoter(raft.leadTransferee))
    abortTransfer(raft, 'removed');
  return confState;
}
