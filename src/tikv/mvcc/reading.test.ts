// Reads against the plainest reference there is: a list of commits. Points, scans both ways, and before and after GC.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutation, MustStore, prewriteRequest } from '../../testing/model/must-store.ts';
import { scanRequest } from '../../testing/model/must-store.ts';
import type { MvccEvent } from './event.ts';
import { eventsOfBatch } from './batch-events.ts';
import { TS_MAX } from './timestamp.ts';

const KEYS = ['', 'a', 'a\0', 'b', 'bbbbbbbb', 'bbbbbbbbb', 'c'];
const LONG = 'v'.repeat(300);

interface Step {
  readonly op: (typeof OPS)[number];
  readonly key: string;
  readonly isLong: boolean;
}

const OPS = ['Put', 'Put', 'Put', 'Del', 'Lock', 'rollback', 'leave', 'overlap'] as const;

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    op: fc.constantFrom(...OPS),
    key: fc.constantFrom(...KEYS),
    isLong: fc.boolean(),
  }),
  { maxLength: 60 },
);

/** A store with a history, and what every key was at every time. */
class History {
  readonly store = new MustStore();
  readonly commits: { key: string; commitTs: number; value: string | null }[] = [];
  readonly locked = new Map<string, number>();
  ts = 0;

  apply({ op, key, isLong }: Step): void {
    const { store } = this;
    if (this.locked.has(key)) return;
    const startTs = (this.ts += 2);
    const value = `${startTs}${isLong ? LONG : ''}`;
    if (op === 'overlap') {
      const last = this.commits.findLast((commit) => commit.key === key);
      // A protected rollback exactly where a commit of this key stands.
      if (last !== undefined) store.mustCleanup(key, last.commitTs);
      return;
    }
    const kind = op === 'Del' || op === 'Lock' ? op : 'Put';
    const mutations = [mutation(kind, key, { value: kind === 'Put' ? value : '' })];
    store.must(prewriteRequest({ primary: key, mutations, startTs }));
    if (op === 'leave') {
      this.locked.set(key, startTs);
      return;
    }
    if (op === 'rollback') return store.mustRollback(key, startTs);
    const commitTs = (this.ts += 2);
    store.mustCommit(key, startTs, commitTs);
    if (kind !== 'Lock') {
      this.commits.push({ key, commitTs, value: kind === 'Put' ? value : null });
    }
  }

  at(key: string, ts: number): string | null {
    return (
      this.commits.findLast((commit) => commit.key === key && commit.commitTs <= ts)?.value ?? null
    );
  }

  /** What a scan at `ts` must answer, ascending. */
  all(ts: number): (readonly [string, string | number])[] {
    const sorted = KEYS.toSorted((a, b) => (a < b ? -1 : 1));
    return sorted.flatMap((key): (readonly [string, string | number])[] => {
      const lockTs = this.locked.get(key);
      if (lockTs !== undefined && lockTs <= ts) return [[key, lockTs]];
      const value = this.at(key, ts);
      return value === null ? [] : [[key, value]];
    });
  }
}

test('a point read is what the list of commits says, or names the lock', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 260 }), (list, ts) => {
      const history = new History();
      for (const step of list) history.apply(step);
      for (const key of KEYS) {
        const lockTs = history.locked.get(key);
        if (lockTs !== undefined && lockTs <= ts) {
          expect(history.store.mustBeLockedFor(key, ts).lockVersion).toBe(lockTs);
        } else expect(history.store.mustGet(key, ts)).toBe(history.at(key, ts));
      }
    }),
  );
});

