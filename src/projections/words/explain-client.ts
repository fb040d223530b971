// Clients and the placement driver, in words.

import type { NodeId } from '../../tikv/ids.ts';
import type { ClientEvent } from '../../tikv/client/event.ts';
import type { ClientOutcome, ClientRequest } from '../../tikv/client/request.ts';
import { requestWords } from './explain-command.ts';
import type { Told } from './told.ts';
import { duration, nodeName, plural, shown } from './format.ts';
import { loadWords } from './load-words.ts';
import { strong, type Glyph, type Part } from './line.ts';

export function explainClient(client: NodeId, event: ClientEvent): Told | null {
  const me = nodeName(client);
  const line = (glyph: Glyph, op: number, ...pieces: (string | Part)[]): Told => ({
    glyph,
    family: 'clients',
    nodes: [client],
    op,
    pieces,
  });
  switch (event.type) {
    case 'client/op-started':
      return line('client', event.op, `${me} ${requestWords(event.request)}`);
    case 'client/routed': {
      if (event.attempt === 1) return null;
      return {
        ...line('client', event.op, `${me} asks again, at ${nodeName(event.to)}`),
        nodes: [client, event.to],
      };
    }
    case 'client/backed-off': {
      const wait = duration(event.waitMs * 1000);
      return line('refused', event.op, `${me} waits ${wait}: ${backOffWords(event)}`);
    }
    case 'client/load-started':
      return workLine(client, `${me} works on its own: ${loadWords(event.load)}`);
    case 'client/load-ended':
      return workLine(
        client,
        `${me} stops working on its own, after ${plural(event.operations, 'operation')}`,
      );
    case 'client/op-ended':
      return line(
        OUTCOME_GLYPHS[event.outcome.status],
        event.op,
        ...outcomePieces(me, event.request, event.outcome),
      );
    default:
      return null;
  }
}

const workLine = (client: NodeId, words: string): Told => ({
  glyph: 'client',
  family: 'clients',
  nodes: [client],
  pieces: [words],
});

const ERRORS: Readonly<Record<string, string>> = {
  NotLeader: 'who it asked does not lead, and knows no leader',
  RegionNotFound: 'who it asked has no such Region',
  EpochNotMatch: 'the Region has changed',
  StaleCommand: 'the term has changed meanwhile',
  ServerIsBusy: 'the store is busy',
  DiskFull: 'there is no room on the disk',
  ReadIndexNotReady: 'the leader cannot read yet',
  RegionNotInitialized: 'the Region is not ready there',
};

/** Why a client waits before it asks again. */
export function backOffWords({ error }: { readonly error: string }): string {
  const unreachable = /^(\w+) unreachable$/.exec(error)?.[1];
  return unreachable === undefined
    ? (ERRORS[error] ?? error)
    : `${nodeName(unreachable)} cannot be reached`;
}

const KINDS: Readonly<Record<string, string>> = {
  tikvRPC: 'a store did not answer',
  regionMiss: 'who leads the Region, or its borders, were not as it believed',
  regionScheduling: 'the Region is on its way to another store',
  staleCommand: 'the term changed while it waited',
  pdRPC: 'PD did not answer',
  serverBusy: 'the store has too much to do',
  tikvDiskFull: 'the store’s disk is full',
  regionNotInitialized: 'the replica has no data yet',
  txnLock: 'a lock is in the way of a write',
  txnLockFast: 'a lock is in the way of a read',
  txnNotFound: 'the transaction of a lock is not known yet',
  maxTsNotSynced: 'the new leader asks PD for a timestamp first',
};

/** What client-go's name of a back-off stands for. */
export const backOffKindWords = (kind: string): string => KINDS[kind] ?? 'it tries again later';

const SHORT: Readonly<Record<string, string>> = {
  tikvRPC: 'no answer, waits',
  regionMiss: 'no leader, waits',
  pdRPC: 'PD is silent, waits',
  serverBusy: 'busy store, waits',
  tikvDiskFull: 'disk full, waits',
  txnLock: 'locked, waits',
  txnLockFast: 'locked, waits',
};

