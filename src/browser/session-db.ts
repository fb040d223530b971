// What a cluster's databases hold beside the disks: for each generation the beginning of its recording, the commands, and
// how far the clock had come. A command is here before it is carried out. (determinism: rules 12, 15, 16)

import { deleteDB, unwrap, type IDBPDatabase } from 'idb';
import type { InputKey } from '../sim/key.ts';
import type { Recording, TimedCommand } from '../sim/recording.ts';
import { isInputKey } from './idb-disk.ts';
import { DamagedData, DATA_FORMAT, openStored, requireFormat, requireStores } from './stored.ts';

/** How a recording begins; `build` is the engine that has run it so far. */
export interface Head {
  readonly recording: Pick<Recording, 'format' | 'seed' | 'cluster' | 'base'>;
  readonly build: string;
}

/** Everything up to here has been run: all inputs up to `after`, and the time until `at`. */
export interface Clock {
  readonly at: number;
  readonly after: InputKey | null;
}

export interface StoredSession {
  readonly head: Head;
  readonly commands: readonly TimedCommand[];
  readonly clock: Clock;
}

export const sessionName = (cluster: string): string => `loom/${cluster}/session`;

const STORES = ['loom', 'heads', 'commands', 'clocks'] as const;
const BEGINNING: Clock = { at: 0, after: null };
const relaxed = { durability: 'relaxed' } as const;

export class SessionDb {
  readonly name: string;
  readonly #database: IDBPDatabase;

  private constructor(database: IDBPDatabase) {
    this.name = database.name;
    this.#database = database;
  }

  /** Opens it, or makes it. Throws DamagedData where it is there and cannot be read. */
  static async open(cluster: string): Promise<SessionDb> {
    const name = sessionName(cluster);
    const database = (await openStored(name, true, (fresh) => {
      for (const store of STORES) {
        const rows = unwrap(fresh.createObjectStore(store));
        if (store === 'loom') rows.put(DATA_FORMAT, 'format');
      }
    })) as IDBPDatabase;
    requireStores(database, STORES);
    const session = new SessionDb(database);
    try {
      requireFormat(`${name}, loom`, await database.get('loom', 'format'));
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  /** A generation begins, with nothing in it. */
  async begin(generation: number, head: Head): Promise<void> {
    const transaction = this.#database.transaction(
      ['heads', 'commands', 'clocks'],
      'readwrite',
      relaxed,
    );
    unwrap(transaction.objectStore('heads')).put(head, generation);
    unwrap(transaction.objectStore('commands')).delete(commandsOf(generation));
    unwrap(transaction.objectStore('clocks')).put(BEGINNING, generation);
    await transaction.done;
  }

  /** What is stored of a generation; null where it never began. Throws DamagedData where a row cannot be read. */
  async read(generation: number): Promise<StoredSession | null> {
    const transaction = this.#database.transaction(['heads', 'commands', 'clocks'], 'readonly');
    const [head, keys, commands, clock] = await Promise.all([
      transaction.objectStore('heads').get(generation) as Promise<unknown>,
      transaction.objectStore('commands').getAllKeys(commandsOf(generation)),
      transaction.objectStore('commands').getAll(commandsOf(generation)) as Promise<unknown[]>,
      transaction.objectStore('clocks').get(generation) as Promise<unknown>,
    ]).catch((error: unknown) => {
      throw new DamagedData(this.name, `It cannot be read back (${String(error)}).`);
    });
    if (head === undefined) return null;
    if (!isHead(head))
      throw this.#damage('heads', generation, 'The beginning of the recording cannot be read.');
    if (!isClock(clock)) throw this.#damage('clocks', generation, 'The clock cannot be read.');
    for (const [n, key] of keys.entries()) {
      if (!Array.isArray(key) || key[1] !== n)
        throw this.#damage('commands', n, `Command ${n + 1} is missing.`);
      if (!isTimedCommand(commands[n]))
        throw this.#damage('commands', n, `Command ${n + 1} cannot be read.`);
    }
    return { head, commands: commands as TimedCommand[], clock };
  }

  /** The newest generation that ever began, and how; null where none did. */
  async latest(): Promise<{ readonly generation: number; readonly head: Head } | null> {
    const keys = await this.#database.getAllKeys('heads');
    const generation = Math.max(0, ...keys.map(Number));
    const stored = await this.read(generation);
    return stored === null ? null : { generation, head: stored.head };
  }

  /** Stores these commands from `index` on, in place of all that stood there, and moves the clock to the last of them. */
  async command(
    generation: number,
    index: number,
    commands: readonly TimedCommand[],
  ): Promise<void> {
    const last = commands.at(-1);
    if (last === undefined) return;
    const transaction = this.#database.transaction(['commands', 'clocks'], 'readwrite', relaxed);
    const rows = unwrap(transaction.objectStore('commands'));
    rows.delete(commandsOf(generation, index));
    for (const [i, timed] of commands.entries()) rows.put(timed, [generation, index + i]);
    const clock: Clock = { at: last.at, after: last.after };
    unwrap(transaction.objectStore('clocks')).put(clock, generation);
    transaction.commit();
    await transaction.done;
  }

  async clock(generation: number, clock: Clock): Promise<void> {
    const transaction = this.#database.transaction('clocks', 'readwrite', relaxed);
    unwrap(transaction.store).put({ at: clock.at, after: clock.after }, generation);
    transaction.commit();
    await transaction.done;
  }

  /** Takes a generation out. */
  async forget(generation: number): Promise<void> {
    const transaction = this.#database.transaction(
      ['heads', 'commands', 'clocks'],
      'readwrite',
      relaxed,
    );
    unwrap(transaction.objectStore('heads')).delete(generation);
    unwrap(transaction.objectStore('commands')).delete(commandsOf(generation));
    unwrap(transaction.objectStore('clocks')).delete(generation);
    await transaction.done;
  }

  close(): void {
    this.#database.close();
  }

  #damage(store: string, key: number, what: string): DamagedData {
    return new DamagedData(`${this.name}, ${store}, ${key}`, what);
  }
}

/** Takes the whole database away. */
export const deleteSession = (cluster: string): Promise<void> => deleteDB(sessionName(cluster));

const commandsOf = (generation: number, from = 0): IDBKeyRange =>
  IDBKeyRange.bound([generation, from], [generation, []]);

// What the recording says is checked by the lab, as any recording is; here it is only told from garbage.

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isHead(value: unknown): value is Head {
  if (!isRecord(value) || typeof value['build'] !== 'string') return false;
  const recording = value['recording'];
  return (
    isRecord(recording) && Number.isSafeInteger(recording['seed']) && isRecord(recording['cluster'])
  );
}

function isClock(value: unknown): value is Clock {
  return isRecord(value) && isInstant(value['at'], value['after']);
}

function isTimedCommand(value: unknown): value is TimedCommand {
  return (
    isRecord(value) &&
    isInstant(value['at'], value['after']) &&
    isRecord(value['command']) &&
    typeof value['command']['type'] === 'string'
  );
}

const isInstant = (at: unknown, after: unknown): boolean =>
  Number.isSafeInteger(at) && (after === null || isInputKey(after));
