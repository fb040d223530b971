// Prewrite, commit, rollback, in the words of the domain.
import { describe, expect, test } from 'vitest';
import { mutation, MustStore, prewriteRequest } from '../../testing/model/must-store.ts';
import { appendTs, encodeKey } from '../mvcc/key.ts';

const LONG = 'v'.repeat(256);
const async = (secondaries: string[] = []) => ({ useAsyncCommit: true, secondaries });

describe('prewrite and commit', () => {
  test('a value is seen from its commit_ts on, and never before', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [5, 10]);
    expect([9, 10, 11].map((ts) => store.mustGet('k', ts))).toEqual([null, 'v', 'v']);
    expect(store.recordsOf('k')).toEqual(['Put 5→10']);
  });

  test('a long value stands in default, at start_ts, and goes with a rollback', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', LONG, { startTs: 5 });
    expect(store.engine.get('default', appendTs(encodeKey('k'), 5))).toBe(LONG);
    expect(store.lockOf('k')?.shortValue).toBeNull();
    store.mustRollback('k', 5);
    expect(store.engine.entries('default')).toEqual([]);
  });

  test('a prewrite conflicts with any newer record, a rollback of another transaction too', () => {
    const store = new MustStore();
    store.mustRollback('k', 20);
    const request = prewriteRequest({
      primary: 'k',
      startTs: 15,
      mutations: [mutation('Put', 'k')],
    });
    const conflict = store.mustRefuse(request, 'WriteConflict');
    expect(conflict).toMatchObject({ reason: 'Optimistic', conflictCommitTs: 20, key: 'k' });
  });

  test('one locked key refuses the whole request, and every lock is named', () => {
    const store = new MustStore();
    store.mustPrewritePut('b', 'x', { startTs: 5 });
    store.mustPrewritePut('c', 'x', { startTs: 6 });
    const mutations = ['a', 'b', 'c'].map((key) => mutation('Put', key, { value: 'y' }));
    const { response, batch } = store.dryRun(
      prewriteRequest({ primary: 'a', startTs: 9, mutations }),
    );
    expect(batch).toEqual([]);
    expect(response).toMatchObject({
      type: 'refused',
      errors: [
        { kind: 'KeyIsLocked', key: 'b', lockVersion: 5 },
        { kind: 'KeyIsLocked', key: 'c', lockVersion: 6 },
      ],
    });
  });

  test('a late duplicate of a committed prewrite is told that it succeeded, and changes nothing', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: 5, ...async() });
    store.mustCommit('k', 5, 6);
    store.mustPut('k', 'w', [7, 8]);
    const again = store.dryRun(
      prewriteRequest({
        primary: 'k',
        startTs: 5,
        mutations: [mutation('Put', 'k', { value: 'v' })],
        ...async(),
      }),
    );
    expect(again.batch).toEqual([]);
    expect(again.response).toEqual({ type: 'prewrite', minCommitTs: 6, onePcCommitTs: 0 });
  });

  test('insert checks behind locks and rollbacks; check-not-exists writes nothing but raises max_ts', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [1, 2]);
    store.mustPrewriteLock('k', { startTs: 3 });
    store.mustCommit('k', 3, 4);
    const check = (op: 'Insert' | 'CheckNotExists') =>
      prewriteRequest({ primary: 'k', startTs: 9, mutations: [mutation(op, 'k')] });
    expect(store.mustRefuse(check('Insert'), 'AlreadyExist').existingStartTs).toBe(1);
    store.mustDelete('k', [5, 6]);
    expect(store.dryRun(check('CheckNotExists')).batch).toEqual([]);
    expect(store.dryRun(check('CheckNotExists')).maxTs).toBe(9);
    store.must(check('Insert'));
  });

  test('an assertion fails only where no other error says more', () => {
    const store = new MustStore();
    store.mustPrewritePut('b', 'x', { startTs: 1 });
    const mutations = [
      mutation('Put', 'a', { value: 'v', assertion: 'Exist' }),
      mutation('Put', 'b', { value: 'v' }),
    ];
    const request = prewriteRequest({
      primary: 'a',
      startTs: 5,
      mutations,
      assertionLevel: 'Strict',
    });
    expect(store.mustRefuse(request, 'AssertionFailed').key).toBe('a');
    store.mustPut('a', 'v', [7, 8]);
    expect(store.mustRefuse(request, 'WriteConflict').conflictCommitTs).toBe(8);
  });

  test('a commit below min_commit_ts is refused with all facts; at it, it succeeds', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: 5, minCommitTs: 9 });
    const early = store.mustRefuse(
      { type: 'commit', keys: ['k'], startTs: 5, commitTs: 8 },
      'CommitTsExpired',
    );
    expect(early).toMatchObject({ startTs: 5, commitTs: 8, key: 'k', minCommitTs: 9 });
    store.mustCommit('k', 5, 9);
  });

  test('a commit of several keys is all or nothing', () => {
    const store = new MustStore();
    store.mustPrewritePut('a', 'v', { startTs: 5 });
    const half = { type: 'commit', keys: ['a', 'b'], startTs: 5, commitTs: 6 } as const;
    expect(store.mustRefuse(half, 'TxnLockNotFound').key).toBe('b');
    expect(store.recordsOf('a')).toEqual([]);
  });
});

