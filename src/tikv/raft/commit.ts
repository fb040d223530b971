// How the commit index moves, and what follows when entries are persisted or applied.

import { appendEntries } from './propose.ts';
import { bcastAppend } from './replicate.ts';
import { hasPendingConf, type Raft } from './raft.ts';
import { maybeCommit } from './commit-rule.ts';

export const shouldBcastCommit = (raft: Raft): boolean =>
  !raft.skipBcastCommit || hasPendingConf(raft);

/** The disk holds the entries up to here. Only now does a leader count itself. */
export function onPersistEntries(raft: Raft, index: number, term: number): void {
  if (!raft.log.persistedTo(index, term)) return;
  if (raft.trace) raft.events.push({ type: 'raft/persisted', index, term });
  if (raft.role !== 'Leader') return;
  const self = raft.tracker.get(raft.id);
  if (self === undefined) return;
  if (self.accept(index) && maybeCommit(raft) && shouldBcastCommit(raft)) bcastAppend(raft);
}

export function onPersistSnapshot(raft: Raft, index: number): void {
  if (!raft.log.persistedSnapshot(index) || !raft.trace) return;
  raft.events.push({ type: 'raft/persisted', index, term: raft.log.term(index) });
}

/** The host has applied everything up to here. A joint configuration that leaves by itself does so now. */
export function commitApply(raft: Raft, applied: number): void {
  const { log, pendingConfIndex } = raft;
  const before = log.applied;
  log.appliedTo(applied);
  if (!raft.tracker.members.autoLeave || raft.role !== 'Leader') return;
  if (before > pendingConfIndex || applied < pendingConfIndex) return;
  // Empty data is never refused for its size.
  appendEntries(raft, [{ entryType: 'EntryConfChangeV2', term: 0, index: 0, data: '' }]);
  raft.pendingConfIndex = log.lastIndex();
  bcastAppend(raft);
}
