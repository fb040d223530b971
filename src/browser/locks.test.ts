import { afterEach, expect, test, vi } from 'vitest';
import { browserLocks, claim, type Locks } from './locks.ts';

/** Enough of a lock manager: exclusive locks, waited for in order. */
function fakeManager(): LockManager {
  const tails = new Map<string, Promise<unknown>>();
  const request = (name: string, _options: unknown, held: (lock: object) => Promise<unknown>) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(() => held({ name }));
    tails.set(name, turn);
    return turn;
  };
  return { request } as unknown as LockManager;
}

function locksOf(manager: LockManager | undefined): Locks {
  vi.stubGlobal('navigator', { locks: manager });
  return browserLocks();
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a cluster that another tab has is refused as soon as that tab says so', async () => {
  const locks = locksOf(fakeManager());
  const release = await claim(locks, 'c');
  expect(release).not.toBeNull();
  expect(await claim(locks, 'c')).toBeNull();
  const other = await claim(locks, 'd');
  expect(other).not.toBeNull();
  other?.();
  release?.();
  const next = await claim(locks, 'c');
  expect(next).not.toBeNull();
  next?.();
});

test('the lock of a tab that is ending, and answers nobody, is waited for', async () => {
  const locks = locksOf(fakeManager());
  const dying = await locks.hold('c');
  const claimed = claim(locks, 'c');
  dying();
  const release = await claimed;
  expect(release).not.toBeNull();
  release?.();
});

test('giving up is heard even where the manager overhears it, and the lock is let go of when it comes', async () => {
  const locks = locksOf(fakeManager());
  const release = await locks.hold('c');
  const giveUp = new AbortController();
  const waiting = locks.hold('c', giveUp.signal);
  giveUp.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  release();
  (await locks.hold('c'))();
});

test('without locks, an owner that answers still is one', async () => {
  const locks = locksOf(undefined);
  expect(locks.exclusive).toBe(false);
  const release = await claim(locks, 'c');
  expect(release).not.toBeNull();
  expect(await claim(locks, 'c')).toBeNull();
  release?.();
  const next = await claim(locks, 'c');
  expect(next).not.toBeNull();
  next?.();
});
