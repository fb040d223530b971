// The event log on a phone: the columns are one list, a row says whom it is about. A touch lights up what led to a row and
// what follows from it; a press leads to its moment. Only the rows in view are in the page.

import { memo, useCallback, useMemo, useState } from 'react';
import type { World } from '../../projections/world.ts';
import { clock, nodeName } from '../../projections/words/format.ts';
import { lineKey, lineText, type Line } from '../../projections/words/line.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { useAllLines, useLive, useLiveModel, useLooking } from '../session/live.ts';
import { setViewer } from '../session/viewer-store.ts';
import { GlyphMark } from './glyph.tsx';
import { LogFilters } from './log-filters.tsx';
import { columnsOf, EVERYTHING, filtered, rowsInView, type LogFilter } from './log-rows.ts';
import { goTo, LINK_WORDS, linkOf, useLinks, useRowWindow, type Link } from './log-window.ts';
import './event-log.css';

/** As high as a finger wants it; the words have two lines. */
const ROW = 48;

const nodesOf = (world: World): NodeId[] => columnsOf(Object.keys(world.nodes));
const regionsOf = (world: World): number[] => Object.keys(world.regions).map(Number);

export function EventLogList() {
  const [filter, setFilter] = useState<LogFilter>(EVERYTHING);
  const regions = useLiveModel(regionsOf);
  const lines = useAllLines();
  const shown = useMemo(() => filtered(lines, filter), [lines, filter]);
  return (
    <section className="log-list" aria-label="Event log">
      <header className="log-head">
        <h2 className="panel-heading log-list-title">Event log</h2>
        <button
          type="button"
          className="button button-bare button-small"
          aria-label="Close the event log"
          onClick={() => setViewer({ logOpen: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      <LogFilters filter={filter} onFilter={setFilter} regions={regions} shown={shown.length} />
      <Nodes filter={filter} onFilter={setFilter} />
      <Rows lines={shown} />
    </section>
  );
}

interface NodesProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
}

/** One node's lines alone: what the heads of the columns are on a wide screen. */
function Nodes({ filter, onFilter }: NodesProps) {
  const nodes = useLiveModel(nodesOf);
  return (
    <div className="log-nodes" role="group" aria-label="Whose lines">
      {nodes.map((node) => (
        <button
          key={node}
          type="button"
          className="chip"
          aria-pressed={filter.node === node}
          aria-label={`Only ${nodeName(node)}`}
          onClick={() => onFilter({ ...filter, node: filter.node === node ? null : node })}
        >
          {nodeName(node)}
        </button>
      ))}
    </div>
  );
}

function Rows({ lines }: { lines: readonly Line[] }) {
  const { source } = useLive();
  const looking = useLooking();
  const [active, setActive] = useState<string | null>(null);
  const { box, scroll, rowHeight, measure } = useRowWindow(lines.length, ROW);
  const { lit, light } = useLinks(source);
  const choose = useCallback(
    (line: Line) => {
      setActive(lineKey(line));
      light(line);
    },
    [light],
  );
  const { from, to } = rowsInView(scroll, rowHeight, lines.length);
  return (
    <div ref={box} className="log-rows" onScroll={measure}>
      <ol
        aria-label="Events, oldest first"
        style={{ height: lines.length * rowHeight, position: 'relative' }}
      >
        {lines.slice(from, to).map((line, i) => (
          <Row
            key={lineKey(line)}
            line={line}
            at={from + i}
            of={lines.length}
            top={(from + i) * rowHeight}
            link={linkOf(lit, lineKey(line))}
            active={active === lineKey(line)}
            later={looking !== null && line.n >= looking.records}
            onChoose={choose}
          />
        ))}
      </ol>
      {lines.length === 0 && <p className="panel-empty log-none">No event of this kind yet.</p>}
    </div>
  );
}

interface RowProps {
  readonly line: Line;
  readonly at: number;
  readonly of: number;
  readonly top: number;
  readonly link: Link;
  readonly active: boolean;
  readonly later: boolean;
  readonly onChoose: (line: Line) => void;
}

const Row = memo(function Row(props: RowProps) {
  const { source } = useLive();
  const { line, link, active } = props;
  return (
    <li
      className="log-item"
      aria-posinset={props.at + 1}
      aria-setsize={props.of}
      data-link={link ?? undefined}
      data-later={props.later || undefined}
      data-active={active || undefined}
      style={{ top: props.top }}
    >
      <button
        type="button"
        className="log-item-line"
        aria-pressed={active}
        onClick={() => props.onChoose(line)}
      >
        <time className="log-time">{clock(line.at)}</time>
        <GlyphMark glyph={line.glyph} />
        <span className="log-item-words">
          {lineText(line)}
          {link !== null && <span className="log-link">{LINK_WORDS[link]}</span>}
        </span>
      </button>
      {active && (
        <button
          type="button"
          className="button button-small"
          aria-label={`Look at ${clock(line.at)} s`}
          onClick={() => goTo(source, line)}
        >
          Look
        </button>
      )}
    </li>
  );
});
