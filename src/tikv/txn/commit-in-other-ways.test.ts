// Pessimistic transactions, async commit and one-phase commit, in the words of the domain.
import { describe, expect, test } from 'vitest';
import {
  getRequest,
  lockRequest,
  mutation,
  MustStore,
  prewriteRequest,
  scanRequest,
} from '../../testing/model/must-store.ts';
import { TS_MAX } from '../mvcc/timestamp.ts';

const async = (secondaries: string[] = []) => ({ useAsyncCommit: true, secondaries });

describe('pessimistic transactions', () => {
  test('a pessimistic lock blocks writers, not readers, and leaves no trace', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [1, 2]);
    store.mustLockKey('k', 5);
    expect(store.mustGet('k', 9)).toBe('v');
    const other = prewriteRequest({ primary: 'k', startTs: 7, mutations: [mutation('Put', 'k')] });
    expect(store.mustRefuse(other, 'KeyIsLocked').lockType).toBe('PessimisticLock');
    store.must({ type: 'pessimistic-rollback', keys: ['k'], startTs: 5, forUpdateTs: 5 });
    expect(store.lockOf('k')).toBeNull();
    expect(store.recordsOf('k')).toEqual(['Put 1→2']);
  });

  test('a newer version asks for a newer for_update_ts; force-lock locks anyway and says so', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [6, 8]);
    const conflict = store.mustRefuse(lockRequest(['k'], 5), 'WriteConflict');
    expect(conflict).toMatchObject({ reason: 'PessimisticRetry', conflictCommitTs: 8 });
    const forced = store.mustLockKey('k', 5, { wakeUpMode: 'ForceLock' });
    expect(forced.results).toEqual([
      {
        type: 'LockResultLockedWithConflict',
        value: 'v',
        existence: true,
        lockedWithConflictTs: 8,
      },
    ]);
    expect(store.lockOf('k')).toMatchObject({ forUpdateTs: 8, isLockedWithConflict: true });
  });

  test('values and existence are told, and count as reads', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [1, 2]);
    const told = store.mustLockKey('k', 5, { forUpdateTs: 6, returnValues: true });
    expect(told.results[0]).toMatchObject({ value: 'v', existence: true });
    expect(store.concurrency.maxTs).toBe(6);
    expect(store.mustLockKey('n', 5, { checkExistence: true }).results[0]).toMatchObject({
      value: null,
      existence: false,
    });
  });

  test('a lock that is lost is amended where nobody wrote since start_ts, else missed', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [1, 2]);
    const pessimisticAction = 'DoPessimisticCheck';
    const prewrite = (key: string) =>
      prewriteRequest({
        primary: key,
        startTs: 5,
        forUpdateTs: 5,
        mutations: [mutation('Put', key, { value: 'w', pessimisticAction })],
      });
    store.must(prewrite('k'));
    store.mustPut('n', 'v', [6, 7]);
    expect(store.mustRefuse(prewrite('n'), 'PessimisticLockNotFound').reason).toBe(
      'LockMissingAmendFail',
    );
  });

  test('a lock at another for_update_ts than the client knows is not the one it took', () => {
    const store = new MustStore();
    store.mustLockKey('k', 5, { forUpdateTs: 9 });
    const request = (expectedForUpdateTs: number) =>
      prewriteRequest({
        primary: 'k',
        startTs: 5,
        forUpdateTs: 9,
        mutations: [
          mutation('Put', 'k', { pessimisticAction: 'DoPessimisticCheck', expectedForUpdateTs }),
        ],
      });
    expect(store.mustRefuse(request(8), 'PessimisticLockNotFound').reason).toBe(
      'LockForUpdateTsMismatch',
    );
    store.must(request(9));
  });

  test('a lock that may wait becomes a wait, with the lock that is waited for', () => {
    const store = new MustStore();
    store.mustLockKey('k', 5);
    const { response, batch } = store.dryRun(lockRequest(['k'], 7, { waitTimeoutMs: 0 }));
    expect(response).toMatchObject({ type: 'wait', lock: { key: 'k', lockVersion: 5 } });
    expect(batch).toEqual([]);
  });

  test('after a rollback the key cannot be locked again', () => {
    const store = new MustStore();
    store.mustRollback('k', 5);
    store.mustRefuse(lockRequest(['k'], 5), 'PessimisticLockRolledBack');
    store.mustPut('k', 'v', [6, 7]);
    const later = lockRequest(['k'], 5, { forUpdateTs: 9 });
    store.mustRefuse(later, 'PessimisticLockRolledBack');
  });
});

