import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry } from './history.ts';
import { checkLinearizable } from './linearizable.ts';

/**
 * One operation a line: client, operation, arguments, call and end (`..` for none), and `fail` where it failed.
 *   c1 put 1      0 2        c1 put j=1   0 ..         c1 delete 0 2
 *   c1 get 1      3 4        c1 get -     3 4          (- is no value, the key is k unless it is named)
 *   c1 cas 1>2 ok 5 6        c1 cas 1>2 saw=3 5 6      c1 cas 1>2 5 ..
 *   c1 scan a=1,k=2 7 8      c1 scan/1 a=1  7 8        (from the start to the end, with a limit)
 */
function history(text: string): HistoryEntry[] {
  const lines = text.trim().split('\n');
  return lines.map((line, i) => entryOf(line.trim().split(/\s+/), i + 1));
}

function entryOf(words: string[], op: number): HistoryEntry {
  const status = words.at(-1) === 'fail' ? 'fail' : words.at(-1) === '..' ? 'unknown' : 'ok';
  if (status === 'fail') words.pop();
  const end = words.pop() as string;
  const call = Number(words.pop());
  const [client = '', operation = '', first = '', answer] = words;
  const at = end === '..' ? null : Number(end);
  const common = { op, client, call, return: at, calledAt: call, returnedAt: at, status } as const;
  const [key, argument] = first.includes('=')
    ? (first.split('=') as [string, string])
    : ['k', first];
  const value = valueOf(argument);
  switch (operation) {
    case 'put':
      return { ...common, operation: 'put', key, value: argument };
    case 'delete':
      return { ...common, operation: 'delete', key: first === '' ? 'k' : first, value: null };
    case 'get':
      return { ...common, operation: 'get', key, value };
    case 'cas': {
      const [expected, next] = argument.split('>').map(valueOf) as [string | null, string];
      const succeeded = answer === undefined ? null : answer === 'ok';
      const found = succeeded === true ? expected : valueOf(answer?.slice('saw='.length) ?? '-');
      return { ...common, operation: 'cas', key, value: next, expected, succeeded, found };
    }
    default: {
      const pairs = first === '-' ? [] : first.split(',').map((pair) => pair.split('='));
      const limit = Number(operation.split('/')[1] ?? 100);
      const value = pairs as unknown as [string, string][];
      return { ...common, operation: 'scan', key: '', to: '', limit, value };
    }
  }
}

const valueOf = (text: string): string | null => (text === '-' || text === '' ? null : text);

