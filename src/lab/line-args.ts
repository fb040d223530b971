// The arguments of a command, taken one by one. Each way of taking knows what it wants and says what exists.

import { closestWord } from '../base/closest-word.ts';
import { bytesOf, type Bytes } from '../base/bytes.ts';
import { parseNodeId, type Micros, type NodeId, type NodeKind } from '../tikv/ids.ts';
import { LineProblem, type Token } from './line-tokens.ts';
import { usageFor } from './line-usage.ts';
import { EndOfLine, type Want } from './line-wants.ts';

/** The name of a transaction: a letter, then letters, digits and hyphens. */
export const TXN_NAME = /^[A-Za-z][A-Za-z0-9-]{0,30}$/;

/** What names in a line may mean. */
export interface Names {
  readonly nodes: readonly NodeId[];
  readonly regions: readonly number[];
  /** The text that an expression in braces stands for where a name is wanted: `kill {leader('r1')}`. */
  value?(expression: string): { readonly text: string } | { readonly problem: string };
}

const KIND_WORDS: Readonly<Record<NodeKind, readonly [one: string, many: string]>> = {
  store: ['store', 'Stores'],
  client: ['client', 'Clients'],
  pd: ['placement driver', 'Placement drivers'],
};

export class Args {
  readonly #tokens: Token[];
  readonly #end: number;
  readonly #usage: string;
  readonly names: Names;
  readonly #wants: Want[] | null;
  #next = 0;

  /** `wants`: the line is completed at its end; what may stand there is noted in it. */
  constructor(
    tokens: readonly Token[],
    options: { end: number; usage: string; names: Names; wants?: Want[] },
  ) {
    this.#tokens = tokens.flatMap(optionParts);
    this.#end = options.end;
    const words = tokens.flatMap(({ type, text }) => (type === 'word' ? [text.toLowerCase()] : []));
    this.#usage = usageFor(options.usage, words);
    this.names = options.names;
    this.#wants = options.wants ?? null;
  }

  /** Nothing is left. Where a line is completed, something may always come. */
  get done(): boolean {
    return this.#wants === null && this.#next >= this.#tokens.length;
  }

