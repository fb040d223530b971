// Latches, waits, wake-ups, deadlocks and locks in memory, with batches held until the test applies them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalPlain } from '../../base/plain.ts';
import { getRequest, lockRequest } from '../../testing/model/must-store.ts';
import { mutation, prewriteRequest } from '../../testing/model/must-store.ts';
import { ScheduledStore } from '../../testing/model/scheduled-store.ts';
import { loadConcurrencyManager, saveConcurrencyManager } from './concurrency.ts';
import { cleanUp, detect, newDeadlockDetector } from './deadlock.ts';
import { acquire, keyHash, newLatch, newLatches, release } from './latch.ts';
import { loadPessimisticLocks, proposeAll, resetLocks } from './pessimistic-locks.ts';
import { savePessimisticLocks } from './pessimistic-locks.ts';
import type { TxnRequest } from './request.ts';
import { loadScheduler, saveScheduler, schedulerDue } from './scheduler.ts';

const put = (key: string, startTs: number, more = {}) =>
  prewriteRequest({
    primary: key,
    startTs,
    mutations: [mutation('Put', key, { value: `v${startTs}` })],
    ...more,
  });
const commit = (key: string, startTs: number, commitTs: number): TxnRequest => ({
  type: 'commit',
  keys: [key],
  startTs,
  commitTs,
});
const lock = (key: string, startTs: number, more = {}) =>
  lockRequest([key], startTs, { waitTimeoutMs: 0, ...more });
const unlock = (keys: string[], startTs: number): TxnRequest => ({
  type: 'pessimistic-rollback',
  keys,
  startTs,
  forUpdateTs: startTs,
});

describe('latches', () => {
  test('commands on one key run one after the other, in order; others pass', () => {
    const store = new ScheduledStore();
    const first = store.submit(put('a', 5));
    const second = store.submit(put('a', 7));
    const elsewhere = store.submit(put('b', 9));
    expect(store.proposed.length).toBe(2);
    expect(store.events).toContainEqual({ type: 'txn/latch-awaited', command: 2, behind: 1 });
    store.apply();
    expect([first, second, elsewhere].map((one) => store.outcome(one))).toEqual([
      'ok',
      'KeyIsLocked',
      'waits',
    ]);
  });

  test('reads wait for no latch', () => {
    const store = new ScheduledStore();
    store.submit(put('a', 5));
    expect(store.outcome(store.submit(getRequest('a', 9)))).toBe('ok');
  });

  test('two keys may share a slot, and then wait for each other', () => {
    const store = new ScheduledStore({ latchSlots: 1 });
    store.submit(put('a', 5));
    store.submit(put('b', 7));
    expect(store.proposed.length).toBe(1);
    store.applyAll();
    expect(store.engine.entries('lock').length).toBe(2);
  });

  test('whatever keys commands want, all of them get their latches in the end', () => {
    const wanted = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e')), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(wanted, fc.integer({ min: 1, max: 5 }), (commands, size) => {
        const latches = newLatches(size);
        const held = commands.map((keys) => newLatch(latches, keys));
        const ready = held.flatMap((latch, id) => (acquire(latches, latch, id) ? [id] : []));
        const done: number[] = [];
        for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
          done.push(id);
          for (const next of release(latches, held[id] as (typeof held)[number], id)) {
            if (acquire(latches, held[next] as (typeof held)[number], next)) ready.push(next);
          }
        }
        expect(done.toSorted((a, b) => a - b)).toEqual(commands.map((_, id) => id));
        expect(latches.slots.every((line) => line.length === 0)).toBe(true);
      }),
    );
    expect(keyHash('a')).not.toBe(keyHash('b'));
  });

  test('a lock that was found is gone when its turn comes: a pessimistic one is not missed', () => {
    const store = new ScheduledStore();
    const resolve: TxnRequest = {
      type: 'resolve-lock',
      txns: [{ startTs: 5, commitTs: 8 }],
      scanKey: null,
      keys: null,
    };
    store.ask(lock('a', 5));
    store.submit(unlock(['a'], 5));
    const pessimistic = store.submit(resolve);
    expect(store.outcome(pessimistic)).toBe('waits');
    store.applyAll();
    expect(store.outcome(pessimistic)).toBe('ok');

    store.ask(put('a', 5));
    store.submit({ type: 'rollback', keys: ['a'], startTs: 5 });
    const prewritten = store.submit(resolve);
    store.applyAll();
    expect(store.outcome(prewritten)).toBe('TxnLockNotFound');
  });

  test('too many commands that write are told that the server is busy', () => {
    const store = new ScheduledStore({ pendingWritesMax: 2 });
    expect([put('a', 1), put('b', 2)].map((one) => store.submit(one) !== null)).toEqual([
      true,
      true,
    ]);
    expect(store.submit(put('c', 3))).toBeNull();
    expect(store.outcome(store.submit(getRequest('a', 9)))).toBe('ok');
  });

  test('a batch that is given up releases its latches and is not answered', () => {
    const store = new ScheduledStore();
    const lost = store.submit(put('a', 5, { tryOnePc: true }));
    const next = store.submit(put('a', 7));
    expect(store.concurrency.lockTable.size).toBe(1);
    store.giveUp(1);
    store.applyAll();
    expect([store.outcome(lost), store.outcome(next)]).toEqual(['waits', 'ok']);
    expect(store.concurrency.lockTable.size).toBe(0);
  });
});

