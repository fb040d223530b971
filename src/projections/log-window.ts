// The newest entries of a replica's log, kept without a gap: taking in, filling, cutting off.

import type { Micros } from '../tikv/ids.ts';
import { LOG_WINDOW, type LogEntry, type LogWindow } from './raft.ts';

export const emptyLog = (firstIndex: number): LogWindow => ({
  firstIndex,
  lastIndex: firstIndex - 1,
  firstKept: firstIndex,
  entries: [],
  removed: null,
});

/** The entry at an index; null where it is not kept. */
export const entryAt = (log: LogWindow, index: number): LogEntry | null =>
  log.entries[index - log.firstKept] ?? null;

/** Entries reach the log, in order; they replace what stands at their place and whatever follows a replaced one. */
export function takeEntries(log: LogWindow, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    const place = entry.index - log.firstKept;
    const known = log.entries[place];
    if (known?.term === entry.term) continue;
    if (place < 0 || place > log.entries.length) startAt(log, entry.index);
    log.entries.length = Math.min(log.entries.length, entry.index - log.firstKept);
    log.entries.push({ ...entry });
  }
  log.lastIndex = entries.at(-1)?.index ?? log.lastIndex;
  const extra = log.entries.length - LOG_WINDOW;
  if (extra <= 0) return;
  log.entries.splice(0, extra);
  log.firstKept += extra;
}

function startAt(log: LogWindow, index: number): void {
  log.entries = [];
  log.firstKept = index;
}

/** What the entries say, told after the entries themselves; unknown ones are taken in. */
export function fillEntries(log: LogWindow, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    const known = entryAt(log, entry.index);
    if (known?.term === entry.term)
      log.entries[entry.index - log.firstKept] = { ...known, content: entry.content };
    else takeEntries(log, [entry]);
  }
}

/** A conflict takes out everything from `from` on. */
export function truncateLog(log: LogWindow, from: number, at: Micros): void {
  if (from > log.lastIndex) return;
  const entries = log.entries.splice(Math.max(0, from - log.firstKept));
  log.removed = { at, from, entries };
  log.lastIndex = from - 1;
  if (from < log.firstKept) startAt(log, from);
}

/** The log begins at `firstIndex` from now on: what stood before is given up. */
export function compactLog(log: LogWindow, firstIndex: number): void {
  log.firstIndex = firstIndex;
  if (log.firstKept >= firstIndex) return;
  log.entries.splice(0, firstIndex - log.firstKept);
  log.firstKept = firstIndex;
}
