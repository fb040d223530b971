// Who waits for what in a store: proposals for entries, reads for an index, commands for a key.
import { expect, test } from 'vitest';
import { Latches } from './latches.ts';
import { ProposalQueue } from './proposals.ts';
import { ReadIndexQueue } from './read-queue.ts';

const at = (index: number, term: number) => ({ index, term });
const proposal = (index: number, term: number) => ({ index, term, tag: index * 100 + term, at: 0 });

test('an entry meets its proposal only where index and term agree', () => {
  const queue = new ProposalQueue([proposal(7, 6), proposal(8, 6)]);
  expect(queue.take(at(6, 6))).toEqual({ own: null, stale: [] });
  expect(queue.take(at(7, 6))).toEqual({ own: proposal(7, 6), stale: [] });
  expect(queue.size).toBe(1);
});

test('the first entry of a newer term ends all older proposals, above it too', () => {
  const queue = new ProposalQueue([proposal(8, 6), proposal(9, 6), proposal(12, 8)]);
  expect(queue.take(at(8, 7))).toEqual({ own: null, stale: [proposal(8, 6), proposal(9, 6)] });
  expect(queue.save()).toEqual([proposal(12, 8)]);
});

test('an older entry ends nothing', () => {
  const queue = new ProposalQueue([proposal(9, 8)]);
  expect(queue.take(at(8, 6))).toEqual({ own: null, stale: [] });
  expect(queue.size).toBe(1);
});

test('a read is served once its round is confirmed and its index applied', () => {
  const queue = new ReadIndexQueue();
  for (const tag of [1, 2, 3])
    queue.push({ context: `c${tag}`, tag, term: 6, at: 0, path: 'read-index', version: 1 });
  expect(queue.takeServable(100)).toEqual([]);
  queue.confirm([
    { requestCtx: 'c1', index: 7 },
    { requestCtx: 'c2', index: 9 },
    { requestCtx: 'unknown', index: 7 },
  ]);
  expect(queue.takeServable(6)).toEqual([]);
  expect(queue.takeServable(8).map(({ tag }) => tag)).toEqual([1]);
  expect(queue.takeUnconfirmed().map(({ tag }) => tag)).toEqual([3]);
  expect(queue.takeServable(9).map(({ tag }) => tag)).toEqual([2]);
  expect(queue.size).toBe(0);
});

test('one command has a key, the others stand in line', () => {
  const latches = new Latches();
  expect([latches.acquire('a', 1), latches.acquire('a', 2), latches.acquire('b', 3)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(latches.acquire('a', 4)).toBe(false);
  const again = new Latches(latches.save());
  expect([again.release('a'), again.release('a'), again.release('a')]).toEqual([2, 4, null]);
  expect(again.acquire('a', 5)).toBe(true);
});
