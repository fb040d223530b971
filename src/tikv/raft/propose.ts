// A leader takes proposals into its log.

import { asV2, decodeConfChange, leavesJoint } from './conf-change.ts';
import { maybeCommit } from './commit-rule.ts';
import { entryAt, isConfChange, payloadSize, type Entry } from './entry.ts';
import { RaftError } from './error.ts';
import type { ProposalDropReason } from './event.ts';
import type { Message } from './message.ts';
import type { Raft } from './raft.ts';
import { bcastAppend } from './replicate.ts';
import type { Verdict } from './rules.ts';
import { writeEntries } from './write-log.ts';

/** Throws ProposalDropped. */
export function dropProposal(raft: Raft, reason: ProposalDropReason): never {
  if (raft.trace) raft.events.push({ type: 'raft/proposal-dropped', reason });
  throw new RaftError('ProposalDropped', reason);
}

/** A MsgPropose at the leader. */
export function proposeAsLeader(raft: Raft, message: Message): void {
  if (message.entries.length === 0) dropProposal(raft, 'malformed');
  if (raft.tracker.get(raft.id) === undefined) dropProposal(raft, 'removed');
  if (raft.leadTransferee !== 0) dropProposal(raft, 'transferring');
  const next = raft.log.lastIndex() + 1;
  const admitted = message.entries.some(isConfChange)
    ? message.entries.map((e, i) => (isConfChange(e) ? admitConfChange(raft, e, next + i) : e))
    : message.entries;
  if (!appendEntries(raft, admitted)) dropProposal(raft, 'uncommitted-limit');
  bcastAppend(raft);
}

const EMPTY: Entry = { entryType: 'EntryNormal', term: 0, index: 0, data: '' };

/** A conf change that may not be made now becomes an entry that does nothing. */
function admitConfChange(raft: Raft, entry: Entry, index: number): Entry {
  const change = readConfChange(raft, entry);
  const joint = raft.tracker.isJoint();
  // An empty change that names a way to enter could not be applied by anybody.
  const leaving = joint ? leavesJoint(change) : change.changes.length === 0;
  const applied = raft.log.applied;
  const pending = raft.rules.confChangePending({ pending: raft.pendingConfIndex, applied });
  if (!pending.holds) return refuseConfChange(raft, index, pending);
  const fits = raft.rules.confChangeJoint({ joint, leaving });
  if (!fits.holds) return refuseConfChange(raft, index, fits);
  raft.pendingConfIndex = index;
  return entry;
}

function readConfChange(raft: Raft, entry: Entry) {
  try {
    return asV2(decodeConfChange(entry));
  } catch (error) {
    if (error instanceof RaftError) return dropProposal(raft, 'malformed');
    throw error;
  }
}

function refuseConfChange(raft: Raft, index: number, verdict: Verdict): Entry {
  if (raft.trace) raft.events.push({ type: 'raft/conf-change-refused', index, verdict });
  return EMPTY;
}

/** The empty entry with which a leader opens its term. */
export function openTerm(raft: Raft): void {
  appendEntries(raft, [EMPTY]);
}

/** Appends in the leader's term. False where too much is uncommitted already. */
export function appendEntries(raft: Raft, entries: readonly Entry[]): boolean {
  if (!reserve(raft, payloadSize(entries))) return false;
  const { log, term } = raft;
  const first = log.lastIndex() + 1;
  writeEntries(
    raft,
    entries.map((entry, i) => entryAt(entry, term, first + i)),
  );
  const index = log.lastIndex();
  const counts = raft.rules.leaderCountsPersisted({ index, persisted: log.persisted });
  if (counts.holds) {
    raft.tracker.mustGet(raft.id).accept(index);
    maybeCommit(raft);
  }
  return true;
}

/** Nothing that is empty is refused, and nothing while nothing waits. */
function reserve(raft: Raft, size: number): boolean {
  const after = raft.uncommittedSize + size;
  if (size > 0 && raft.uncommittedSize > 0 && after > raft.settings.maxUncommittedSize)
    return false;
  raft.uncommittedSize = after;
  return true;
}

/** Entries handed out as committed no longer weigh on the leader. */
export function release(raft: Raft, committed: readonly Entry[]): void {
  if (raft.role !== 'Leader' || raft.uncommittedSize === 0) return;
  let size = 0;
  for (let i = 0; i < committed.length; i++) {
    const { index, data } = committed[i] as Entry;
    if (index > raft.inheritedIndex) size += data.length;
  }
  raft.uncommittedSize = Math.max(0, raft.uncommittedSize - size);
}
