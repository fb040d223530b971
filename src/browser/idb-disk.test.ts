import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { deleteDB, openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import type { Plain } from '../base/plain.ts';
import { imageDigest, MemoryDisk } from '../sim/memory-disk.ts';
import { DISK_STORES, type DiskKey, type DiskOp, type DiskStore } from '../tikv/node/node.ts';
import { deleteDisk, diskName, IdbDisk } from './idb-disk.ts';

let databases = 0;
const freshName = () => diskName(`test${databases++}`, 1, 's1');
const window = (at: number) => ({ from: [at, -1, 0, 0], to: [at + 1000, -1, 0, 0] }) as const;

const bytes = (minLength: number) =>
  fc
    .array(fc.constantFrom(0, 1, 0x61, 0x7f, 0x80, 0xff), { minLength, maxLength: 4 })
    .map((units) => String.fromCharCode(...units));
const id = fc.oneof(fc.nat(300), fc.constantFrom(2 ** 32, 2 ** 53 - 1));
const text = fc.constantFrom('store_ident', 'bootstrap', 'a', 'b');

function keyIn(store: DiskStore): fc.Arbitrary<DiskKey> {
  if (store.startsWith('cf_')) return bytes(1);
  if (store === 'raft_log') return fc.tuple(fc.nat(3), fc.nat(12));
  return store === 'meta' ? text : id;
}

const boundIn = (store: DiskStore) => (store.startsWith('cf_') ? bytes(0) : keyIn(store));

const value: fc.Arbitrary<Plain> = fc.oneof(
  bytes(0),
  fc.maxSafeInteger(),
  fc.record({ term: fc.nat(), data: bytes(0), peers: fc.array(fc.nat()), none: fc.constant(null) }),
);

const op: fc.Arbitrary<DiskOp> = fc.constantFrom(...DISK_STORES).chain((store) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('put' as const),
        store: fc.constant(store),
        key: keyIn(store),
        value,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('delete' as const),
        store: fc.constant(store),
        key: keyIn(store),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('delete-range' as const),
        store: fc.constant(store),
        from: boundIn(store),
        to: fc.option(boundIn(store)),
      }),
    },
  ),
);

test('after any commits, the database holds exactly what the disk in memory holds, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(op, { maxLength: 12 }), { maxLength: 8 }),
      async (commits) => {
        const name = freshName();
        const disk = await IdbDisk.open(name);
        const model = new MemoryDisk();
        for (const [at, ops] of commits.entries()) {
          await disk.commit(ops, window(at * 1000));
          model.commit(ops);
        }
        disk.close();
        const reopened = await IdbDisk.open(name);
        const image = await reopened.load();
        expect(image).toEqual(model.load());
        expect(imageDigest(image)).toBe(imageDigest(model.load()));
        expect(await reopened.window()).toEqual(
          commits.length === 0 ? null : { ...window((commits.length - 1) * 1000), era: 0 },
        );
        reopened.close();
        await deleteDisk(name);
      },
    ),
    { numRuns: 150 },
  );
});

test('a disk that is filled with an image holds that image and knows of no window', async () => {
  const disk = await IdbDisk.open(freshName());
  await disk.commit([{ type: 'put', store: 'meta', key: 'a', value: 1 }], window(0));
  const image = { cf_write: [['k', 'v']], raft_log: [[[1, 6], { term: 5 }]] } as const;
  await disk.fill(image);
  expect(await disk.load()).toEqual(image);
  expect(await disk.window()).toBeNull();
});

test('an empty key is a bug of ours and stores nothing of its window', async () => {
  const disk = await IdbDisk.open(freshName());
  const ops: DiskOp[] = [
    { type: 'put', store: 'cf_default', key: 'k', value: 'v' },
    { type: 'put', store: 'cf_default', key: '', value: 'v' },
  ];
  await expect(disk.commit(ops, window(0))).rejects.toThrow('never empty');
  expect(await disk.load()).toEqual({});
  expect(await disk.window()).toBeNull();
});

test('looking for a disk that was never made makes none', async () => {
  const name = freshName();
  expect(await IdbDisk.openExisting(name)).toBeNull();
  expect((await indexedDB.databases()).map((each) => each.name)).not.toContain(name);
});

test("each life of a node has a database of its own, and the first has the generation's plain name", () => {
  expect(diskName('c', 1, 's2')).toBe('loom/c/1/s2');
  expect(diskName('c', 1, 's2', 3)).toBe('loom/c/1.3/s2');
});

async function damage(change: (name: string) => Promise<void>): Promise<unknown> {
  const name = freshName();
  const disk = await IdbDisk.open(name);
  await disk.commit([{ type: 'put', store: 'cf_write', key: 'k', value: 'v' }], window(0));
  disk.close();
  await change(name);
  return IdbDisk.open(name)
    .then(async (again: IdbDisk) => [await again.load(), await again.window()])
    .catch((error: unknown) => error);
}

const put = (store: string, key: IDBValidKey, content: unknown) => async (name: string) => {
  const database = await openDB(name);
  await database.put(store, content, key);
  database.close();
};

test.each([
  [
    'a value that is no plain data',
    put('cf_write', new Uint8Array([107]), { a: 1.5 }),
    /cf_write, "k"/,
  ],
  ['a value of another kind', put('raft_state', 2, new Map()), /raft_state, 2/],
  ['a key of another kind', put('cf_lock', 'text', 'v'), /cf_lock/],
  ['a log key that is no pair', put('raft_log', [1], 'v'), /raft_log/],
  ['a window that is no window', put('loom', 'window', { from: 1 }), /loom/],
  ['a format that is no number', put('loom', 'format', 'x'), /loom/],
])('%s is told as damage, with its place', async (_what, change, place) => {
  const error = await damage(change);
  expect(error).toMatchObject({ name: 'DamagedData', later: false });
  expect((error as { where: string }).where).toMatch(place);
});

test('a lost object store is damage', async () => {
  const name = freshName();
  const bare = await openDB(name, 1, {
    upgrade: (database) => void database.createObjectStore('loom'),
  });
  bare.close();
  await expect(IdbDisk.open(name)).rejects.toMatchObject({ what: expect.stringContaining('meta') });
});

test.each([
  ['the number of its format', put('loom', 'format', 2)],
  [
    'the version of the database',
    async (name: string) => {
      (await openDB(name, 9)).close();
    },
  ],
])('a later format is told by %s', async (_by, change) => {
  expect(await damage(change)).toMatchObject({ name: 'DamagedData', later: true });
});

test('a commit that the browser aborts is refused, and nothing of it is stored', async () => {
  const name = freshName();
  const disk = await IdbDisk.open(name);
  await disk.commit([{ type: 'put', store: 'meta', key: 'a', value: 1 }], window(0));
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function refuse(
    this: IDBObjectStore,
  ) {
    this.transaction.abort();
    return this.getAllKeys() as never;
  });
  const ops: DiskOp[] = [{ type: 'put', store: 'meta', key: 'a', value: 2 }];
  await expect(disk.commit(ops, window(5000))).rejects.toThrow();
  put.mockRestore();
  expect(await disk.load()).toEqual({ meta: [['a', 1]] });
  expect(await disk.window()).toEqual({ ...window(0), era: 0 });
  disk.close();
  await deleteDB(name);
});
