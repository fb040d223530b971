import { expect, test } from 'vitest';
import type { JournalRecord, LoomEvent } from '../sim/record.ts';
import { UnderWay } from './under-way.ts';

const record = (event: LoomEvent, at = 1000): JournalRecord => ({
  n: 0,
  at,
  id: { node: 'world', n: 0 },
  cause: null,
  event,
});

const sent = (from: string, to: string, type: 'raft' | 'pd-request', ends: object): LoomEvent =>
  ({
    type: 'network/sent',
    from,
    to,
    message: { type },
    arrivesAt: null,
    lostAt: null,
    ...ends,
  }) as never;

test('a message is under way until it arrives or is lost', () => {
  const underWay = new UnderWay();
  underWay.add(record(sent('s1', 's2', 'raft', { arrivesAt: 31_000 })));
  underWay.add(record(sent('s1', 's3', 'raft', { lostAt: 36_000 })));
  expect([30_999, 31_000, 35_999, 36_000].map((now) => underWay.at(now))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('a message that is held is not under way until it is let go', () => {
  const underWay = new UnderWay();
  underWay.add(record(sent('s1', 's2', 'raft', {})));
  expect(underWay.at(2000)).toBe(false);
  const moved = { type: 'network/rescheduled', sent: { node: 's1', n: 4 }, to: 's2' } as const;
  underWay.add(record({ ...moved, arrivesAt: 40_000, lostAt: null }));
  expect([underWay.at(39_999), underWay.at(40_000)]).toEqual([true, false]);
});

test('a write on a stuck disk is nothing to wait for', () => {
  const underWay = new UnderWay();
  underWay.add(
    record({ type: 'disk/write-started', queue: 'raft', write: 1, ops: 2, durableAt: 2 ** 52 }),
  );
  expect(underWay.at(2000)).toBe(false);
});

test('a synced write is under way until it is durable', () => {
  const underWay = new UnderWay();
  underWay.add(
    record({ type: 'disk/write-started', queue: 'raft', write: 1, ops: 2, durableAt: 11_000 }),
  );
  expect([underWay.at(10_999), underWay.at(11_000)]).toEqual([true, false]);
});

test("what stores and PD tell each other does not count; a client's question to PD does", () => {
  const underWay = new UnderWay();
  underWay.add(record(sent('s1', 'pd1', 'pd-request', { arrivesAt: 31_000 })));
  expect(underWay.at(2000)).toBe(false);
  underWay.add(record(sent('c1', 'pd1', 'pd-request', { arrivesAt: 31_000 })));
  expect(underWay.at(2000)).toBe(true);
});
