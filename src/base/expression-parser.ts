// Text to tree. Everything that can be known without running is refused here, with its place and a remedy: an unknown name,
// a wrong count of arguments, an assignment, a function where none may stand.

import { closestWord } from './closest-word.ts';
import {
  METHODS,
  type Argument,
  type Arrow,
  type BinaryOperator,
  type Expression,
  type ExpressionProblem,
  type MethodName,
  type Place,
  type Vocabulary,
} from './expression.ts';
import { readTokens, type Token } from './expression-tokens.ts';

export type Parsed =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem };

const LONGEST = 4000;
const DEEPEST = 100;

/** Parses `text` over the names of `vocabulary`. */
export function parseExpression(text: string, vocabulary: Vocabulary): Parsed {
  if (text.length > LONGEST)
    return problem(
      { from: LONGEST, to: text.length },
      `An expression has at most ${LONGEST} characters.`,
    );
  const tokens = readTokens(text);
  if (!tokens.ok) return tokens;
  try {
    return { ok: true, expression: new Parser(tokens.tokens, vocabulary).whole() };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, problem: thrown.problem };
    throw thrown;
  }
}

const problem = (place: Place, message: string): Parsed => ({
  ok: false,
  problem: { from: place.from, to: place.to, message },
});

/** Leaves the descent; it never leaves this file. */
class Refused extends Error {
  readonly problem: ExpressionProblem;

  constructor(place: Place, message: string) {
    super(message);
    this.problem = { from: place.from, to: place.to, message };
  }
}

