// What the inspector of a key shows: rows of LOCK, WRITE and DEFAULT, the marks of the slider, the answer of a read. Plain
// data, made from a world; what a read finds is asked of the engine's own rules.

import { textOf, type Bytes } from '../../base/bytes.ts';
import {
  ordinalOf,
  versionsOn,
  type KeyVersions,
  type LockRow,
  type WriteRow,
} from '../../projections/mvcc.ts';
import { leaderOfKey, storeOfKey, versionsNow } from '../../projections/key-home.ts';
import {
  lifeLeft,
  readWords,
  valueOf,
  type ReadWords,
} from '../../projections/words/explain-versions.ts';
import { tsWord } from '../../projections/words/explain-txn.ts';
import { nodeName, shown } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { tsOf, type PlainTs } from '../../tikv/mvcc/timestamp.ts';

export interface BoxModel {
  readonly head: string;
  readonly under: string;
  /** All of it, for the tooltip. */
  readonly whole: string;
  readonly state: 'plain' | 'lock' | 'hidden' | 'picked' | 'rollback';
}

export interface RowModel {
  readonly key: string;
  readonly lock: BoxModel | null;
  readonly write: BoxModel | null;
  readonly value: BoxModel | null;
}

export interface MarkModel {
  readonly n: number;
  readonly word: string;
  readonly kind: 'commit' | 'rollback' | 'lock';
}

export interface MvccModel {
  readonly title: string;
  readonly under: string;
  readonly stores: readonly { readonly store: NodeId; readonly leads: boolean }[];
  readonly store: NodeId | null;
  /** Where the lock's transaction has its truth, if that is another key. */
  readonly primary: Bytes | null;
  readonly rows: readonly RowModel[];
  readonly more: number;
  readonly marks: readonly MarkModel[];
  readonly from: number;
  readonly to: number;
  /** The place of the slider: the n-th timestamp of PD. */
  readonly n: number;
  readonly read: ReadWords | null;
}

/** Rows drawn; older versions are counted. */
const ROWS_SHOWN = 12;

/** What is chosen in the inspector: null is what it chooses itself. */
export interface Chosen {
  readonly key: Bytes;
  readonly store: NodeId | null;
  readonly n: number | null;
}

export function mvccModel(world: World, chosen: Chosen): MvccModel {
  const { key } = chosen;
  const store = chosen.store ?? storeOfKey(world, key);
  const versions = store === null ? null : versionsOn(world.transactions, store, key);
  const holders = Object.keys(world.transactions.versions);
  const leader = leaderOfKey(world, key);
  const stores = holders.toSorted().map((each) => ({ store: each, leads: each === leader }));
  const base = { title: shown(key), stores, store };
  if (store === null || versions === null || isBare(versions)) {
    const under = `${shown(key)} has no version at any timestamp.`;
    return { ...base, ...NOTHING, under };
  }
  const marks = marksOf(world, versions);
  const { from, to } = rangeOf(world, marks);
  const n = Math.min(to, Math.max(from, chosen.n ?? placeToBegin(marks, to)));
  const read = readWords(world, versions, { ts: timestampAt(world, n), me: `${n}` });
  const applied = world.replicas[store]?.[versions.region]?.applied ?? 0;
  const role = store === leader ? `its leader ${nodeName(store)}` : nodeName(store);
  const rows = rowsOf(world, versions, read.picked);
  const { lock } = versions;
  return {
    ...base,
    under: `in Region ${versions.region}, on ${role}, applied to ${applied}`,
    primary: lock === null || lock.primary === key ? null : lock.primary,
    rows: rows.slice(0, ROWS_SHOWN),
    more: rows.length - Math.min(rows.length, ROWS_SHOWN) + versions.dropped,
    marks,
    from,
    to,
    n,
    read,
  };
}

const NOTHING = { primary: null, rows: [], more: 0, marks: [], from: 0, to: 1, n: 0, read: null };

const isBare = ({ lock, writes, dropped }: KeyVersions): boolean =>
  lock === null && writes.length === 0 && dropped === 0;

/** Rows by start, the newest on top: the lock's, then the versions. */
function rowsOf(world: World, versions: KeyVersions, picked: number | null): RowModel[] {
  const { lock, writes } = versions;
  const rows = writes.map((write) => versionRow(world, versions, { write, picked }));
  return lock === null ? rows : [lockRow(world, versions, lock), ...rows];
}

function lockRow(world: World, versions: KeyVersions, lock: LockRow): RowModel {
  const at = tsWord(world, lock.startTs);
  const life = lifeLeft(world, lock);
  const long = versions.values.find(({ startTs }) => startTs === lock.startTs)?.value;
  const value = lock.shortValue ?? long ?? null;
  const owner = `Lock of the transaction that began at ${at}, ${lock.lockType}`;
  return {
    key: `lock ${lock.startTs}`,
    lock: {
      head: `${at} ${lock.lockType}`,
      under: life === null ? 'expired' : `${life} to live`,
      whole: `${owner}; its primary is ${textOf(lock.primary)}; start_ts ${lock.startTs}, ttl ${lock.ttl} ms`,
      state: 'lock',
    },
    write: null,
    value:
      value === null
        ? null
        : {
            ...valueBox(at, value, lock.shortValue !== null),
            under: 'not visible',
            state: 'hidden',
          },
  };
}

