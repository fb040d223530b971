// The rows of a key and what a read of it finds, in words: for the console and for whoever listens to the inspector.

import type { Bytes } from '../../base/bytes.ts';
import { physicalOf, tsOf } from '../../tikv/mvcc/timestamp.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { versionsOn, type KeyVersions, type LockRow, type WriteRow } from '../mvcc.ts';
import { leaderOf } from '../questions.ts';
import { readAt } from '../read-at.ts';
import type { World } from '../world.ts';
import { duration, nodeName, shown } from './format.ts';
import { keysWord, tsWord } from './explain-txn.ts';

/** Where the versions of a key are looked at: at its Region's leader, or where it was last seen. */
export function storeOfKey(world: World, key: Bytes): NodeId | null {
  for (const id of Object.keys(world.regions)) {
    const leader = leaderOf(world, Number(id));
    if (leader !== null) return leader.store;
  }
  const { versions } = world.transactions;
  return Object.keys(versions).find((store) => versionsOn(world.transactions, store, key)) ?? null;
}

/** How long the lock still protects itself; null: it has expired. */
export function lifeLeft(world: World, lock: LockRow): string | null {
  const now = Math.floor(world.at / 1000);
  const left = physicalOf(tsOf(lock.startTs)) + Number(lock.ttl) - now;
  return left <= 0 ? null : duration(left * 1000);
}

export const valueOf = (versions: KeyVersions, write: WriteRow): Bytes | null =>
  write.shortValue ??
  versions.values.find(({ startTs }) => startTs === write.startTs)?.value ??
  null;

/** The answer to `mvcc KEY`. */
export function mvccText(world: World, key: Bytes): string {
  const store = storeOfKey(world, key);
  const versions = store === null ? null : versionsOn(world.transactions, store, key);
  if (store === null || versions === null) return `${shown(key)} has no version at any timestamp.`;
  const { lock, writes, values } = versions;
  const at = (ts: number | 'max') => tsWord(world, ts);
  const locks =
    lock === null
      ? ['none']
      : [
          `${at(lock.startTs)} ${lock.lockType}, primary ${shown(lock.primary)}, ${lifeLeft(world, lock) === null ? 'expired' : `${lifeLeft(world, lock)} to live`}`,
        ];
  const rows = writes.map((write) => {
    const value = valueOf(versions, write);
    if (write.writeType === 'Rollback') return `${at(write.commitTs)} Rollback`;
    const what = write.writeType === 'Put' && value !== null ? ` = ${shown(value)}` : '';
    return `${at(write.commitTs)} to ${at(write.startTs)} ${write.writeType}${what}`;
  });
  const long = values.map(({ startTs, value }) => `${at(startTs)} = ${shown(value)}`);
  return [
    `${shown(key)} in Region ${versions.region}, on ${nodeName(store)}`,
    ...section('LOCK', locks),
    ...section('WRITE', rows.length === 0 ? ['none'] : rows),
    ...section('DEFAULT', long.length === 0 ? ['none: short values stand in WRITE'] : long),
  ].join('\n');
}

const section = (head: string, rows: readonly string[]): string[] =>
  rows.map((row, i) => `${(i === 0 ? head : '').padEnd(8)} ${row}`);

/** The answer to `locks`. */
export function locksText(world: World, from: Bytes, to: Bytes): string {
  const store = storeOfKey(world, from);
  const rows = (store === null ? [] : (world.transactions.versions[store] ?? []))
    .filter(({ key, lock }) => lock !== null && key >= from && (to === '' || key < to))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  if (store === null || rows.length === 0) return 'No key is locked.';
  return rows
    .map(({ key, lock }) => {
      const { startTs, primary, lockType } = lock as LockRow;
      const life = lifeLeft(world, lock as LockRow);
      const name = tsWord(world, startTs);
      return `${shown(key)}: ${name} ${lockType}, primary ${shown(primary)}, ${life === null ? 'expired' : `${life} to live`}`;
    })
    .join('\n');
}

