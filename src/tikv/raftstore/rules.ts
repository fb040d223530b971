// The decisions of the store on which safety rests, each by name: facts in, verdict out. What is done with a verdict is
// no business of a rule. (TiKV: raftstore/src/store/{util,peer,entry_storage}.rs)

import type { Micros } from '../ids.ts';
import type { MessageType } from '../raft/message.ts';
import type { RegionEpoch } from './region.ts';

export type Fact = number | string | boolean;

export interface Verdict {
  readonly rule: `raftstore/${string}`;
  readonly holds: boolean;
  readonly facts: Readonly<Record<string, Fact>>;
}

const verdict = (
  rule: Verdict['rule'],
  holds: boolean,
  facts: Readonly<Record<string, Fact>>,
): Verdict => ({ rule, holds, facts });

/** Is the epoch of a normal command the Region's? Reads and writes care for the range, so `version` alone counts; any
 * difference refuses, a newer one too. */
export function epochCurrent(command: RegionEpoch, region: RegionEpoch): Verdict {
  return verdict('raftstore/epoch-current', command.version === region.version, {
    version: command.version,
    currentVersion: region.version,
  });
}

/** Is the term that the sender knows recent enough? 0 is: it knows none. */
export function termRecent(known: number, term: number): Verdict {
  return verdict('raftstore/term-recent', known === 0 || term <= known + 1, { known, term });
}

/** May a read be answered from this state? */
export function readApplied(applied: number, readIndex: number): Verdict {
  return verdict('raftstore/read-applied', applied >= readIndex, { applied, readIndex });
}

/** May a leader ask for a read index? Before it has committed an entry of its term it does not know what is committed. */
export function readOwnTerm(committedTerm: number, term: number): Verdict {
  return verdict('raftstore/read-own-term', committedTerm === term, { committedTerm, term });
}

const VOTES: readonly MessageType[] = ['MsgRequestVote', 'MsgRequestPreVote'];

/** May this message be taken? A store that has just started takes no vote requests for one election time-out: it may
 * have promised a leader, before its power went, not to vote. (allow_unsafe_vote_after_start = false) */
export function voteAfterStart(of: {
  readonly message: MessageType;
  readonly now: Micros;
  readonly startedAt: Micros;
  readonly electionTimeout: Micros;
}): Verdict {
  const waited = of.now - of.startedAt;
  const holds = !VOTES.includes(of.message) || waited >= of.electionTimeout;
  return verdict('raftstore/vote-after-start', holds, {
    message: of.message,
    waited,
    electionTimeout: of.electionTimeout,
  });
}

/** May these messages leave? Not before what they promise is durable; a leader's promise nothing of its own disk. */
export function persistedBeforeSend(promised: number, durable: number): Verdict {
  return verdict('raftstore/persisted-before-send', durable >= promised, { promised, durable });
}

/** Has this proposal a future, once an entry of (term, index) is committed? Where it has none, it was overwritten and
 * will never be applied: that is a definite refusal. */
export function proposalAlive(
  proposal: { readonly index: number; readonly term: number },
  committed: { readonly index: number; readonly term: number },
): Verdict {
  const older = proposal.term < committed.term;
  const passed = proposal.term === committed.term && proposal.index < committed.index;
  return verdict('raftstore/proposal-alive', !older && !passed, {
    index: proposal.index,
    term: proposal.term,
    committedIndex: committed.index,
    committedTerm: committed.term,
  });
}

/** May the write of a read-modify-write be proposed? Only in the term in which its read was made: in another one
 * somebody else may have written in between. */
export function writeInTermOfRead(readTerm: number, term: number): Verdict {
  return verdict('raftstore/write-in-term-of-read', readTerm === term, { readTerm, term });
}
