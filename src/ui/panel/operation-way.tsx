// How an operation came to its answer: from the question through messages, entry and commit to what the client was told,
// each a line of the event list that leads to its moment.

import { useMemo } from 'react';
import { wayOf } from '../../projections/causes.ts';
import { clock } from '../../projections/words/format.ts';
import { lineKey, lineText, type Line } from '../../projections/words/line.ts';
import { useAllLines, useLive } from '../session/live.ts';
import { GlyphMark } from './glyph.tsx';

export function OperationWay({ op }: { op: number }) {
  const { source } = useLive();
  const lines = useAllLines();
  const way = useMemo(() => wayOf({ ...source.told(), lines }, op), [source, lines, op]);
  if (way.length === 0) return null;
  return (
    <section className="op-way" aria-label="How it went">
      <h3 className="panel-heading">How it went</h3>
      <ol>
        {way.map((line) => (
          <Step key={lineKey(line)} line={line} onGo={() => source.lookBack.toRecord(line.lastN)} />
        ))}
      </ol>
    </section>
  );
}

const Step = ({ line, onGo }: { line: Line; onGo: () => void }) => (
  <li className="event-row">
    <button type="button" className="event-button" onClick={onGo}>
      <time className="event-time">{clock(line.at)}</time>
      <GlyphMark glyph={line.glyph} />
      <span className="event-text">{lineText(line)}</span>
    </button>
  </li>
);
