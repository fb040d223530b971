// The leader's side of replication: appends, snapshots and heartbeats to one peer or to all.

import type { Bytes } from '../../base/bytes.ts';
import { assert } from '../../base/assert.ts';
import type { Entry } from './entry.ts';
import { StorageError } from './error.ts';
import { newMessage, type Message, type Snapshot } from './message.ts';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';
import { send } from './send.ts';

/** Sends what comes next, or an empty append that tells the commit index. */
export function sendAppend(raft: Raft, peer: Progress): void {
  maybeSendAppend(raft, peer, true);
}

/** As much as the peer's window takes. */
export function sendAppendAggressively(raft: Raft, peer: Progress): void {
  while (maybeSendAppend(raft, peer, false));
}

export function bcastAppend(raft: Raft): void {
  for (const peer of raft.tracker.peers) if (peer.id !== raft.id) sendAppend(raft, peer);
}

/** False where nothing was sent: the peer is paused, or there is nothing and `allowEmpty` is not set. */
export function maybeSendAppend(raft: Raft, peer: Progress, allowEmpty: boolean): boolean {
  if (peer.isPaused()) return false;
  if (peer.pendingRequestSnapshot !== 0) return sendSnapshot(raft, peer);
  const { log } = raft;
  const previous = peer.nextIdx - 1;
  if (!allowEmpty && previous >= log.lastIndex()) return false;
  const entries = log.entriesFrom(peer.nextIdx, raft.settings.maxSizePerMsg);
  if (entries === null) return sendSnapshot(raft, peer);
  if (raft.batchAppend && joinWaitingAppend(raft, peer, entries)) return true;
  const message = newMessage('MsgAppend', peer.id);
  message.index = previous;
  message.logTerm = log.term(previous);
  message.entries = entries;
  message.commit = log.committed;
  if (entries.length > 0) peer.sent(previous + entries.length);
  send(raft, message);
  return true;
}

/** Puts the entries into an append that still waits in the outbox, where they continue it. */
function joinWaitingAppend(raft: Raft, peer: Progress, entries: readonly Entry[]): boolean {
  const { msgs } = raft;
  const at = msgs.findIndex((m) => m.msgType === 'MsgAppend' && m.to === peer.id);
  const waiting = msgs[at];
  if (waiting === undefined) return false;
  const [head] = entries;
  if (head !== undefined) {
    const last = waiting.entries.at(-1);
    if (last !== undefined && last.index + 1 !== head.index) return false;
    if (last === undefined && waiting.index + 1 !== head.index) return false;
    peer.sent(peer.nextIdx - 1 + entries.length);
  }
  const joined: Message = {
    ...waiting,
    entries: head === undefined ? waiting.entries : waiting.entries.concat(entries),
    commit: raft.log.committed,
  };
  msgs[at] = joined;
  return true;
}

function sendSnapshot(raft: Raft, peer: Progress): boolean {
  if (!peer.recentActive) return postpone(raft, peer, 'peer-not-active');
  const snapshot = readSnapshot(raft, peer);
  if (snapshot === null) return postpone(raft, peer, 'not-ready');
  const { index, term } = snapshot.metadata;
  assert(index > 0, 'a snapshot of nothing');
  const message = newMessage('MsgSnapshot', peer.id);
  message.snapshot = snapshot;
  peer.becomeSnapshot(index);
  if (raft.trace) raft.events.push({ type: 'raft/snapshot-sent', to: peer.id, index, term });
  send(raft, message);
  return true;
}

function postpone(raft: Raft, peer: Progress, reason: 'peer-not-active' | 'not-ready'): false {
  if (raft.trace) raft.events.push({ type: 'raft/snapshot-postponed', to: peer.id, reason });
  return false;
}

function readSnapshot(raft: Raft, peer: Progress): Snapshot | null {
  try {
    return raft.log.snapshot(peer.pendingRequestSnapshot, peer.id);
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'SnapshotTemporarilyUnavailable')
      return null;
    throw error;
  }
}

/** A heartbeat carries the commit index only as far as the peer's log is known to match. */
function sendHeartbeat(raft: Raft, peer: Progress, token: Bytes | null): void {
  const message = newMessage('MsgHeartbeat', peer.id);
  const { committed } = raft.log;
  const { matched } = peer;
  const bound = raft.rules.heartbeatCommitBound({ committed, matched });
  message.commit = bound.holds ? committed : matched;
  if (token !== null) message.context = token;
  send(raft, message);
}

/** A heartbeat also asks for the reads that wait. */
export function bcastHeartbeat(raft: Raft): void {
  bcastHeartbeatWith(raft, raft.readOnly.lastPendingToken());
}

export function bcastHeartbeatWith(raft: Raft, token: Bytes | null): void {
  for (const peer of raft.tracker.peers) if (peer.id !== raft.id) sendHeartbeat(raft, peer, token);
}
