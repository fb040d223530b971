// The rules that nodes decide by, as text, and which of them nobody keeps at the moment: the answer to `rules`.

import { RULE_NAMES } from '../../sim/broken-rules.ts';
import type { World } from '../world.ts';
import { brokenName, brokenWords } from './mutation-words.ts';
import { ruleWords } from './rule-words.ts';

/** All rules with their sentences, broken ones first; or one of them. `rule` is its id. */
export function rulesText({ broken }: Pick<World, 'broken'>, rule: string | null): string {
  if (rule !== null)
    return [ruleLine(rule), ...brokenLines(broken.filter((id) => id === rule))].join('\n');
  const rules = RULE_NAMES.filter((id) => !id.startsWith('mut:'));
  return [...brokenLines(broken), ...rules.map(ruleLine)].join('\n');
}

const ruleLine = (id: string): string =>
  id.startsWith('mut:') ? `${brokenName(id)}: ${brokenWords(id)}` : `${id}: ${ruleWords(id)}`;

const brokenLines = (broken: readonly string[]): string[] =>
  broken.map(
    (id) => `Broken on purpose, ${brokenName(id)}. ${brokenWords(id)} mutate ${brokenName(id)} off`,
  );
