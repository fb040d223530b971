import { expect, test } from 'vitest';
import { newChance } from '../base/chance.ts';
import type { DiskQueue, DiskWrite } from '../tikv/node/node.ts';
import { complete, nextCompletion, submit, UNSYNCED_AFTER, type DiskState } from './disk.ts';

const disk = (): DiskState => ({
  fsync: 10_000,
  jitter: 2000,
  chance: newChance(1, 'disk'),
  pending: { raft: [], kv: [] },
});

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
