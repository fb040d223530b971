// What any peer does with a leader's append, heartbeat or snapshot.

import { commitTo } from './commit-rule.ts';
import { membershipOf } from './configuration.ts';
import { newMessage, type Draft, type Message, type Snapshot } from './message.ts';
import { postConfChange } from './membership.ts';
import { becomeFollower, type Raft } from './raft.ts';
import { send } from './send.ts';
import { cutAfter, writeEntries } from './write-log.ts';

export function handleAppend(raft: Raft, message: Message): void {
  if (raft.pendingRequestSnapshot !== 0) return sendRequestSnapshot(raft);
  const { log } = raft;
  const answer = newMessage('MsgAppendResponse', message.from);
  // Under a broken rule an append of an older term gets this far, and is answered in that term.
  if (message.term < raft.term) answer.term = message.term;
  if (message.index < log.committed) {
    answer.index = log.committed;
  } else if (!tryAppend(raft, message, answer)) {
    answer.reject = true;
  }
  answer.commit = log.committed;
  send(raft, answer);
}

function tryAppend(raft: Raft, message: Message, answer: Draft<Message>): boolean {
  const { log, rules } = raft;
  const { index, logTerm, entries } = message;
  const lastIndex = log.lastIndex();
  const match = rules.appendMatch({ index, logTerm, myTerm: log.term(index), lastIndex });
  if (!match.holds) {
    const hint = log.findConflictByTerm(Math.min(index, lastIndex), logTerm);
    answer.index = index;
    answer.rejectHint = hint.index;
    answer.logTerm = hint.term;
    if (raft.trace) {
      raft.events.push({
        type: 'raft/append-rejected',
        leader: message.from,
        index,
        hint: hint.index,
        hintTerm: hint.term,
        verdict: match,
      });
    }
    return false;
  }
  const lastNew = index + entries.length;
  const conflict = log.findConflict(entries);
  const known = conflict - index - 1;
  if (conflict !== 0) writeEntries(raft, known === 0 ? entries : entries.slice(known));
  else if (lastNew < lastIndex && rules.appendTruncate({ conflict, lastNew, lastIndex }).holds)
    cutAfter(raft, lastNew);
  const bound = rules.appendCommitBound({ commit: message.commit, lastNew });
  const commit = bound.holds ? message.commit : lastNew;
  commitTo(raft, Math.min(commit, log.lastIndex()), 'leader');
  answer.index = lastNew;
  return true;
}

export function handleHeartbeat(raft: Raft, message: Message): void {
  commitTo(raft, message.commit, 'leader');
  if (raft.pendingRequestSnapshot !== 0) return sendRequestSnapshot(raft);
  const answer = newMessage('MsgHeartbeatResponse', message.from);
  if (message.context !== undefined) answer.context = message.context;
  answer.commit = raft.log.committed;
  if (raft.rules.ways.heartbeatAnswer === 'now') return send(raft, answer);
  const held = raft.heldAnswer;
  raft.heldAnswer = answer;
  if (held !== null && held.to === message.from) send(raft, { ...held });
}

/** Asks the leader for a snapshot, in the shape of a rejected append. */
export function sendRequestSnapshot(raft: Raft): void {
  const request = newMessage('MsgAppendResponse', raft.leaderId);
  request.index = raft.log.committed;
  request.reject = true;
  request.rejectHint = raft.log.lastIndex();
  request.requestSnapshot = raft.pendingRequestSnapshot;
  send(raft, request);
}

export function handleSnapshot(raft: Raft, message: Message): void {
  const { snapshot } = message;
  if (snapshot === undefined) return;
  const answer = newMessage('MsgAppendResponse', message.from);
  const { index, term } = snapshot.metadata;
  const reason = restore(raft, snapshot);
  if (reason === null) {
    answer.index = raft.log.lastIndex();
  } else {
    answer.index = raft.log.committed;
    if (raft.trace) raft.events.push({ type: 'raft/snapshot-ignored', index, term, reason });
  }
  answer.commit = raft.log.committed;
  send(raft, answer);
}

type Ignored = 'older' | 'not-member' | 'not-follower' | 'log-has-it';

/** Takes the snapshot's place in the log and its configuration; or says why not. */
function restore(raft: Raft, snapshot: Snapshot): Ignored | null {
  const { log, rules } = raft;
  const { index, term, confState } = snapshot.metadata;
  if (!rules.snapshotNewer({ index, committed: log.committed }).holds) return 'older';
  if (raft.role !== 'Follower') {
    becomeFollower(raft, raft.term + 1, 0);
    return 'not-follower';
  }
  const { voters, learners, votersOutgoing } = confState;
  const member = [voters, learners, votersOutgoing].some((ids) => ids.includes(raft.id));
  if (!rules.snapshotMember({ member }).holds) return 'not-member';
  // Taking a snapshot of what the log has would give up acknowledged entries, unless it is the one that was asked for.
  const asked = raft.pendingRequestSnapshot;
  if ((asked === 0 || index < asked) && log.matches(index, term)) {
    commitTo(raft, index, 'snapshot');
    return 'log-has-it';
  }
  log.restore(snapshot);
  raft.tracker.restore(membershipOf(confState), log.lastIndex() + 1);
  raft.pendingRequestSnapshot = 0;
  if (raft.trace) raft.events.push({ type: 'raft/snapshot-restored', index, term });
  postConfChange(raft);
  raft.tracker.get(raft.id)?.accept(index);
  return null;
}
