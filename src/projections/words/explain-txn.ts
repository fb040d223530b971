// Transactions, locks and versions, in words. Timestamps are shown by their place in the order in which PD gave them out.

import type { Bytes } from '../../base/bytes.ts';
import type { NodeId } from '../../tikv/ids.ts';
import type { ClientEvent } from '../../tikv/client/event.ts';
import type { PlainTs } from '../../tikv/mvcc/timestamp.ts';
import type { EntryContent } from '../../tikv/raftstore/event.ts';
import type { PlainTxnError } from '../../tikv/txn/error.ts';
import type { RegionTxnEvent } from '../../tikv/txn/message.ts';
import { ordinalOf, type Transaction } from '../mvcc.ts';
import type { World } from '../world.ts';
import { listed, nodeName, shown } from './format.ts';
import { strong, type Glyph, type Part } from './line.ts';
import type { Told } from './told.ts';

/** `412`: the how manieth; the number itself where that is not known any more. */
export const tsWord = (world: World, ts: PlainTs): string =>
  ordinalOf(world.transactions, ts) ?? `${ts}`;

export const keysWord = (keys: readonly Bytes[]): string => listed(keys.map(shown));

/** `t1`, or `the transaction of 412`. */
export function txnName(world: World, startTs: PlainTs): string {
  const txn = transactionOf(world, startTs);
  return txn?.name ?? `the transaction of ${tsWord(world, startTs)}`;
}

export const transactionOf = (world: World, startTs: PlainTs): Transaction | null =>
  world.transactions.list.findLast((txn) => txn.startTs === startTs) ?? null;

type ClientTold = Extract<ClientEvent, { startTs: number }>;

/** What a client says of its transactions; null: nothing worth a line. */
export function explainClientTxn(world: World, client: NodeId, event: ClientTold): Told | null {
  const me = txnName(world, event.startTs);
  const line = (glyph: Glyph, ...pieces: (string | Part)[]): Told => ({
    glyph,
    family: 'clients',
    nodes: [client],
    op: event.op,
    pieces,
  });
  const at = (ts: PlainTs) => tsWord(world, ts);
  switch (event.type) {
    case 'client/txn-begun':
      return line(
        'client',
        `${event.name} begins at ${nodeName(client)}, start ${at(event.startTs)}`,
      );
    case 'client/txn-prewriting':
      return line(
        'client',
        `${me} locks ${keysWord(event.keys)}, the primary is ${shown(event.primary)}`,
      );
    case 'client/txn-committing':
      return line(
        'commit',
        `${me} commits its primary ${shown(event.primary)} at ${at(event.commitTs)}`,
      );
    case 'client/txn-cleaning':
      return event.commitTs === null
        ? line('client', `${me} takes its locks away: ${keysWord(event.keys)}`)
        : line('commit', `${me}: ${keysWord(event.keys)} follow, nobody waits`);
    case 'client/txn-ended':
      return event.status === 'committed' && event.commitTs !== null
        ? line('answer', strong(`${event.name} is committed at ${at(event.commitTs)}.`))
        : null;
    case 'client/lock-met':
      return line(
        'refused',
        `${me} meets the lock of ${txnName(world, event.lockTs)} on ${shown(event.key)} and asks its primary, ${shown(event.primary)}`,
      );
    case 'client/lock-settled':
      return line('client', settledWords(world, event));
    case 'client/txn-buffered':
      return null;
  }
}

function settledWords(
  world: World,
  event: Extract<ClientTold, { type: 'client/lock-settled' }>,
): string {
  const other = txnName(world, event.lockTs);
  const key = shown(event.key);
  switch (event.status) {
    case 'committed':
      return `${other} is committed at ${tsWord(world, event.commitTs ?? 0)}: ${key} is rolled forward`;
    case 'rolled-back':
      return `${other} is given up: the lock on ${key} is rolled back`;
    case 'pushed':
      return `${other} lives, and will commit behind this read: its lock on ${key} is passed`;
    case 'alive':
      return `${other} lives: its lock on ${key} is waited for`;
  }
}

