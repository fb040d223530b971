// How others settle a transaction, and what holds for every command.
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../base/hash.ts';
import {
  getRequest,
  mutation,
  MustStore,
  prewriteRequest,
  scanRequest,
  statusRequest,
} from '../../testing/model/must-store.ts';
import { appendTs, encodeKey } from '../mvcc/key.ts';
import { newLock } from '../mvcc/lock.ts';
import { composeTs, TS_MAX } from '../mvcc/timestamp.ts';
import { isReadOnly, keysOf } from './request.ts';

const LONG = 'v'.repeat(256);
const async = (secondaries: string[] = []) => ({ useAsyncCommit: true, secondaries });

describe('the fate of a transaction', () => {
  const at = (ms: number) => composeTs(ms, 0);

  test('a reader pushes min_commit_ts and passes; the commit has to be later', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: at(100), lockTtl: 50, minCommitTs: at(100) + 1 });
    store.mustBeLockedFor('k', at(120));
    const caller = { callerStartTs: at(120), currentTs: at(121) };
    const status = store.must(statusRequest('k', at(100), caller));
    expect(status).toMatchObject({
      status: 'Uncommitted',
      action: 'MinCommitTSPushed',
      minCommitTs: at(121),
      lockTtl: 50,
    });
    expect(store.mustGet('k', at(120))).toBeNull();
    const early = { type: 'commit', keys: ['k'], startTs: at(100), commitTs: at(120) } as const;
    store.mustRefuse(early, 'CommitTsExpired');
  });

  test.each([
    [150, 'Uncommitted'],
    [151, 'TtlExpire'],
  ])('with a time to live of 50, at %i ms: %s', (ms, status) => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: at(100), lockTtl: 50 });
    expect(store.must(statusRequest('k', at(100), { currentTs: at(ms) })).status).toBe(status);
  });

  test('an async commit is never settled by its primary alone', () => {
    const store = new MustStore();
    store.mustPrewritePut('a', 'v', { startTs: 5, ...async(['b']) });
    const status = store.must(statusRequest('a', 5, { currentTs: 'max' }));
    expect(status).toMatchObject({ status: 'Uncommitted', action: 'NoAction' });
    expect(status.lock?.secondaries).toEqual(['b']);
    const secondaries = store.must({ type: 'check-secondary-locks', keys: ['b'], startTs: 5 });
    expect(secondaries.status).toBe('RolledBack');
    expect(store.recordsOf('b')).toEqual(['Rollback* 5']);
    const late = prewriteRequest({ primary: 'a', startTs: 5, mutations: [mutation('Put', 'b')] });
    store.mustRefuse(late, 'WriteConflict');
  });

  test.each([
    [20, false],
    [200, false],
    [200, true],
  ])(
    'a lock that is forced back after the end decides nothing: at %i ms, for a pessimistic lock: %s',
    (ms, resolvingPessimisticLock) => {
      const store = new MustStore();
      store.mustPut('k', 'v', [at(1), at(2)]);
      store.mustLockKey('k', at(1), { wakeUpMode: 'ForceLock', lockTtl: 100 });
      const more = { callerStartTs: at(ms), currentTs: at(ms), resolvingPessimisticLock };
      const status = store.must(statusRequest('k', at(1), more));
      expect(status).toMatchObject({ status: 'Committed', commitTs: at(2), lock: null });
      expect(store.lockOf('k')).toBeNull();
      expect(store.recordsOf('k')).toEqual([`Put ${at(1)}→${at(2)}`]);
    },
  );

  test('a lock that is forced before the end decides as any other', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [at(2), at(3)]);
    store.mustLockKey('k', at(1), { wakeUpMode: 'ForceLock', lockTtl: 100 });
    const ask = (ms: number) => store.must(statusRequest('k', at(1), { currentTs: at(ms) })).status;
    expect([ask(20), ask(200), ask(200)]).toEqual(['Uncommitted', 'TtlExpire', 'RolledBack']);
  });

  test('a heart beat only lengthens', () => {
    const store = new MustStore();
    store.mustPrewritePut('k', 'v', { startTs: 5, lockTtl: 50 });
    const beat = (adviseTtl: number) =>
      store.must({ type: 'txn-heart-beat', primary: 'k', startTs: 5, adviseTtl }).lockTtl;
    expect([beat(80), beat(60)]).toEqual([80, 80]);
    const other = { type: 'txn-heart-beat', primary: 'k', startTs: 6, adviseTtl: 1 } as const;
    store.mustRefuse(other, 'TxnNotFound');
  });

  test('resolving walks all locks of many transactions in batches', () => {
    const store = new MustStore();
    const keys = Array.from({ length: 600 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    const mutations = keys.map((key) => mutation('Put', key, { value: 'v' }));
    store.must(prewriteRequest({ primary: 'k000', startTs: 5, mutations }));
    store.mustPrewritePut('a', 'v', { startTs: 6 });
    store.mustPrewritePut('z', 'v', { startTs: 7 });
    const txns = [
      { startTs: 5, commitTs: 8 },
      { startTs: 6, commitTs: 0 },
    ];
    store.must({ type: 'resolve-lock', txns, scanKey: null, keys: null });
    expect(store.engine.entries('lock').length).toBe(1);
    expect(store.scanned(8, { limit: 1000 }).length).toBe(601);
    expect(store.recordsOf('a')).toEqual(['Rollback* 6']);
  });

  test('locks up to a timestamp are listed, in memory or on disk', () => {
    const store = new MustStore();
    store.mustPrewritePut('a', 'v', { startTs: 5 });
    store.mustLockKey('b', 6);
    store.mustPrewriteLock('c', { startTs: 9 });
    const request = { type: 'scan-lock', maxTs: 8, startKey: '', endKey: null, limit: 0 } as const;
    expect(store.must(request).locks.map(({ key }) => key)).toEqual(['a', 'b']);
    const lock = newLock({ type: 'Put', primary: 'd', startTs: 7, ttl: 0, useAsyncCommit: true });
    store.concurrency.lockTable.set('d', lock);
    expect(store.mustRefuse(request, 'KeyIsLocked').key).toBe('d');
  });
});

