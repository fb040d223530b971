// Rules broken on purpose, so that people can see what each is for and judges can show that they notice.
// A mutation (`mut:M03`) is named as the exercises name it; any rule can also be broken by its own id, and then it
// permits whatever it is asked. Decoys (`mut:D1`) look dangerous and are safe.

import { RaftError } from './error.ts';
import {
  isRuleName,
  RULES,
  type Fact,
  type Rule,
  type RuleId,
  type Rules,
  type Verdict,
  type Ways,
} from './rules.ts';

/** What one broken rule does in place of the sound one. */
type Patch = Partial<Omit<Rules, 'ways'>> & { readonly ways?: Partial<Ways> };

/** The same reasons, another verdict. */
function overruled(verdict: Verdict, holds: boolean): Verdict {
  if (verdict.holds === holds) return verdict;
  const facts: Readonly<Record<string, Fact>> = { ...verdict.facts, broken: true };
  return { rule: verdict.rule, holds, facts };
}

const yes =
  <Of>(rule: Rule<Of>): Rule<Of> =>
  (of) =>
    overruled(rule(of), true);

const no =
  <Of>(rule: Rule<Of>): Rule<Of> =>
  (of) =>
    overruled(rule(of), false);

const COMMIT_ALONE: Patch = {
  commitQuorum: yes(RULES.commitQuorum),
  ways: { commitBy: 'leader-alone' },
};

const PERMITS: Record<RuleId, Patch> = {
  'raft/vote-stickiness': { voteStickiness: yes(RULES.voteStickiness) },
  'raft/vote-once': { voteOnce: yes(RULES.voteOnce) },
  'raft/vote-log': { voteLog: yes(RULES.voteLog) },
  'raft/vote-priority': { votePriority: yes(RULES.votePriority) },
  'raft/vote-count-once': { voteCountOnce: yes(RULES.voteCountOnce) },
  'raft/campaign-voter': { campaignVoter: yes(RULES.campaignVoter) },
  'raft/campaign-pending-conf': { campaignPendingConf: yes(RULES.campaignPendingConf) },
  'raft/append-term': { appendTerm: yes(RULES.appendTerm) },
  'raft/append-match': { appendMatch: matchAnything },
  'raft/append-truncate': { appendTruncate: yes(RULES.appendTruncate) },
  'raft/append-commit-bound': { appendCommitBound: yes(RULES.appendCommitBound) },
  'raft/heartbeat-commit-bound': { heartbeatCommitBound: yes(RULES.heartbeatCommitBound) },
  'raft/commit-quorum': COMMIT_ALONE,
  'raft/commit-current-term': { commitCurrentTerm: yes(RULES.commitCurrentTerm) },
  'raft/leader-counts-persisted': { leaderCountsPersisted: yes(RULES.leaderCountsPersisted) },
  'raft/persist-before-send': { persistBeforeSend: yes(RULES.persistBeforeSend) },
  'raft/persist-vote': { persistVote: no(RULES.persistVote) },
  'raft/persist-term': { persistTerm: no(RULES.persistTerm) },
  'raft/must-sync': { mustSync: no(RULES.mustSync) },
  'raft/read-index-own-term': { readIndexOwnTerm: yes(RULES.readIndexOwnTerm) },
  'raft/read-index-quorum': { readIndexQuorum: yes(RULES.readIndexQuorum) },
  'raft/conf-change-pending': { confChangePending: yes(RULES.confChangePending) },
  'raft/conf-change-joint': { confChangeJoint: yes(RULES.confChangeJoint) },
  'raft/conf-one-voter': { confOneVoter: yes(RULES.confOneVoter) },
  'raft/snapshot-newer': { snapshotNewer: yes(RULES.snapshotNewer) },
  'raft/snapshot-member': { snapshotMember: yes(RULES.snapshotMember) },
  'raft/transfer-caught-up': { transferCaughtUp: yes(RULES.transferCaughtUp) },
};