describe('async commit and one-phase commit', () => {
  test('min_commit_ts is above every read', () => {
    const store = new MustStore();
    store.mustGet('other', 41);
    expect(store.mustPrewritePut('k', 'v', { startTs: 5, ...async() }).minCommitTs).toBe(42);
    expect(store.mustGet('k', 41)).toBeNull();
    store.mustBeLockedFor('k', 42);
  });

  test('one phase: records at once, no lock on disk', () => {
    const store = new MustStore();
    const done = store.mustPrewritePut('k', 'v', { startTs: 5, tryOnePc: true });
    expect(done.onePcCommitTs).toBe(6);
    expect(store.recordsOf('k')).toEqual(['Put 5→6']);
    expect(store.lockOf('k')).toBeNull();
    const again = store.mustPrewritePut('k', 'v', { startTs: 5, tryOnePc: true });
    expect(again.onePcCommitTs).toBe(6);
  });

  test('one phase over a pessimistic lock releases it', () => {
    const store = new MustStore();
    store.mustLockKey('k', 5);
    const { released } = store.execute(
      prewriteRequest({
        primary: 'k',
        startTs: 5,
        forUpdateTs: 5,
        tryOnePc: true,
        mutations: [mutation('Put', 'k', { pessimisticAction: 'DoPessimisticCheck' })],
      }),
    );
    expect(released).toEqual([{ key: 'k', startTs: 5, commitTs: 6, isPessimisticTxn: true }]);
    expect(store.lockOf('k')).toBeNull();
  });

  test('the lock is published until the batch is applied, and blocks reads meanwhile', () => {
    const store = new MustStore();
    const { memoryLocks } = store.dryRun(
      prewriteRequest({
        primary: 'k',
        startTs: 5,
        tryOnePc: true,
        mutations: [mutation('Put', 'k', { value: 'v' })],
      }),
    );
    for (const { key, lock } of memoryLocks) store.concurrency.lockTable.set(key, lock);
    expect(store.mustGet('k', 5)).toBeNull();
    store.mustBeLockedFor('k', 6);
    store.mustRefuse(getRequest('k', TS_MAX), 'KeyIsLocked');
    store.mustRefuse(scanRequest('', 6), 'KeyIsLocked');
    expect(
      store.mustRefuse({ ...getRequest('k', 6), type: 'batch-get', keys: ['k'] }, 'KeyIsLocked')
        .key,
    ).toBe('k');
  });

  test('a store that does not know how far reads have gone refuses', () => {
    const store = new MustStore();
    store.isMaxTsSynced = false;
    const mutations = [mutation('Put', 'k')];
    const request = prewriteRequest({ primary: 'k', startTs: 5, mutations, tryOnePc: true });
    store.mustRefuse(request, 'MaxTimestampNotSynced');
    store.mustPrewritePut('k', 'v', { startTs: 5 });
  });

  test('one key too late makes the whole request an ordinary prewrite', () => {
    const store = new MustStore();
    store.mustLockKey('b', 5, { primary: 'a', minCommitTs: 50 });
    const mutations = ['a', 'b'].map((key) =>
      mutation('Put', key, {
        pessimisticAction: key === 'b' ? 'DoPessimisticCheck' : 'SkipPessimisticCheck',
      }),
    );
    const done = store.must(
      prewriteRequest({
        primary: 'a',
        startTs: 5,
        forUpdateTs: 5,
        mutations,
        tryOnePc: true,
        maxCommitTs: 40,
      }),
    );
    expect(done).toEqual({ type: 'prewrite', minCommitTs: 0, onePcCommitTs: 0 });
    expect(['a', 'b'].map((key) => store.lockOf(key)?.type)).toEqual(['Put', 'Put']);
  });
});
