// Reads while batches are under way: whatever was answered must be what the records say in the end. This is what max_ts
// and the lock table are for; without the one or the other it fails.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getRequest, mutation, prewriteRequest } from '../../testing/model/must-store.ts';
import { ScheduledStore } from '../../testing/model/scheduled-store.ts';
import { MvccReader } from '../mvcc/reader.ts';

type Kind = 'one-phase' | 'async' | 'two-phase';

interface Step {
  readonly does: 'begin' | 'read' | 'apply' | 'go-on';
  readonly key: string;
  readonly kind: Kind;
  readonly n: number;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom('begin', 'read', 'read', 'apply', 'go-on'),
    key: fc.constantFrom('a', 'b'),
    kind: fc.constantFrom('one-phase', 'async', 'two-phase'),
    n: fc.nat({ max: 5 }),
  }),
  { maxLength: 50 },
);

/** Transactions of one key, readers, and a store whose batches are applied late and in any order. */
class World {
  /** One latch for all keys, so that a prewrite may have to wait while others read its key. */
  readonly store = new ScheduledStore({ latchSlots: 1 });
  readonly reads: { readonly key: string; readonly ts: number; readonly value: string | null }[] =
    [];
  readonly txns: {
    readonly key: string;
    readonly kind: Kind;
    readonly startTs: number;
    readonly cookie: number | null;
    isOver: boolean;
  }[] = [];
  tso = 0;

  step({ does, key, kind, n }: Step): void {
    const { store } = this;
    if (does === 'apply') {
      const one = store.proposed[n % Math.max(1, store.proposed.length)];
      if (one !== undefined) store.apply(one.id);
    } else if (does === 'read') {
      const ts = ++this.tso;
      const answer = store.answers.get(store.submit(getRequest(key, ts)) ?? 0);
      if (answer?.type === 'get') this.reads.push({ key, ts, value: answer.value });
    } else if (does === 'begin') this.#begin(key, kind);
    else this.#goOn(n);
  }

  #begin(key: string, kind: Kind): void {
    const startTs = ++this.tso;
    const cookie = this.store.submit(
      prewriteRequest({
        primary: key,
        startTs,
        mutations: [mutation('Put', key, { value: `${startTs}` })],
        tryOnePc: kind === 'one-phase',
        useAsyncCommit: kind === 'async',
      }),
    );
    this.txns.push({ key, kind, startTs, cookie, isOver: kind === 'one-phase' });
  }

  /** Commits a transaction that is prewritten. */
  #goOn(n: number): void {
    const ready = this.txns.filter(
      ({ isOver, cookie }) => !isOver && this.store.answers.get(cookie ?? 0)?.type === 'prewrite',
    );
    const txn = ready[n % Math.max(1, ready.length)];
    if (txn === undefined) return;
    txn.isOver = true;
    const answer = this.store.answers.get(txn.cookie ?? 0);
    const minCommitTs = answer?.type === 'prewrite' ? answer.minCommitTs : 0;
    const commitTs = txn.kind === 'async' ? minCommitTs : ++this.tso;
    this.store.submit({ type: 'commit', keys: [txn.key], startTs: txn.startTs, commitTs });
  }

  /** Reads that the records contradict. */
  contradicted(): number {
    this.store.applyAll();
    for (let n = 0; n < this.txns.length; n++) this.#goOn(0);
    this.store.applyAll();
    const reader = new MvccReader(this.store.engine);
    return this.reads.filter(({ key, ts, value }) => reader.getValue(key, ts) !== value).length;
  }
}

function play(list: readonly Step[], spoil: (world: World) => void = () => {}): number {
  const world = new World();
  for (const step of list) {
    spoil(world);
    world.step(step);
  }
  return world.contradicted();
}

test('what a read was told is what the records say when everything is applied', () => {
  fc.assert(
    fc.property(steps, (list) => {
      expect(play(list)).toBe(0);
    }),
    { numRuns: 400 },
  );
});

const contradicts = (spoil: (world: World) => void): boolean => {
  const details = fc.check(
    fc.property(steps, (list) => play(list, spoil) === 0),
    { numRuns: 2000, seed: 1 },
  );
  return details.failed;
};

test('without max_ts a commit lands below a read', () => {
  expect(contradicts(({ store }) => (store.broken = ['mut:M27']))).toBe(true);
});

test('without the lock table a read passes a commit that is under way', () => {
  expect(contradicts(({ store }) => store.concurrency.lockTable.clear())).toBe(true);
});

test('without looking at locks at all', () => {
  expect(contradicts(({ store }) => (store.broken = ['mut:M20']))).toBe(true);
});
