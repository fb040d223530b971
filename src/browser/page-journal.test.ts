import { expect, test } from 'vitest';
import type { JournalRecord } from '../sim/record.ts';
import { PageJournal, RECORDS_KEPT } from './page-journal.ts';

const records = (from: number, count: number): JournalRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    n: from + i,
    at: from + i,
    id: { node: 'world', n: from + i },
    cause: null,
    event: { type: 'node/paused', node: 's1' },
  }));

function listener() {
  const heard: string[] = [];
  return {
    heard,
    reset: () => void heard.push('reset'),
    records: (batch: readonly JournalRecord[], reached: number) =>
      void heard.push(`${batch[0]?.n ?? '-'}+${batch.length}@${reached}`),
  };
}

test('who begins to listen late hears everything first, then each batch', () => {
  const journal = new PageJournal();
  journal.take(records(0, 3), 30);
  const late = listener();
  const end = journal.listen(late);
  journal.take(records(3, 2), 50);
  journal.take([], 60);
  end();
  journal.take(records(5, 1), 70);
  expect(late.heard).toEqual(['reset', '0+3@30', '3+2@50', '-+0@60']);
  expect(journal.reached).toBe(70);
});

test('another history begins from nothing', () => {
  const journal = new PageJournal();
  journal.take(records(0, 3), 30);
  const early = listener();
  journal.listen(early);
  journal.reset();
  journal.take(records(0, 1), 5);
  expect(early.heard.slice(2)).toEqual(['reset', '0+1@5']);
  const late = listener();
  journal.listen(late);
  expect(late.heard).toEqual(['reset', '0+1@5']);
});

test('only the newest records are kept', () => {
  const journal = new PageJournal();
  const step = 10_000;
  for (let from = 0; from < RECORDS_KEPT * 1.5; from += step)
    journal.take(records(from, step), from);
  const late = listener();
  journal.listen(late);
  const [first = '', count = ''] = (late.heard[1] ?? '').split(/[+@]/);
  expect(Number(count)).toBe(RECORDS_KEPT);
  expect(Number(first)).toBe(RECORDS_KEPT * 0.5);
});