/** From loosest to tightest. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const LITERALS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };

class Parser {
  readonly #tokens: readonly Token[];
  readonly #vocabulary: Vocabulary;
  #next = 0;
  #depth = 0;
  /** Parameters of the arrows around this place, and whether each arrow still depends on its parameter alone. */
  readonly #arrows: { parameter: string; closed: boolean }[] = [];

  constructor(tokens: readonly Token[], vocabulary: Vocabulary) {
    this.#tokens = tokens;
    this.#vocabulary = vocabulary;
  }

  whole(): Expression {
    if (this.#peek().type === 'end')
      throw new Refused(this.#peek(), 'Here an expression is missing.');
    const expression = this.#expression();
    const rest = this.#peek();
    if (rest.type !== 'end') throw new Refused(rest, strayMessage(rest));
    return expression;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.type !== 'end') this.#next++;
    return token;
  }

  #isSign(text: string): boolean {
    const token = this.#peek();
    return token.type === 'sign' && token.text === text;
  }

  #expect(text: string, after: string): Token {
    if (!this.#isSign(text))
      throw new Refused(this.#peek(), `Here \`${text}\` is missing, ${after}.`);
    return this.#take();
  }

  /** expression = binary [ "?" expression ":" expression ] */
  #expression(): Expression {
    if (++this.#depth > DEEPEST) throw new Refused(this.#peek(), 'This is nested too deeply.');
    const condition = this.#binary(0);
    if (!this.#isSign('?')) {
      this.#depth--;
      return condition;
    }
    this.#take();
    const then = this.#expression();
    this.#expect(':', 'between the two answers of `? :`');
    const otherwise = this.#expression();
    this.#depth--;
    return { type: 'choice', condition, then, otherwise, from: condition.from, to: otherwise.to };
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      const operator =
        token.type === 'sign' ? operators.find((sign) => sign === token.text) : undefined;
      if (operator === undefined) return left;
      this.#take();
      const right = this.#binary(level + 1);
      left = { type: 'binary', operator, left, right, from: left.from, to: right.to };
    }
  }

  #unary(): Expression {
    const token = this.#peek();
    if (token.type !== 'sign' || (token.text !== '!' && token.text !== '-')) return this.#postfix();
    if (++this.#depth > DEEPEST) throw new Refused(token, 'This is nested too deeply.');
    this.#take();
    const operand = this.#unary();
    this.#depth--;
    return { type: 'unary', operator: token.text, operand, from: token.from, to: operand.to };
  }

  #postfix(): Expression {
    let of = this.#primary();
    for (;;) {
      if (this.#isSign('.')) of = this.#member(of);
      else if (this.#isSign('[')) of = this.#bracket(of);
      else if (this.#isSign('('))
        throw new Refused(
          this.#peek(),
          'Only functions of the vocabulary and methods of lists can be called.',
        );
      else return of;
    }
  }

  #member(of: Expression): Expression {
    this.#take();
    const field = this.#take();
    if (field.type !== 'word') throw new Refused(field, 'After a dot stands the name of a field.');
    if (!this.#isSign('('))
      return { type: 'member', of, field: field.text, from: of.from, to: field.to };
    const { args, to } = this.#args();
    if (!Object.hasOwn(METHODS, field.text)) throw new Refused(field, unknownMethod(field.text));
    const name = field.text as MethodName;
    const least = METHODS[name];
    const most = name === 'slice' ? 2 : 1;
    if (args.length < least || args.length > most)
      throw new Refused(field, `\`${name}\` takes ${countWords(least, most)}.`);
    return { type: 'method', of, name, args, from: of.from, to };
  }

  #bracket(of: Expression): Expression {
    this.#take();
    const index = this.#take();
    if (index.type !== 'number' && index.type !== 'text')
      throw new Refused(index, 'Inside `[ ]` stands a number or a quoted name.');
    const end = this.#expect(']', 'after the index');
    return { type: 'member', of, field: String(index.value), from: of.from, to: end.to };
  }

  #primary(): Expression {
    const token = this.#take();
    const { from, to } = token;
    switch (token.type) {
      case 'number':
      case 'text':
        return { type: 'literal', value: token.value, from, to };
      case 'word':
        return this.#word(token);
      case 'end':
        throw new Refused(token, 'Here the expression ends too early.');
      case 'sign':
        break;
    }
    if (token.text === '(') {
      const inner = this.#expression();
      this.#expect(')', 'which closes the bracket');
      return inner;
    }
    if (token.text === '[') return this.#list(token);
    throw new Refused(token, strayMessage(token));
  }

  #list(open: Token): Expression {
    const items: Expression[] = [];
    while (!this.#isSign(']')) {
      if (items.length > 0) this.#expect(',', 'between the items of a list');
      items.push(this.#expression());
    }
    return { type: 'list', items, from: open.from, to: this.#take().to };
  }

  #word(token: Token & { type: 'word' }): Expression {
    const { text, from, to } = token;
    if (Object.hasOwn(LITERALS, text))
      return { type: 'literal', value: LITERALS[text] as null | boolean, from, to };
    if (this.#isSign('=>'))
      throw new Refused(token, 'A predicate stands only inside the brackets of a call.');
    if (this.#isSign('(')) return this.#call(token);
    const depth = this.#arrows.findLastIndex((arrow) => arrow.parameter === text);
    if (depth >= 0) {
      // A parameter from outside makes each arrow between here and there depend on more than its own.
      for (const arrow of this.#arrows.slice(depth + 1)) arrow.closed = false;
      return { type: 'name', name: text, from, to };
    }
    for (const arrow of this.#arrows) arrow.closed = false;
    if (Object.hasOwn(this.#vocabulary.names, text)) return { type: 'name', name: text, from, to };
    throw new Refused(token, this.#unknownName(text));
  }

  #call(token: Token & { type: 'word' }): Expression {
    for (const arrow of this.#arrows) arrow.closed = false;
    const functions = this.#vocabulary.functions;
    if (!Object.hasOwn(functions, token.text))
      throw new Refused(token, this.#unknownName(token.text));
    const known = functions[token.text] as (typeof functions)[string];
    const { args, to } = this.#args();
    if (args.length < known.min || args.length > known.max)
      throw new Refused(
        token,
        `\`${token.text}\` takes ${countWords(known.min, known.max)}: ${known.usage}.`,
      );
    return { type: 'call', name: token.text, args, from: token.from, to };
  }

  #args(): { args: Argument[]; to: number } {
    this.#take();
    const args: Argument[] = [];
    while (!this.#isSign(')')) {
      if (args.length > 0) this.#expect(',', 'between the arguments');
      args.push(this.#argument());
    }
    return { args, to: this.#take().to };
  }

  /** An expression, or `name => expression`, or `(name) => expression`. */
  #argument(): Argument {
    const at = this.#next;
    const is = (k: number, type: Token['type'], text?: string) => {
      const token = this.#tokens[at + k];
      return token?.type === type && (text === undefined || token.text === text);
    };
    if (is(0, 'word') && is(1, 'sign', '=>')) return this.#arrow(at, 2);
    if (is(0, 'sign', '(') && is(1, 'word') && is(2, 'sign', ')') && is(3, 'sign', '=>'))
      return this.#arrow(at + 1, 4);
    return this.#expression();
  }

  /** `at`: its parameter; `tokens`: how many stand before its body. */
  #arrow(at: number, tokens: number): Arrow {
    const name = this.#tokens[at] as Token;
    this.#next += tokens;
    const arrow = { parameter: name.text, closed: true };
    this.#arrows.push(arrow);
    const body = this.#expression();
    this.#arrows.pop();
    return {
      type: 'arrow',
      parameter: name.text,
      body,
      closed: arrow.closed,
      from: name.from,
      to: body.to,
    };
  }

  #unknownName(name: string): string {
    const { names, functions } = this.#vocabulary;
    if (Object.hasOwn(names, name)) return `\`${name}\` is a value; leave the brackets out.`;
    const known = functions[name];
    if (Object.hasOwn(functions, name) && known !== undefined)
      return `\`${name}\` is a function: ${known.usage}.`;
    const near = closestWord(name, [...Object.keys(names), ...Object.keys(functions)]);
    return `There is no \`${name}\`.${near === null ? '' : ` Did you mean \`${near}\`?`}`;
  }
}

function unknownMethod(name: string): string {
  const near = closestWord(name, Object.keys(METHODS));
  const meant =
    near === null ? `There are ${Object.keys(METHODS).join(', ')}.` : `Did you mean \`${near}\`?`;
  return `A list has no method \`${name}\`. ${meant}`;
}

function strayMessage(token: Token): string {
  if (token.type === 'sign' && token.text === '=')
    return 'An expression changes nothing: compare with `==`.';
  return token.type === 'end'
    ? 'Here the expression ends too early.'
    : `\`${token.type === 'text' ? `'${token.value}'` : token.text}\` does not fit here.`;
}

function countWords(least: number, most: number): string {
  const words = (count: number) =>
    count === 0 ? 'no argument' : count === 1 ? 'one argument' : `${count} arguments`;
  return least === most ? words(least) : `${least} to ${most} arguments`;
}
