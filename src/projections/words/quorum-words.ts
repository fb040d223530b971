// How many have to agree, in words: one majority, or one of the old and one of the new voters.

import type { Majority } from '../membership.ts';

/** `2 of 3`; while it is joint `2 of 3 old and 3 of 5 new`. `thing`: what is counted, `votes`. */
export function neededWords(majorities: readonly Majority[], thing = ''): string {
  const after = thing === '' ? '' : ` ${thing}`;
  const parts = majorities.map(({ side, voters, needed }) =>
    side === 'only' ? `${needed} of ${voters.length}` : `${needed} of ${voters.length} ${side}`,
  );
  return `${parts.join(' and ')}${after}`;
}
