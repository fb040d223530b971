// What snapshot isolation keeps from happening, and the one anomaly that it allows.
import { describe, expect, test } from 'vitest';
import {
  getRequest,
  lockRequest,
  mutation,
  MustStore,
  prewriteRequest,
  statusRequest,
} from '../../testing/model/must-store.ts';

const put = (key: string, value: string, startTs: number) =>
  prewriteRequest({ primary: key, startTs, mutations: [mutation('Put', key, { value })] });

function accounts(): MustStore {
  const store = new MustStore();
  store.mustPut('x', '1', [1, 2]);
  store.mustPut('y', '1', [3, 4]);
  return store;
}

describe('what never happens', () => {
  test('dirty read: what is not committed is not seen, not even through its lock', () => {
    const store = accounts();
    store.must(put('x', 'dirty', 10));
    store.mustBeLockedFor('x', 11);
    expect(store.mustGet('x', 9)).toBe('1');
    store.mustRollback('x', 10);
    expect(store.mustGet('x', 11)).toBe('1');
  });

  test('lost update: of two that read the same version, one is refused', () => {
    const store = accounts();
    const [first, second] = [10, 11];
    expect([store.mustGet('x', first), store.mustGet('x', second)]).toEqual(['1', '1']);
    store.must(put('x', '1a', first));
    store.mustCommit('x', first, 12);
    const conflict = store.mustRefuse(put('x', '1b', second), 'WriteConflict');
    expect(conflict).toMatchObject({ startTs: 11, conflictStartTs: 10, conflictCommitTs: 12 });
    expect(store.mustGet('x', 20)).toBe('1a');
  });

  test('non-repeatable read: a snapshot answers the same for ever', () => {
    const store = accounts();
    const before = store.mustGet('x', 10);
    store.mustPut('x', '2', [11, 12]);
    store.mustDelete('x', [13, 14]);
    expect(store.mustGet('x', 10)).toBe(before);
  });

  test('a read that passed a lock cannot be overtaken by its commit', () => {
    const store = accounts();
    store.mustPrewritePut('x', '2', { startTs: 10, minCommitTs: 11, lockTtl: 100 });
    const status = store.must(statusRequest('x', 10, { callerStartTs: 20, currentTs: 20 }));
    expect(status.minCommitTsPushed).toBe(true);
    const read = store.must<'get'>(getRequest('x', 20, { resolvedLocks: [10] }));
    expect(read.value).toBe('1');
    const overtaking = { type: 'commit', keys: ['x'], startTs: 10, commitTs: 15 } as const;
    store.mustRefuse(overtaking, 'CommitTsExpired');
    store.mustCommit('x', 10, 21);
    expect(store.mustGet('x', 20)).toBe('1');
  });

  test('half a transaction: either all of its keys are seen at a timestamp, or none', () => {
    const store = accounts();
    const mutations = ['x', 'y'].map((key) => mutation('Put', key, { value: '2' }));
    store.must(prewriteRequest({ primary: 'x', startTs: 10, mutations }));
    store.mustCommit('x', 10, 12);
    // The primary is committed and the client dead: the other key has to follow.
    expect(store.mustGet('x', 13)).toBe('2');
    const { primary, lockVersion } = store.mustBeLockedFor('y', 13);
    const status = store.must(statusRequest(primary, lockVersion, { currentTs: 'max' }));
    expect(status).toMatchObject({ status: 'Committed', commitTs: 12 });
    const { commitTs } = status;
    store.must({ type: 'resolve-lock-lite', startTs: lockVersion, commitTs, keys: ['y'] });
    expect(store.scanned(12)).toEqual([
      ['x', '2'],
      ['y', '2'],
    ]);
    expect(store.scanned(11)).toEqual([
      ['x', '1'],
      ['y', '1'],
    ]);
  });
});

describe('what snapshot isolation allows', () => {
  test('write skew: two that read both and write one each are both committed', () => {
    const store = accounts();
    const sum = (ts: number) => Number(store.mustGet('x', ts)) + Number(store.mustGet('y', ts));
    // Each keeps the sum above zero, as far as it can see.
    expect([sum(10), sum(11)]).toEqual([2, 2]);
    store.must(put('x', '0', 10));
    store.must(put('y', '0', 11));
    store.mustCommit('x', 10, 12);
    store.mustCommit('y', 11, 13);
    expect(sum(20)).toBe(0);
  });

  test('a lock on what was only read prevents it', () => {
    const store = accounts();
    store.must(lockRequest(['x', 'y'], 10));
    expect(store.mustRefuse(lockRequest(['x', 'y'], 11), 'KeyIsLocked').lockVersion).toBe(10);
  });
});
