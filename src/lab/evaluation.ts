// The value of an expression at this moment, and, where it is not true, what its parts were: an expectation that fails
// says not only that, but what there was instead.

import { evaluate, isTrue } from '../base/expression-interpreter.ts';
import { parseExpression } from '../base/expression-parser.ts';
import type { Expression, Value, Vocabulary } from '../base/expression.ts';

export interface PartValue {
  /** As it stands in the expression. */
  readonly text: string;
  /** As a person reads it. */
  readonly value: string;
}

export type Evaluation =
  /** `parts` are those that decide; none where the expression is true. */
  | { readonly ok: true; readonly value: Value; readonly parts: readonly PartValue[] }
  | { readonly ok: false; readonly reason: string };

/** Parts that are listed at most. */
const PARTS_MAX = 6;
const LONGEST_VALUE = 80;

/** Evaluates a text over a vocabulary. Never throws for what somebody wrote. */
export function evaluateText(text: string, vocabulary: Vocabulary): Evaluation {
  const parsed = parseExpression(text, vocabulary);
  const result = parsed.ok ? evaluate(parsed.expression, vocabulary) : parsed;
  if (!result.ok || !parsed.ok) {
    const { message, from } = (result as Exclude<typeof result, { ok: true }>).problem;
    return { ok: false, reason: `${message} (at character ${from + 1})` };
  }
  if (isTrue(result.value)) return { ok: true, value: result.value, parts: [] };
  const parts = deciding(parsed.expression, vocabulary).flatMap((part) => {
    const found = evaluate(part, vocabulary);
    const value = found.ok ? valueWords(found.value) : found.problem.message;
    return [{ text: text.slice(part.from, part.to), value }];
  });
  return { ok: true, value: result.value, parts: parts.slice(0, PARTS_MAX) };
}

/** The parts of an untrue expression that make it so: of an `&&` the one that is untrue, of a comparison its sides. */
function deciding(expression: Expression, vocabulary: Vocabulary): Expression[] {
  if (expression.type === 'unary' && expression.operator === '!') return [expression.operand];
  if (expression.type !== 'binary') return isConstant(expression) ? [] : [expression];
  const { operator, left, right } = expression;
  if (operator === '&&') {
    const first = evaluate(left, vocabulary);
    return deciding(first.ok && isTrue(first.value) ? right : left, vocabulary);
  }
  if (operator === '||') return [left, right].flatMap((side) => deciding(side, vocabulary));
  return [left, right].filter((side) => !isConstant(side));
}

const isConstant = ({ type }: Expression): boolean => type === 'literal';

/** `'s2'`, `6`, `nothing`, `[s1, s2]`. */
export function valueWords(value: Value): string {
  const words = JSON.stringify(value) ?? 'null';
  const shown = value === null ? 'nothing' : words.replace(/"/g, "'");
  return shown.length <= LONGEST_VALUE ? shown : `${shown.slice(0, LONGEST_VALUE - 1)}…`;
}
