// What has become of an operation so far, in a sentence.

import { operation } from '../../projections/questions.ts';
import { answerWords } from '../../projections/words/explain-client.ts';
import { nodeName } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';

/** Null where there is no such operation, or it is too old to be kept. */
export function outcomeOf(world: World, op: number | null): string | null {
  const found = op === null ? null : operation(world, op);
  if (found === null) return null;
  if (found.outcome !== null)
    return `${found.client} is told: ${answerWords(found.request, found.outcome)}`;
  if (found.abandoned) return `${found.client} lost its power: nobody waits for the answer.`;
  if (found.waiting !== null)
    return `${found.client} waits and will ask again: ${found.waiting.kind}.`;
  return found.to === null
    ? `${found.client} asks PD where to send it.`
    : `${found.client} waits for ${nodeName(found.to)}.`;
}
