// Running on to something, and looking back for it: what the viewer looks for, and whether time is on its way there.

import { create } from 'zustand';
import { expressionFor, interestOf, INTERESTS, type Interest } from '../../projections/interest.ts';
import { listed } from '../../projections/words/format.ts';
import type { Live } from '../session/live.ts';
import { setViewer } from '../session/viewer-store.ts';

interface RunOn {
  readonly kinds: readonly Interest[];
  /** What time runs to, in words; null: it does not. */
  readonly running: string | null;
}

export const useRunOn = create<RunOn>()(() => ({
  kinds: INTERESTS.map(({ id }) => id),
  running: null,
}));

export function toggleKind(kind: Interest): void {
  const { kinds } = useRunOn.getState();
  const next = kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind];
  useRunOn.setState({ kinds: next });
}

/** `election or answer`; `event` where all are chosen. */
export function kindWords(kinds: readonly Interest[]): string {
  if (kinds.length === 0) return 'nothing';
  if (kinds.length === INTERESTS.length) return 'event';
  const words = INTERESTS.filter(({ id }) => kinds.includes(id)).map(({ word }) => word);
  return listed(words, 'or');
}

const say = (line: string, answer: string, refused = false): void =>
  setViewer({ said: { line, answer, refused, op: null } });

const isWanted = (kinds: readonly Interest[], kind: Interest | null): boolean =>
  kind !== null && kinds.includes(kind);

/** To the next one: among what has happened already, where somebody looks back; else time runs until it comes. */
export async function runToNext({ session, source }: Live): Promise<void> {
  const { kinds, running } = useRunOn.getState();
  if (running !== null) return;
  if (kinds.length === 0)
    return say('', 'No kind of event is chosen: open the menu beside Next.', true);
  const { looking } = source;
  const kept = session.kept();
  if (looking !== null) {
    const found = kept
      .slice(Math.max(0, looking.records - (kept[0]?.n ?? 0)))
      .find(({ event }) => isWanted(kinds, interestOf(event)));
    if (found !== undefined) return source.lookBack.toRecord(found.n);
    source.lookBack.backToNow();
  }
  const words = `the next ${kindWords(kinds)}`;
  return runUntil({ session, source }, expressionFor(kinds, source.live.records), words);
}

/** To the one before: the picture looks back at it. */
export function lookAtPrevious({ session, source }: Live): void {
  const { kinds } = useRunOn.getState();
  const kept = session.kept();
  const shown = source.looking?.records ?? source.live.records;
  const before = shown - 1 - (kept[0]?.n ?? 0);
  // What happened at this very moment is what one looks at already.
  const found = kept
    .slice(0, Math.max(0, before))
    .findLast(({ at, event }) => at < source.shownAt() && isWanted(kinds, interestOf(event)));
  if (found === undefined)
    return say('', `There is no ${kindWords(kinds)} before this moment.`, true);
  return source.lookBack.toRecord(found.n);
}

/** Runs time until the expression holds, or somebody ends it. */
export async function runUntil(
  { session, source }: Live,
  expression: string,
  words: string | null = null,
): Promise<void> {
  source.lookBack.backToNow();
  useRunOn.setState({ running: words ?? expression });
  try {
    const answer = await session.until(expression);
    const line = words === null ? `wait until {${expression}}` : '';
    if (answer.met) return say(line, words === null ? 'It holds. Time stands here.' : '');
    return say(line, words === null ? answer.why : capitalWhy(words, answer.why), true);
  } finally {
    useRunOn.setState({ running: null });
  }
}

const capitalWhy = (words: string, why: string): string =>
  why.startsWith('It did not') ? `No sight of ${words} within 60 s.` : why;
