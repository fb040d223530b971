// The expression language of conditions and goals: a subset of JavaScript expressions, parsed to this tree and walked by
// our own interpreter. It cannot loop without a bound, call anything that is not in the vocabulary, or change anything,
// so that expressions may come from strangers.

/** What expressions compute with. Missing values are null. A record's own fields are its members. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly [field: string]: Value };

/** Where something is wrong: characters `from` to `to` (exclusive) of the text, and what to do. */
export interface ExpressionProblem {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface Place {
  readonly from: number;
  readonly to: number;
}

export type UnaryOperator = '!' | '-';
export type BinaryOperator =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&&'
  | '||'
  | '??';

export type Expression = Place &
  (
    | { readonly type: 'literal'; readonly value: null | boolean | number | string }
    | { readonly type: 'list'; readonly items: readonly Expression[] }
    | { readonly type: 'name'; readonly name: string }
    | { readonly type: 'member'; readonly of: Expression; readonly field: string }
    | { readonly type: 'call'; readonly name: string; readonly args: readonly Argument[] }
    | {
        readonly type: 'method';
        readonly of: Expression;
        readonly name: MethodName;
        readonly args: readonly Argument[];
      }
    | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly type: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly type: 'choice';
        readonly condition: Expression;
        readonly then: Expression;
        readonly otherwise: Expression;
      }
  );

/** `entry => entry.term > 5`: stands only where a call takes a predicate. */
export interface Arrow extends Place {
  readonly type: 'arrow';
  readonly parameter: string;
  readonly body: Expression;
  /** Its value depends on its parameter alone: no name and no call of the vocabulary inside. */
  readonly closed: boolean;
}

export type Argument = Expression | Arrow;

/** The methods of lists; `at` and `includes` work on texts too. */
export const METHODS = {
  every: 1,
  some: 1,
  filter: 1,
  map: 1,
  find: 1,
  sort: 0,
  includes: 1,
  at: 1,
  slice: 1,
  join: 0,
} as const;
export type MethodName = keyof typeof METHODS;

/** A predicate as the vocabulary's functions get it. */
export interface Predicate {
  readonly closed: boolean;
  /** The same object for the same place in the same parsed expression: a key for what is remembered about it. */
  readonly site: Arrow;
  test(value: Value): Value;
  /** The same with a small budget of its own, for what asks many values once each. Only where it is closed. */
  testAlone(value: Value): Value;
}

export type CallArgument = Value | Predicate;

export const isPredicate = (value: CallArgument | undefined): value is Predicate =>
  typeof value === 'object' && value !== null && typeof (value as Predicate).test === 'function';

export interface VocabularyFunction {
  /** How it is called, for messages and help: `region(id)`. */
  readonly usage: string;
  readonly min: number;
  readonly max: number;
  /** Throws `BadArgument` where the arguments make no sense. */
  call(args: readonly CallArgument[]): Value;
}

/** The names that a floor brings to the language. */
export interface Vocabulary {
  readonly names: Readonly<Record<string, () => Value>>;
  readonly functions: Readonly<Record<string, VocabularyFunction>>;
}

/** A vocabulary's function refuses its arguments; the text says what exists. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument';
}
