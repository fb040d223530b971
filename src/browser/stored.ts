// What all of Loom's databases have in common: the numbers of their formats, and how opening one can end. A database that
// was never made, one that is damaged and one that a newer Loom wrote are three different things.

import { openDB, type IDBPDatabase } from 'idb';
import type { Plain } from '../base/plain.ts';

/** The number of the data's format. It grows when an older Loom could no longer read what is stored. */
export const DATA_FORMAT = 1;

/** Stored data that cannot be read back: where it is, and what is wrong with it, as a sentence. */
export class DamagedData extends Error {
  override readonly name = 'DamagedData';
  readonly where: string;
  readonly what: string;
  /** A newer Loom wrote it: nothing is broken. */
  readonly later: boolean;

  constructor(where: string, what: string, later = false) {
    super(`${where}: ${what}`);
    this.where = where;
    this.what = what;
    this.later = later;
  }
}

/** The text of whatever was thrown. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? error.message === ''
      ? error.name
      : `${error.name}: ${error.message}`
    : String(error);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** True where the browser's storage has no room left. */
export const isQuotaExceeded = (error: unknown): boolean => nameOf(error) === 'QuotaExceededError';

/**
 * Opens a database of Loom's; null where there is none and `create` is false.
 * Throws DamagedData where a newer Loom made it or an object store is missing.
 */
export async function openStored(
  name: string,
  create: boolean,
  fill: (database: IDBPDatabase) => void,
): Promise<IDBPDatabase | null> {
  let absent = false;
  let refused: unknown = null;
  try {
    return await openDB(name, DATA_FORMAT, {
      upgrade(database, _oldVersion, _newVersion, transaction) {
        // Opening fails with its transaction, but says less about why.
        transaction.done.catch((error: unknown) => {
          refused = error;
        });
        if (create) return fill(database);
        absent = true;
        // An aborted upgrade leaves no trace of the database.
        transaction.abort();
      },
    });
  } catch (error) {
    if (absent) return null;
    if (nameOf(error) === 'VersionError') throw laterFormat(name);
    throw refused ?? error;
  }
}

export const laterFormat = (name: string): DamagedData =>
  new DamagedData(name, 'A newer Loom wrote this data; this one cannot read it.', true);

/** Throws where the database lacks one of its object stores. */
export function requireStores(database: IDBPDatabase, names: readonly string[]): void {
  const missing = names.find((name) => !database.objectStoreNames.contains(name));
  if (missing === undefined) return;
  database.close();
  throw new DamagedData(database.name, `The object store ${missing} is missing.`);
}

/** Throws where the stored number of the format is not ours. */
export function requireFormat(where: string, format: unknown): void {
  if (format === DATA_FORMAT) return;
  if (typeof format === 'number' && format > DATA_FORMAT) throw laterFormat(where);
  throw new DamagedData(where, 'The number of its format cannot be read.');
}

/** True for plain data: what Loom stores as a value. */
export function isPlain(value: unknown): value is Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(isPlain);
}
