// The clusters of this origin, and of each which generation of databases holds: the rows of `loom/clusters`. A generation
// is a recording and its disks; starting over begins a new one and flips the row, so nothing is half done.

import { deleteDB, unwrap, type IDBPDatabase } from 'idb';
import type { SettingChanges } from '../tikv/config.ts';
import { SessionDb } from './session-db.ts';
import { databasesUnder } from './stored-rows.ts';
import { DamagedData, DATA_FORMAT, openStored, requireFormat, requireStores } from './stored.ts';

export interface ClusterEntry {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly seed: number;
  readonly stores: number;
  readonly clients: number;
  readonly settings: SettingChanges;
  /** The generation that is the cluster now; the greatest one that there ever was is `last`. */
  readonly generation: number;
  readonly last: number;
  /** What the last start over put aside, or null. */
  readonly aside: number | null;
}

export const LIST_NAME = 'loom/clusters';
const RECENT = 'recent';
const DELETED = 'deleted';

export class ClusterList {
  readonly #database: IDBPDatabase;

  private constructor(database: IDBPDatabase) {
    this.#database = database;
  }

  static async open(): Promise<ClusterList> {
    const database = (await openStored(LIST_NAME, true, (fresh) => {
      fresh.createObjectStore('clusters');
      unwrap(fresh.createObjectStore('loom')).put(DATA_FORMAT, 'format');
    })) as IDBPDatabase;
    requireStores(database, ['clusters', 'loom']);
    const list = new ClusterList(database);
    try {
      requireFormat(`${LIST_NAME}, loom`, await database.get('loom', 'format'));
    } catch (error) {
      list.close();
      throw error;
    }
    return list;
  }

  /** Oldest first. Throws DamagedData where a row cannot be read. */
  async all(): Promise<ClusterEntry[]> {
    const rows = (await this.#database.getAll('clusters')) as unknown[];
    return rows.map(entryOf).toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
  }

  async get(id: string): Promise<ClusterEntry | null> {
    const row: unknown = await this.#database.get('clusters', id);
    return row === undefined ? null : entryOf(row);
  }

  /** Adds or replaces a cluster's row, all at once. */
  async put(entry: ClusterEntry): Promise<void> {
    await this.#database.put('clusters', entry, entry.id);
  }

  async remove(id: string): Promise<void> {
    await this.#database.delete('clusters', id);
  }

  /** The cluster that was deleted last, whose databases are kept; null where there is none. */
  async deleted(): Promise<ClusterEntry | null> {
    const row: unknown = await this.#database.get('loom', DELETED);
    return row === undefined ? null : entryOf(row);
  }

  /** The cluster's row leaves the list, and stands aside until `forgetDeleted`. All at once. */
  async putAside(entry: ClusterEntry): Promise<void> {
    const change = this.#database.transaction(['clusters', 'loom'], 'readwrite');
    await Promise.all([
      change.objectStore('clusters').delete(entry.id),
      change.objectStore('loom').put(entry, DELETED),
      change.done,
    ]);
  }

  /** What stands aside is back in the list. */
  async bringBack(entry: ClusterEntry): Promise<void> {
    const change = this.#database.transaction(['clusters', 'loom'], 'readwrite');
    await Promise.all([
      change.objectStore('clusters').put(entry, entry.id),
      change.objectStore('loom').delete(DELETED),
      change.done,
    ]);
  }

  async forgetDeleted(): Promise<void> {
    await this.#database.delete('loom', DELETED);
  }

  /** The cluster that was opened last, here or in another tab; null where it is gone. */
  async recent(): Promise<string | null> {
    const id: unknown = await this.#database.get('loom', RECENT);
    return typeof id === 'string' && (await this.get(id)) !== null ? id : null;
  }

  async setRecent(id: string): Promise<void> {
    await this.#database.put('loom', id, RECENT);
  }

  close(): void {
    this.#database.close();
  }
}

/** The list made anew from the clusters' own databases, in place of one that cannot be read. */
export async function rebuildList(): Promise<ClusterList> {
  await deleteDB(LIST_NAME);
  const list = await ClusterList.open();
  for (const name of await databasesUnder('loom/')) {
    const id = /^loom\/([^/]+)\/session$/.exec(name)?.[1];
    const latest = id === undefined ? null : await latestOf(id);
    if (id === undefined || latest === null) continue;
    const { generation, head } = latest;
    const { seed, cluster } = head.recording;
    const { stores, clients, settings } = cluster;
    const plan = { seed, stores, clients, settings };
    const row = { id, name: `Cluster ${id}`, created: 0, ...plan };
    await list.put({ ...row, generation, last: generation, aside: null });
  }
  return list;
}

/** Null where the session cannot be read either: its databases stay, unlisted. */
async function latestOf(id: string): ReturnType<SessionDb['latest']> {
  try {
    const session = await SessionDb.open(id);
    return await session.latest().finally(() => session.close());
  } catch {
    return null;
  }
}

const WHOLE = ['created', 'seed', 'stores', 'clients', 'generation', 'last'] as const;

function entryOf(row: unknown): ClusterEntry {
  const entry = row as Partial<ClusterEntry> | null;
  const isEntry =
    typeof entry?.id === 'string' &&
    typeof entry.name === 'string' &&
    typeof entry.settings === 'object' &&
    WHOLE.every((field) => Number.isSafeInteger(entry[field])) &&
    (entry.aside === null || Number.isSafeInteger(entry.aside));
  if (!isEntry)
    throw new DamagedData(`${LIST_NAME}, clusters`, 'The row of a cluster cannot be read.');
  return entry as ClusterEntry;
}
