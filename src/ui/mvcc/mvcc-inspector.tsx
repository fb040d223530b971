// The versions of one key as a store has applied them: LOCK, WRITE and DEFAULT side by side, lines from commit to value,
// and a slider that reads the key at any timestamp and says why it finds what it finds.

import { Slider } from 'radix-ui';
import { useCallback, useState } from 'react';
import type { Bytes } from '../../base/bytes.ts';
import { nodeName, shown } from '../../projections/words/format.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { clipped } from '../chart/words.ts';
import { useModel } from '../session/live.ts';
import { select } from '../session/viewer-store.ts';
import { arrowOf, boxOf, heightOf, labelled, placeOn, WIDTH, type Column } from './mvcc-layout.ts';
import { mvccModel, type BoxModel, type MvccModel, type RowModel } from './mvcc-model.ts';
import './mvcc.css';

export function MvccInspector({ name }: { name: Bytes }) {
  const [store, setStore] = useState<NodeId | null>(null);
  const [n, setN] = useState<number | null>(null);
  const model = useModel(
    useCallback((world: World) => mvccModel(world, { key: name, store, n }), [name, store, n]),
  );
  return (
    <section className="inspector mvcc" aria-label="Inspector">
      <header className="inspector-head">
        <h2 className="inspector-title">
          Key <code className="mvcc-key">{model.title}</code>
        </h2>
        <button
          type="button"
          className="button button-bare button-small"
          aria-label="Close inspector"
          onClick={() => select(null)}
        >
          <Icon name="close" />
        </button>
      </header>
      <p className="inspector-under">{model.under}</p>
      <Stores model={model} choose={setStore} />
      {model.rows.length > 0 && <Versions model={model} />}
      {model.read !== null && <ReadAt model={model} choose={setN} />}
    </section>
  );
}

function Stores({ model, choose }: { model: MvccModel; choose: (store: NodeId) => void }) {
  if (model.stores.length < 2) return null;
  return (
    <div className="mvcc-stores" role="group" aria-label="Whose versions">
      {model.stores.map(({ store, leads }) => (
        <button
          key={store}
          type="button"
          className="button button-small"
          aria-pressed={store === model.store}
          onClick={() => choose(store)}
        >
          {nodeName(store)}
          {leads && <span className="unseen">, leader</span>}
        </button>
      ))}
    </div>
  );
}

const HEADS: readonly { readonly column: Column; readonly word: string; readonly under: string }[] =
  [
    { column: 'lock', word: 'LOCK', under: 'who is writing' },
    { column: 'write', word: 'WRITE', under: 'commit to start' },
    { column: 'value', word: 'DEFAULT', under: 'start = value' },
  ];

function Versions({ model }: { model: MvccModel }) {
  const height = heightOf(model.rows.length);
  return (
    <>
      <div className="mvcc-heads" aria-hidden="true">
        {HEADS.map(({ column, word, under }) => (
          <p key={column} className="mvcc-head" data-column={column}>
            <strong>{word}</strong>
            {under}
          </p>
        ))}
      </div>
      <svg className="mvcc-rows" viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true">
        {model.rows.map((row, i) => (
          <Row key={row.key} row={row} place={i} />
        ))}
      </svg>
      <Table rows={model.rows} />
      {model.more > 0 && <p className="inspector-remark">and {model.more} older</p>}
      {model.primary !== null && <Primary name={model.primary} />}
    </>
  );
}

function Row({ row, place }: { row: RowModel; place: number }) {
  const from = row.write !== null ? 'write' : 'lock';
  const state = row.write?.state ?? 'lock';
  const arrow = row.value === null ? null : arrowOf(from, place);
  return (
    <g data-row={row.key}>
      {arrow !== null && (
        <g className="mvcc-arrow" data-state={state}>
          <path d={arrow.line} />
          <path className="mvcc-arrow-head" d={arrow.head} />
        </g>
      )}
      {row.lock !== null && <BoxMark column="lock" place={place} box={row.lock} />}
      {row.write !== null && <BoxMark column="write" place={place} box={row.write} />}
      {row.value !== null && <BoxMark column="value" place={place} box={row.value} />}
    </g>
  );
}

