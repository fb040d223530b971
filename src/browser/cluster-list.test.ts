import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, expect, test } from 'vitest';
import { ClusterList, LIST_NAME, type ClusterEntry } from './cluster-list.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

const entry = (id: string, created: number): ClusterEntry => ({
  id,
  name: `Cluster ${id}`,
  created,
  seed: 7,
  stores: 3,
  clients: 1,
  settings: {},
  generation: 1,
  last: 1,
  aside: null,
});

test('clusters are listed oldest first; one row is replaced as a whole', async () => {
  const list = await ClusterList.open();
  await list.put(entry('b', 2));
  await list.put(entry('a', 5));
  await list.put({ ...entry('b', 2), generation: 2, last: 2, aside: 1 });
  list.close();
  const again = await ClusterList.open();
  expect((await again.all()).map(({ id, generation }) => [id, generation])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

test('the cluster that was opened last is known, until it is deleted', async () => {
  const list = await ClusterList.open();
  await list.put(entry('a', 1));
  await list.setRecent('a');
  expect(await list.recent()).toBe('a');
  await list.remove('a');
  expect(await list.recent()).toBeNull();
});

test('a row that cannot be read is told as damage', async () => {
  (await ClusterList.open()).close();
  const database = await openDB(LIST_NAME);
  await database.put('clusters', { id: 'a' }, 'a');
  database.close();
  const list = await ClusterList.open();
  await expect(list.all()).rejects.toMatchObject({
    name: 'DamagedData',
    where: 'loom/clusters, clusters',
  });
});
