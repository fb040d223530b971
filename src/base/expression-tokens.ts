// The words, numbers, texts and signs of an expression, with their places.

import type { ExpressionProblem, Place } from './expression.ts';

export type Token = Place &
  (
    | { readonly type: 'word'; readonly text: string }
    | { readonly type: 'number'; readonly text: string; readonly value: number }
    | { readonly type: 'text'; readonly text: string; readonly value: string }
    | { readonly type: 'sign'; readonly text: string }
    | { readonly type: 'end'; readonly text: string }
  );

export type Tokens =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** Longest first. `===` and `!==` are read as `==` and `!=`, which are strict here. */
const SIGNS = [
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '=>',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '?',
  ':',
  '.',
  ',',
  '(',
  ')',
  '[',
  ']',
  '=',
];
const SAME: Readonly<Record<string, string>> = { '===': '==', '!==': '!=' };
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const SPACE = /\s+/y;
const WORD = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const NUMBER = /(?:\d+\.\d+|\d+)(?![A-Za-z_$\d]|\.\d)/y;

export function readTokens(text: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const token = nextToken(text, at, match);
    if ('message' in token) return { ok: false, problem: token };
    tokens.push(token);
    at = token.to;
  }
  tokens.push({ type: 'end', text: '', from: text.length, to: text.length });
  return { ok: true, tokens };
}

function nextToken(
  text: string,
  from: number,
  match: (pattern: RegExp) => string | null,
): Token | ExpressionProblem {
  const word = match(WORD);
  if (word !== null) return { type: 'word', text: word, from, to: from + word.length };
  const number = match(NUMBER);
  if (number !== null)
    return { type: 'number', text: number, value: Number(number), from, to: from + number.length };
  const quote = text[from];
  if (quote === "'" || quote === '"') return quoted(text, from, quote);
  const sign = SIGNS.find((known) => text.startsWith(known, from));
  if (sign !== undefined)
    return { type: 'sign', text: SAME[sign] ?? sign, from, to: from + sign.length };
  const rest = /^[^\s'"()[\],]+/.exec(text.slice(from))?.[0] ?? text.slice(from, from + 1);
  const to = from + rest.length;
  if (/^\d/.test(rest))
    return {
      from,
      to,
      message: `\`${rest}\` is no number. Durations are milliseconds: 1500, not 1.5s.`,
    };
  return { from, to, message: `\`${rest}\` has no meaning in an expression.` };
}

function quoted(text: string, from: number, quote: string): Token | ExpressionProblem {
  let value = '';
  let at = from + 1;
  while (at < text.length) {
    const unit = text[at] as string;
    if (unit === quote) return { type: 'text', text: value, value, from, to: at + 1 };
    if (unit === '\\') {
      const escaped = text[at + 1] ?? '';
      const meant = ESCAPES[escaped];
      if (meant === undefined)
        return {
          from: at,
          to: at + 2,
          message: `\`\\${escaped}\` is not known; there are \\n \\t \\\\ \\' \\".`,
        };
      value += meant;
      at += 2;
    } else {
      value += unit;
      at += 1;
    }
  }
  return { from, to: text.length, message: `This text has no end: ${quote} is missing.` };
}