  #note(want: Want): void {
    this.#wants?.push(want);
  }

  get #atEnd(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** The next word, whatever it is. `what` is said where there is none. */
  take(what: string, want: Want = { type: 'free', what }): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined && this.#wants !== null) {
      this.#note(want);
      throw new EndOfLine();
    }
    if (token === undefined)
      throw new LineProblem(`Here ${what} is missing: ${this.#usage}`, {
        from: this.#end,
        to: this.#end,
      });
    this.#next += 1;
    return token;
  }

  /** Everything that is left; each of it a want. */
  rest(want: Want): readonly Token[] {
    this.#note(want);
    const rest = this.#tokens.slice(this.#next);
    this.#next = this.#tokens.length;
    return rest;
  }

  /** True, and taken, where the next word is this one (without quotes). */
  has(word: string): boolean {
    if (this.#atEnd) this.#note({ type: 'words', words: [word] });
    const token = this.#tokens[this.#next];
    if (token?.type !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  /**
   * The word after `--name`, anywhere among the words that are left; both taken out. Null: it is not there. `short` is the
   * name's one letter in TiKV's own tools: `-r`.
   */
  option(name: string, want: Want = { type: 'free', what: name }, short?: string): Token | null {
    const rest = this.#tokens.slice(this.#next);
    const place = rest.findIndex(
      ({ type, text }) =>
        type === 'word' && (text.toLowerCase() === `--${name}` || text === `-${short ?? ''}`),
    );
    if (place < 0) {
      this.#note({ type: 'option', name });
      return null;
    }
    const [, value] = this.#tokens.splice(this.#next + place, 2);
    if (value === undefined && this.#wants !== null) {
      this.#wants.length = 0;
      this.#note(want);
      throw new EndOfLine();
    }
    if (value === undefined)
      throw new LineProblem(`\`--${name}\` takes a word: ${this.#usage}`, {
        from: this.#end,
        to: this.#end,
      });
    return value;
  }

  /** Is the next word this one (without quotes)? It stays. */
  isWord(word: string): boolean {
    if (this.#atEnd) this.#note({ type: 'words', words: [word] });
    const token = this.#tokens[this.#next];
    return token?.type === 'word' && token.text.toLowerCase() === word;
  }

  /**
   * Does the next word look like a Region? `r1` does, and so does a bare `1` where the word after it can be what the
   * command is about, as in pd-ctl's `transfer-leader 1 2`. It stays.
   */
  isRegion(after: RegExp = /^s?\d+$/i): boolean {
    if (this.#atEnd) this.#note({ type: 'region' });
    const [token, next] = this.#tokens.slice(this.#next, this.#next + 2);
    if (token?.type !== 'word') return false;
    if (/^r[1-9][0-9]*$/i.test(token.text)) return true;
    return /^[1-9][0-9]*$/.test(token.text) && next?.type === 'word' && after.test(next.text);
  }

  /** The next word, in small letters, where it is one; it stays, and is not what anything here wants. */
  peek(): string | null {
    const token = this.#tokens[this.#next];
    return token?.type === 'word' ? token.text.toLowerCase() : null;
  }

  /** Where the next word stands, or the end of the line. */
  place(): { readonly from: number; readonly to: number } {
    return this.#tokens[this.#next] ?? { from: this.#end, to: this.#end };
  }

  /** `--name`, anywhere among the words that are left; taken out. */
  flag(name: string): boolean {
    const found = this.#flag(name);
    if (!found) this.#note({ type: 'option', name });
    return found;
  }

  #flag(name: string): boolean {
    const rest = this.#tokens.slice(this.#next);
    const place = rest.findIndex(
      (token) => token.type === 'word' && token.text.toLowerCase() === `--${name}`,
    );
    if (place < 0) return false;
    this.#tokens.splice(this.#next + place, 1);
    return true;
  }

  /** @throws LineProblem where anything is left. */
  end(): void {
    if (this.#wants !== null) throw new EndOfLine();
    const token = this.#tokens[this.#next];
    if (token === undefined) return;
    const isKey = token.type === 'word' && /KEY|VALUE/.test(this.#usage);
    const spaces = isKey ? '. A key or a value with a space in it stands in quotes.' : '';
    throw new LineProblem(`\`${token.text}\` is too much here: ${this.#usage}${spaces}`, token);
  }

  bytes(what: string): Bytes {
    return this.take(what).bytes;
  }

  /** A key, or where a range of keys begins or ends. */
  key(what = 'a key'): Token {
    return this.take(what, { type: 'key' });
  }

  node(kinds: readonly NodeKind[], what = 'a node'): NodeId {
    const token = this.take(what, { type: 'node', kinds });
    return nodeOf(token, kinds, this.names);
  }

  /** `remedy`: what to write instead of something that is not even like a Region. */
  region(remedy: (text: string) => string = () => ''): number {
    const token = this.take('a Region', { type: 'region' });
    const number = /^r?([1-9][0-9]*)$/i.exec(token.text)?.[1];
    if (number !== undefined && this.names.regions.includes(Number(number))) return Number(number);
    throw new LineProblem(
      `There is no Region ${token.text}. Regions: ${listedRegions(this.names)}.${number === undefined ? remedy(token.text) : ''}`,
      token,
    );
  }

  duration(what = 'a duration'): Micros {
    const token = this.take(what, { type: 'duration' });
    const micros = durationOf(token.text);
    if (micros === null)
      throw new LineProblem(
        `\`${token.text}\` is no duration. Durations are 40ms, 1.5s or 2m.`,
        token,
      );
    return micros;
  }

  /** A share as parts per million. */
  share(): number {
    const token = this.take('a share', { type: 'share' });
    const text = /^(\d{1,3}(?:\.\d{1,4})?)%$/.exec(token.text)?.[1];
    const perMillion = text === undefined ? NaN : Math.round(Number(text) * 10_000);
    if (perMillion <= 1_000_000) return perMillion;
    throw new LineProblem(`\`${token.text}\` is no share. Shares go from 0% to 100%.`, token);
  }

  count(what: string, most: number): number {
    const token = this.take(what);
    const value = /^[0-9]{1,9}$/.test(token.text) ? Number(token.text) : 0;
    if (value >= 1 && value <= most) return value;
    throw new LineProblem(`\`${token.text}\` is not ${what} from 1 to ${most}.`, token);
  }

  signedDuration(): Micros {
    const token = this.take('a duration', { type: 'duration' });
    const negative = token.text.startsWith('-');
    const micros = durationOf(negative ? token.text.slice(1) : token.text);
    if (micros === null)
      throw new LineProblem(
        `\`${token.text}\` is no duration. Durations are 40ms, -1.5s or 2m.`,
        token,
      );
    return negative && micros > 0 ? -micros : micros;
  }

  signedCount(what: string, most: number): number {
    const token = this.take(what);
    const value = /^-?[0-9]{1,9}$/.test(token.text) ? Number(token.text) : NaN;
    if (Math.abs(value) <= most) return value === 0 ? 0 : value;
    throw new LineProblem(`\`${token.text}\` is not ${what} from -${most} to ${most}.`, token);
  }

  /** A message by its number: `s1#42`. */
  message(): { node: NodeId; n: number } {
    return this.messageOf(this.take('a message', { type: 'message' }));
  }

  messageOf(token: Token): { node: NodeId; n: number } {
    const named = token.type === 'braces' ? meantBy(token, this.names) : token.text;
    const parts = /^([a-z]+[0-9]*)#([0-9]{1,15})$/i.exec(named);
    const node = parts?.[1]?.toLowerCase();
    if (node !== undefined && this.names.nodes.includes(node))
      return { node, n: Number(parts?.[2]) };
    throw new LineProblem(
      `\`${named}\` names no message. Messages are named by sender and number: s1#42.`,
      token,
    );
  }

  /** The name of a transaction. */
  transaction(): string {
    const token = this.take('the name of a transaction', { type: 'transaction' });
    if (token.type === 'word' && TXN_NAME.test(token.text)) return token.text;
    throw new LineProblem(
      `\`${token.text}\` is no name of a transaction. Names are a letter, then letters, digits and hyphens: t1.`,
      token,
    );
  }

  /** One of these words. */
  oneOf<Word extends string>(words: readonly Word[], what: string): Word {
    const token = this.take(what, { type: 'words', words });
    const wanted = token.text.toLowerCase();
    const found = words.find((word) => word === wanted);
    if (found !== undefined) return found;
    const near = closestWord(wanted, words);
    const meant = near === null ? `There are ${words.join(', ')}.` : `Did you mean \`${near}\`?`;
    throw new LineProblem(`\`${token.text}\` is not ${what}. ${meant}`, token);
  }
}

/** `--path=lease` is `--path lease`. */
function optionParts(token: Token): Token[] {
  const parts = token.type === 'word' ? /^(--[a-z][a-z-]*)=(.*)$/i.exec(token.text) : null;
  if (parts === null) return [token];
  const [, name = '', value = ''] = parts;
  const middle = token.from + name.length;
  return [
    { ...token, text: name, to: middle },
    { ...token, text: value, bytes: bytesOf(value), from: middle + 1 },
  ];
}

/** Whole microseconds; null where the text is no duration. */
export function durationOf(text: string): Micros | null {
  const parts = /^(\d{1,9}(?:\.\d{1,6})?)(us|µs|ms|s|m)$/i.exec(text);
  if (parts === null) return null;
  const unit = DURATION_UNITS[(parts[2] as string).toLowerCase()] as number;
  const micros = Number(parts[1]) * unit;
  const whole = Math.round(micros);
  return Math.abs(micros - whole) < 1e-6 * Math.max(1, whole) && Number.isSafeInteger(whole)
    ? whole
    : null;
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
};

/** Regions that a refusal names, of all that there are. */
const NAMED = 12;

export function listedRegions({ regions }: Names): string {
  const named = regions.slice(0, NAMED).map((id) => `r${id}`);
  const more = regions.length - named.length;
  return named.length === 0
    ? 'none yet'
    : `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function meantBy(token: Token, names: Names): string {
  const value = names.value?.(token.text);
  if (value === undefined)
    throw new LineProblem('An expression stands here only where a cluster runs.', token);
  if ('problem' in value) throw new LineProblem(value.problem, token);
  return value.text;
}

/** `s1`, `S1` and, where only stores fit, `1`; `pd` for `pd1`. */
export function nodeOf(token: Token, kinds: readonly NodeKind[], names: Names): NodeId {
  const typed = token.type === 'braces' ? meantBy(token, names) : token.text;
  const text = typed.toLowerCase();
  const id =
    /^\d+$/.test(text) && kinds.includes('store') ? `s${text}` : text === 'pd' ? 'pd1' : text;
  const kind = parseNodeId(id)?.kind;
  if (names.nodes.includes(id) && kind !== undefined && kinds.includes(kind)) return id;
  const fitting = (wanted: NodeKind) =>
    names.nodes.filter((node) => parseNodeId(node)?.kind === wanted);
  const named = kind !== undefined && kinds.includes(kind) ? kind : (kinds[0] as NodeKind);
  const [one, many] = KIND_WORDS[named];
  const there = fitting(named);
  const numbers = there.map((node) => parseNodeId(node)?.number ?? 0);
  const isWhole = numbers.every((number, i) => number === (numbers[0] ?? 0) + i);
  const range = there.length > 2 && isWhole ? `${there[0]} to ${there.at(-1)}` : there.join(', ');
  const noun = kinds.length === 1 || kind === named ? one : 'node';
  const all =
    kinds.length === 1 || kind === named ? `${many}: ${range}` : `Nodes: ${names.nodes.join(', ')}`;
  throw new LineProblem(`There is no ${noun} ${typed}. ${all}.`, token);
}