describe('histories that one copy could have produced', () => {
  test.each([
    ['nothing was ever written', 'c1 get - 0 1'],
    ['one after the other', 'c1 put 1 0 1\nc2 get 1 2 3\nc1 delete 4 5\nc2 get - 6 7'],
    ['a read beside a write sees the old value', 'c1 put 1 0 9\nc2 get - 1 2'],
    ['a read beside a write sees the new value', 'c1 put 1 0 9\nc2 get 1 1 2'],
    [
      'two reads beside a write, one inside the other, disagree (Porcupine)',
      'c1 put 100 0 100\nc2 get 100 25 75\nc3 get - 30 60',
    ],
    ['two writes beside each other take either order', 'c1 put 1 0 5\nc2 put 2 1 4\nc3 get 1 6 7'],
    ['and the other order', 'c1 put 1 0 5\nc2 put 2 1 4\nc3 get 2 6 7'],
    [
      'all readers agree on an order of two writes',
      'c1 put 1 0 20\nc2 put 2 0 20\nc3 get 1 1 2\nc3 get 2 3 4\nc4 get 1 1 2\nc4 get 2 5 6',
    ],
    [
      'a value comes back because it is written again',
      'c1 put 1 0 1\nc1 put 2 2 3\nc1 put 1 4 5\nc2 get 1 6 7',
    ],
    ['a comparison holds', 'c1 put 1 0 1\nc1 cas 1>2 ok 2 3\nc2 get 2 4 5'],
    [
      'a comparison fails, and says what it found',
      'c1 put 1 0 1\nc2 cas 5>6 saw=1 2 3\nc2 get 1 4 5',
    ],
    ['a key is made by comparing with nothing', 'c1 cas ->1 ok 0 1\nc2 cas ->2 saw=1 2 3'],
    [
      'of two comparisons beside each other one wins',
      'c1 put 0 0 1\nc1 cas 0>1 ok 2 9\nc2 cas 0>2 saw=1 3 8\nc3 get 1 10 11',
    ],
    [
      'a chain of comparisons beside each other',
      'c1 cas ->1 ok 0 9\nc2 cas 1>2 ok 0 9\nc3 cas 2>3 ok 0 9\nc4 get 3 10 11',
    ],
    ['an undetermined write never happens', 'c1 put 1 0 ..\nc2 get - 1 2\nc2 get - 50 51'],
    [
      'an undetermined write surfaces late',
      'c1 put 1 0 ..\nc2 get - 1 2\nc2 put 2 3 4\nc3 get 2 5 6\nc3 get 1 50 51',
    ],
    [
      'an undetermined delete surfaces late',
      'c1 put 1 0 1\nc1 delete 2 ..\nc2 get 1 3 4\nc2 get - 50 51',
    ],
    [
      'an undetermined comparison takes effect',
      'c1 put 1 0 1\nc1 cas 1>2 2 ..\nc2 get 1 3 4\nc2 get 2 5 6',
    ],
    [
      'an undetermined comparison waits for its value',
      'c1 cas 5>6 0 ..\nc2 put 5 1 2\nc2 get 5 3 4\nc2 get 6 5 6',
    ],
    [
      'an undetermined write makes way for an undetermined comparison',
      'c1 put 1 0 ..\nc2 cas 1>2 0 ..\nc3 get - 1 2\nc3 get 2 3 4',
    ],
    ['a failed write is not there', 'c1 put 1 0 1 fail\nc2 get - 2 3'],
    ['a read without an answer says nothing', 'c1 put 1 0 1\nc2 get 7 2 ..\nc2 get 1 4 5'],
    ['each key for itself', 'c1 put a=1 0 1\nc2 put b=2 0 1\nc3 get a=1 2 3\nc3 get b=2 4 5'],
    [
      'a scan beside a write may see it or not',
      'c1 put a=1 0 1\nc1 put b=2 2 9\nc2 scan a=1 3 4\nc3 scan a=1,b=2 3 5',
    ],
    [
      'a scan that reaches its limit says nothing of what comes after',
      'c1 put a=1 0 1\nc1 put b=2 2 3\nc2 scan/1 a=1 4 5',
    ],
    ['an operation may end at the moment at which another is called', 'c1 put 1 0 3\nc2 get - 3 5'],
  ])('%s', (_name, text) => {
    expect(checkLinearizable(history(text))).toEqual({ verdict: 'linearizable' });
  });
});

