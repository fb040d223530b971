// The event log: a space–time table with a column for each node and a row for each line, in the order of the journal.
// What led to a row and what follows from it light up; a row leads to its moment and to what it is about. Only the rows
// in view are in the page.

import { memo, useCallback, useMemo, useState, type KeyboardEvent } from 'react';
import type { World } from '../../projections/world.ts';
import { clock, nodeName } from '../../projections/words/format.ts';
import { lineKey, lineText, type Line } from '../../projections/words/line.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { useAllLines, useLive, useLiveModel, useLooking } from '../session/live.ts';
import { setViewer } from '../session/viewer-store.ts';
import { GlyphMark } from './glyph.tsx';
import { LogFilters } from './log-filters.tsx';
import {
  columnsOf,
  EVERYTHING,
  filtered,
  marksOf,
  rowsInView,
  type LogFilter,
} from './log-rows.ts';
import { goTo, LINK_WORDS, linkOf, useLinks, useRowWindow, type Link } from './log-window.ts';
import './event-log.css';

const ROW = 26;
const COLUMN = 34;

const nodesOf = (world: World): NodeId[] => columnsOf(Object.keys(world.nodes));
const regionsOf = (world: World): number[] => Object.keys(world.regions).map(Number);

export function EventLog() {
  const [filter, setFilter] = useState<LogFilter>(EVERYTHING);
  const columns = useLiveModel(nodesOf);
  const regions = useLiveModel(regionsOf);
  const lines = useAllLines();
  const shown = useMemo(() => filtered(lines, filter), [lines, filter]);
  return (
    <section className="event-log" aria-label="Event log">
      <header className="log-head">
        <h2 className="panel-heading">Event log</h2>
        <Happened lines={lines} />
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
      <Columns columns={columns} filter={filter} onFilter={setFilter} />
      <Rows lines={shown} columns={columns} />
    </section>
  );
}

/** The sentence of what happened last at the moment that is drawn. */
function Happened({ lines }: { lines: readonly Line[] }) {
  const looking = useLooking();
  const last = lines.findLast(
    (line) => line.glyph !== 'heartbeats' && (looking === null || line.n < looking.records),
  );
  return (
    <p className="log-happened">
      {last === undefined ? 'Nothing has happened yet.' : `${clock(last.at)} s: ${lineText(last)}.`}
    </p>
  );
}

interface RowsProps {
  readonly lines: readonly Line[];
  readonly columns: readonly NodeId[];
}

interface HeadProps extends RowsProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
}

function Rows({ lines, columns }: RowsProps) {
  const { source } = useLive();
  const looking = useLooking();
  const [active, setActive] = useState<string | null>(null);
  const { box, scroll, rowHeight, measure, reveal } = useRowWindow(lines.length, ROW);
  const { lit, light } = useLinks(source);
  const placeOf = (key: string | null | undefined) =>
    key === null || key === undefined ? -1 : lines.findLastIndex((line) => lineKey(line) === key);
  const place = placeOf(active);

  const show = (at: number) => {
    const line = lines[at];
    if (line === undefined) return;
    setActive(lineKey(line));
    light(line);
    reveal(at);
  };
  const go = useCallback(
    (line: Line) => {
      setActive(lineKey(line));
      goTo(source, line);
    },
    [source],
  );
  const keyed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(scroll.height / rowHeight) - 1);
    const line = lines[place];
    const to = moved(event.key, place < 0 ? lines.length : place, page, lines.length);
    if (to !== null) show(to);
    else if (event.key === 'ArrowLeft') show(placeOf(lit.cause));
    else if (event.key === 'ArrowRight') show(placeOf([...lit.effects][0]));
    else if (event.key === 'Enter' && line !== undefined) go(line);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const { from, to } = rowsInView(scroll, rowHeight, lines.length);
  return (
    <div
      ref={box}
      className="log-rows"
      role="grid"
      tabIndex={0}
      aria-label="Events, oldest first. Left: what led to it. Right: what follows. Enter: go there."
      aria-rowcount={lines.length}
      aria-activedescendant={place >= from && place < to ? rowId(active) : undefined}
      onScroll={measure}
      onKeyDown={keyed}
      onMouseLeave={() => light(null)}
    >
      <div role="rowgroup" style={{ height: lines.length * rowHeight, position: 'relative' }}>
        {lines.slice(from, to).map((line, i) => (
          <Row
            key={lineKey(line)}
            line={line}
            at={from + i}
            top={(from + i) * rowHeight}
            columns={columns}
            link={linkOf(lit, lineKey(line))}
            active={active === lineKey(line)}
            later={looking !== null && line.n >= looking.records}
            onPoint={light}
            onGo={go}
          />
        ))}
      </div>
      {lines.length === 0 && <p className="panel-empty log-none">No event of this kind yet.</p>}
    </div>
  );
}

