import { expect, test } from 'vitest';
import { newChance } from '../base/chance.ts';
import type { DiskQueue, DiskWrite } from '../tikv/node/node.ts';
import {
  complete,
  faultDisk,
  newDisk,
  nextCompletion,
  submit,
  UNSYNCED_AFTER,
  type DiskFault,
  type DiskState,
} from './disk.ts';

const disk = (fault: DiskFault = { type: 'none' }): DiskState =>
  newDisk({ fsync: 10_000, jitter: 2000, chance: newChance(1, 'disk') }, fault);

const write = (n: number, queue: DiskQueue, sync: boolean): DiskWrite => ({
  n,
  queue,
  sync,
  ops: [],
});

/** Write numbers in the order of completion, with their instants. */
function drain(state: DiskState): [number, number][] {
  const order: [number, number][] = [];
  for (;;) {
    const next = nextCompletion(state);
    if (next === undefined) return order;
    complete(state, next);
    order.push([next.write.n, next.dueAt]);
  }
}

test('an unsynced write is durable with the next synced one of its queue', () => {
  const state = disk();
  submit(state, write(1, 'kv', false), 0, null);
  const other = submit(state, write(2, 'raft', true), 1000, null).dueAt;
  const synced = submit(state, write(3, 'kv', true), 20_000, null).dueAt;
  expect(drain(state)).toEqual([
    [2, other],
    [1, synced],
    [3, synced],
  ]);
});

test('an unsynced write alone is durable after half a second', () => {
  const state = disk();
  submit(state, write(1, 'kv', false), 7, null);
  expect(drain(state)).toEqual([[1, 7 + UNSYNCED_AFTER]]);
});

test('writes of a queue complete in the order in which they were made', () => {
  const state = disk();
  for (let n = 1; n <= 40; n++) submit(state, write(n, 'raft', n % 3 !== 0), n * 900, null);
  const order = drain(state);
  expect(order.map(([n]) => n)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(order.every(([, at], i) => i === 0 || at >= (order[i - 1]?.[1] ?? 0))).toBe(true);
});

test('an fsync takes what the disk says, give or take its jitter', () => {
  const state = disk();
  const due = submit(state, write(1, 'raft', true), 0, null).dueAt;
  expect(due).toBeGreaterThanOrEqual(8000);
  expect(due).toBeLessThanOrEqual(12_000);
});

test('a stuck disk completes nothing until it is set right, a slow one later', () => {
  const state = disk({ type: 'stuck' });
  submit(state, write(1, 'raft', true), 0, null);
  expect(nextCompletion(state)).toBeUndefined();
  faultDisk(state, 700_000, { type: 'slow', by: 300_000 });
  const late = submit(state, write(2, 'raft', true), 700_000, null).dueAt;
  expect(drain(state)).toEqual([
    [1, 710_000],
    [2, late],
  ]);
  expect(late).toBeGreaterThanOrEqual(1_008_000);
});

test('a lying disk calls a write durable before it is, and keeps the order of what it writes', () => {
  const state = disk({ type: 'lying' });
  const op = { type: 'put', store: 'meta', key: 'k', value: 1 } as const;
  submit(state, { ...write(1, 'raft', true), ops: [op] }, 0, null);
  const told = nextCompletion(state);
  expect(told?.flushed).toBe(false);
  expect(complete(state, told as NonNullable<typeof told>)).toEqual([]);
  faultDisk(state, 20_000, { type: 'none' });
  submit(state, { ...write(2, 'raft', true), ops: [op] }, 20_000, null);
  const second = nextCompletion(state);
  expect(complete(state, second as NonNullable<typeof second>)).toEqual([]);
  expect(drain(state).map(([n]) => n)).toEqual([1, 2]);
});