/** What a store says of transactions. Lines come from leaders: a refusal at once, all else once it is applied. */
export function explainTxn(world: World, store: NodeId, event: RegionTxnEvent): Told | null {
  const me = nodeName(store);
  const line = (glyph: Glyph, ...pieces: (string | Part)[]): Told => ({
    glyph,
    family: 'clients',
    nodes: [store],
    region: event.region,
    pieces,
  });
  const name = (ts: PlainTs) => txnName(world, ts);
  switch (event.type) {
    case 'txn/prewritten':
      return line(
        'commit',
        `${me} holds the locks of ${name(event.startTs)}: ${keysWord(event.keys)}`,
      );
    case 'txn/committed':
      return line(
        'commit',
        `${keysWord(event.keys)} of ${name(event.startTs)}: committed at ${tsWord(world, event.commitTs)} on ${me}`,
      );
    case 'txn/rolled-back':
      return line('conflict', `${me} rolls back ${keysWord(event.keys)} of ${name(event.startTs)}`);
    case 'txn/prewrite-rejected':
    case 'txn/commit-rejected':
    case 'txn/rollback-rejected':
    case 'txn/resolve-rejected':
    case 'txn/status-check-rejected':
      return line(
        'refused',
        `${me} refuses the ${event.type.slice('txn/'.length, -'-rejected'.length).replaceAll('-', ' ')} of ${name(event.startTs)}: `,
        event.errors.map((error) => errorWords(world, error)).join('; '),
      );
    case 'txn/status-checked':
      return event.action === 'TTLExpireRollback' || event.action === 'LockNotExistRollback'
        ? line(
            'conflict',
            `${name(event.startTs)} has not been heard of in time: ${me} rolls its primary ${shown(event.primary)} back`,
          )
        : null;
    case 'txn/locks-resolved':
      return event.keys.length === 0
        ? null
        : line(
            'commit',
            `${me} ${Number(event.commitTs) > 0 ? 'commits' : 'rolls back'} ${keysWord(event.keys)}, as the primary of ${name(event.startTs)} says`,
          );
    case 'mvcc/read-blocked':
      return line(
        'refused',
        `A read at ${tsWord(world, event.readTs)} meets lock ${tsWord(world, event.lockTs)} on ${shown(event.key)}`,
      );
    default:
      return null;
  }
}

/** An error under TiKV's name, with its facts. */
export function errorWords(world: World, error: PlainTxnError): string {
  const at = (ts: PlainTs) => tsWord(world, ts);
  switch (error.kind) {
    case 'KeyIsLocked':
      return `KeyIsLocked, ${shown(error.key)} by ${txnName(world, error.lockVersion)}`;
    case 'WriteConflict': {
      const key = shown(error.key);
      if (error.reason === 'SelfRolledBack')
        return `WriteConflict, it was rolled back on ${key} before`;
      return error.conflictCommitTs === 0
        ? `WriteConflict on ${key}: ${txnName(world, error.conflictStartTs)} began later and locked it`
        : `WriteConflict on ${key}: ${txnName(world, error.conflictStartTs)} committed at ${at(error.conflictCommitTs)}, after the start at ${at(error.startTs)}`;
    }
    case 'TxnLockNotFound':
      return `TxnLockNotFound, the lock on ${shown(error.key)} is gone`;
    case 'CommitTsExpired':
      return `CommitTsExpired, ${at(error.commitTs)} is before ${at(error.minCommitTs)}, behind which a reader pushed it`;
    default:
      return error.kind;
  }
}

const DOES: Record<Extract<EntryContent, { type: 'txn' }>['does'], string> = {
  prewrite: 'prewrite',
  lock: 'lock',
  commit: 'commit',
  rollback: 'roll back',
  push: 'push the commit of',
  unlock: 'unlock',
  collect: 'collect old versions of',
};

/** `prewrite ann and bob at 412`, `commit ann at 415, begun at 412`. */
export function txnEntryWords(
  world: World,
  { does, keys, startTs, commitTs }: Extract<EntryContent, { type: 'txn' }>,
): string {
  const what = `${DOES[does]} ${keysWord(keys)}`;
  if (startTs === 0) return what;
  const start = tsWord(world, startTs);
  return commitTs === null
    ? `${what} at ${start}`
    : `${what} at ${tsWord(world, commitTs)}, begun at ${start}`;
}
