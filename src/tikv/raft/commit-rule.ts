// The commit rule: an entry is committed when a quorum has it AND it is of the leader's own term. Entries of earlier
// terms are committed by the ones that follow them.                     (Raft paper, figure 8; TiKV: raft-rs raft_log.rs)

import type { CommitBasis } from './event.ts';
import type { Raft } from './raft.ts';
import { holdersOf } from './quorum.ts';
import type { Verdict } from './rules.ts';

const NO_VERDICTS: readonly Verdict[] = [];

/** True where the commit index moved. */
export function maybeCommit(raft: Raft): boolean {
  const { log, tracker, rules } = raft;
  const index = indexToCommit(raft);
  if (index <= log.committed || index > log.lastIndex()) return false;
  const own = rules.commitCurrentTerm({ index, entryTerm: log.term(index), term: raft.term });
  if (!own.holds) {
    if (raft.trace) raft.events.push({ type: 'raft/commit-held', index, verdict: own });
    return false;
  }
  const verdicts = raft.trace ? [quorumVerdict(raft, index), own] : NO_VERDICTS;
  commitTo(raft, index, 'quorum', verdicts);
  const self = tracker.get(raft.id);
  if (self !== undefined) self.sawCommitted(index);
  return true;
}

function indexToCommit(raft: Raft): number {
  switch (raft.rules.ways.commitBy) {
    case 'majority':
      return raft.tracker.committedIndex();
    case 'half':
      return raft.tracker.halfCommittedIndex();
    case 'leader-alone':
      return Math.max(raft.tracker.committedIndex(), raft.tracker.indexOf(raft.id));
  }
}

function quorumVerdict(raft: Raft, index: number): Verdict {
  const { incoming } = raft.tracker.members;
  return raft.rules.commitQuorum({
    index,
    quorumIndex:
      raft.rules.ways.commitBy === 'half'
        ? raft.tracker.halfCommittedIndex()
        : raft.tracker.committedIndex(),
    holders: holdersOf(incoming, raft.tracker, index),
    voters: incoming.length,
  });
}

/** Moves the commit index forward, never back. */
export function commitTo(
  raft: Raft,
  index: number,
  by: CommitBasis,
  verdicts: readonly Verdict[] = NO_VERDICTS,
): void {
  const { log } = raft;
  if (index <= log.committed) return;
  log.commitTo(index);
  if (raft.trace)
    raft.events.push({ type: 'raft/committed', index, term: log.term(index), by, verdicts });
}

/** Another peer says that (index, term) is committed: true where the log has it and did not know. */
export function maybeCommitAt(
  raft: Raft,
  at: { index: number; term: number; by: CommitBasis },
): boolean {
  const { log } = raft;
  if (at.index <= log.committed || !log.matches(at.index, at.term)) return false;
  commitTo(raft, at.index, at.by);
  return true;
}
