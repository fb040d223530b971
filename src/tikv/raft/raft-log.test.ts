import { describe, expect, test } from 'vitest';
import { AssertionFailed } from '../../base/assert.ts';
import { entries, snapshotAt } from '../../testing/raft-network.ts';
import { countWithin, entrySize } from './entry.ts';
import { Inflights } from './inflights.ts';
import { RaftLog } from './raft-log.ts';
import { newMemStorage, StorageError, type StorageErrorKind } from './storage.ts';

const refusal = (act: () => unknown): StorageErrorKind | 'ok' => {
  try {
    act();
    return 'ok';
  } catch (error) {
    if (error instanceof StorageError) return error.kind;
    throw error;
  }
};

describe('the store that tests drive', () => {
  const filled = () => {
    const store = newMemStorage(snapshotAt(3, 3, [1]));
    store.append(entries([4, 5, 6], 4));
    return store;
  };

  test('knows what it has, and the term before it', () => {
    const store = filled();
    expect([store.firstIndex(), store.lastIndex()]).toEqual([4, 6]);
    expect([3, 4, 6].map((i) => store.term(i))).toEqual([3, 4, 6]);
    expect(refusal(() => store.term(2))).toBe('Compacted');
    expect(refusal(() => store.term(7))).toBe('Unavailable');
    expect(refusal(() => store.entries(3, 5))).toBe('Compacted');
    expect(refusal(() => store.entries(4, 8))).toBe('Unavailable');
    expect(store.entries(4, 7, 0).map((e) => e.index)).toEqual([4]);
  });

  test('overwrites from the first new entry on', () => {
    const store = filled();
    store.append(entries([7], 5));
    expect(store.lastIndex()).toBe(5);
    expect(store.term(5)).toBe(7);
    expect(() => store.append(entries([7], 8))).toThrow(AssertionFailed);
    expect(() => store.append(entries([7], 3))).toThrow(AssertionFailed);
  });

  test('compacts', () => {
    const store = filled();
    store.compact(6);
    expect([store.firstIndex(), store.term(5)]).toEqual([6, 5]);
    store.compact(5);
    expect(store.firstIndex()).toBe(6);
  });

  test('gives a snapshot of what is applied', () => {
    const store = filled();
    store.setApplied(5);
    expect(store.snapshot(5, 2).metadata).toMatchObject({ index: 5, term: 5 });
    expect(refusal(() => store.snapshot(6, 2))).toBe('SnapshotTemporarilyUnavailable');
    expect(refusal(() => newMemStorage().snapshot(0, 2))).toBe('SnapshotTemporarilyUnavailable');
  });
});

describe('the log', () => {
  /** 4 and 5 are stored, 6 and 7 are not yet. */
  function halfStored(): RaftLog {
    const store = newMemStorage(snapshotAt(3, 3, [1]));
    store.append(entries([4, 5], 4));
    const log = new RaftLog(store, 0);
    log.append(entries([6, 7], 6));
    return log;
  }

  test('is read across the seam', () => {
    const log = halfStored();
    expect([log.firstIndex(), log.lastIndex(), log.persisted]).toEqual([4, 7, 5]);
    expect([2, 3, 4, 5, 6, 7, 8].map((i) => log.term(i))).toEqual([0, 3, 4, 5, 6, 7, 0]);
    expect(log.slice(4, 8)?.map((e) => e.index)).toEqual([4, 5, 6, 7]);
    expect(log.slice(5, 7)?.map((e) => e.index)).toEqual([5, 6]);
    expect(log.slice(3, 5)).toBeNull();
    const two = entrySize(entries([4], 4)[0] as never) * 2;
    expect(log.slice(4, 8, two)?.map((e) => e.index)).toEqual([4, 5]);
    expect(log.slice(5, 8, two)?.map((e) => e.index)).toEqual([5, 6]);
  });

  test('an entry that is not there matches nothing', () => {
    const log = halfStored();
    expect([log.matches(2, 0), log.matches(3, 3), log.matches(7, 7), log.matches(8, 0)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('replacing persisted entries takes the persisted index back', () => {
    const log = halfStored();
    log.append(entries([8], 5));
    expect([log.persisted, log.lastIndex(), log.unstable.offset]).toEqual([4, 5, 5]);
    expect(log.persistedTo(5, 5)).toBe(false);
  });

  test('never commits beyond its end, applies beyond what is committed and on disk, or replaces what is', () => {
    const log = halfStored();
    expect(() => log.commitTo(8)).toThrow(AssertionFailed);
    log.commitTo(6);
    expect(() => log.append(entries([9], 6))).toThrow(AssertionFailed);
    expect(log.applicable()).toBe(5);
    expect(() => log.appliedTo(6)).toThrow(AssertionFailed);
    log.maxApplyUnpersisted = 1;
    log.appliedTo(6);
    expect(() => log.appliedTo(5)).toThrow(AssertionFailed);
  });

  test('a snapshot takes the place of all', () => {
    const log = halfStored();
    log.commitTo(5);
    log.restore(snapshotAt(9, 8, [1]));
    expect([log.firstIndex(), log.lastIndex(), log.committed, log.persisted]).toEqual([
      10, 9, 9, 5,
    ]);
    expect([log.term(9), log.term(8)]).toEqual([8, 0]);
    expect(() => log.restore(snapshotAt(8, 8, [1]))).toThrow(AssertionFailed);
  });
});

test('at least one entry, whatever the limit', () => {
  const some = entries([1, 1, 1]);
  const size = entrySize(some[0] as never);
  expect([0, size, 2 * size, 2 * size + 1, 99].map((max) => countWithin(some, max))).toEqual([
    1, 1, 2, 2, 3,
  ]);
});

test('a window of any size, which frees from the oldest', () => {
  const window = new Inflights(2 ** 31 - 1);
  for (let i = 1; i <= 1000; i++) window.add(i);
  window.freeTo(900);
  expect([window.count, window.full()]).toEqual([100, false]);
  window.freeFirst();
  expect(window.save()[0]).toBe(902);
  window.setWindow(99);
  expect(window.full()).toBe(true);
  window.freeTo(2000);
  expect([window.count, window.full()]).toEqual([0, false]);
});