describe('histories that no single copy could have produced', () => {
  test.each([
    ['stale read: the write had ended', 'c1 put 1 0 1\nc2 get - 2 3', 2],
    [
      'stale read of an overwritten value: in order for each client, and yet wrong',
      'c1 put 1 0 1\nc1 put 2 2 3\nc2 get 1 4 5',
      3,
    ],
    [
      'read inversion: a later read goes back (Porcupine)',
      'c1 put 200 0 100\nc2 get 200 10 30\nc3 get - 40 90',
      3,
    ],
    [
      'Herlihy and Wing: the old value after the new one was read',
      'c1 put 0 0 1\nc2 put 1 2 9\nc1 get 1 3 4\nc3 get 0 5 6',
      4,
    ],
    [
      'two readers see two writes in opposite orders',
      'c1 put 1 0 20\nc2 put 2 0 20\nc3 get 1 1 2\nc3 get 2 5 6\nc4 get 2 3 4\nc4 get 1 7 8',
      6,
    ],
    [
      'lost update: two comparisons with one value succeed',
      'c1 put 0 0 1\nc1 cas 0>1 ok 2 9\nc2 cas 0>2 ok 3 8',
      2,
    ],
    ['a comparison done twice', 'c1 put 1 0 1\nc1 cas 1>2 ok 2 3\nc1 cas 1>2 ok 4 5', 3],
    ['two clients take one lock', 'c1 cas ->1 ok 0 5\nc2 cas ->2 ok 1 6', 2],
    [
      'a comparison succeeds against a value that is gone',
      'c1 put 1 0 1\nc1 put 2 2 3\nc2 cas 1>9 ok 4 5',
      3,
    ],
    ['a comparison fails against the value that is there', 'c1 put 1 0 1\nc2 cas 5>6 saw=2 2 3', 2],
    ['a comparison fails, and has found what it expected', 'c1 put 1 0 1\nc2 cas 1>6 saw=1 2 3', 2],
    ['a write that had ended is lost', 'c1 put 1 0 1\nc2 get 1 2 3\nc2 get - 4 5', 3],
    ['a write is done a second time', 'c1 put 1 0 1\nc2 put 2 2 3\nc2 get 2 4 5\nc2 get 1 6 7', 4],
    ['a failed write is read', 'c1 put 1 0 1 fail\nc2 get 1 2 3', 2],
    ['a failed comparison leaves its value', 'c1 put 1 0 1\nc2 cas 7>8 saw=1 2 3\nc2 get 8 4 5', 3],
    ['a value from nowhere', 'c1 put 1 0 1\nc2 get 9 2 3', 2],
    ['a deleted value comes back', 'c1 put 1 0 1\nc1 delete 2 3\nc2 get 1 4 5', 3],
    [
      'a delete that had ended is undone',
      'c1 put 1 0 1\nc1 delete 2 3\nc2 get - 4 5\nc2 get 1 6 7',
      4,
    ],
    [
      'an undetermined write surfaces, and is gone again',
      'c1 put 0 0 1\nc1 put 1 2 ..\nc2 get 1 3 4\nc2 get 0 5 6',
      4,
    ],
    [
      'an undetermined write happens twice',
      'c1 put 1 0 ..\nc2 get 1 1 2\nc2 put 2 3 4\nc2 get 1 5 6',
      4,
    ],
    ['an undetermined write is read before it was asked', 'c2 get 1 0 1\nc1 put 1 2 ..', 1],
    [
      'an undetermined comparison takes effect on another value',
      'c1 put 1 0 1\nc1 cas 5>6 2 ..\nc2 get 6 3 4',
      3,
    ],
    [
      'split brain: each side reads its own',
      'c1 put 1 0 1\nc2 put 2 2 3\nc1 get 1 4 5\nc2 get 2 6 7',
      3,
    ],
    ['a scan misses a key', 'c1 put a=1 0 1\nc1 put b=2 2 3\nc2 scan a=1 4 5', 3],
    ['a scan sees an old value', 'c1 put a=1 0 1\nc1 put a=2 2 3\nc2 scan a=1 4 5', 3],
    [
      'only one key of many is wrong',
      'c1 put a=1 0 1\nc1 put b=1 2 3\nc2 get a=1 4 5\nc2 get b=- 6 7',
      4,
    ],
  ])('%s', (_name, text, op) => {
    const found = checkLinearizable(history(text));
    expect(found.verdict).toBe('violated');
    expect(found.verdict === 'violated' ? found.entry.op : null).toBe(op);
  });
});

test('a violation is said in words', () => {
  const found = checkLinearizable(history('c1 put 1 0 1\nc1 put 2 2 9\nc2 get - 3 4'));
  expect(found).toMatchObject({
    verdict: 'violated',
    key: 'k',
    possible: ['1', '2'],
    text: 'C2 reads "k" and is told nothing. While it ran, "k" could hold "1" or "2".',
  });
});

test('before a history that does not begin with empty disks a key may have held anything', () => {
  const late = history('c1 get 7 0 1\nc1 put 1 2 3\nc2 get 1 4 5');
  expect(checkLinearizable(late).verdict).toBe('violated');
  expect(checkLinearizable(late, { fromEmpty: false }).verdict).toBe('linearizable');
  const torn = history('c1 get 7 0 1\nc2 get 8 2 3');
  expect(checkLinearizable(torn, { fromEmpty: false }).verdict).toBe('violated');
});

test('a long history with many clients and lost answers is decided', () => {
  const lines: string[] = [];
  for (let i = 0; i < 400; i++) {
    const at = i * 10;
    const seen = i % 7 === 0 ? 'b' : 'a';
    lines.push(`c1 put a${i} ${at} ${at + 9}`, `c2 put b${i} ${at + 1} ..`);
    lines.push(`c3 get a${i} ${at + 2} ${at + 8}`, `c4 get ${seen}${i} ${at + 3} ${at + 9}`);
  }
  expect(checkLinearizable(history(lines.join('\n'))).verdict).toBe('linearizable');
});

