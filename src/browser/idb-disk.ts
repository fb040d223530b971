// A node's disk in IndexedDB: a database of its own, an object store for each kind of key, so that the browser's own tools
// show a TiKV store's disk. One transaction a window holds everything that falls due inside it and says which window
// that was. (determinism: rules 9, 11, 13; the model is sim/memory-disk.ts)
//
// Keys of the column families are stored as binary, which IndexedDB orders bytewise; the others as they are. Values are
// plain data, stored readably.

import { deleteDB, unwrap, type IDBPDatabase } from 'idb';
import { assert } from '../base/assert.ts';
import type { Plain } from '../base/plain.ts';
import type { DiskBackend } from '../sim/host.ts';
import type { InputKey } from '../sim/key.ts';
import type { TimedCommand } from '../sim/recording.ts';
import type { NodeId } from '../tikv/ids.ts';
import {
  DISK_STORES,
  type DiskImage,
  type DiskKey,
  type DiskOp,
  type DiskStore,
} from '../tikv/node/node.ts';
import {
  DamagedData,
  DATA_FORMAT,
  isPlain,
  openStored,
  requireFormat,
  requireStores,
} from './stored.ts';

/** The window whose writes were committed last, and the era of the node's life that ran it. */
export interface StoredWindow {
  readonly from: InputKey;
  readonly to: InputKey;
  readonly era: number;
}

/** The starts of a node that its recording tells of so far: a window of an earlier life says nothing of the present one. */
export const eraOf = (node: NodeId, commands: readonly TimedCommand[]): number =>
  commands.filter(
    ({ command }) =>
      command.type === 'power-cut' || (command.type === 'restart' && command.node === node),
  ).length;

type StoredKey = Uint8Array<ArrayBuffer> | string | number | [number, number];

const LOOM = 'loom';
const FORMAT = 'format';
const WINDOW = 'window';

/**
 * The database of a node's disk. `life` counts from 1 the disks that the node has had in this generation: a destroyed
 * one is never used again.
 */
export const diskName = (cluster: string, generation: number, node: NodeId, life = 1): string =>
  `loom/${cluster}/${life === 1 ? generation : `${generation}.${life}`}/${node}`;

export class IdbDisk implements DiskBackend {
  readonly name: string;
  readonly #database: IDBPDatabase;
  readonly #era: number;

  private constructor(database: IDBPDatabase, era: number) {
    this.name = database.name;
    this.#database = database;
    this.#era = era;
  }

  /**
   * Opens the disk, empty where it is new, for a life of that era. Throws DamagedData where it is not one that this Loom
   * can read.
   */
  static async open(name: string, era = 0): Promise<IdbDisk> {
    const disk = await IdbDisk.#open(name, true, era);
    assert(disk !== null, 'a disk that may be created is opened');
    return disk;
  }

  /** Opens a disk that exists; null where there is none. Throws DamagedData as `open` does. */
  static openExisting(name: string, era = 0): Promise<IdbDisk | null> {
    return IdbDisk.#open(name, false, era);
  }

