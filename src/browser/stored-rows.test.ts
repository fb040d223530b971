import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { databasesUnder, deleteUnder, dumpUnder, sizeUnder } from './stored-rows.ts';

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  for (const name of ['loom/a/1/s1', 'loom/a/session', 'loom/ab/session']) {
    const database = await openDB(name, 3, {
      upgrade: (fresh) => void fresh.createObjectStore('rows'),
    });
    await database.put('rows', { text: 'v', list: [1, null] }, new Uint8Array([0, 255]));
    await database.put('rows', new Map(), 'map');
    await database.put('rows', undefined, [1, 2]);
    database.close();
  }
});

test('a dump holds every row of every database of a cluster, also what no Loom wrote', async () => {
  const { databases } = JSON.parse(await dumpUnder('loom/a/')) as { databases: unknown[] };
  expect(databases).toHaveLength(2);
  expect(databases[0]).toEqual({
    name: 'loom/a/1/s1',
    stores: {
      rows: [
        ['map', { strange: '[object Map]' }],
        [{ bytes: '00ff' }, { text: 'v', list: [1, null] }],
        [[1, 2], { strange: 'undefined' }],
      ],
    },
  });
});

test("a cluster's size is that of its own rows", async () => {
  const one = await sizeUnder('loom/ab/');
  expect(one).toBeGreaterThan(50);
  expect(await sizeUnder('loom/a/')).toBe(2 * (one as number));
  expect(await sizeUnder('loom/none/')).toBe(0);
});

test('deleting a cluster leaves the others', async () => {
  await deleteUnder('loom/a/');
  expect(await databasesUnder('loom/')).toEqual(['loom/ab/session']);
});