describe('rollback', () => {
  test('the primary leaves a protected record, secondaries collapse', () => {
    const store = new MustStore();
    for (const startTs of [5, 7, 9]) {
      store.mustPrewritePut('b', 'v', { startTs, primary: 'a' });
      store.mustRollback('b', startTs);
      store.mustPrewritePut('a', 'v', { startTs });
      store.mustRollback('a', startTs);
    }
    expect(store.recordsOf('b')).toEqual(['Rollback 9']);
    expect(store.recordsOf('a')).toEqual(['Rollback* 9', 'Rollback* 7', 'Rollback* 5']);
  });

  test('a protected rollback at another commit is kept as a flag, with the fence to the next version', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [10, 20]);
    store.mustDelete('k', [25, 30]);
    store.mustRollback('k', 20);
    expect(store.recordsOf('k')).toEqual(['Delete 25→30', 'Put 10→20']);
    store.mustCleanup('k', 20);
    expect(store.recordsOf('k')).toEqual(['Delete 25→30', 'Put 10→20 R fence 30']);
    // The newer version is collected, and the older does not come back.
    store.engine.write([{ type: 'delete', cf: 'write', key: appendTs(encodeKey('k'), 30) }]);
    expect(store.mustGet('k', 29)).toBe('v');
    expect(store.mustGet('k', 40)).toBeNull();
  });

  test('beside the lock of an async commit, the lock remembers; its commit then carries both', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: 5, ...async() });
    store.mustCleanup('k', 8);
    expect(store.lockOf('k')?.rollbackTs).toEqual([8]);
    store.mustCommit('k', 5, 8);
    expect(store.recordsOf('k')).toEqual(['Put 5→8 R fence -']);
    const late = prewriteRequest({ primary: 'k', startTs: 8, mutations: [mutation('Put', 'k')] });
    expect(store.mustRefuse(late, 'WriteConflict').reason).toBe('SelfRolledBack');
  });

  test('no commit_ts is computed at or below a cleanup, so nothing lands on its record', () => {
    const store = new MustStore();
    store.mustRollback('a', 15);
    expect(store.mustPrewritePut('b', 'v', { startTs: 5, ...async() }).minCommitTs).toBe(6);
    store.mustCleanup('a', 20);
    expect(store.mustPrewritePut('c', 'v', { startTs: 5, ...async() }).minCommitTs).toBe(21);
  });

  test('behind a fence nothing is left, whatever record carries it', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [5, 10]);
    store.mustPrewriteLock('k', { startTs: 15 });
    store.mustCommit('k', 15, 20);
    store.mustDelete('k', [25, 30]);
    store.mustCleanup('k', 20);
    expect(store.recordsOf('k')).toEqual(['Delete 25→30', 'Lock 15→20 R fence 30', 'Put 5→10']);
    store.engine.write([{ type: 'delete', cf: 'write', key: appendTs(encodeKey('k'), 30) }]);
    expect([store.mustGet('k', 29), store.mustGet('k', 30)]).toEqual(['v', null]);
    expect([store.scanned(29), store.scanned(30)]).toEqual([[['k', 'v']], []]);
    store.must(
      prewriteRequest({ primary: 'k', startTs: 40, mutations: [mutation('Insert', 'k')] }),
    );
  });

  test('what is committed cannot be rolled back', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [5, 6]);
    const request = { type: 'rollback', keys: ['k'], startTs: 5 } as const;
    expect(store.mustRefuse(request, 'Committed')).toMatchObject({ commitTs: 6, key: 'k' });
  });
});