/** The same for a small card. */
export const backOffShort = (kind: string): string => SHORT[kind] ?? 'waits, asks again';

const OUTCOME_GLYPHS = { ok: 'answer', failed: 'refused', undetermined: 'undetermined' } as const;

function outcomePieces(
  me: string,
  request: ClientRequest,
  outcome: ClientOutcome,
): (string | Part)[] {
  if (outcome.status === 'failed')
    return [strong(`${me}'s ${typeWord(request)} failed.`), ` ${reasonWords(outcome.reason)}`];
  if (outcome.status === 'undetermined')
    return [
      strong(`${me} cannot know whether its ${typeWord(request)} happened.`),
      ` ${reasonWords(outcome.reason)}`,
    ];
  return [strong(`${me} ${resultWords(request, outcome)}`)];
}

/** What came of a step of a transaction; null for anything else. */
function txnWords({ result }: Extract<ClientOutcome, { status: 'ok' }>): string | null {
  switch (result.type) {
    case 'begin':
      return `transaction ${result.name} has begun`;
    case 'buffered':
      return 'it is noted until the commit';
    case 'commit':
      return result.commitTs === null
        ? 'there was nothing to commit'
        : 'its transaction is committed';
    case 'rollback':
      return 'its transaction is rolled back';
    default:
      return null;
  }
}

/** `put`, inside a transaction too. */
const typeWord = ({ type }: ClientRequest): string => type.replace('txn-', '');

/** After the client's name: `reads a = 3`, `is told that a = 3 is written`. */
function resultWords(
  request: ClientRequest,
  outcome: Extract<ClientOutcome, { status: 'ok' }>,
): string {
  const { result } = outcome;
  if (result.type === 'scan')
    return `reads ${result.pairs.length} ${result.pairs.length === 1 ? 'pair' : 'pairs'}`;
  const txn = txnWords(outcome);
  if (txn !== null) return `is told that ${txn}`;
  if (!('key' in request)) return 'is answered';
  const key = shown(request.key);
  if (result.type === 'get')
    return result.value === null
      ? `reads that ${key} does not exist`
      : `reads ${key} = ${shown(result.value)}`;
  if (result.type === 'delete') return `is told that ${key} is deleted`;
  if (result.type === 'cas' && !result.succeeded)
    return `is told no: ${key} is ${result.previous === null ? 'absent' : shown(result.previous)}`;
  return `is told that ${key} = ${'value' in request ? shown(request.value) : '?'} is written`;
}

/** A client's reason with its stores as the cards name them, and without what the sentence before it has said. */
const reasonWords = (reason: string): string =>
  reason
    .replace(/\bs\d+\b/g, (store) => nodeName(store))
    .replace('; the write may have happened.', '.');

/** The answer at the client, to stand behind a colon: `a = 3 is written.` */
export function answerWords(request: ClientRequest, outcome: ClientOutcome): string {
  if (outcome.status === 'failed') return `it failed. ${reasonWords(outcome.reason)}`;
  if (outcome.status === 'undetermined')
    return `nobody can know whether it happened. ${reasonWords(outcome.reason)}`;
  const { result } = outcome;
  if (result.type === 'scan') {
    const pairs = result.pairs.map(([key, value]) => `${shown(key)} = ${shown(value)}`);
    return pairs.length === 0 ? 'nothing is there.' : `${pairs.join(', ')}.`;
  }
  const txn = txnWords(outcome);
  if (txn !== null) return `${txn}.`;
  if (!('key' in request)) return 'it is done.';
  const key = shown(request.key);
  if (result.type === 'get')
    return result.value === null ? `${key} does not exist.` : `${key} = ${shown(result.value)}.`;
  if (result.type === 'delete') return `${key} is deleted.`;
  if (result.type === 'cas' && !result.succeeded)
    return `not swapped, ${key} is ${result.previous === null ? 'absent' : shown(result.previous)}.`;
  return `${key} = ${'value' in request ? shown(request.value) : '?'} is written.`;
}
