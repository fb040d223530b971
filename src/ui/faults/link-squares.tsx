// The squares of the links, display and control at once: a row for each store that sends, a column for each that receives.
// A click cuts or mends one way, with Shift both ways; drawn across several squares, all of them are cut.

import { memo, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { nodeName } from '../../projections/words/format.ts';
import type { NodeId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { useLive, useModel } from '../session/live.ts';
import type { Target } from '../session/viewer-store.ts';
import { linkSquares, type LinkSquare } from './link-squares-model.ts';
import { openAt } from './open-menu.ts';
import { cutCommands } from './tool-work.ts';
import { give, touch } from './touch.ts';
import './faults.css';

export const LinkSquares = memo(function LinkSquares() {
  const { stores, rows } = useModel(linkSquares);
  const live = useLive();
  const [place, setPlace] = useState<readonly [number, number]>([0, 1]);
  const grid = useRef<HTMLDivElement>(null);
  const drag = useDragToCut();
  if (stores.length < 2) return null;
  const chosen = rows[place[0]]?.[place[1]] ?? rows[0]?.[1];
  const move = (event: KeyboardEvent) => {
    const next = neighbour(place, event.key, stores.length);
    if (next === null) return;
    event.preventDefault();
    setPlace(next);
    grid.current?.querySelector<HTMLElement>(`[data-place="${next.join('-')}"]`)?.focus();
  };
  const act = (square: LinkSquare, event: MouseEvent) => {
    const target = linkTarget(square, event.shiftKey);
    if (!touch(live, target, event.shiftKey)) give(live, cutCommands(live.source.world, target));
  };
  return (
    <section className="links" aria-label="Links">
      <h2 className="panel-heading">Links, messages a second</h2>
      <div
        className="link-grid"
        role="grid"
        aria-label="Links: rows send, columns receive"
        ref={grid}
        style={{ gridTemplateColumns: `auto repeat(${stores.length}, var(--square))` }}
        onKeyDown={move}
      >
        <div role="row" className="link-row">
          <span role="columnheader" className="link-corner">
            from, to
          </span>
          {stores.map((store) => (
            <span key={store} role="columnheader" className="link-head">
              {nodeName(store)}
            </span>
          ))}
        </div>
        {rows.map((row, i) => (
          <div key={stores[i]} role="row" className="link-row">
            <span role="rowheader" className="link-head link-from">
              {nodeName(stores[i] as NodeId)}
            </span>
            {row.map((square, j) => (
              <Square
                key={square.to}
                square={square}
                place={`${i}-${j}`}
                isStop={square === chosen}
                drag={drag}
                onPlace={() => setPlace([i, j])}
                onAct={act}
              />
            ))}
          </div>
        ))}
      </div>
      {chosen !== undefined && chosen.state !== 'self' && (
        <p className="link-words">
          <span>{chosen.words}</span>
          <button
            type="button"
            className="button button-small"
            aria-label={`Set ${nodeName(chosen.from)} to ${nodeName(chosen.to)}`}
            onClick={({ currentTarget }) =>
              openAt(live, { what: 'link', target: linkTarget(chosen, false) }, currentTarget)
            }
          >
            Set …
          </button>
        </p>
      )}
    </section>
  );
});

const linkTarget = (
  { from, to }: LinkSquare,
  both: boolean,
): Extract<Target, { type: 'link' }> => ({
  type: 'link',
  from,
  to,
  both,
});

/** The next square in the direction of an arrow, past the store itself; null: none, or another key. */
function neighbour(
  [row, column]: readonly [number, number],
  key: string,
  size: number,
): readonly [number, number] | null {
  const step = STEPS[key];
  if (step === undefined) return null;
  let next: [number, number] = [row + step[0], column + step[1]];
  if (next[0] === next[1]) next = [next[0] + step[0], next[1] + step[1]];
  return next.every((part) => part >= 0 && part < size) ? next : null;
}

const STEPS: Readonly<Partial<Record<string, readonly [number, number]>>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

interface DragToCut {
  readonly begin: (square: LinkSquare) => void;
  readonly enter: (square: LinkSquare) => void;
  /** True where the press that ends now was a drag: it is no click. */
  readonly wasDrag: () => boolean;
  readonly marked: ReadonlySet<string>;
}

function useDragToCut(): DragToCut {
  const live = useLive();
  const squares = useRef(new Map<string, LinkSquare>());
  const ended = useRef(false);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const end = () => {
      const several = [...squares.current.values()];
      squares.current.clear();
      ended.current = several.length > 1;
      if (several.length < 2) return;
      setMarked(new Set());
      const open = several.filter((square) => square.state !== 'cut');
      give(
        live,
        open.map(({ from, to }) => ({ type: 'cut', from, to })),
      );
    };
    window.addEventListener('pointerup', end);
    return () => window.removeEventListener('pointerup', end);
  }, [live]);
  const add = (square: LinkSquare) => {
    squares.current.set(`${square.from}>${square.to}`, square);
    if (squares.current.size > 1) setMarked(new Set(squares.current.keys()));
  };
  return {
    begin: (square) => {
      squares.current.clear();
      add(square);
    },
    enter: (square) => squares.current.size > 0 && add(square),
    wasDrag: () => ended.current,
    marked,
  };
}

interface SquareProps {
  readonly square: LinkSquare;
  readonly place: string;
  /** The one that the Tab key comes to. */
  readonly isStop: boolean;
  readonly drag: DragToCut;
  readonly onPlace: () => void;
  readonly onAct: (square: LinkSquare, event: MouseEvent) => void;
}

function Square({ square, place, isStop, drag, onPlace, onAct }: SquareProps) {
  const { from, to, state, slow, lossy, rate, name } = square;
  if (state === 'self') return <span role="gridcell" className="link-self" aria-label={name} />;
  const way = `${from}>${to}`;
  const ground = `color-mix(in srgb, var(--re) ${rate === 0 ? 6 : Math.min(42, 12 + rate)}%, var(--paper))`;
  return (
    <button
      type="button"
      role="gridcell"
      className="link-square"
      data-way={way}
      data-place={place}
      data-state={state}
      data-slow={slow}
      data-lossy={lossy}
      data-marked={drag.marked.has(way)}
      aria-label={name}
      tabIndex={isStop ? 0 : -1}
      style={state === 'open' ? { background: ground } : undefined}
      onFocus={onPlace}
      onPointerEnter={(event) => (event.buttons === 1 ? drag.enter(square) : onPlace())}
      onPointerDown={(event) => event.button === 0 && drag.begin(square)}
      onClick={(event) => {
        if (event.detail === 0 || !drag.wasDrag()) onAct(square, event);
      }}
    >
      {state === 'cut' ? <Icon name="close" size={14} /> : state === 'open' ? rate : null}
    </button>
  );
}
