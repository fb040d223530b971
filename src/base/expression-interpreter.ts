// Walks a tree over a vocabulary, within a budget of nodes. Missing values are null, a member of null is null, and
// arithmetic with null is null, so that a condition about something that does not exist yet is simply not met.

import { assertNever } from './assert.ts';
import {
  BadArgument,
  type Argument,
  type Arrow,
  type BinaryOperator,
  type CallArgument,
  type Expression,
  type ExpressionProblem,
  type MethodName,
  type Predicate,
  type Value,
  type Vocabulary,
  isPredicate,
} from './expression.ts';

/** Nodes that one evaluation may visit. */
export const BUDGET = 10_000;
/** Nodes that a closed predicate may visit for one value of many. */
const BUDGET_ALONE = 200;
/** A text that it may build: doubling it again and again must end somewhere. */
const LONGEST_TEXT = 100_000;

export type Evaluated =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** The value of `expression` now. */
export function evaluate(
  expression: Expression,
  vocabulary: Vocabulary,
  budget: number = BUDGET,
): Evaluated {
  try {
    return { ok: true, value: new Walk(vocabulary, budget).value(expression) };
  } catch (thrown) {
    if (thrown instanceof Stopped) return { ok: false, problem: thrown.problem };
    throw thrown;
  }
}

/** As JavaScript has it: null, false, 0 and the empty text are not true. */
export const isTrue = (value: Value): boolean => Boolean(value);

/** Leaves the walk; it never leaves this file. */
class Stopped extends Error {
  readonly problem: ExpressionProblem;

  constructor(at: Expression | Arrow, message: string) {
    super(message);
    this.problem = { from: at.from, to: at.to, message };
  }
}

class Walk {
  readonly #vocabulary: Vocabulary;
  readonly #parameters: { name: string; value: Value }[] = [];
  #left: number;

  constructor(vocabulary: Vocabulary, budget: number) {
    this.#vocabulary = vocabulary;
    this.#left = budget;
  }

  value(node: Expression): Value {
    if (--this.#left < 0)
      throw new Stopped(
        node,
        'This looks at too many things. Narrow it down, for example to one kind of event.',
      );
    switch (node.type) {
      case 'literal':
        return node.value;
      case 'list':
        return node.items.map((item) => this.value(item));
      case 'name':
        return this.#name(node.name);
      case 'member':
        return memberOf(this.value(node.of), node.field);
      case 'unary':
        return this.#unary(node);
      case 'binary':
        return this.#binary(node);
      case 'choice':
        return this.value(isTrue(this.value(node.condition)) ? node.then : node.otherwise);
      case 'call':
        return this.#call(node);
      case 'method':
        return this.#method(node);
    }
    return assertNever(node);
  }

  #name(name: string): Value {
    const parameter = this.#parameters.findLast((known) => known.name === name);
    return parameter === undefined ? (this.#vocabulary.names[name]?.() ?? null) : parameter.value;
  }

  #unary(node: Expression & { type: 'unary' }): Value {
    const operand = this.value(node.operand);
    if (node.operator === '!') return !isTrue(operand);
    if (operand === null) return null;
    if (typeof operand !== 'number') throw new Stopped(node, `${kindOf(operand)} has no negative.`);
    return -operand;
  }

