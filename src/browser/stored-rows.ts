// All of Loom's databases from outside, whatever is in them: how large they are, everything in them as text, and taking
// them away. Nothing here trusts what it reads.

import { deleteDB, openDB } from 'idb';
import { reasonOf } from './stored.ts';

/** The databases whose names begin so, in the order of their names. */
export async function databasesUnder(prefix: string): Promise<string[]> {
  const all = await indexedDB.databases();
  return all.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name] : [])).toSorted();
}

export async function deleteUnder(prefix: string): Promise<void> {
  for (const name of await databasesUnder(prefix)) await deleteDB(name);
}

type Row = readonly [key: unknown, value: unknown];

async function rowsOf(name: string): Promise<[store: string, rows: Row[]][]> {
  const database = await openDB(name);
  try {
    const read = async (store: string): Promise<[string, Row[]]> => {
      const transaction = database.transaction(store, 'readonly');
      const [keys, values] = await Promise.all([
        transaction.store.getAllKeys(),
        transaction.store.getAll() as Promise<unknown[]>,
      ]);
      return [store, keys.map((key, i) => [key, values[i]] as const)];
    };
    return await Promise.all([...database.objectStoreNames].map(read));
  } finally {
    database.close();
  }
}

/** About how many bytes these databases hold, keys and values by their text; null where one cannot be read. */
export async function sizeUnder(prefix: string): Promise<number | null> {
  try {
    let bytes = 0;
    for (const name of await databasesUnder(prefix))
      for (const [, rows] of await rowsOf(name))
        for (const row of rows) bytes += JSON.stringify(readable(row)).length;
    return bytes;
  } catch {
    return null;
  }
}

/** Everything in these databases, as JSON text. A database that cannot be read says why in its place. */
export async function dumpUnder(prefix: string): Promise<string> {
  const databases: unknown[] = [];
  for (const name of await databasesUnder(prefix)) {
    try {
      const stores = Object.fromEntries(
        (await rowsOf(name)).map(([store, rows]) => [store, rows.map(readable)]),
      );
      databases.push({ name, stores });
    } catch (error) {
      databases.push({ name, problem: reasonOf(error) });
    }
  }
  return JSON.stringify({ dump: 'loom-databases/1', databases }, null, 1);
}

/** The value with everything that JSON cannot say put in words. */
function readable(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : { strange: `${value}` };
    case 'object':
      return value === null ? null : readableObject(value);
    default:
      return { strange: typeof value };
  }
}

function readableObject(value: object): unknown {
  if (value instanceof ArrayBuffer) return { bytes: hex(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value))
    return { bytes: hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (Array.isArray(value)) return value.map(readable);
  if (Object.getPrototypeOf(value) !== Object.prototype)
    return { strange: Object.prototype.toString.call(value) };
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, readable(field)]));
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((unit) => unit.toString(16).padStart(2, '0')).join('');