test('many lost answers of one kind are one case', () => {
  const lines = ['c1 put 1 0 1'];
  for (let i = 0; i < 40; i++) lines.push('c2 delete 2 ..', `c3 cas ->x${i} 2 ..`);
  for (let i = 0; i < 20; i++) {
    const at = 10 + i * 10;
    lines.push(`c1 get - ${at} ${at + 1}`, `c1 get x${i} ${at + 2} ${at + 3}`);
  }
  expect(checkLinearizable(history(lines.join('\n'))).verdict).toBe('linearizable');
  lines.push('c1 get 1 900 901');
  expect(checkLinearizable(history(lines.join('\n'))).verdict).toBe('violated');
});

describe('against trying all orders', () => {
  const value = fc.constantFrom('1', '2');
  const entry = (...statuses: HistoryEntry['status'][]) =>
    fc.record({
      kind: fc.constantFrom('put', 'delete', 'get', 'cas', 'cas-fails'),
      value: fc.option(value, { freq: 3 }),
      next: value,
      call: fc.nat(12),
      length: fc.integer({ min: 1, max: 6 }),
      status: fc.constantFrom(...statuses),
    });

  test.each([
    ['most have an answer', entry('ok', 'ok', 'ok', 'unknown', 'fail')],
    ['most answers are lost', entry('ok', 'unknown')],
  ])('the same verdict on every small history in which %s', (_name, drawnEntry) => {
    const verdicts = { linearizable: 0, violated: 0 };
    fc.assert(
      fc.property(fc.array(drawnEntry, { maxLength: 6 }), (drawn) => {
        const entries = drawn.map((of, i) => made(of as Drawn, i + 1));
        const found = checkLinearizable(entries).verdict;
        const expected = someOrder(entries, null) ? 'linearizable' : 'violated';
        verdicts[expected] += 1;
        expect(found).toBe(expected);
      }),
      { numRuns: 4000, seed: 1 },
    );
    expect(Math.min(verdicts.linearizable, verdicts.violated)).toBeGreaterThan(500);
  });
});

interface Drawn {
  readonly kind: 'put' | 'delete' | 'get' | 'cas' | 'cas-fails';
  readonly value: string | null;
  readonly next: string;
  readonly call: number;
  readonly length: number;
  readonly status: HistoryEntry['status'];
}

function made({ kind, value, next, call, length, status }: Drawn, op: number): HistoryEntry {
  const end = status === 'unknown' ? null : call + length;
  const times = { call, return: end, calledAt: call, returnedAt: end };
  const common = { op, client: `c${op}`, key: 'k', status, ...times };
  if (kind === 'put') return { ...common, operation: 'put', value: next };
  if (kind === 'delete') return { ...common, operation: 'delete', value: null };
  if (kind === 'get') return { ...common, operation: 'get', value };
  const succeeded = kind === 'cas';
  const expected = succeeded ? value : next;
  return { ...common, operation: 'cas', value: next, expected, succeeded, found: value };
}

/** Tries every order that the times allow, with and without each operation that may not have happened. */
function someOrder(rest: readonly HistoryEntry[], value: string | null): boolean {
  if (rest.every(({ status }) => status !== 'ok')) return true;
  return rest.some((entry) => {
    const others = rest.filter((other) => other !== entry);
    if (others.some((other) => other.status === 'ok' && (other.return ?? 0) < entry.call))
      return false;
    if (entry.status === 'fail') return false;
    const after = done(entry, value);
    return after !== undefined && someOrder(others, after);
  });
}

/** The value after it; undefined where its answer does not fit. */
function done(entry: HistoryEntry, value: string | null): string | null | undefined {
  const known = entry.status === 'ok';
  switch (entry.operation) {
    case 'put':
      return entry.value;
    case 'delete':
      return null;
    case 'get':
      return !known || entry.value === value ? value : undefined;
    case 'cas': {
      const holds = entry.expected === value;
      if (known && (entry.succeeded !== holds || entry.found !== value)) return undefined;
      return holds ? entry.value : value;
    }
    default:
      return value;
  }
}
