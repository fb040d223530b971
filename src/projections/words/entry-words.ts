// An entry of a log in words: what it asks for, and how far it has come on one store.

import { assertNever } from '../../base/assert.ts';
import type { EntryContent } from '../../tikv/raftstore/event.ts';
import { entryAt } from '../log-window.ts';
import type { Replica } from '../raft.ts';
import type { World } from '../world.ts';
import { txnEntryWords } from './explain-txn.ts';
import { shown } from './format.ts';

/** `put ann = 43` */
export function contentWords(world: World, content: EntryContent): string {
  switch (content.type) {
    case 'empty':
      return 'empty, as each leader begins its term with one';
    case 'put':
      return `put ${shown(content.key)} = ${shown(content.value)}`;
    case 'delete':
      return `delete ${shown(content.key)}`;
    case 'cas':
      return `compare and swap ${shown(content.key)}`;
    case 'txn':
      return txnEntryWords(world, content);
    case 'admin':
      return content.command;
  }
  return assertNever(content);
}

/** `applied`, `committed`, `on disk`, `in memory`, and why it is not there. */
export function entryStateWords(world: World, replica: Replica, index: number): string {
  if (entryAt(replica.log, index) === null)
    return index < replica.log.firstIndex ? 'compacted' : 'not there';
  const down = (world.nodes[replica.store]?.status ?? 'down') === 'down';
  if (down && index > replica.disk.lastIndex) return 'lost with its memory';
  if (index <= replica.applied) return 'applied';
  if (index <= replica.commit) return 'committed';
  return index <= replica.persistedIndex ? 'on disk' : 'in memory';
}
