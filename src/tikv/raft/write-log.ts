// Every change of the log goes through here, so that the journal hears of it.

import { entryDigest, type Entry } from './entry.ts';
import type { RaftEvent } from './event.ts';
import type { Raft } from './raft.ts';

/** Writes entries at their indexes; what stood there and after is gone. */
export function writeEntries(raft: Raft, entries: readonly Entry[]): void {
  const head = entries[0];
  if (head === undefined) return;
  const cuts = head.index <= raft.log.lastIndex();
  raft.log.append(entries);
  if (!raft.trace) return;
  if (cuts) raft.events.push({ type: 'raft/truncated', from: head.index });
  raft.events.push(appendedEvent(head.index, entries));
}

/** Gives up everything after `index`; committed entries stay. */
export function cutAfter(raft: Raft, index: number): void {
  const { log } = raft;
  const end = Math.max(index, log.committed);
  if (end >= log.lastIndex()) return;
  log.cutAfter(end);
  if (raft.trace) raft.events.push({ type: 'raft/truncated', from: end + 1 });
}

function appendedEvent(from: number, entries: readonly Entry[]): RaftEvent {
  const logged = entries.map((entry) => ({
    index: entry.index,
    term: entry.term,
    digest: entryDigest(entry),
  }));
  return { type: 'raft/appended', from, entries: logged };
}
