// The words of a console line, with their places. Quotes make one word of several; `#` at the beginning of a word makes
// the rest a remark; `{ … }` holds an expression.

import { bytesOf, textOf, type Bytes } from '../base/bytes.ts';

export interface Token {
  readonly type: 'word' | 'quoted' | 'braces';
  /** As typed, without the quotes or braces; escapes resolved. */
  readonly text: string;
  /** The UTF-8 of the text; `\xNN` stands for one byte. */
  readonly bytes: Bytes;
  readonly from: number;
  readonly to: number;
}

/** What is wrong with a line, and where. Thrown inside the console's parser, which makes a value of it. */
export class LineProblem extends Error {
  override readonly name = 'LineProblem';
  readonly from: number | null;
  readonly to: number | null;

  constructor(
    message: string,
    place: { readonly from: number; readonly to: number } | null = null,
  ) {
    super(message);
    this.from = place?.from ?? null;
    this.to = place?.to ?? null;
  }
}

export interface Words {
  readonly tokens: readonly Token[];
  /** The line ends in `&`. */
  readonly background: boolean;
}

/** @throws LineProblem for a quote or a brace that has no end. */
export function readWords(line: string): Words {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const char = line[at] as string;
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === '#') break;
    const token =
      char === "'" || char === '"'
        ? quoted(line, at, char)
        : char === '{'
          ? braces(line, at)
          : word(line, at);
    tokens.push(token);
    at = token.to;
  }
  const last = tokens.at(-1);
  const background = last?.type === 'word' && last.text === '&';
  return { tokens: background ? tokens.slice(0, -1) : tokens, background };
}

function word(line: string, from: number): Token {
  let to = from;
  while (to < line.length && !/\s/.test(line[to] as string)) to += 1;
  const text = line.slice(from, to);
  return { type: 'word', text, bytes: bytesOf(text), from, to };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function quoted(line: string, from: number, quote: string): Token {
  let bytes: Bytes = '';
  let at = from + 1;
  while (at < line.length && line[at] !== quote) {
    const point = line.codePointAt(at) as number;
    const char = String.fromCodePoint(point);
    if (char !== '\\') {
      bytes += bytesOf(char);
      at += char.length;
      continue;
    }
    const escape = line[at + 1] ?? '';
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1));
    const meant = ESCAPES[escape];
    if (hex !== null) bytes += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
    else if (meant === undefined)
      throw new LineProblem(
        `\`\\${escape}\` is not known. There are \\n \\t \\r \\\\ \\' \\" and \\x41 for a byte.`,
        { from: at, to: at + 2 },
      );
    else bytes += meant;
    at += hex === null ? 2 : 4;
  }
  if (at >= line.length)
    throw new LineProblem(`This text has no end: ${quote} is missing.`, { from, to: line.length });
  const next = line[at + 1];
  if (next !== undefined && !/\s/.test(next))
    throw new LineProblem('After a quoted text comes a space.', { from: at + 1, to: at + 2 });
  return { type: 'quoted', text: textOf(bytes), bytes, from, to: at + 1 };
}

function braces(line: string, from: number): Token {
  let quote: string | null = null;
  for (let at = from + 1; at < line.length; at++) {
    const char = line[at] as string;
    if (quote !== null) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = null;
    } else if (char === "'" || char === '"') {
      quote = char;
    } else if (char === '}') {
      const text = line.slice(from + 1, at);
      return { type: 'braces', text, bytes: bytesOf(text), from, to: at + 1 };
    }
  }
  throw new LineProblem('This expression has no end: } is missing.', { from, to: line.length });
}

/** A word that needs no quotes. */
const BARE = /^[A-Za-z0-9_][A-Za-z0-9_./@+-]*$/;
/** Words that mean something in the places where keys and values stand. */
const RESERVED: readonly string[] = ['to', 'limit', 'from'];
const UNESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\\': '\\\\',
  "'": "\\'",
};

/** Bytes as a word of a line: bare where that reads back as the same bytes, else quoted. */
export function wordOf(bytes: Bytes): string {
  if (BARE.test(bytes) && !RESERVED.includes(bytes)) return bytes;
  let out = '';
  for (const char of textOf(bytes)) out += char;
  return bytesOf(out) === bytes && !out.includes('\\x') ? quote(out) : quoteBytes(bytes);
}

const quote = (text: string): string =>
  `'${text.replace(/[\n\t\r\\']/g, (char) => UNESCAPES[char] ?? char)}'`;

function quoteBytes(bytes: Bytes): string {
  let out = '';
  for (const char of bytes) {
    const unit = char.charCodeAt(0);
    const shown = unit >= 0x20 && unit < 0x7f ? (UNESCAPES[char] ?? char) : null;
    out += shown ?? `\\x${unit.toString(16).padStart(2, '0')}`;
  }
  return `'${out}'`;
}
