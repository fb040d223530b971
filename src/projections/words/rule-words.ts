// The rules by name: what each says, and what a verdict found. A verdict's facts are numbers of this run; the words bind
// them and print none of their own.

import type { Plain } from '../../base/plain.ts';
import { plural } from './format.ts';
import { MORE_WORDS } from './more-rule-words.ts';
import type { Verdict as RaftVerdict } from '../../tikv/raft/event.ts';

/** Of any chapter. */
export interface AnyVerdict {
  readonly rule: string;
  readonly holds: boolean;
  readonly facts: Readonly<Record<string, Plain>>;
}

interface Words {
  /** The rule as a sentence of its own. */
  readonly rule: string;
  /** What was found, after a colon; `f` gives a fact as text. */
  readonly found: (f: (name: string) => string, holds: boolean) => string;
}

const WORDS: Readonly<Record<RaftVerdict['rule'], Words>> = {
  'raft/vote-stickiness': {
    rule: 'A store that has just heard its leader does not look at vote requests.',
    found: (f, holds) =>
      holds
        ? 'it has not heard a leader lately'
        : `it heard its leader ${plural(Number(f('electionElapsed')), 'tick')} ago`,
  },
  'raft/vote-once': {
    rule: 'A store votes once per term.',
    found: (_, holds) => (holds ? 'its vote is free' : 'its vote of this term is given'),
  },
  'raft/vote-log': {
    rule: 'A store votes only for a log that is at least as new as its own: the later last term wins, then the longer log.',
    found: (f, holds) =>
      `the candidate's log ends at entry ${f('index')} of term ${f('term')}, its own at entry ${f('myIndex')} of term ${f('myTerm')}${holds ? '' : ', which is newer'}`,
  },
  'raft/vote-priority': {
    rule: 'A store does not vote for a peer of lower priority than its own.',
    found: (f) => `the priorities are ${f('priority')} and ${f('mine')}`,
  },
  'raft/vote-count-once': {
    rule: 'A vote counts once.',
    found: (_, holds) => (holds ? 'it is the first answer' : 'it has answered before'),
  },
  'raft/campaign-voter': {
    rule: 'Only a voter may ask for votes.',
    found: (_, holds) => (holds ? 'it is a voter' : 'it is no voter'),
  },
  'raft/campaign-pending-conf': {
    rule: 'A peer applies a committed change of members before it asks for votes.',
    found: (f, holds) =>
      holds ? 'none is waiting' : `entry ${f('pending')} is waiting to be applied`,
  },
  'raft/append-term': {
    rule: 'An append of an older term is refused.',
    found: (f) => `it is of term ${f('messageTerm')}, and this is term ${f('term')}`,
  },
  'raft/append-match': {
    rule: 'A follower takes entries only behind an entry that it shares with the leader.',
    found: (f, holds) =>
      holds
        ? `entry ${f('index')} matches`
        : `its log has no entry ${f('index')} of term ${f('logTerm')}`,
  },
  'raft/append-truncate': {
    rule: 'A follower takes entries out only where they conflict with the leader.',
    found: (f) => `the first conflict is entry ${f('conflict')}`,
  },
  'raft/append-commit-bound': {
    rule: 'A follower commits no further than it has compared.',
    found: (f) => `compared to ${f('lastNew')}, committed to ${f('commit')}`,
  },
  'raft/heartbeat-commit-bound': {
    rule: 'A heartbeat tells a follower only of commits that it has.',
    found: (f) => `it has ${f('matched')}, committed is ${f('committed')}`,
  },
  'raft/commit-quorum': {
    rule: 'An entry is committed when a majority has it on disk.',
    found: (f) => `entry ${f('index')} is on ${f('holders')} of ${f('voters')} disks`,
  },
  'raft/commit-current-term': {
    rule: 'A leader commits by counting only entries of its own term; older ones go with them.',
    found: (f) => `entry ${f('index')} is of term ${f('entryTerm')}, and this is term ${f('term')}`,
  },
  'raft/leader-counts-persisted': {
    rule: 'A leader counts itself only for what is on its own disk.',
    found: (f) => `on its disk to ${f('persisted')}`,
  },
  'raft/persist-before-send': {
    rule: 'A promise leaves only when it is on disk.',
    found: (f) => `the message is ${f('message')}`,
  },
  'raft/persist-vote': {
    rule: 'A vote is on disk before it is told.',
    found: (_, holds) => (holds ? 'the vote has changed' : 'it has not changed'),
  },
  'raft/persist-term': {
    rule: 'A term is on disk before anybody hears of it.',
    found: (f) => `the term is ${f('term')}, on disk is ${f('stored')}`,
  },
  'raft/must-sync': {
    rule: 'Terms, votes and entries wait for the disk.',
    found: (f) => `${f('entries')} entries`,
  },
  'raft/read-index-own-term': {
    rule: 'A leader reads only after it has committed an entry of its own term.',
    found: (f, holds) =>
      holds
        ? `entry ${f('committed')} is of its term ${f('term')}`
        : `the last committed entry is of term ${f('committedTerm')}, and this is term ${f('term')}`,
  },
  'raft/read-index-quorum': {
    rule: 'A leader answers a read only after a majority has confirmed that it still leads.',
    found: (f) => `${f('acks')} of ${f('voters')} have answered`,
  },
  'raft/conf-change-pending': {
    rule: 'One change of members at a time.',
    found: (f) => `entry ${f('pending')} is pending, applied is ${f('applied')}`,
  },
  'raft/conf-change-joint': {
    rule: 'In a joint configuration, only leaving it is allowed.',
    found: (_, holds) => (holds ? 'it is allowed' : 'it is not allowed now'),
  },
  'raft/conf-one-voter': {
    rule: 'More than one change of voters goes through a joint configuration.',
    found: (f) => `it has ${f('changes')} changes`,
  },
  'raft/snapshot-newer': {
    rule: 'A snapshot is taken only where it brings something new.',
    found: (f) => `the snapshot is at ${f('index')}, committed is ${f('committed')}`,
  },
  'raft/snapshot-member': {
    rule: 'A peer takes only a snapshot of which it is a member.',
    found: (_, holds) => (holds ? 'it is a member' : 'it is no member'),
  },
  'raft/transfer-caught-up': {
    rule: 'Leadership goes only to a peer that has everything.',
    found: (f) => `it has ${f('matched')} of ${f('lastIndex')}`,
  },
};

const factText = (value: Plain | undefined): string =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
    ? String(value)
    : '?';

const wordsOf = (rule: string): Words | undefined =>
  (WORDS as Readonly<Record<string, Words | undefined>>)[rule] ?? MORE_WORDS[rule];

/** What a verdict found, without a full stop: `its vote of this term is given`. */
export function verdictWords(verdict: AnyVerdict): string {
  const words = wordsOf(verdict.rule);
  return words === undefined
    ? verdict.rule
    : words.found((name) => factText(verdict.facts[name]), verdict.holds);
}

/** The rule as a sentence; its id where it has no words yet. */
export function ruleWords(rule: string): string {
  return wordsOf(rule)?.rule ?? rule;
}
