// What was typed into the console and what came of it: a log of this page, and the lines of each cluster, which stay when
// the page is loaded again.

import { create } from 'zustand';
import type { RunAnswer } from '../../lab/page-api.ts';
import type { Micros } from '../../tikv/ids.ts';

export interface LogEntry {
  readonly id: number;
  readonly line: string;
  /** Null: it is being carried out. */
  readonly answer: RunAnswer | null;
  /** The answer in words. */
  readonly words: string;
  /** The history that it was said to: in another one, its numbers are of something else. */
  readonly history: number;
  /** What the command caused first, as far as it has come. */
  readonly caused: Caused | null;
}

export interface Caused {
  /** The command's own line; null: it has none. */
  readonly own: CausedLine | null;
  readonly then: readonly CausedLine[];
  /** Nothing is looked for any more. */
  readonly done: boolean;
}

export interface CausedLine {
  readonly at: Micros;
  readonly text: string;
}

/** Entries kept in the log, and lines kept for a cluster. */
const ENTRIES_MAX = 200;
const LINES_MAX = 100;
const CLUSTERS_MAX = 12;

interface Log {
  readonly entries: readonly LogEntry[];
  /** The log is shown; it can be folded while the line stays. */
  readonly shown: boolean;
}

export const useLog = create<Log>()(() => ({ entries: [], shown: true }));

export function openEntry(line: string, history: number): number {
  const { entries } = useLog.getState();
  const id = (entries.at(-1)?.id ?? 0) + 1;
  const entry = { id, line, answer: null, words: '', history, caused: null };
  useLog.setState({ entries: [...entries, entry].slice(-ENTRIES_MAX), shown: true });
  return id;
}

export function closeEntry(id: number, answer: RunAnswer, words: string): void {
  useLog.setState(({ entries }) => ({
    entries: entries.map((entry) => (entry.id === id ? { ...entry, answer, words } : entry)),
  }));
}

/** What has become of an entry's operation, or what it has caused. */
export function keepWith(id: number, more: Partial<Pick<LogEntry, 'words' | 'caused'>>): void {
  useLog.setState(({ entries }) => ({
    entries: entries.map((entry) => (entry.id === id ? { ...entry, ...more } : entry)),
  }));
}

export const clearLog = (): void => useLog.setState({ entries: [] });
export const showLog = (shown: boolean): void => useLog.setState({ shown });

const LINES_KEY = 'loom.console';

type Lines = Record<string, string[]>;

function storedLines(): Lines {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(LINES_KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {};
    const lists = Object.entries(stored).filter(
      (each): each is [string, string[]] =>
        Array.isArray(each[1]) && each[1].every((line) => typeof line === 'string'),
    );
    return Object.fromEntries(lists);
  } catch {
    return {};
  }
}

/** Without storage they hold until the page is left. */
let lines: Lines | null = null;

/** Lines typed for a cluster, newest last. */
export const linesOf = (cluster: string): readonly string[] =>
  (lines ??= storedLines())[cluster] ?? [];

export function addLine(cluster: string, line: string): void {
  const others = linesOf(cluster).filter((each) => each !== line);
  const { [cluster]: _, ...rest } = lines ?? {};
  const kept = Object.entries(rest).slice(-(CLUSTERS_MAX - 1));
  lines = { ...Object.fromEntries(kept), [cluster]: [...others, line].slice(-LINES_MAX) };
  try {
    localStorage.setItem(LINES_KEY, JSON.stringify(lines));
  } catch {
    // Kept in this page alone.
  }
}
