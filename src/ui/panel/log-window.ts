// What the event log and the phone's list of it have in common: the rows in view, what led to a row and what follows from
// it, and the way to its moment.

import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { causeOf, effectsOf } from '../../projections/causes.ts';
import { lineKey, type Line } from '../../projections/words/line.ts';
import { typeScale } from '../chart/use-size.ts';
import { select } from '../session/viewer-store.ts';
import type { WorldSource } from '../session/world-source.ts';

/** Lines that light up: by their keys. */
export interface Lit {
  readonly cause: string | null;
  readonly effects: ReadonlySet<string>;
}

const NOT_LIT: Lit = { cause: null, effects: new Set() };

export type Link = 'cause' | 'effect' | null;

export function linkOf(lit: Lit, key: string): Link {
  if (lit.cause === key) return 'cause';
  return lit.effects.has(key) ? 'effect' : null;
}

export const LINK_WORDS = { cause: 'led to it', effect: 'follows' } as const;

/** The rows that are in view. Whoever stands at the foot stays there as new ones come in. */
export function useRowWindow(count: number, row: number) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [scroll, setScroll] = useState({ top: 0, height: 400 });
  const rowHeight = row * typeScale();
  const measure = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const { scrollTop: top, clientHeight: height, scrollHeight } = element;
    atEnd.current = top + height >= scrollHeight - rowHeight;
    setScroll((old) => (old.top === top && old.height === height ? old : { top, height }));
  }, [rowHeight]);
  const follow = useCallback(() => {
    const element = box.current;
    if (element !== null && count > 0 && atEnd.current) element.scrollTop = element.scrollHeight;
    measure();
  }, [count, measure]);
  useLayoutEffect(follow, [follow]);
  const reveal = (at: number) => {
    const element = box.current;
    if (element === null) return;
    const top = at * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const foot = top + rowHeight - element.clientHeight;
    if (foot > element.scrollTop) element.scrollTop = foot;
  };
  return { box, scroll, rowHeight, measure, reveal };
}

/** What led to a line and what follows from it. */
export function useLinks(source: WorldSource) {
  const [lit, setLit] = useState(NOT_LIT);
  const light = useCallback(
    (line: Line | null) => {
      if (line === null) return setLit(NOT_LIT);
      const told = source.told();
      const cause = causeOf(told, line);
      const effects = new Set(effectsOf(told, line).map(lineKey));
      return setLit({ cause: cause === null ? null : lineKey(cause), effects });
    },
    [source],
  );
  return { lit, light };
}

/** To its moment, and to what it is about. */
export function goTo({ lookBack }: WorldSource, line: Line): void {
  lookBack.toRecord(line.glyph === 'heartbeats' ? line.n : line.lastN);
  const [node] = line.nodes;
  if (line.index !== null) select({ type: 'entry', index: line.index });
  else if (node !== undefined) select({ type: 'node', node });
}