  #binary(node: Expression & { type: 'binary' }): Value {
    const left = this.value(node.left);
    if (node.operator === '&&') return isTrue(left) ? this.value(node.right) : left;
    if (node.operator === '||') return isTrue(left) ? left : this.value(node.right);
    if (node.operator === '??') return left ?? this.value(node.right);
    const right = this.value(node.right);
    if (node.operator === '==') return left === right;
    if (node.operator === '!=') return left !== right;
    if (left === null || right === null) return isOrder(node.operator) ? false : null;
    if (typeof left === 'number' && typeof right === 'number')
      return compute(node.operator, left, right);
    if (typeof left === 'string' && typeof right === 'string' && isOrder(node.operator))
      return compute(node.operator, left < right ? -1 : left > right ? 1 : 0, 0);
    if (node.operator === '+' && isText(left) && isText(right))
      return this.#text(node, `${left}${right}`);
    throw new Stopped(
      node,
      `\`${node.operator}\` does not go between ${kindOf(left)} and ${kindOf(right)}.`,
    );
  }

  #call(node: Expression & { type: 'call' }): Value {
    const known = this.#vocabulary.functions[node.name];
    if (known === undefined) throw new Stopped(node, `There is no \`${node.name}\`.`);
    const args = node.args.map((argument) => this.#argument(argument));
    try {
      return known.call(args);
    } catch (thrown) {
      if (thrown instanceof BadArgument) throw new Stopped(node, thrown.message);
      throw thrown;
    }
  }

  #argument(argument: Argument): CallArgument {
    return argument.type === 'arrow' ? this.#predicate(argument) : this.value(argument);
  }

  #predicate(arrow: Arrow): Predicate {
    // A predicate may be called after the walk has left the arrows around it.
    const around = [...this.#parameters];
    const test = (value: Value): Value => {
      const before = this.#parameters.splice(0, this.#parameters.length, ...around);
      this.#parameters.push({ name: arrow.parameter, value });
      const result = this.value(arrow.body);
      this.#parameters.splice(0, this.#parameters.length, ...before);
      return result;
    };
    const testAlone = (value: Value): Value => {
      const alone = new Walk(this.#vocabulary, BUDGET_ALONE);
      alone.#parameters.push({ name: arrow.parameter, value });
      return alone.value(arrow.body);
    };
    return { closed: arrow.closed, site: arrow, test, testAlone };
  }

  #method(node: Expression & { type: 'method' }): Value {
    const of = this.value(node.of);
    if (of === null) return null;
    const args = node.args.map((argument) => this.#argument(argument));
    const [first] = args;
    if (typeof of === 'string') return this.#textMethod(node, of, first);
    if (!isList(of))
      throw new Stopped(node, `\`${node.name}\` is for lists; this is ${kindOf(of)}.`);
    if (isPredicate(first)) return this.#listWithPredicate(node, of, first);
    const plain: Value = first ?? null;
    switch (node.name) {
      case 'includes':
        return of.includes(plain);
      case 'at':
        return typeof plain === 'number' ? (of.at(plain) ?? null) : this.#wants(node, 'a number');
      case 'slice':
        return this.#slice(node, of, args);
      case 'join':
        return this.#join(node, of, typeof plain === 'string' ? plain : ',');
      case 'sort':
        return sorted(of, (item) => item);
      default:
        return this.#wants(node, 'a predicate, such as `e => e.term > 5`');
    }
  }

  #join(node: Expression, of: readonly Value[], between: string): string {
    return this.#text(node, of.map((item) => (isText(item) ? item : kindOf(item))).join(between));
  }

  #text(node: Expression, text: string): string {
    if (text.length > LONGEST_TEXT) throw new Stopped(node, 'This text grows too long.');
    return text;
  }

  #slice(node: Expression, of: readonly Value[], args: readonly CallArgument[]): Value {
    const [from, to = null] = args as readonly Value[];
    if (typeof from !== 'number' || (to !== null && typeof to !== 'number'))
      return this.#wants(node, 'numbers');
    return to === null ? of.slice(from) : of.slice(from, to);
  }

  #listWithPredicate(
    node: Expression & { type: 'method' },
    of: readonly Value[],
    predicate: Predicate,
  ): Value {
    const holds = (item: Value) => isTrue(predicate.test(item));
    switch (node.name satisfies MethodName) {
      case 'every':
        return of.every(holds);
      case 'some':
        return of.some(holds);
      case 'filter':
        return of.filter(holds);
      case 'map':
        return of.map((item) => predicate.test(item));
      case 'find':
        return of.find(holds) ?? null;
      case 'sort':
        return sorted(of, (item) => predicate.test(item));
      default:
        return this.#wants(node, 'a value');
    }
  }

  #textMethod(
    node: Expression & { type: 'method' },
    of: string,
    first: CallArgument | undefined,
  ): Value {
    if (node.name === 'includes' && typeof first === 'string') return of.includes(first);
    if (node.name === 'at' && typeof first === 'number') return of.at(first) ?? null;
    throw new Stopped(node, `\`${node.name}\` is for lists; this is a text.`);
  }

  #wants(node: Expression, what: string): never {
    throw new Stopped(node, `This takes ${what}.`);
  }
}

function memberOf(of: Value, field: string): Value {
  if (of === null) return null;
  if (typeof of === 'string' || isList(of)) {
    if (field === 'length') return of.length;
    return isList(of) && /^\d+$/.test(field) ? (of[Number(field)] ?? null) : null;
  }
  return typeof of === 'object' && Object.hasOwn(of, field) ? (of[field] ?? null) : null;
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isText = (value: Value): value is string | number =>
  typeof value === 'string' || typeof value === 'number';
const isOrder = (operator: BinaryOperator) =>
  operator === '<' || operator === '<=' || operator === '>' || operator === '>=';

function compute(operator: BinaryOperator, left: number, right: number): Value {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
    case '%':
      return right === 0 ? null : left % right;
    default:
      return null;
  }
}

/** By a number or a text; whatever is neither goes to the end. Equal keys keep their order. */
function sorted(list: readonly Value[], key: (item: Value) => Value): Value[] {
  const keyed = list.map((item) => ({ item, key: key(item) }));
  const rank = (value: Value) =>
    typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;
  keyed.sort((a, b) => {
    const ranks = rank(a.key) - rank(b.key);
    if (ranks !== 0 || rank(a.key) === 2) return ranks;
    const [x, y] = [a.key as number | string, b.key as number | string];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  return keyed.map(({ item }) => item);
}

function kindOf(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a yes or no';
    default:
      return 'a record';
  }
}