/** Where a key leads from a row; null: it is not a key that moves. */
function moved(key: string, from: number, page: number, count: number): number | null {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  const step = (by as Readonly<Record<string, number>>)[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, from + step));
}

/** The heads of the columns: each shows the lines of its node alone. */
function Columns({ columns, filter, onFilter }: Omit<HeadProps, 'lines'>) {
  return (
    <div className="log-columns" style={{ gridTemplateColumns: templateOf(columns) }}>
      <span>time</span>
      <span className="log-names">
        {columns.map((node) => (
          <button
            key={node}
            type="button"
            className="log-name"
            aria-pressed={filter.node === node}
            aria-label={`Only ${nodeName(node)}`}
            onClick={() => onFilter({ ...filter, node: filter.node === node ? null : node })}
          >
            {nodeName(node)}
          </button>
        ))}
      </span>
      <span className="log-words">what happens</span>
    </div>
  );
}

const templateOf = (columns: readonly NodeId[]): string =>
  `calc(64 * var(--px)) calc(${columns.length * COLUMN} * var(--px)) 1fr`;

const rowId = (key: string | null): string => `log-row-${(key ?? '').replace(' ', '-')}`;

interface RowProps {
  readonly line: Line;
  readonly at: number;
  readonly top: number;
  readonly columns: readonly NodeId[];
  readonly link: Link;
  readonly active: boolean;
  readonly later: boolean;
  readonly onPoint: (line: Line | null) => void;
  readonly onGo: (line: Line) => void;
}

const Row = memo(function Row(props: RowProps) {
  const { line, columns, link } = props;
  const marks = marksOf(line, columns);
  const middle = (column: number) => column * COLUMN + COLUMN / 2;
  const width = columns.length * COLUMN;
  const words = lineText(line);
  return (
    <div
      id={rowId(lineKey(line))}
      className="log-row"
      role="row"
      aria-rowindex={props.at + 1}
      aria-selected={props.active}
      data-link={link ?? undefined}
      data-later={props.later || undefined}
      data-kind={line.family}
      style={{
        top: props.top,
        gridTemplateColumns: templateOf(columns),
      }}
      onMouseEnter={() => props.onPoint(line)}
      onClick={() => props.onGo(line)}
    >
      <span role="gridcell" className="log-time">
        {clock(line.at)}
      </span>
      <span
        role="gridcell"
        className="log-cells"
        aria-label={line.nodes.map(nodeName).join(', ') || 'all stores'}
      >
        <svg viewBox={`0 0 ${width} ${ROW}`} aria-hidden="true">
          {columns.map((node, i) => (
            <path key={node} className="log-lane" d={`M${middle(i)} 0V${ROW}`} />
          ))}
          {marks.acts !== null &&
            marks.others.map((other) => (
              <Arrow key={other} from={middle(marks.acts ?? 0)} to={middle(other)} />
            ))}
        </svg>
        <span
          className="log-glyph"
          style={{
            insetInlineStart: `calc(${middle(marks.acts ?? columns.length / 2 - 0.5) - 9} * var(--px))`,
          }}
        >
          <GlyphMark glyph={line.glyph} />
        </span>
      </span>
      <span role="gridcell" className="log-words" title={words}>
        {line.parts.map((part, i) => (
          <span key={i} className={`part-${part.tone}`}>
            {part.text}
          </span>
        ))}
        {link !== null && <span className="log-link">{LINK_WORDS[link]}</span>}
      </span>
    </div>
  );
});

function Arrow({ from, to }: { from: number; to: number }) {
  const way = Math.sign(to - from);
  const start = from + way * 9;
  const end = to - way * 3;
  const y = ROW / 2;
  return (
    <path
      className="log-arrow"
      d={`M${start} ${y}H${end}M${end - way * 5} ${y - 4}L${end} ${y}L${end - way * 5} ${y + 4}`}
    />
  );
}