describe('around the commands', () => {
  test('a damaged record is an error with family, key and offset, and nothing is changed', () => {
    const store = new MustStore();
    const key = encodeKey('k');
    store.engine.write([{ type: 'put', cf: 'lock', key, value: 'P\x04a' }]);
    const request = prewriteRequest({
      primary: 'a',
      startTs: 5,
      mutations: [mutation('Put', 'a'), mutation('Put', 'k')],
    });
    expect(store.mustRefuse(request, 'BadFormat')).toEqual({
      kind: 'BadFormat',
      family: 'lock',
      key,
      offset: 2,
      what: 'ends inside the primary',
    });
    expect(store.lockOf('a')).toBeNull();
  });

  test('the value of a version that is gone is damage too', () => {
    const store = new MustStore();
    store.mustPut('k', LONG, [5, 6]);
    const key = appendTs(encodeKey('k'), 5);
    store.engine.write([{ type: 'delete', cf: 'default', key }]);
    const error = store.mustRefuse(getRequest('k', 9), 'BadFormat');
    expect(error).toMatchObject({ family: 'default', key, what: 'no value' });
  });

  test('events and answers are plain data that can be hashed', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [5, 6]);
    store.mustPrewritePut('k', 'v', { startTs: 8, ...async() });
    const results = [
      store.execute(getRequest('k', TS_MAX)),
      store.execute(scanRequest('', TS_MAX)),
      store.execute(statusRequest('k', 8, { callerStartTs: 'max', currentTs: 'max' })),
      store.execute({ type: 'cleanup', key: 'k', startTs: 8, currentTs: 'max' }),
      store.execute({ type: 'mvcc-get-by-start-ts', startTs: 5 }),
    ];
    for (const { events, response } of results) {
      expect(digestOf(events)).toMatch(/^[0-9a-f]{16}$/);
      expect(digestOf(response)).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test('a command says what it decided, with every rule that it asked', () => {
    const store = new MustStore();
    store.mustPut('k', 'v', [5, 6]);
    const mutations = [mutation('Put', 'k')];
    const { events } = store.dryRun(prewriteRequest({ primary: 'k', startTs: 4, mutations }));
    expect(events).toEqual([
      {
        type: 'txn/prewrite-rejected',
        startTs: 4,
        keys: ['k'],
        errors: [expect.objectContaining({ kind: 'WriteConflict' })],
        verdicts: [
          {
            rule: 'txn/write-conflict',
            holds: true,
            facts: {
              key: 'k',
              ts: 4,
              conflictStartTs: 5,
              conflictCommitTs: 6,
              conflictType: 'Put',
            },
          },
        ],
      },
    ]);
  });

  test('what is stored of a key, by name and by transaction', () => {
    const store = new MustStore();
    store.mustPut('k', LONG, [5, 6]);
    store.mustPrewritePut('k', 'w', { startTs: 8 });
    const info = store.must<'mvcc-get-by-key'>({ type: 'mvcc-get-by-key', key: 'k' });
    expect(info.lock?.startTs).toBe(8);
    expect(info.values).toEqual([{ startTs: 5, value: LONG }]);
    const found = store.must({ type: 'mvcc-get-by-start-ts', startTs: 5 });
    expect(found.key).toBe('k');
    expect(store.must({ type: 'mvcc-get-by-start-ts', startTs: 8 }).key).toBeNull();
  });

  test('collecting many keys goes on command after command', () => {
    const store = new MustStore();
    for (let i = 0; i < 1100; i++) {
      store.mustPut(`k${i}`, 'a', [1, 2]);
      store.mustPut(`k${i}`, 'b', [3, 4]);
    }
    store.collect(9);
    expect(store.engine.entries('write').length).toBe(1100);
  });

  test('every command that writes names the keys whose latches it needs', () => {
    const rollback = { type: 'rollback', keys: ['a', 'b'], startTs: 1 } as const;
    expect([keysOf(rollback), isReadOnly(rollback)]).toEqual([['a', 'b'], false]);
    expect(keysOf(statusRequest('p', 1))).toEqual(['p']);
    expect(isReadOnly(getRequest('k', 1))).toBe(true);
  });
});
