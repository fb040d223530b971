import { expect, test } from 'vitest';
import type { JournalRecord } from '../sim/record.ts';
import { Outbox } from './outbox.ts';
import type { News } from './protocol.ts';

const record = (n: number): JournalRecord => ({
  n,
  at: n * 10,
  id: { node: 'world', n },
  cause: null,
  event: { type: 'node/paused', node: 's1' },
});

function setUp() {
  let wall = 0;
  const posted: string[] = [];
  const say = (news: News) =>
    posted.push(news.news === 'records' ? `${news.batch.length}@${news.reached}` : news.news);
  const outbox = new Outbox(say, () => wall);
  return { outbox, posted, wait: (ms: number) => void (wall += ms) };
}

test('records wait for the end of their pump and go as one batch', () => {
  const { outbox, posted } = setUp();
  outbox.flush(0);
  outbox.take([record(1), record(2)]);
  outbox.take([record(3)]);
  outbox.flush(45);
  expect(posted).toEqual(['0@0', '3@45']);
});

test('a long call is not silent: about thirty batches a second', () => {
  const { outbox, posted, wait } = setUp();
  for (let n = 0; n < 100; n++) {
    wait(10);
    outbox.take([record(n)]);
  }
  expect(posted.length).toBeGreaterThan(20);
  expect(posted.length).toBeLessThan(35);
});

test('that nothing happened is told once, for the instant that is reached', () => {
  const { outbox, posted } = setUp();
  outbox.flush(10);
  outbox.flush(10);
  outbox.flush(20);
  expect(posted).toEqual(['0@10', '0@20']);
});

test('another history forgets what was not posted, and may stand earlier', () => {
  const { outbox, posted } = setUp();
  outbox.flush(500);
  outbox.take([record(60)]);
  outbox.reset();
  outbox.flush(7);
  expect(posted).toEqual(['0@500', 'reset', '0@7']);
});