  static async #open(name: string, create: boolean, era: number): Promise<IdbDisk | null> {
    const database = await openStored(name, create, (fresh) => {
      for (const store of DISK_STORES) fresh.createObjectStore(store);
      unwrap(fresh.createObjectStore(LOOM)).put(DATA_FORMAT, FORMAT);
    });
    if (database === null) return null;
    requireStores(database, [...DISK_STORES, LOOM]);
    const disk = new IdbDisk(database, era);
    try {
      requireFormat(`${name}, loom`, await database.get(LOOM, FORMAT));
    } catch (error) {
      disk.close();
      throw error;
    }
    return disk;
  }

  /** Everything, in key order, of one moment. Throws DamagedData where a row is not what Loom writes. */
  async load(): Promise<DiskImage> {
    const transaction = this.#database.transaction(DISK_STORES, 'readonly');
    const image: Partial<Record<DiskStore, (readonly [DiskKey, Plain])[]>> = {};
    await Promise.all(
      DISK_STORES.map(async (store) => {
        const rows = transaction.objectStore(store);
        const [keys, values] = await this.#read(store, () =>
          Promise.all([rows.getAllKeys(), rows.getAll()]),
        );
        if (keys.length === 0) return;
        image[store] = keys.map((key, i) => this.#row(store, key, values[i]));
      }),
    );
    return image;
  }

  /** The window of the last commit; null where nothing was ever committed. Throws DamagedData where it is unreadable. */
  async window(): Promise<StoredWindow | null> {
    const stored = await this.#read(LOOM, () => this.#database.get(LOOM, WINDOW));
    if (stored === undefined) return null;
    const { from, to, era } = (stored ?? {}) as Partial<StoredWindow>;
    if (isInputKey(from) && isInputKey(to) && isWhole(era)) return { from, to, era };
    throw new DamagedData(`${this.name}, loom`, 'The last window cannot be read.');
  }

  /** Resolves once the transaction is complete; rejects, with nothing of it written, where the browser refuses it. */
  async commit(
    ops: readonly DiskOp[],
    window: { readonly from: InputKey; readonly to: InputKey },
  ): Promise<void> {
    const touched = new Set<string>(ops.map((op) => op.store)).add(LOOM);
    const transaction = this.#database.transaction([...touched], 'readwrite', {
      durability: 'relaxed',
    });
    const done = transaction.done;
    try {
      for (const op of ops) apply(unwrap(transaction.objectStore(op.store)), op);
      unwrap(transaction.objectStore(LOOM)).put(
        { from: window.from, to: window.to, era: this.#era } satisfies StoredWindow,
        WINDOW,
      );
      transaction.commit();
    } catch (error) {
      done.catch(() => undefined);
      transaction.abort();
      throw error;
    }
    await done;
  }

  /** Replaces everything, in one transaction: the disk begins with this image. */
  async fill(image: DiskImage): Promise<void> {
    const transaction = this.#database.transaction([...DISK_STORES, LOOM], 'readwrite');
    for (const store of DISK_STORES) {
      const rows = unwrap(transaction.objectStore(store));
      rows.clear();
      for (const [key, value] of image[store] ?? []) rows.put(value, storedKey(store, key));
    }
    unwrap(transaction.objectStore(LOOM)).delete(WINDOW);
    await transaction.done;
  }

  close(): void {
    this.#database.close();
  }

  /** A failed read of what is stored is damage; there is nothing else that it could be. */
  async #read<T>(store: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw new DamagedData(`${this.name}, ${store}`, `It cannot be read back (${String(error)}).`);
    }
  }

  #row(store: DiskStore, stored: IDBValidKey, value: unknown): readonly [DiskKey, Plain] {
    const key = diskKey(store, stored);
    if (key === null)
      throw new DamagedData(`${this.name}, ${store}`, `A key has another form than Loom's.`);
    if (!isPlain(value))
      throw new DamagedData(
        `${this.name}, ${store}, ${JSON.stringify(key)}`,
        `The value is not one that Loom writes.`,
      );
    return [key, value];
  }
}

/** Takes a disk away; resolves when it is gone, also where it never was. */
export const deleteDisk = (name: string): Promise<void> => deleteDB(name);

function apply(rows: IDBObjectStore, op: DiskOp): void {
  switch (op.type) {
    case 'put':
      rows.put(op.value, storedKey(op.store, op.key));
      return;
    case 'delete':
      rows.delete(storedKey(op.store, op.key));
      return;
    case 'delete-range': {
      const range = rangeOf(op.store, op.from, op.to);
      if (range === null) rows.clear();
      else if (range !== 'empty') rows.delete(range);
    }
  }
}

/** `from` ≤ key < `to`; null: everything. An empty string has no binary form, and every key lies behind it. */
function rangeOf(
  store: DiskStore,
  from: DiskKey,
  to: DiskKey | null,
): IDBKeyRange | 'empty' | null {
  const low = from === '' ? null : storedKey(store, from);
  if (to === null) return low === null ? null : IDBKeyRange.lowerBound(low);
  if (to === '') return 'empty';
  const high = storedKey(store, to);
  if (low === null) return IDBKeyRange.upperBound(high, true);
  return indexedDB.cmp(low, high) < 0 ? IDBKeyRange.bound(low, high, false, true) : 'empty';
}

const isColumnFamily = (store: DiskStore) => store.startsWith('cf_');

function storedKey(store: DiskStore, key: DiskKey): StoredKey {
  if (typeof key === 'number') return key;
  if (typeof key !== 'string') return [key[0], key[1]];
  assert(key !== '', `${store}: a key is never empty`);
  if (!isColumnFamily(store)) return key;
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}

/** The key as the engine knows it; null where no Loom wrote it. */
function diskKey(store: DiskStore, stored: IDBValidKey): DiskKey | null {
  if (isColumnFamily(store)) {
    if (!(stored instanceof ArrayBuffer) || stored.byteLength === 0) return null;
    let bytes = '';
    for (const unit of new Uint8Array(stored)) bytes += String.fromCharCode(unit);
    return bytes;
  }
  if (store === 'raft_log') {
    if (!Array.isArray(stored) || stored.length !== 2) return null;
    const [region, index] = stored;
    return isWhole(region) && isWhole(index) ? [region, index] : null;
  }
  return typeof stored === 'string' || isWhole(stored) ? stored : null;
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

export function isInputKey(value: unknown): value is InputKey {
  return Array.isArray(value) && value.length === 4 && value.every(isWhole);
}
