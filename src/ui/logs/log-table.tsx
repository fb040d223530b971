// The whole log as a table: an index a row, a store a column. It scrolls; only the rows in sight are in the document, and
// each says its place in the whole.

import { Dialog } from 'radix-ui';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { replicasOf } from '../../projections/questions.ts';
import type { World } from '../../projections/world.ts';
import { commas } from '../../projections/words/format.ts';
import { Icon } from '../chart/icon.tsx';
import { useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { Hint } from '../shell/hint.tsx';
import { select } from '../session/viewer-store.ts';
import { firstShown, lastShown, logModel, type EntryState, type LogRow } from './log-model.ts';
import { shownRange } from './log-table-range.ts';
import './log-table.css';

/** Of the drawing: a row is so high. */
const ROW = 28;

export function LogTableButton() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Hint words="The whole log as a table">
        <Dialog.Trigger className="log-table-open" aria-label="Logs: the whole log as a table">
          Logs
          <Icon name="list" size={14} />
        </Dialog.Trigger>
      </Hint>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content className="dialog log-table-dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">The log on every store</Dialog.Title>
          <LogTable onChoose={() => setOpen(false)} />
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close the table">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function boundsOf(world: World): { first: number; last: number } {
  const replicas = replicasOf(world, firstRegion(world));
  const last = Math.max(0, ...replicas.map((replica) => lastShown(world, replica)));
  return { first: Math.max(1, firstShown(replicas, last + 1) - 1), last };
}

function LogTable({ onChoose }: { onChoose: () => void }) {
  const { first, last } = useModel(boundsOf);
  const count = Math.max(0, last - first + 1);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: Number.MAX_SAFE_INTEGER, height: 400 });
  // The newest entries first in sight.
  useLayoutEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, []);
  const look = () => {
    const element = box.current;
    if (element !== null) setView({ top: element.scrollTop, height: element.clientHeight });
  };
  const range = shownRange({ count, row: ROW, ...view });
  const from = first + range.from;
  const to = first + range.to - 1;
  const model = useModel(
    useCallback((world: World) => logModel(world, firstRegion(world), from, to), [from, to]),
  );
  if (count === 0) return <p className="panel-empty">No log has an entry yet.</p>;
  return (
    <>
      <TableLegend />
      <div
        className="log-table-box"
        ref={box}
        tabIndex={0}
        role="group"
        aria-label="Entries, oldest first"
        onScroll={look}
      >
        <table className="log-table" aria-rowcount={count + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">Entry</th>
              <th scope="col">Command</th>
              {model.rows.map((row) => (
                <Head key={row.store} row={row} />
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer rows={range.from} columns={model.rows.length + 2} />
            {model.heads.map((head, i) => (
              <tr key={head.index} aria-rowindex={head.index - first + 2}>
                <th scope="row">
                  <button
                    type="button"
                    className="log-table-index"
                    onClick={() => {
                      select({ type: 'entry', index: head.index });
                      onChoose();
                    }}
                  >
                    {commas(head.index)}
                  </button>
                </th>
                <td className="log-table-command">{head.word ?? ''}</td>
                {model.rows.map((row) => (
                  <Cell key={row.store} row={row} place={i} />
                ))}
              </tr>
            ))}
            <Spacer rows={count - range.to} columns={model.rows.length + 2} />
          </tbody>
        </table>
      </div>
    </>
  );
}

const Spacer = ({ rows, columns }: { rows: number; columns: number }) =>
  rows <= 0 ? null : (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height: `calc(${rows * ROW} * var(--px))`, padding: 0 }} />
    </tr>
  );

function Head({ row }: { row: LogRow }) {
  return (
    <th scope="col" className={row.leads ? 'log-table-leads' : undefined}>
      <span className="log-table-name">{row.name}</span> {row.word}
      <span className="log-table-facts">{row.facts}</span>
      <span className="log-table-facts">{row.leads ? '' : (row.note[0] ?? '')}</span>
    </th>
  );
}

const WORDS: Record<EntryState, string> = {
  missing: 'not there',
  memory: 'in memory',
  disk: 'on disk',
  committed: 'committed',
  applied: 'applied',
  compacted: 'compacted',
};

function Cell({ row, place }: { row: LogRow; place: number }) {
  const cell = row.cells[place];
  if (cell === undefined) return <td />;
  const { index, state, term } = cell;
  return (
    <td>
      <span className={`log-box log-box-${state}`} title={WORDS[state]}>
        {state === 'compacted' || term === null ? '' : `T${term}`}
        <span className="unseen">{WORDS[state]}</span>
      </span>
      {row.match === index && (
        <span className="log-table-mark" title="match: it surely has this">
          ●<span className="unseen">match</span>
        </span>
      )}
      {row.next === index && (
        <span className="log-table-mark" title="next: this is sent next">
          ▲<span className="unseen">next</span>
        </span>
      )}
    </td>
  );
}

function TableLegend() {
  return (
    <ul className="log-table-legend" aria-label="Marks">
      {(Object.keys(WORDS) as EntryState[]).map((state) => (
        <li key={state}>
          <span className={`log-box log-box-${state}`} />
          {WORDS[state]}
        </li>
      ))}
      <li>
        <span className="log-table-mark">●</span>match
      </li>
      <li>
        <span className="log-table-mark">▲</span>next
      </li>
    </ul>
  );
}
