// Which rules can be broken on purpose, by whatever name people give them: `M03`, `mut:M03`, `raft/vote-log`.

import { MUTATIONS } from '../tikv/raft/mutations.ts';
import { RULE_IDS } from '../tikv/raft/rules.ts';
import { PD_MUTATIONS, PD_RULES } from '../tikv/pd/rules.ts';
import { STORE_MUTATIONS, STORE_RULES } from '../tikv/raftstore/rules.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(MUTATIONS),
  ...Object.keys(STORE_MUTATIONS),
  ...Object.keys(PD_MUTATIONS),
  ...RULE_IDS,
  ...STORE_RULES,
  ...PD_RULES,
]);

/** All of them: the exercises' names first. */
export const RULE_NAMES: readonly string[] = [...KNOWN];

/** The id under which the engine knows a rule; null where there is none of that name. */
export function ruleIdOf(name: string): string | null {
  if (KNOWN.has(name)) return name;
  const mutation = `mut:${name.replace(/^mut:/i, '').toUpperCase()}`;
  return KNOWN.has(mutation) ? mutation : null;
}
