// What a leader does with a message that has passed the term gate.

import { shouldBcastCommit } from './commit.ts';
import { maybeCommit } from './commit-rule.ts';
import { newMessage, type Message } from './message.ts';
import type { Progress } from './progress.ts';
import { proposeAsLeader } from './propose.ts';
import { abortTransfer, becomeFollower, restartElectionTimer, type Raft } from './raft.ts';
import { confirmReads, readIndexAsLeader } from './reads.ts';
import { bcastAppend, bcastHeartbeat, sendAppend, sendAppendAggressively } from './replicate.ts';
import { send } from './send.ts';

export function stepLeader(raft: Raft, message: Message): void {
  switch (message.msgType) {
    case 'MsgBeat':
      return bcastHeartbeat(raft);
    case 'MsgCheckQuorum':
      if (!raft.tracker.quorumRecentlyActive(raft.id)) becomeFollower(raft, raft.term, 0);
      return;
    case 'MsgPropose':
      return proposeAsLeader(raft, message);
    case 'MsgReadIndex':
      return readIndexAsLeader(raft, message);
    case 'MsgTransferLeader':
      return transferLeader(raft, message.from);
    default:
      break;
  }
  const peer = raft.tracker.get(message.from);
  if (peer === undefined) return;
  switch (message.msgType) {
    case 'MsgAppendResponse':
      return handleAppendResponse(raft, message, peer);
    case 'MsgHeartbeatResponse':
      return handleHeartbeatResponse(raft, message, peer);
    case 'MsgSnapStatus':
      return handleSnapStatus(raft, message, peer);
    case 'MsgUnreachable':
      // While appends ran ahead, some of them are probably lost.
      if (peer.state === 'Replicate') peer.becomeProbe();
      return;
    default:
      return;
  }
}

function handleAppendResponse(raft: Raft, message: Message, peer: Progress): void {
  peer.recentActive = true;
  peer.sawCommitted(message.commit);
  if (message.reject === true) return handleRejection(raft, message, peer);
  const wasPaused = peer.isPaused();
  if (!peer.accept(message.index)) return;
  switch (peer.state) {
    case 'Probe':
      peer.becomeReplicate();
      break;
    case 'Replicate':
      peer.inflights.freeTo(message.index);
      break;
    case 'Snapshot':
      if (peer.hasSnapshot()) peer.becomeProbe();
      break;
  }
  if (maybeCommit(raft)) {
    if (shouldBcastCommit(raft)) bcastAppend(raft);
  } else if (wasPaused) {
    sendAppend(raft, peer);
  }
  sendAppendAggressively(raft, peer);
  if (raft.leadTransferee === peer.id) handOver(raft, peer);
}

function handleRejection(raft: Raft, message: Message, peer: Progress): void {
  const hint = message.rejectHint ?? 0;
  // The term at the hint lets a whole run of entries be passed over at once.
  const probe =
    message.logTerm > 0 ? raft.log.findConflictByTerm(hint, message.logTerm).index : hint;
  if (!peer.reject(message.index, probe, message.requestSnapshot ?? 0)) return;
  if (peer.state === 'Replicate') peer.becomeProbe();
  sendAppend(raft, peer);
}

function handleHeartbeatResponse(raft: Raft, message: Message, peer: Progress): void {
  peer.sawCommitted(message.commit);
  peer.recentActive = true;
  peer.resume();
  // An answer proves that something gets through: give a full window one more try.
  if (peer.state === 'Replicate' && peer.inflights.full()) peer.inflights.freeFirst();
  if (peer.matched < raft.log.lastIndex() || peer.pendingRequestSnapshot !== 0)
    sendAppend(raft, peer);
  if (message.context !== undefined) confirmReads(raft, peer.id, message.context);
}

function handleSnapStatus(raft: Raft, message: Message, peer: Progress): void {
  if (peer.state !== 'Snapshot') return;
  const failed = message.reject === true;
  if (failed) peer.snapshotFailed();
  peer.becomeProbe();
  // Finished: its answer comes and resumes. Failed: not before the next heartbeat answer.
  peer.pause();
  peer.pendingRequestSnapshot = 0;
  if (raft.trace)
    raft.events.push({
      type: 'raft/snapshot-reported',
      peer: peer.id,
      status: failed ? 'Failure' : 'Finish',
    });
}

function transferLeader(raft: Raft, to: number): void {
  const peer = raft.tracker.get(to);
  if (peer === undefined) return ignoreTransfer(raft, to, 'unknown');
  if (raft.tracker.isLearner(to)) return ignoreTransfer(raft, to, 'learner');
  if (raft.leadTransferee === to) return ignoreTransfer(raft, to, 'already-running');
  abortTransfer(raft, 'superseded');
  if (to === raft.id) return ignoreTransfer(raft, to, 'already-leader');
  // It has one election time-out to succeed.
  restartElectionTimer(raft);
  raft.leadTransferee = to;
  const verdict = raft.rules.transferCaughtUp({
    matched: peer.matched,
    lastIndex: raft.log.lastIndex(),
  });
  if (raft.trace) raft.events.push({ type: 'raft/transfer-started', to, verdict });
  if (verdict.holds) sendTimeoutNow(raft, to);
  else sendAppend(raft, peer);
}

function ignoreTransfer(
  raft: Raft,
  to: number,
  reason: 'unknown' | 'learner' | 'already-leader' | 'already-running',
): void {
  if (raft.trace) raft.events.push({ type: 'raft/transfer-ignored', to, reason });
}

/** Lets the transferee campaign as soon as it has everything. */
function handOver(raft: Raft, peer: Progress): void {
  const lastIndex = raft.log.lastIndex();
  if (raft.rules.transferCaughtUp({ matched: peer.matched, lastIndex }).holds)
    sendTimeoutNow(raft, peer.id);
}

function sendTimeoutNow(raft: Raft, to: number): void {
  if (raft.trace) raft.events.push({ type: 'raft/transfer-timeout-now-sent', to });
  send(raft, newMessage('MsgTimeoutNow', to));
}