describe('locks of prewrites under way', () => {
  test('a read between snapshot and applying meets the published lock, or pushes the commit above it', () => {
    const store = new ScheduledStore();
    store.submit(put('a', 5, { tryOnePc: true }));
    expect(store.outcome(store.submit(getRequest('a', 9)))).toBe('KeyIsLocked');
    expect(store.outcome(store.submit(getRequest('a', 5)))).toBe('ok');
    store.applyAll();
    expect(store.ask(getRequest('a', 9))).toEqual({ type: 'get', value: 'v5' });
    store.ask(getRequest('b', 50));
    expect(store.ask(put('b', 20, { tryOnePc: true }))).toMatchObject({ onePcCommitTs: 51 });
  });
});

describe('waiting for locks', () => {
  test('the oldest transaction is woken first, the others a little later', () => {
    const store = new ScheduledStore();
    store.ask(lock('k', 5));
    const young = store.submit(lock('k', 9));
    const old = store.submit(lock('k', 7));
    expect(store.outcome(young)).toBe('waits');
    store.ask(unlock(['k'], 5));
    expect([young, old].map((one) => store.outcome(one))).toEqual(['waits', 'WriteConflict']);
    expect(schedulerDue(store.scheduler)).toBe(20_000);
    store.passTime(20_000);
    expect(store.outcome(young)).toBe('WriteConflict');
    expect(store.answers.get(young as number)).toMatchObject({
      errors: [{ reason: 'PessimisticRetry', conflictStartTs: 5, conflictCommitTs: 0 }],
    });
  });

  test('the commit of the holder is what the woken one is told', () => {
    const store = new ScheduledStore();
    store.ask(put('k', 5));
    const waiter = store.submit(lock('k', 7));
    store.ask(commit('k', 5, 8));
    expect(store.answers.get(waiter as number)).toMatchObject({
      errors: [{ kind: 'WriteConflict', conflictStartTs: 5, conflictCommitTs: 8 }],
    });
  });

  test('in force-lock mode the waiter goes on in the store, and the rest follows the new owner', () => {
    const store = new ScheduledStore();
    store.ask(put('k', 5));
    const forced = store.submit(lock('k', 7, { wakeUpMode: 'ForceLock' }));
    const next = store.submit(lock('k', 9));
    store.ask(commit('k', 5, 8));
    store.applyAll();
    expect(store.answers.get(forced as number)).toMatchObject({
      results: [{ type: 'LockResultLockedWithConflict', lockedWithConflictTs: 8, value: 'v5' }],
    });
    expect(store.outcome(next)).toBe('waits');
    expect(store.detector.edges).toMatchObject([{ waiter: 9, holder: 7, key: 'k' }]);
  });

  test('waiting ends after the store’s bound, or the shorter one of the request', () => {
    const store = new ScheduledStore();
    store.ask(lock('k', 5));
    const short = store.submit(lock('k', 7, { waitTimeoutMs: 100 }));
    const long = store.submit(lock('k', 9, { waitTimeoutMs: 5000 }));
    store.passTime(99_999);
    expect(store.outcome(short)).toBe('waits');
    store.passTime(1);
    expect([short, long].map((one) => store.outcome(one))).toEqual(['KeyIsLocked', 'waits']);
    store.passTime(700_000);
    expect(store.outcome(long)).toBe('KeyIsLocked');
    expect(schedulerDue(store.scheduler)).toBeNull();
  });
});