/** The answer to `txn` and `txn NAME`. */
export function transactionsText(world: World, name: string | null): string {
  const all = world.transactions.list.filter((txn) => name === null || txn.name === name);
  if (all.length === 0)
    return name === null ? 'No transaction has begun.' : `No transaction is called ${name}.`;
  return all
    .slice(-20)
    .map(({ name: called, client, startTs, phase, commitTs, buffer, primary }) => {
      const keys = buffer.length === 0 ? 'no keys' : keysWord(buffer.map(([key]) => key));
      const first = primary === null ? '' : `, primary ${shown(primary)}`;
      const ended = commitTs === null ? '' : ` at ${tsWord(world, commitTs)}`;
      return `${called} of ${nodeName(client)}, start ${tsWord(world, startTs)}: ${phase.replaceAll('-', ' ')}${ended}, ${keys}${first}`;
    })
    .join('\n');
}

export interface ReadWords {
  /** The commit_ts of the version that the read picks; null: none. */
  readonly picked: number | null;
  readonly blocked: boolean;
  /** `A read at 410 finds`, `50`, `. The newest …`: the value stands out. */
  readonly before: string;
  readonly value: string | null;
  readonly after: string;
  /** What the lock has to do with it; null: there is none. */
  readonly lock: string | null;
}

/** What a read of the key finds at a timestamp, and why. `me` is how the timestamp is called. */
export function readWords(
  world: World,
  versions: KeyVersions,
  { ts, me }: { readonly ts: number; readonly me: string },
): ReadWords {
  const { result, lock } = readAt(versions, ts);
  const at = (other: number | 'max') => tsWord(world, other);
  const row = versions.lock;
  const said = { picked: null, blocked: false, value: null, after: '' };
  if (result.type === 'locked') {
    const { startTs, primary } = result.lock;
    const before = `A read at ${me} must first settle lock ${at(startTs)}. It asks the primary, ${shown(primary)}.`;
    return { ...said, blocked: true, before, lock: null };
  }
  const about =
    row === null || lock === null ? null : lockWords(me, at(row.startTs), lock.facts['passed']);
  if (result.type === 'found') {
    const { commitTs, startTs, value } = result;
    const after = ` The newest commit not after ${me} is ${at(commitTs ?? 'max')}; it points to ${at(startTs)}.`;
    const found = { before: `A read at ${me} finds`, value: shown(value), after };
    return { ...said, ...found, picked: commitTs, lock: about };
  }
  return { ...said, before: nothingWords(world, versions, { ts, me }), lock: about };
}

function nothingWords(
  world: World,
  { key, writes, dropped }: KeyVersions,
  { ts, me }: { readonly ts: number; readonly me: string },
): string {
  const versions = writes.filter(({ writeType }) => writeType === 'Put' || writeType === 'Delete');
  const below = versions.find(({ commitTs }) => tsOf(commitTs) <= ts);
  if (below !== undefined)
    return `A read at ${me} finds nothing: ${shown(key)} was deleted at ${tsWord(world, below.commitTs)}.`;
  if (dropped > 0) return `What a read at ${me} finds is not kept here any more.`;
  const first = versions.at(-1);
  return first === undefined
    ? `A read at ${me} finds nothing: no version of ${shown(key)} is committed.`
    : `At ${me} the key did not exist. Its first version is ${tsWord(world, first.commitTs)}.`;
}

/** Why the read passes the lock, from what the rule gave as its reason. */
function lockWords(read: string, lock: string, passed: unknown): string {
  if (passed === 'later-transaction')
    return `Lock ${lock} is newer than ${read}: it does not block.`;
  if (passed === 'changes-no-data') return `Lock ${lock} changes no data: it does not block.`;
  if (passed === 'commits-later')
    return `Lock ${lock} will commit after ${read}: a reader has pushed it, and it does not block.`;
  return `Lock ${lock} does not block.`;
}
