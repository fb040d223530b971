// The short forms that only drawings need. Names, clocks, numbers and sentences are written in projections/words.

import { assertNever } from '../../base/assert.ts';
import { textOf } from '../../base/bytes.ts';
import { printCommand } from '../../lab/print-command.ts';
import type { Operation } from '../../projections/clients.ts';
import { nodeName, shown } from '../../projections/words/format.ts';
import type { ClientOutcome, ClientRequest } from '../../tikv/client/request.ts';
import type { EntryContent } from '../../tikv/raftstore/event.ts';
import type { Micros, NodeId } from '../../tikv/ids.ts';

const NBSP = '\u00a0';

/** A length of time that runs while one looks: always the same digits. `19 ms`, `1.30 s`, `12.4 s`. */
export function stopwatch(micros: Micros): string {
  const millis = Math.round(Math.max(0, micros) / 1000);
  if (millis < 1000) return `${millis}${NBSP}ms`;
  const seconds = millis / 1000;
  return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)}${NBSP}s`;
}

/** What an entry does, as short as it stands above its column: `a=3`, `no-op`. */
export function entryWord(content: EntryContent): string {
  switch (content.type) {
    case 'empty':
      return 'no-op';
    case 'put':
      return clipped(`${textOf(content.key)}=${textOf(content.value)}`, 6);
    case 'delete':
      return clipped(`del ${textOf(content.key)}`, 6);
    case 'cas':
      return clipped(`cas ${textOf(content.key)}`, 6);
    case 'txn':
      return TXN_WORDS[content.does];
    case 'admin':
      return ADMIN_WORDS[content.command] ?? clipped(content.command, 6);
  }
  return assertNever(content);
}

/** Commands that change the Region itself. */
const ADMIN_WORDS: Readonly<Record<string, string>> = {
  'change-peer': 'conf',
  'compact-log': 'gc',
  'batch-split': 'split',
};

/** A prewrite writes the lock, a commit the write record: TiKV's names of the column families. */
const TXN_WORDS: Record<Extract<EntryContent, { type: 'txn' }>['does'], string> = {
  prewrite: 'lock',
  lock: 'lock',
  commit: 'write',
  rollback: 'undo',
  push: 'push',
  unlock: 'unlock',
  collect: 'gc',
};

/** What a client asks for, as the line that it is: `put a 3`. */
export const requestWord = (client: NodeId, request: ClientRequest): string =>
  printCommand({ type: 'request', client, request });

/** What the client is told, as short as a card is: `ok`, `ok: 3`, `failed: …`, `undetermined: …`. */
export function outcomeWord(outcome: ClientOutcome): string {
  if (outcome.status !== 'ok') return `${outcome.status}: ${outcome.reason}`;
  const { result } = outcome;
  switch (result.type) {
    case 'get':
      return result.value === null ? 'ok: no such key' : `ok: ${shown(result.value)}`;
    case 'scan':
      return result.pairs.length === 0
        ? 'ok: no keys'
        : `ok: ${result.pairs.map(([key, value]) => `${shown(key)}=${shown(value)}`).join(', ')}`;
    case 'cas':
      return result.succeeded
        ? 'ok: swapped'
        : `not swapped: it was ${result.previous === null ? 'absent' : shown(result.previous)}`;
    default:
      return 'ok';
  }
}

const PATHS = {
  local: 'by lease',
  'read-index': 'by read index',
  replica: 'replica read',
} as const;

/** How a read was answered: `S2, by lease`; null where no store has read for it. */
export const servedWord = ({ served }: Operation): string | null =>
  served === null ? null : `${nodeName(served.store)}, ${PATHS[served.path]}`;

/** The text, cut to `most` characters with an ellipsis. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