describe('deadlock', () => {
  test('the one that closes the circle of three is refused, and sees the whole chain', () => {
    const store = new ScheduledStore();
    for (const [key, ts] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      store.ask(lock(key, ts));
    const first = store.submit(lock('b', 1));
    const second = store.submit(lock('c', 2));
    const third = store.submit(lock('a', 3));
    expect([first, second, third].map((one) => store.outcome(one))).toEqual([
      'waits',
      'waits',
      'Deadlock',
    ]);
    expect(store.answers.get(third as number)).toMatchObject({
      errors: [
        {
          lockTs: 1,
          lockKey: 'a',
          deadlockKeyHash: keyHash('c'),
          waitChain: [
            { txn: 1, waitForTxn: 2, key: 'b' },
            { txn: 2, waitForTxn: 3, key: 'c' },
            { txn: 3, waitForTxn: 1, key: 'a' },
          ],
        },
      ],
    });
    store.ask(unlock(['c', 'a'], 3));
    expect(store.outcome(second)).toBe('WriteConflict');
    expect(store.detector.edges).toMatchObject([{ waiter: 1, holder: 2 }]);
  });

  test('edges are forgotten in time, or when the transaction is over', () => {
    const detector = newDeadlockDetector(100);
    const wait = (waiter: number, holder: number) => ({ waiter, holder, key: 'k' });
    expect(detect(detector, wait(1, 2), 0)).toBeNull();
    expect(detect(detector, wait(2, 1), 99)).not.toBeNull();
    expect(detect(detector, wait(2, 1), 100)).toBeNull();
    cleanUp(detector, 2);
    expect(detector.edges).toEqual([]);
  });

  test('there is a deadlock exactly where a circle would be', () => {
    const edge = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 15 }), (edges) => {
        const detector = newDeadlockDetector(1000);
        const holds = new Map<number, Set<number>>();
        const reaches = (from: number, to: number): boolean =>
          from === to || [...(holds.get(from) ?? [])].some((next) => reaches(next, to));
        for (const [waiter, holder] of edges) {
          const isCircle = reaches(holder, waiter);
          const found = detect(detector, { waiter, holder, key: `${holder}` }, 0);
          expect(found !== null).toBe(isCircle);
          if (found === null) holds.set(waiter, (holds.get(waiter) ?? new Set()).add(holder));
          else {
            const chain = found.waitChain;
            chain.forEach(({ waitForTxn }, i) =>
              expect(waitForTxn).toBe((chain[i + 1] ?? chain[0])?.txn),
            );
          }
        }
      }),
    );
  });
});

