// The hand on the tape: press, drag and click to look back; the playhead as a slider for keys and screen readers. At an
// edge the tape moves on under the hand. What an instant is, is said beside the pointer.

import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { World } from '../../projections/world.ts';
import { clock, duration } from '../../projections/words/format.ts';
import type { Micros } from '../../tikv/ids.ts';
import { typeScale } from '../chart/use-size.ts';
import { useFrame, useLive, useLiveModel, useLooking } from '../session/live.ts';
import { snapped, type TapeLayout, type TapeWindow } from './tape-layout.ts';
import { markAt, type TapeModel } from './tape-model.ts';
import { setStretch, zoomBy } from './tape-stretch.ts';

export interface TapeScrubProps {
  readonly model: TapeModel;
  readonly layout: TapeLayout;
  readonly window: TapeWindow;
}

/** So near an edge the tape moves on. */
const EDGE = 24;
/** How much of the window it moves in a frame at most. */
const PER_FRAME = 0.02;
const TENTH: Micros = 100_000;
const SECOND: Micros = 1_000_000;

/** Tenths of a second: the slider's own steps. */
const tenths = (at: Micros): number => Math.round(at / TENTH) / 10;
const liveTenths = (_: World, now: Micros): number => tenths(now);

export function TapeScrub({ model, layout, window }: TapeScrubProps) {
  const { source } = useLive();
  const { lookBack } = source;
  const [pointed, setPointed] = useState<Micros | null>(null);
  /** Where the pointer is pressed, in the drawing's own units. */
  const held = useRef<number | null>(null);
  const placeOf = (event: PointerEvent<HTMLElement>) =>
    (event.clientX - event.currentTarget.getBoundingClientRect().left) / typeScale();
  const instantAt = (x: number) =>
    snapped(
      layout,
      x,
      model.marks.map((mark) => mark.at),
    );

  const press = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = placeOf(event);
    setStretch({ from: window.from });
    lookBack.to(instantAt(held.current));
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const x = placeOf(event);
    setPointed(instantAt(x));
    if (held.current === null) return;
    held.current = x;
    lookBack.to(instantAt(x));
  };
  const release = () => {
    held.current = null;
    if (source.looking === null) setStretch({ from: null });
  };
  useFrame(() => {
    const x = held.current;
    if (x === null) return;
    const past =
      x < layout.left + EDGE
        ? x - layout.left - EDGE
        : x > layout.right - EDGE
          ? x - layout.right + EDGE
          : 0;
    if (past === 0) return;
    const span = window.to - window.from;
    const by = Math.round(span * PER_FRAME * Math.max(-1, Math.min(1, past / (2 * EDGE))));
    const least = Math.max(0, lookBack.begins() - span / 8);
    const from = Math.min(
      Math.max(window.from + by, least),
      Math.max(least, source.liveAt() - span / 2),
    );
    if (from === window.from) return;
    setStretch({ from });
    lookBack.to(layout.at(x));
  });
  return (
    <div
      className="tape-scrub"
      data-testid="tape"
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={() => setPointed(null)}
      onWheel={({ deltaY }) => zoomBy(deltaY < 0 ? 1 : -1, source.liveAt())}
    >
      <Pointed at={pointed} model={model} layout={layout} />
      <Handle layout={layout} />
    </div>
  );
}

/** The instant under the pointer, and what happened there. */
function Pointed({
  at,
  model,
  layout,
}: { at: Micros | null } & Pick<TapeScrubProps, 'model' | 'layout'>) {
  const { source } = useLive();
  if (at === null || at > source.liveAt()) return null;
  const x = layout.x(at);
  const left = x > (layout.left + layout.right) / 2;
  return (
    <div className="tape-pointed" style={{ left: `calc(${x} * var(--px))` }} aria-hidden="true">
      <span className={left ? 'tape-pointed-words is-left' : 'tape-pointed-words'}>
        {clock(at)}&nbsp;s{markAt(model, at)}
      </span>
    </div>
  );
}

/** The playhead as a control. */
function Handle({ layout }: { layout: TapeLayout }) {
  const { source } = useLive();
  const { lookBack } = source;
  const ref = useRef<HTMLDivElement>(null);
  const looking = useLooking();
  const live = useLiveModel(liveTenths);
  useFrame((now) => {
    if (ref.current !== null)
      ref.current.style.left = `calc(${layout.x(now).toFixed(1)} * var(--px))`;
  });
  const keyed = (event: KeyboardEvent) => {
    if (!moveByKey(source, event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = looking === null ? live : tenths(looking.at);
  const ago = looking === null ? 0 : source.liveAt() - looking.at;
  return (
    <div
      ref={ref}
      className="tape-handle"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={tenths(lookBack.begins())}
      aria-valuemax={live}
      aria-valuenow={shown}
      aria-valuetext={
        looking === null
          ? `${live} seconds, now`
          : `${clock(looking.at)} seconds, ${duration(ago)} ago`
      }
      onKeyDown={keyed}
    />
  );
}

/** What a key does to the moment that is drawn; false where it does nothing. */
export function moveByKey(
  { lookBack }: Pick<ReturnType<typeof useLive>['source'], 'lookBack'>,
  key: string,
  far: boolean,
): boolean {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      lookBack.by(far ? -SECOND : -TENTH);
      return true;
    case 'ArrowRight':
    case 'ArrowUp':
      if (lookBack.looking !== null) lookBack.by(far ? SECOND : TENTH);
      return true;
    case 'PageUp':
      if (lookBack.looking !== null) lookBack.by(5 * SECOND);
      return true;
    case 'PageDown':
      lookBack.by(-5 * SECOND);
      return true;
    case 'Home':
      lookBack.to(lookBack.begins());
      return true;
    case 'End':
      lookBack.backToNow();
      return true;
    default:
      return false;
  }
}
