// Texts of a scene: plain, with `{{$name}}` where a bound value stands. A value that names a node is written as nodes are
// written on the screen.

import type { Value } from '../base/expression.ts';
import { commas, listed, nodeName } from '../projections/words/format.ts';
import { parseNodeId } from '../tikv/ids.ts';

const PLACE = /\{\{\s*(\$[A-Za-z]\w*)\s*\}\}/g;

/** The names that a text uses. */
export const boundNames = (text: string): string[] =>
  [...text.matchAll(PLACE)].map(([, name = '']) => name);

/** What is wrong with a text by itself; null where nothing is. */
export function textProblem(text: string): string | null {
  const rest = text.replace(PLACE, '');
  return rest.includes('{{') || rest.includes('}}')
    ? 'Between {{ and }} stands one bound name, such as {{$term}}.'
    : null;
}

/** The text with its values, as it is said: nodes and numbers as on the screen. */
export const sayText = (text: string, bound: Readonly<Record<string, Value>>): string =>
  text.replace(PLACE, (_, name: string) => spoken(bound[name] ?? null));

/** The text with its values as they are, for names of things. */
export const plainText = (text: string, bound: Readonly<Record<string, Value>>): string =>
  text.replace(PLACE, (_, name: string) => {
    const value = bound[name] ?? null;
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
  });

function spoken(value: Value): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return parseNodeId(value) === null ? value : nodeName(value);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? shortOf(value) : `${Math.round(value * 1000) / 1000}`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return listed(value.map(spoken));
  return 'a record';
}

/** Ids are written without commas, long counts with them. */
const shortOf = (value: number): string => (Math.abs(value) < 10_000 ? `${value}` : commas(value));
