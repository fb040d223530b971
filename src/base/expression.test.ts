import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closestWord } from './closest-word.ts';
import { evaluate } from './expression-interpreter.ts';
import { parseExpression } from './expression-parser.ts';
import { BadArgument, isPredicate, type Value, type Vocabulary } from './expression.ts';

const people: Value = [
  { name: 'ann', age: 43, friend: null },
  { name: 'bob', age: 7, friend: { name: 'ann' } },
  { name: 'joe', age: 12, friend: null },
];

const vocabulary: Vocabulary = {
  names: { now: () => 1500, people: () => people },
  functions: {
    person: {
      usage: 'person(name)',
      min: 1,
      max: 1,
      call: ([name]) => {
        if (typeof name !== 'string') throw new BadArgument('A person has a name.');
        return (people as { name: string }[]).find((one) => one.name === name) ?? null;
      },
    },
    closed: {
      usage: 'closed(predicate)',
      min: 1,
      max: 1,
      call: ([predicate]) => isPredicate(predicate) && predicate.closed,
    },
  },
};

function valueOf(text: string): Value {
  const parsed = parseExpression(text, vocabulary);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const evaluated = evaluate(parsed.expression, vocabulary);
  if (!evaluated.ok) throw new Error(evaluated.problem.message);
  return evaluated.value;
}

function problemOf(text: string): { at: string; message: string } {
  const parsed = parseExpression(text, vocabulary);
  const evaluated = parsed.ok ? evaluate(parsed.expression, vocabulary) : parsed;
  if (evaluated.ok) throw new Error(`${text} is fine`);
  const { from, to, message } = evaluated.problem;
  return { at: text.slice(from, to), message };
}

describe('values', () => {
  test.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['7 % 4 / 2', 1.5],
    ['-3 - -4', 1],
    ['1 / 0', null],
    ["'a' + 1", 'a1'],
    ["'it\\'s' == \"it's\"", true],
    ['1 == 1 && 2 < 3 || false', true],
    ['false || null ?? 7', 7],
    ["1 == '1'", false],
    ['1 === 1 && 1 !== 2', true],
    ["'ann' < 'bob'", true],
    ['!null', true],
    ['now > 1000 ? [1, 2].length : 0', 2],
    ["person('bob').friend.name", 'ann'],
    ["person('ann').friend.name", null],
    ["person('zoe').friend.name.length", null],
    ["person('zoe').age > 3", false],
    ["person('zoe').age + 1", null],
    ["people[1]['name']", 'bob'],
    ["people.filter(p => p.age > 10).map(p => p.name).join(' ')", 'ann joe'],
    ['people.every(p => p.age > 0) && people.some((p) => p.friend)', true],
    ["people.find(p => p.name == 'joe').age", 12],
    ['people.sort(p => p.age).map(p => p.age).at(-1)', 43],
    ["people.map(p => p.name).includes('bob')", true],
    ['[3, 1, 2].sort().slice(1)', [2, 3]],
    ['people.map(p => people.filter(q => q.age < p.age).length)', [2, 0, 1]],
    ["person('ann').constructor", null],
    ["person('ann')['__proto__']", null],
    ['people.length', 3],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  test('a predicate knows whether its value depends on its parameter alone', () => {
    expect(valueOf('closed(e => e.age > 3 && e.name == 2)')).toBe(true);
    expect(valueOf('closed(e => e.list.some(f => f.age > 3))')).toBe(true);
    expect(valueOf('closed(e => e.age > now)')).toBe(false);
    expect(valueOf("closed(e => e == person('ann'))")).toBe(false);
    expect(valueOf('people.map(p => closed(e => e == p)).at(0)')).toBe(false);
  });
});

describe('problems say where and what to do', () => {
  test.each([
    ['', '', 'Here an expression is missing.'],
    ['nwo > 3', 'nwo', 'There is no `nwo`. Did you mean `now`?'],
    ['now()', 'now', '`now` is a value; leave the brackets out.'],
    ["person.name == 'a'", 'person', '`person` is a function: person(name).'],
    ['person()', 'person', '`person` takes one argument: person(name).'],
    ['person(7)', 'person(7)', 'A person has a name.'],
    ['now = 3', '=', 'An expression changes nothing: compare with `==`.'],
    ['now > 1.5s', '1.5s', '`1.5s` is no number. Durations are milliseconds: 1500, not 1.5s.'],
    ["now > 'a", "'a", "This text has no end: ' is missing."],
    ['people.push(1)', 'push', 'A list has no method `push`. There are '],
    ['people.filtre(p => 1)', 'filtre', 'A list has no method `filtre`. Did you mean `filter`?'],
    ['people.filter(1)', 'people.filter(1)', 'This takes a predicate, such as'],
    ['now.map(e => 1)', 'now.map(e => 1)', '`map` is for lists; this is a number.'],
    ["now < 'a'", "now < 'a'", '`<` does not go between a number and a text.'],
    ['(now', '', 'Here `)` is missing, which closes the bracket.'],
    ['now ? 1', '', 'Here `:` is missing'],
    ['e => 1', 'e', 'A predicate stands only inside the brackets of a call.'],
    ['people[now]', 'now', 'Inside `[ ]` stands a number or a quoted name.'],
    ["person('a')()", '(', 'Only functions of the vocabulary'],
    ['now # 3', '#', '`#` has no meaning in an expression.'],
    ['1 2', '2', '`2` does not fit here.'],
    ['eval("1")', 'eval', 'There is no `eval`.'],
  ])('%s', (text, at, message) => {
    const found = problemOf(text);
    expect(found.at).toBe(at);
    expect(found.message).toContain(message);
  });

  test('the budget ends a walk that looks at too much', () => {
    const all = 'people.map(a => people.map(b => people.map(c => people.map(d => people.map(e => ';
    const text = `${all}people.map(f => people.map(g => people.map(h => 1))))))))`;
    expect(problemOf(text).message).toContain('too many things');
  });

  test('a text that doubles ends somewhere', () => {
    expect(problemOf(`['ab']${'.map(x => x + x)'.repeat(40)}`).message).toContain('too long');
  });

  test('depth ends somewhere', () => {
    expect(problemOf(`${'('.repeat(500)}1${')'.repeat(500)}`).message).toContain('too deeply');
    expect(problemOf(`${'!'.repeat(500)}1`).message).toContain('too deeply');
  });

  test('nothing that people type throws', () => {
    const piece = fc.constantFrom(
      ...'now people person( ) [ ] . , => && || ?? ? : ! - + * / % == = 1 2.5 "a" \' e name filter( ( \\ $'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const parsed = parseExpression(pieces.join(' '), vocabulary);
        if (!parsed.ok) return parsed.problem.from <= parsed.problem.to;
        evaluate(parsed.expression, vocabulary);
        return true;
      }),
      { numRuns: 2000 },
    );
  });
});

test('the closest word is near or there is none', () => {
  const words = ['kill', 'restart', 'pause', 'resume', 'put'];
  expect(closestWord('kil', words)).toBe('kill');
  expect(closestWord('resatrt', words)).toBe('restart');
  expect(closestWord('RESUME', words)).toBe('resume');
  expect(closestWord('elephant', words)).toBeNull();
});
