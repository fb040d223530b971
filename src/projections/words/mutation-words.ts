// What nodes do while a rule is broken on purpose, and how the rule is called.

import { PD_MUTATIONS } from '../../tikv/pd/rules.ts';
import { STORE_MUTATIONS } from '../../tikv/raftstore/rules.ts';
import { ruleWords } from './rule-words.ts';

const MUTATIONS: Readonly<Record<string, string>> = {
  'mut:M01': 'Stores vote for any log, however old it is.',
  'mut:M02': 'Stores compare the lengths of logs only, not their last terms.',
  'mut:M03': 'A leader commits entries of older terms by counting their copies.',
  'mut:M04': 'Stores do not write their votes to their disks.',
  'mut:M05': 'Stores do not write their terms to their disks.',
  'mut:M06': 'Stores acknowledge entries before their disks have them.',
  'mut:M07': 'Followers take entries without a look at the entry before them.',
  'mut:M08': 'Followers cut their log off behind every append, also where nothing conflicts.',
  'mut:M09': 'Followers take appends of older terms.',
  'mut:M10': 'A leader commits what it alone has.',
  'mut:M11': 'Several voters change at once, without a joint step.',
  'mut:M12': 'A vote that arrives twice counts twice.',
  'mut:M13': 'A leader answers reads without knowing that it still leads.',
  'mut:M14': 'A new leader answers reads before it has committed an entry of its term.',
  'mut:M15': 'Stores carry out commands of an older epoch.',
  'mut:M16': 'Stores take any snapshot in, also one that overlaps another Region.',
  'mut:M18': 'PD takes any word of a Region for the newest one, also that of an old leader.',
  'mut:M19': 'A prewrite does not look for newer commits of its key.',
  'mut:M20': 'Reads pass locks as if they were not there.',
  'mut:M21': 'Secondaries may be committed before the primary.',
  'mut:M22': 'A commit timestamp is taken before everything is prewritten.',
  'mut:M23': 'A lock is resolved without asking the primary.',
  'mut:M24': 'Collecting old versions does not wait for old locks.',
  'mut:M25': 'A transaction commits a lock that is not its own.',
  'mut:M26': 'A rollback leaves no mark against a late prewrite.',
  'mut:M27': 'A commit timestamp may lie below a read that was answered.',
  'mut:M28': 'The safe point passes readers that are still at work.',
  'mut:M29': 'Stores vote at once after a start, while the old leader may still hold its lease.',
  'mut:D1': 'A new leader begins with next_idx anywhere: it looks dangerous.',
  'mut:D2': 'Nobody asks whether an election could be won before it starts one.',
  'mut:D3': 'All election time-outs are equally long.',
  'mut:D4': 'Followers answer each heartbeat one late.',
  'mut:D5': 'A leader commits what half of the voters have, where their number is even.',
};

/** Other rules that can be broken by their own names. */
const NAMED_RULES: Readonly<Record<string, string>> = {
  'raftstore/lease-valid': MUTATIONS['mut:M13'] ?? '',
  'raftstore/read-own-term': MUTATIONS['mut:M14'] ?? '',
  'raftstore/epoch-current': MUTATIONS['mut:M15'] ?? '',
  'raftstore/snapshot-acceptable': MUTATIONS['mut:M16'] ?? '',
  'raftstore/vote-after-start': MUTATIONS['mut:M29'] ?? '',
  'pd/heartbeat-fresh': MUTATIONS['mut:M18'] ?? '',
};

/** `M03`, `raft/vote-log`: as people say it. */
export const brokenName = (id: string): string => id.replace(/^mut:/, '');

/** What nodes do while `id` is broken; for a rule that has no words of its own, the rule that nobody keeps. */
export function brokenWords(id: string): string {
  const named = STORE_MUTATIONS[id] ?? PD_MUTATIONS[id] ?? id;
  const known = MUTATIONS[id] ?? NAMED_RULES[named];
  if (known !== undefined) return known;
  const rule = ruleWords(id);
  return rule === id ? '' : `Nobody keeps it: ${rule}`;
}

/** Those of Raft, its store and PD, in their order, with their words: what people can break. */
export const raftMutations = (): (readonly [id: string, words: string])[] =>
  Object.entries(MUTATIONS).filter(([id]) => /^mut:(M0\d|M1[0-68]|M29|D\d)$/.test(id));
