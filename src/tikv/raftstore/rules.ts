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

/** Which rule of this chapter a mutation breaks. (The Raft core has its own.) */
export const STORE_MUTATIONS: Readonly<Record<string, Verdict['rule']>> = {
  'mut:M13': 'raftstore/lease-valid',
  'mut:M14': 'raftstore/read-own-term',
  'mut:M15': 'raftstore/epoch-current',
  'mut:M16': 'raftstore/snapshot-acceptable',
  'mut:M29': 'raftstore/vote-after-start',
};

/** The rules of this chapter that can be broken by their own names. */
export const STORE_RULES: readonly Verdict['rule'][] = [...new Set(Object.values(STORE_MUTATIONS))];

/** The verdict, but where its rule is broken on purpose: then everything is permitted. */
export function unlessBroken(verdict: Verdict, broken: readonly string[]): Verdict {
  if (verdict.holds || broken.length === 0) return verdict;
  const off = broken.some((id) => id === verdict.rule || STORE_MUTATIONS[id] === verdict.rule);
  return off ? { ...verdict, holds: true, facts: { ...verdict.facts, broken: true } } : verdict;
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

/** May a snapshot that was made earlier be sent? It has to reach beyond what the log has given up, and what was asked
 * for, and know the membership. (peer_storage.rs validate_snap) */
export function snapshotValid(of: {
  readonly index: number;
  readonly requestIndex: number;
  readonly truncated: number;
  readonly confVer: number;
  readonly regionConfVer: number;
}): Verdict {
  const reaches = of.index >= of.truncated && of.index >= of.requestIndex;
  return verdict('raftstore/snapshot-valid', reaches && of.confVer >= of.regionConfVer, of);
}

/** May a store take this snapshot in? It has to speak of this peer, be no older than what is known of the Region, and
 * overlap no other Region of the store. */
export function snapshotAcceptable(of: {
  readonly member: boolean;
  readonly stale: boolean;
  readonly overlaps: number;
}): Verdict {
  const holds = of.member && !of.stale && of.overlaps === 0;
  return verdict('raftstore/snapshot-acceptable', holds, of);
}

/** May a leader answer a read from its lease? It has to be valid, and the leader has to have applied an entry of its own
 * term. */
export function leaseValid(of: {
  readonly lease: 'valid' | 'suspect' | 'expired';
  readonly appliedTerm: number;
  readonly term: number;
}): Verdict {
  const holds = of.lease === 'valid' && of.appliedTerm === of.term;
  return verdict('raftstore/lease-valid', holds, of);
}

/** Is the epoch of a membership change the Region's? Only `conf_ver` counts; any difference refuses. */
export function confVerCurrent(command: RegionEpoch, region: RegionEpoch): Verdict {
  return verdict('raftstore/conf-ver-current', command.confVer === region.confVer, {
    confVer: command.confVer,
    currentConfVer: region.confVer,
  });
}

/** Is an epoch older than another in either half? (util.rs is_epoch_stale) */
export function epochStale(epoch: RegionEpoch, than: RegionEpoch): boolean {
  return epoch.version < than.version || epoch.confVer < than.confVer;
}

/** May leadership go to this peer now? (peer.rs ready_to_transfer_leader) */
export function transferReady(of: {
  readonly voter: boolean;
  readonly snapshots: number;
  readonly pendingConf: number;
  readonly index: number;
  readonly lastIndex: number;
  readonly maxLag: number;
}): Verdict {
  const near = of.lastIndex < of.index + of.maxLag;
  const holds = of.voter && of.snapshots === 0 && of.pendingConf <= of.index && near;
  return verdict('raftstore/transfer-ready', holds, of);
}

/** May a peer be made of this message? Only of a vote request or of a first heartbeat, and only where its Region overlaps
 * no other one of the store. (util.rs is_initial_msg, fsm/store.rs maybe_create_peer) */
export function createsPeer(of: {
  readonly message: MessageType;
  readonly commit: number;
  readonly overlaps: number;
}): Verdict {
  const first = of.message === 'MsgHeartbeat' && of.commit === 0;
  const holds = (VOTES.includes(of.message) || first) && of.overlaps === 0;
  return verdict('raftstore/creates-peer', holds, of);
}