describe('pessimistic locks in memory', () => {
  test('they cost no batch, block writers, and go with the prewrite', () => {
    const store = new ScheduledStore({ memoryLocks: 8 });
    store.submit(lock('k', 5));
    expect(store.proposed).toEqual([]);
    expect(store.engine.entries('lock')).toEqual([]);
    expect(store.ask(put('k', 7))).toMatchObject({ errors: [{ kind: 'KeyIsLocked' }] });
    const mutations = [mutation('Put', 'k', { pessimisticAction: 'DoPessimisticCheck' })];
    store.ask(put('k', 5, { forUpdateTs: 5, mutations }));
    expect(store.pessimisticLocks.locks.size).toBe(0);
    expect(store.engine.entries('lock').length).toBe(1);
  });

  test('beyond the limit, and while leadership moves, they are written', () => {
    const store = new ScheduledStore({ memoryLocks: 1 });
    store.ask(lock('a', 5));
    store.ask(lock('b', 5));
    expect(store.engine.entries('lock').length).toBe(1);
    store.submit(unlock(['a'], 5));
    // The batch that takes `a` away is on its way: it is not proposed again.
    expect(proposeAll(store.pessimisticLocks, 'TransferringLeader')).toEqual([]);
    store.applyAll();
    store.ask(lock('c', 5));
    expect(store.engine.entries('lock').length).toBe(2);
  });

  test('a crash loses them, and prewrite amends', () => {
    const store = new ScheduledStore({ memoryLocks: 8 });
    store.ask(lock('k', 5));
    resetLocks(store.pessimisticLocks, 'Normal');
    const mutations = [mutation('Put', 'k', { pessimisticAction: 'DoPessimisticCheck' })];
    expect(store.ask(put('k', 5, { forUpdateTs: 5, mutations }))).toMatchObject({
      type: 'prewrite',
    });
  });
});

describe('raw keys', () => {
  const cas = { type: 'raw-cas', key: 'k', previous: null, value: 'cas', ttl: 0 } as const;
  const rawPut = (forCas: boolean) =>
    ({ type: 'raw-put', key: 'k', value: 'put', ttl: 0, forCas }) as const;
  const value = (store: ScheduledStore) => store.ask({ type: 'raw-get', key: 'k' });

  test('a put without latches comes between reading and writing of a compare-and-swap', () => {
    const store = new ScheduledStore();
    const swap = store.submit(cas);
    store.submit(rawPut(false));
    store.apply(2);
    store.apply(1);
    expect(store.outcome(swap)).toBe('ok');
    expect(value(store)).toMatchObject({ value: 'cas' });
  });

  test('with latches it waits, and nothing is lost', () => {
    const store = new ScheduledStore();
    store.submit(cas);
    store.submit(rawPut(true));
    store.applyAll();
    expect(value(store)).toMatchObject({ value: 'put' });
  });
});

test('saved and loaded at any step, the store goes on in the same way', () => {
  const requests = fc.array(
    fc.record({
      kind: fc.constantFrom('put', 'lock', 'unlock', 'commit', 'read', 'apply', 'time'),
      key: fc.constantFrom('a', 'b'),
      ts: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(requests, fc.nat({ max: 40 }), (list, saveAt) => {
      const stores = [
        new ScheduledStore({ memoryLocks: 1 }),
        new ScheduledStore({ memoryLocks: 1 }),
      ];
      list.forEach(({ kind, key, ts }, i) => {
        for (const [which, store] of stores.entries()) {
          if (which === 1 && i % 7 === saveAt % 7) reload(store);
          if (kind === 'apply') {
            if (store.proposed.length > 0) store.apply();
          } else if (kind === 'time') store.passTime(ts * 100_000);
          else if (kind === 'read') store.submit(getRequest(key, ts));
          else if (kind === 'put') store.submit(put(key, ts, { tryOnePc: ts % 2 === 0 }));
          else if (kind === 'lock') store.submit(lock(key, ts));
          else if (kind === 'unlock') store.submit(unlock([key], ts));
          else store.submit(commit(key, ts, ts + 10));
        }
      });
      const [straight, reloaded] = stores as [ScheduledStore, ScheduledStore];
      expect([...reloaded.answers]).toEqual([...straight.answers]);
      expect(reloaded.events).toEqual(straight.events);
      expect(equalPlain(saveScheduler(reloaded.scheduler), saveScheduler(straight.scheduler))).toBe(
        true,
      );
    }),
  );
});

function reload(store: ScheduledStore): void {
  store.scheduler = loadScheduler(JSON.parse(JSON.stringify(saveScheduler(store.scheduler))));
  store.concurrency = loadConcurrencyManager(
    JSON.parse(JSON.stringify(saveConcurrencyManager(store.concurrency))),
  );
  store.pessimisticLocks = loadPessimisticLocks(
    JSON.parse(JSON.stringify(savePessimisticLocks(store.pessimisticLocks))),
  );
  store.detector = JSON.parse(JSON.stringify(store.detector));
}