/** No comparison of terms; a hole is still no log. */
function matchAnything(of: Parameters<Rules['appendMatch']>[0]): Verdict {
  const sound = RULES.appendMatch(of);
  return overruled(sound, of.index <= of.lastIndex);
}

/** Only the lengths are compared. */
function longerLog(of: Parameters<Rules['voteLog']>[0]): Verdict {
  return overruled(RULES.voteLog(of), of.index >= of.myIndex);
}

/** Acknowledgements of appends leave at once. */
function acknowledgeAtOnce(of: Parameters<Rules['persistBeforeSend']>[0]): Verdict {
  const sound = RULES.persistBeforeSend(of);
  return of.message === 'MsgAppendResponse' ? overruled(sound, true) : sound;
}

function syncHardStateOnly(of: Parameters<Rules['mustSync']>[0]): Verdict {
  return overruled(RULES.mustSync(of), of.hardState || of.snapshot);
}

/** The exercises' names. The rules that each one breaks come first. */
export const MUTATIONS: Readonly<Record<string, { breaks: readonly RuleId[]; patch: Patch }>> = {
  'mut:M01': { breaks: ['raft/vote-log'], patch: PERMITS['raft/vote-log'] },
  'mut:M02': { breaks: ['raft/vote-log'], patch: { voteLog: longerLog } },
  'mut:M03': {
    breaks: ['raft/commit-current-term'],
    patch: PERMITS['raft/commit-current-term'],
  },
  'mut:M04': { breaks: ['raft/persist-vote'], patch: PERMITS['raft/persist-vote'] },
  'mut:M05': { breaks: ['raft/persist-term'], patch: PERMITS['raft/persist-term'] },
  'mut:M06': {
    breaks: ['raft/persist-before-send', 'raft/leader-counts-persisted', 'raft/must-sync'],
    patch: {
      persistBeforeSend: acknowledgeAtOnce,
      leaderCountsPersisted: yes(RULES.leaderCountsPersisted),
      mustSync: syncHardStateOnly,
    },
  },
  'mut:M07': { breaks: ['raft/append-match'], patch: PERMITS['raft/append-match'] },
  'mut:M08': { breaks: ['raft/append-truncate'], patch: PERMITS['raft/append-truncate'] },
  'mut:M09': { breaks: ['raft/append-term'], patch: PERMITS['raft/append-term'] },
  'mut:M10': { breaks: ['raft/commit-quorum'], patch: COMMIT_ALONE },
  'mut:M11': { breaks: ['raft/conf-one-voter'], patch: PERMITS['raft/conf-one-voter'] },
  'mut:M12': { breaks: ['raft/vote-count-once'], patch: PERMITS['raft/vote-count-once'] },
  'mut:M13': { breaks: ['raft/read-index-quorum'], patch: PERMITS['raft/read-index-quorum'] },
  'mut:M14': {
    breaks: ['raft/read-index-own-term'],
    patch: PERMITS['raft/read-index-own-term'],
  },
  'mut:D1': { breaks: [], patch: { ways: { firstNext: 'random' } } },
  'mut:D2': { breaks: [], patch: { ways: { preVote: 'off' } } },
  'mut:D3': { breaks: [], patch: { ways: { timeout: 'equal' } } },
  'mut:D4': { breaks: [], patch: { ways: { heartbeatAnswer: 'one-late' } } },
  // Safe while the voters stay the same: a membership change needs both quorums to be majorities.
  'mut:D5': { breaks: [], patch: { ways: { commitBy: 'half' } } },
};

/** The rules with those of `broken` that are Raft's replaced; other chapters' are passed over. */
export function rulesWith(broken: readonly string[]): Rules {
  let rules = RULES;
  for (const id of broken) {
    const patch = isRuleName(id) ? PERMITS[id] : MUTATIONS[id]?.patch;
    if (patch !== undefined) rules = { ...rules, ...patch, ways: { ...rules.ways, ...patch.ways } };
    else if (id.startsWith('raft/')) throw new RaftError('ConfigInvalid', `there is no rule ${id}`);
  }
  return rules;
}
