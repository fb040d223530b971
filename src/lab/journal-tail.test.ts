import { expect, test } from 'vitest';
import { parseExpression } from '../base/expression-parser.ts';
import { evaluate } from '../base/expression-interpreter.ts';
import type { JournalRecord } from '../sim/record.ts';
import { newWorld } from '../projections/world.ts';
import { JournalTail } from './journal-tail.ts';
import { vocabularyOf } from './vocabulary.ts';

const record = (n: number): JournalRecord => ({
  n,
  at: n * 1000,
  id: { node: 's1', n },
  cause: null,
  event:
    n % 100 === 0
      ? { type: 'node/paused', node: 's1' }
      : { type: 'disk/durable', queue: 'raft', write: n },
});

function tailOf(count: number): JournalTail {
  const tail = new JournalTail();
  for (let n = 0; n < count; n++) tail.take(record(n));
  return tail;
}

function asks(tail: JournalTail, text: string) {
  const vocabulary = vocabularyOf({ world: newWorld(), journal: tail, now: () => 0 });
  const parsed = parseExpression(text, vocabulary);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return () => evaluate(parsed.expression, vocabulary);
}

test('the newest records are kept, the seldom ones longer, and all are counted', () => {
  const tail = tailOf(200_000);
  expect(tail.total).toBe(200_000);
  expect(tail.first).toBeGreaterThan(130_000);
  expect(tail.since(199_990).map(({ n }) => n)).toEqual(
    Array.from({ length: 10 }, (_, i) => 199_990 + i),
  );
  expect(tail.since(0)[0]?.n).toBe(tail.first);
  expect(tail.matches('node/paused', null)).toMatchObject({
    count: 2000,
    first: { n: 0 },
    last: { n: 199_900 },
  });
  expect(tail.matches('disk/durable', null).count).toBe(198_000);
  expect(tail.matches('node/killed', null)).toEqual({ count: 0, first: null, last: null });
});

test('a condition that is asked again looks at new records only, however many there were', () => {
  const tail = tailOf(1000);
  const ask = asks(tail, "count('disk/durable', e => e.write >= 500)");
  expect(ask()).toEqual({ ok: true, value: 495 });
  for (let n = 1000; n < 40_000; n++) {
    tail.take(record(n));
    // Asked after each record, it never exceeds its budget.
    if (n % 500 === 0) expect(ask().ok).toBe(true);
  }
  expect(ask()).toEqual({ ok: true, value: 495 + 38_610 });
});

test('however many records there were before, a condition can be asked for the first time', () => {
  expect(
    asks(tailOf(30_000), "seen('disk/durable', e => e.write == 29999 && e.queue == 'raft')")(),
  ).toEqual({
    ok: true,
    value: true,
  });
});

test('a condition that would look at everything anew each time ends in its budget', () => {
  const ask = asks(tailOf(20_000), "count('disk/durable', e => e.t > now)");
  expect(ask()).toMatchObject({ ok: false });
});