function BoxMark({ column, place, box }: { column: Column; place: number; box: BoxModel }) {
  const { x, y, width, height } = boxOf(column, place);
  return (
    <g className="mvcc-box" data-column={column} data-state={box.state}>
      <title>{box.whole}</title>
      <rect x={x + 0.75} y={y} width={width - 1.5} height={height} rx={4} />
      <text className="mvcc-box-head" x={x + 8} y={y + 16}>
        {clipped(box.head, 11)}
      </text>
      <text className="mvcc-box-under" x={x + 8} y={y + 31}>
        {box.under}
      </text>
    </g>
  );
}

/** The same rows for those who listen. */
function Table({ rows }: { rows: readonly RowModel[] }) {
  const words = (box: BoxModel | null) => (box === null ? '' : `${box.head}, ${box.under}`);
  return (
    <table className="unseen">
      <caption>Versions, newest first</caption>
      <thead>
        <tr>
          {HEADS.map(({ column, word, under }) => (
            <th key={column} scope="col">{`${word}, ${under}`}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td>{words(row.lock)}</td>
            <td>{words(row.write)}</td>
            <td>{words(row.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Primary({ name }: { name: Bytes }) {
  return (
    <p className="mvcc-primary">
      The lock&apos;s primary is{' '}
      <button
        type="button"
        className="text-button"
        onClick={() => select({ type: 'key', key: name })}
      >
        <code>{shown(name)}</code>
      </button>
    </p>
  );
}

function ReadAt({ model, choose }: { model: MvccModel; choose: (n: number) => void }) {
  const { read, n, from, to } = model;
  if (read === null) return null;
  const sentence = `${read.before}${read.value === null ? '' : ` ${read.value}.`}${read.after}`;
  return (
    <div className="mvcc-read">
      <p className="mvcc-read-head">
        <span>Read at timestamp</span>
        <strong className="mvcc-read-at">{n}</strong>
      </p>
      <Slider.Root
        className="mvcc-slider"
        min={from}
        max={to}
        step={1}
        value={[n]}
        onValueChange={([value]) => choose(value ?? n)}
      >
        <Slider.Track className="mvcc-track">
          <Slider.Range className="mvcc-range" />
        </Slider.Track>
        <Slider.Thumb
          className="mvcc-thumb"
          aria-label="Read at timestamp"
          aria-valuetext={`${n}: ${sentence}`}
        />
      </Slider.Root>
      <Marks model={model} />
      <div className="mvcc-answer" data-blocked={read.blocked || undefined} aria-live="polite">
        <p className="mvcc-sentence">
          {read.value === null ? (
            read.before
          ) : (
            <strong>
              {read.before} {read.value}.
            </strong>
          )}
          {read.after}
        </p>
        {read.lock !== null && <p className="mvcc-lock-says">{read.lock}</p>}
      </div>
    </div>
  );
}

function Marks({ model }: { model: MvccModel }) {
  const places = model.marks.map((mark) => placeOn(mark.n, model));
  const shows = labelled(places);
  return (
    <svg className="mvcc-marks" viewBox={`0 0 ${WIDTH} 40`} aria-hidden="true">
      {model.marks.map((mark, i) => {
        const x = places[i] ?? 0;
        return (
          <g key={`${mark.kind} ${mark.n}`} data-mark={mark.kind}>
            {mark.kind === 'lock' ? (
              <path d={`M${x} 6l5.5 5.5l-5.5 5.5l-5.5 -5.5Z`} />
            ) : (
              <path d={`M${x} 4v15`} />
            )}
            {shows[i] && (
              <text x={x} y={34} textAnchor="middle">
                {mark.word}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
