// The logs of all replicas on one window of indexes: what each has, how far it is safe, and what the leader knows of it.

import { memo, useCallback, useMemo } from 'react';
import { isAlive, replicasOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { Patterns } from '../chart/patterns.tsx';
import { clipped } from '../chart/words.ts';
import { useStageModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { select, setViewer, useViewer } from '../session/viewer-store.ts';
import { layoutLogs, type LogLayout } from './log-layout.ts';
import { firstShown, logModel, type LogCell, type LogModel, type LogRow } from './log-model.ts';
import './logs.css';

/** Room for two lines of words to the right of a row. */
const NOTE_WIDTH = 136;

interface Bounds {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

/** What the layout needs to know; changes seldom. */
function boundsOf(world: World): Bounds {
  const replicas = replicasOf(world, firstRegion(world));
  const lasts = replicas.map((replica) =>
    isAlive(world, replica.store) ? replica.log.lastIndex : replica.disk.lastIndex,
  );
  return {
    rows: replicas.length,
    first: firstShown(replicas, Math.max(6, ...lasts)),
    last: Math.max(5, ...lasts),
  };
}

export const LogView = memo(function LogView({ width, height }: { width: number; height: number }) {
  const bounds = useStageModel(boundsOf);
  const layout = useMemo(
    () =>
      layoutLogs({
        rows: bounds.rows,
        firstIndex: bounds.first,
        lastIndex: bounds.last,
        width,
        height,
        noteWidth: NOTE_WIDTH,
      }),
    [bounds, width, height],
  );
  const from = layout.columns[0]?.index ?? 0;
  const to = layout.columns.at(-1)?.index ?? 0;
  const model = useStageModel(
    useCallback((world: World) => logModel(world, firstRegion(world), from, to), [from, to]),
  );
  const hot = useHotIndex(model);
  return (
    <svg
      className={`logs logs-${layout.mode}`}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label="Logs of all replicas"
    >
      <Patterns prefix="logs" />
      <HotColumn layout={layout} index={hot} />
      <Heads layout={layout} model={model} hot={hot} />
      {model.rows.map((row, i) => (
        <Row key={row.store} row={row} top={layout.rowTops[i] ?? 0} layout={layout} />
      ))}
    </svg>
  );
});

/** The column in question: under the pointer, chosen, or the oldest entry that is not safe. */
function useHotIndex(model: LogModel): number | null {
  const hovered = useViewer((viewer) => viewer.hoveredIndex);
  const chosen = useViewer((viewer) =>
    viewer.selection?.type === 'entry' ? viewer.selection.index : null,
  );
  return hovered ?? chosen ?? model.question;
}

function HotColumn({ layout, index }: { layout: LogLayout; index: number | null }) {
  const column = layout.columns.find((each) => each.index === index);
  if (column === undefined) return null;
  return (
    <rect
      className="log-hot"
      x={column.x - 2}
      y={layout.headY - 16}
      width={layout.entry.width + 4}
      height={layout.bottom - layout.headY + 16}
      rx="4"
    />
  );
}

function Heads({ layout, model, hot }: { layout: LogLayout; model: LogModel; hot: number | null }) {
  return (
    <g>
      {layout.columns.map((column, i) => {
        const head = model.heads[i];
        const x = column.x + layout.entry.width / 2;
        const isHot = column.index === hot;
        const there = head !== undefined && head.word !== null;
        return (
          <g
            key={column.index}
            className={isHot ? 'log-head log-head-hot' : 'log-head'}
            textAnchor="middle"
            onMouseEnter={() => setViewer({ hoveredIndex: column.index })}
            onMouseLeave={() => setViewer({ hoveredIndex: null })}
            onClick={() => there && select({ type: 'entry', index: column.index })}
          >
            <title>Entry {column.index}</title>
            <rect
              className="log-hit"
              x={column.x - 1}
              y={layout.headY - 14}
              width={layout.pitch}
              height={layout.rowTops[0] === undefined ? 20 : layout.rowTops[0] - layout.headY + 14}
            />
            <text className="log-index" x={x} y={layout.headY}>
              {shortIndex(column.index, layout.mode)}
            </text>
            {layout.commandY !== null && there && (
              <text className="log-command" x={x} y={layout.commandY}>
                {clipped(head.word ?? '', 5)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Numbers too long for their column keep their last three digits; the tooltip has them whole. */
function shortIndex(index: number, mode: LogLayout['mode']): string {
  const fits = index < (mode === 'wide' ? 100_000 : 1000);
  return fits ? String(index) : String(index % 1000).padStart(3, '0');
}

const Row = memo(function Row({
  row,
  top,
  layout,
}: {
  row: LogRow;
  top: number;
  layout: LogLayout;
}) {
  const wide = layout.mode === 'wide';
  return (
    <g className={row.down ? 'log-row log-row-down' : 'log-row'} data-log={row.store}>
      {row.leads && (
        <rect
          className="log-leads"
          x={layout.nameX - 8}
          y={top}
          width="3"
          height={layout.entry.height}
        />
      )}
      <text className="log-name" x={layout.nameX} y={top + 14}>
        {row.name}
      </text>
      <text
        className={row.leads ? 'log-word log-word-leads' : 'log-word'}
        x={layout.nameX + 29}
        y={top + 14}
      >
        {wide ? row.word : row.word.replace('pre-candidate', 'pre-cand.')}
      </text>
      <text className="log-word" x={layout.nameX} y={top + 30}>
        {row.under}
      </text>
      {!wide && row.short !== null && layout.rowPitch >= 54 && (
        <text className="log-word" x={layout.nameX} y={top + 46}>
          {row.short}
        </text>
      )}
      {row.cells.map((cell, i) => {
        const column = layout.columns[i];
        return (
          column && <Cell key={cell.index} cell={cell} x={column.x} y={top} entry={layout.entry} />
        );
      })}
      <Progress row={row} top={top} layout={layout} />
      {layout.noteX !== null &&
        row.note.map((line, i) => (
          <text key={i} className="log-word" x={layout.noteX ?? 0} y={top + 12 + i * 16}>
            {line}
          </text>
        ))}
    </g>
  );
});

const MARKS = {
  missing: 'missing',
  memory: 'memory',
  disk: 'on-disk',
  committed: 'committed',
  applied: 'committed',
  compacted: 'compacted',
} as const;

function Cell({
  cell,
  x,
  y,
  entry,
}: {
  cell: LogCell;
  x: number;
  y: number;
  entry: LogLayout['entry'];
}) {
  const inset = cell.state === 'missing' || cell.state === 'compacted' ? 0.5 : 0.75;
  return (
    <g
      className={`log-cell log-${cell.state}`}
      data-mark={MARKS[cell.state]}
      data-state={cell.state}
      data-index={cell.index}
      onMouseEnter={() => setViewer({ hoveredIndex: cell.index })}
      onMouseLeave={() => setViewer({ hoveredIndex: null })}
      onClick={() => cell.term !== null && select({ type: 'entry', index: cell.index })}
    >
      <rect
        x={x + inset}
        y={y + inset}
        width={entry.width - 2 * inset}
        height={entry.height - 2 * inset}
        rx="2"
      />
      {cell.state === 'applied' && (
        <rect className="log-foot" x={x} y={y + entry.height - 2} width={entry.width} height="3" />
      )}
      {cell.term !== null && cell.state !== 'compacted' && (
        <>
          <title>{`Entry ${cell.index}, written in term ${cell.term}`}</title>
          <text data-mark="term" x={x + entry.width / 2} y={y + entry.height / 2 + 4.5}>
            {cell.term}
          </text>
        </>
      )}
    </g>
  );
}

function Progress({ row, top, layout }: { row: LogRow; top: number; layout: LogLayout }) {
  const y = top + layout.entry.height + 9;
  const xOf = (index: number | null) => {
    const column = layout.columns.find((each) => each.index === index);
    return column && column.x + layout.entry.width / 2;
  };
  const match = xOf(row.match);
  const next = xOf(row.next);
  return (
    <g className={row.stale ? 'log-stale' : 'log-fresh'} data-mark="progress">
      {match !== undefined && (
        <circle
          className="log-slides"
          r="3.6"
          style={{ transform: `translate(${match}px, ${y}px)` }}
        />
      )}
      {next !== undefined && (
        <path
          className="log-slides"
          d="M-5 4H5L0 -4Z"
          style={{ transform: `translate(${next}px, ${y}px)` }}
        />
      )}
    </g>
  );
}