test('a scan says of every key what a point read says, forward and in reverse', () => {
  fc.assert(
    fc.property(
      steps,
      fc.nat({ max: 260 }),
      fc.constantFrom(...KEYS),
      fc.constantFrom(...KEYS, null),
      (list, ts, startKey, endKey) => {
        const history = new History();
        for (const step of list) history.apply(step);
        const { store } = history;
        const all = history.all(ts);
        expect(store.scanned(ts)).toEqual(all);
        const inside = all.filter(([key]) => key >= startKey && (endKey === null || key < endKey));
        expect(store.scanned(ts, { startKey, endKey })).toEqual(inside);
        const reverse = { startKey: endKey ?? '', endKey: startKey, reverse: true };
        const isOpen = endKey === null || endKey === '';
        const under = all.filter(([key]) => key >= startKey && (isOpen || key < (endKey ?? '')));
        expect(store.scanned(ts, reverse)).toEqual(under.toReversed());
        expect(store.scanned(ts, { limit: 2 })).toEqual(all.slice(0, 2));
      },
    ),
  );
});

test('GC changes no answer at or above the safe point, and leaves nothing that nobody can see', () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 130 }), (list, half) => {
      const history = new History();
      for (const step of list) history.apply(step);
      const { store } = history;
      const safePoint = half * 2;
      store.collect(safePoint);
      for (let ts = safePoint; ts <= history.ts + 2; ts += 2) {
        expect(store.scanned(ts)).toEqual(history.all(ts));
      }
      for (const key of KEYS) {
        const info = store.must<'mvcc-get-by-key'>({ type: 'mvcc-get-by-key', key });
        const old = info.writes.filter(({ commitTs }) => commitTs <= safePoint);
        expect(old.length).toBeLessThanOrEqual(1);
        expect(old.every(({ write }) => write.type === 'Put')).toBe(true);
        // A long value lives as long as its record or its lock.
        const owners = [...info.writes.map(({ write }) => write.startTs), info.lock?.startTs];
        expect(info.values.every(({ startTs }) => owners.includes(startTs))).toBe(true);
      }
    }),
  );
});

test('many versions, locks and rollbacks between two keys are jumped over', () => {
  const store = new MustStore();
  for (const key of ['a', 'b']) {
    for (let ts = 10; ts < 400; ts += 10) store.mustPut(key, `${ts}`, [ts, ts + 5]);
  }
  expect(store.scanned(112)).toEqual([
    ['a', '100'],
    ['b', '100'],
  ]);
  expect(store.scanned(112, { reverse: true })).toEqual([
    ['b', '100'],
    ['a', '100'],
  ]);
});

test('a snapshot does not change while the store does', () => {
  const store = new MustStore();
  store.mustPut('k', 'old', [1, 2]);
  const before = store.engine.snapshot();
  store.mustPut('k', 'new', [3, 4]);
  expect([...before.range('write')].length).toBe(1);
  expect(store.mustGet('k', 5)).toBe('new');
});

test('a scan stays inside the Region', () => {
  const store = new MustStore();
  for (const key of ['a', 'b', 'c']) store.mustPut(key, key, [1, 2]);
  expect(store.execute(scanRequest('', TS_MAX, { keyOnly: true })).response).toEqual({
    type: 'scan',
    pairs: ['a', 'b', 'c'].map((key) => ({ key, value: '', error: null })),
  });
});

test('a batch tells what it does, in its order, with the greatest timestamp in words', () => {
  const store = new MustStore();
  const long = store.dryRun(
    prewriteRequest({
      primary: 'k',
      startTs: 5,
      mutations: [mutation('Put', 'k', { value: LONG })],
    }),
  );
  const [value, lock] = eventsOfBatch(long.batch);
  expect(value).toEqual({ type: 'mvcc/value-written', key: 'k', startTs: 5, value: LONG });
  expect(lock).toMatchObject({ type: 'mvcc/lock-written', key: 'k', startTs: 5, shortValue: null });
  store.engine.write(long.batch);
  const commit = store.dryRun({ type: 'commit', keys: ['k'], startTs: 5, commitTs: 8 });
  expect(eventsOfBatch(commit.batch)).toEqual([
    {
      type: 'mvcc/write-written',
      key: 'k',
      commitTs: 8,
      startTs: 5,
      writeType: 'Put',
      protected: false,
      overlappedRollback: false,
      gcFence: null,
      shortValue: null,
    } satisfies MvccEvent,
    { type: 'mvcc/lock-removed', key: 'k' } satisfies MvccEvent,
  ]);
});