function versionRow(
  world: World,
  versions: KeyVersions,
  { write, picked }: { readonly write: WriteRow; readonly picked: number | null },
): RowModel {
  const [at, start] = [tsWord(world, write.commitTs), tsWord(world, write.startTs)];
  const key = `write ${write.commitTs}`;
  const isPicked = picked !== null && picked === tsOf(write.commitTs);
  if (write.writeType === 'Rollback') {
    const kind = write.protected ? 'protected' : 'may be collapsed';
    const whole = `Rollback of the transaction that began at ${at}, ${kind}; start_ts ${write.startTs}`;
    return {
      key,
      lock: null,
      write: { head: at, under: 'Rollback', whole, state: 'rollback' },
      value: null,
    };
  }
  const value = write.writeType === 'Put' ? valueOf(versions, write) : null;
  const state = isPicked ? ('picked' as const) : ('plain' as const);
  const own = value === null ? null : valueBox(start, value, write.shortValue !== null);
  return {
    key,
    lock: null,
    write: {
      head: `${at} to ${start}`,
      under: write.writeType,
      whole: `Committed at ${at} by the transaction that began at ${start}, ${write.writeType}; commit_ts ${write.commitTs}, start_ts ${write.startTs}`,
      state,
    },
    value: own === null ? null : { ...own, under: isPicked ? 'picked' : own.under, state },
  };
}

function valueBox(start: string, value: Bytes, isShort: boolean): BoxModel {
  const place = isShort
    ? 'a short value: it stands inside the record itself, and nothing in DEFAULT'
    : 'a long value: it stands in DEFAULT';
  const under = isShort ? 'inline' : 'long';
  return {
    head: `${start} = ${shown(value)}`,
    under,
    whole: `${textOf(value)} (${place})`,
    state: 'plain',
  };
}

function marksOf(world: World, { lock, writes }: KeyVersions): MarkModel[] {
  const mark = (ts: PlainTs, kind: MarkModel['kind']): MarkModel[] => {
    const n = numberOf(world, ts);
    return n === null ? [] : [{ n, word: tsWord(world, ts), kind }];
  };
  return [
    ...writes.flatMap(({ commitTs, writeType }) =>
      mark(commitTs, writeType === 'Rollback' ? 'rollback' : 'commit'),
    ),
    ...(lock === null ? [] : mark(lock.startTs, 'lock')),
  ].toSorted((a, b) => a.n - b.n);
}

/** The place of a timestamp among those that PD gave out; between two of them for one that it did not. */
function numberOf(world: World, ts: PlainTs): number | null {
  const word = ordinalOf(world.transactions, ts);
  if (word === null || ts === 'max') return null;
  return word.endsWith('+') ? Number(word.slice(0, -1)) + 0.5 : Number(word);
}

/** A little before the first mark, a little after the last. */
function rangeOf(world: World, marks: readonly MarkModel[]): { from: number; to: number } {
  const newest = world.transactions.given.at(-1)?.n ?? 1;
  const first = marks[0]?.n ?? newest;
  const last = marks.at(-1)?.n ?? newest;
  return { from: Math.max(0, Math.floor(first) - 2), to: Math.ceil(last) + 2 };
}

/** The newest moment that no lock stands before. */
function placeToBegin(marks: readonly MarkModel[], to: number): number {
  const lock = marks.find(({ kind }) => kind === 'lock');
  return lock === undefined ? to : Math.ceil(lock.n) - 1;
}

/** The n-th timestamp; beyond those that are known, one as near as can be. */
function timestampAt(world: World, n: number): number {
  const { given } = world.transactions;
  const [first, last] = [given[0], given.at(-1)];
  if (first === undefined || last === undefined) return n;
  if (n < first.n) return first.timestamp - (first.n - n);
  if (n > last.n) return last.timestamp + (n - last.n);
  return given[n - first.n]?.timestamp ?? last.timestamp;
}

/** The keys that have versions, of one Region or of all, for a list to choose from. */
export function txnKeys(
  world: World,
  region: RegionId | null = null,
): { key: Bytes; locked: boolean; value: string | null }[] {
  return versionsNow(world, region)
    .filter((versions) => !isBare(versions))
    .map((versions) => {
      const write = versions.writes.find(
        ({ writeType }) => writeType === 'Put' || writeType === 'Delete',
      );
      const value = write === undefined ? null : valueOf(versions, write);
      const visible = write?.writeType === 'Put' && value !== null ? shown(value) : null;
      return { key: versions.key, locked: versions.lock !== null, value: visible };
    });
}
