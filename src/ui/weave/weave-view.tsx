// The Weave: all Regions at once. Keys from left to right, stores as rows, a replica where they meet. Cells and what
// moves are canvases; heads, flags and links stand over them; a grid over the cells serves keyboard and screen reader.

import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useFrame, useLive, useModel, useSessionState } from '../session/live.ts';
import { useViewer } from '../session/viewer-store.ts';
import { typeScale, useReducedMotion } from '../chart/use-size.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { Cloth } from './cloth.ts';
import type { ColumnWish } from './columns.ts';
import { placeEarly } from './early-votes.ts';
import { HEARTBEATS_FROM, MOST_FLAGS, TOO_FAST } from './levels.ts';
import { paintMoves } from './moves.ts';
import { penFor, type Ink } from './pen.ts';
import { useInk } from './use-ink.ts';
import { useGlide } from './use-glide.ts';
import { layoutWeave, type WeaveLayout } from './weave-layout.ts';
import { WeaveFoot } from './weave-foot.tsx';
import { WeaveLinks } from './weave-links.tsx';
import { WeaveUnder } from './weave-breaks.tsx';
import { WeaveMarks } from './weave-marks.tsx';
import { weaveShape, type WeaveShape } from './weave-shape.ts';
import { WeaveScissors } from './weave-scissors.tsx';
import { WeaveTwin } from './weave-twin.tsx';
import './weave.css';

export interface WeaveViewProps {
  /** In the units of the drawing. */
  readonly width: number;
  readonly height: number;
}

export const WeaveView = memo(function WeaveView({ width, height }: WeaveViewProps) {
  const shape = useModel(weaveShape);
  const focus = useFocus();
  const layout = useGlide(useWeaveLayout(shape, focus, width, height));
  return (
    <div className="weave">
      <p className="weave-sentence" title={shape.sentence}>
        {shape.sentence}
      </p>
      <WeaveUnder layout={layout} width={width} height={height} />
      <Canvases layout={layout} focus={focus} width={width} height={height} />
      <WeaveMarks shape={shape} layout={layout} focus={focus} width={width} height={height} />
      <WeaveLinks shape={shape} layout={layout} />
      <WeaveScissors shape={shape} layout={layout} />
      <EarlyPlates shape={shape} layout={layout} />
      <WeaveTwin layout={layout} shape={shape} />
      <WeaveFoot layout={layout} shape={shape} />
    </div>
  );
});

/** The Region that somebody looks at; null where nobody has chosen one. */
const useFocus = (): RegionId | null => useViewer((viewer) => viewer.region);

function useWeaveLayout(
  { groups, regions, flags, shelves }: WeaveShape,
  focus: RegionId | null,
  width: number,
  height: number,
): WeaveLayout<RegionId> {
  const key = JSON.stringify([
    groups,
    regions.map(({ id }) => id),
    wishedFlags(flags),
    shelves.length,
  ]);
  return useMemo(() => {
    const flagged = new Set(wishedFlags(flags));
    const columns = regions.map(({ id }): ColumnWish<RegionId> => {
      return { id, look: id === focus ? 'chosen' : flagged.has(id) ? 'flag' : 'quiet' };
    });
    return layoutWeave({ width, height, groups, columns, shelves: shelves.length });
    // The key stands for the parts of the shape that the layout reads.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, focus, width, height]);
}

const wishedFlags = (flags: WeaveShape['flags']): RegionId[] =>
  flags.slice(0, MOST_FLAGS).map(({ region }) => region);

interface CanvasProps extends WeaveViewProps {
  readonly layout: WeaveLayout<RegionId>;
  readonly focus: RegionId | null;
}

/** What the cloth was last painted from. */
interface Painted {
  readonly version: number;
  readonly layout: WeaveLayout<RegionId> | null;
  readonly ink: Ink | null;
  wall: number;
}

/** How calm a picture without motion is. */
const CALM_MS = 250;

function Canvases({ layout, focus, width, height }: CanvasProps) {
  const { source } = useLive();
  const { playing, speed } = useSessionState();
  const ink = useInk();
  const calm = useReducedMotion();
  const clothCanvas = useRef<HTMLCanvasElement>(null);
  const movesCanvas = useRef<HTMLCanvasElement>(null);
  const [cloth] = useState(() => new Cloth());
  const painted = useRef<Painted>({ version: -1, layout: null, ink: null, wall: 0 });
  const size = { width, height, scale: typeScale() };
  const rate = speed === 'max' ? Number.POSITIVE_INFINITY : speed;

  const draw = (now: number) => {
    const [below, above] = [clothCanvas.current, movesCanvas.current];
    if (below === null || above === null) return;
    const last = painted.current;
    if (last.version !== source.version || last.layout !== layout || last.ink !== ink) {
      const pen = penFor(below, size, ink);
      if (pen !== null) cloth.paint(pen, source.world, layout);
      painted.current = { ...last, version: source.version, layout, ink };
    }
    const pen = penFor(above, size, ink);
    const heartbeats = !playing || rate <= HEARTBEATS_FROM;
    const hidden = playing && rate > TOO_FAST;
    if (pen !== null)
      paintMoves(pen, { world: source.world, now, layout, focus, heartbeats, hidden });
  };
  useFrame((now, wallMs) => {
    if (calm && wallMs - painted.current.wall < CALM_MS) return;
    painted.current.wall = wallMs;
    draw(now);
  });
  useLayoutEffect(() => {
    // A canvas of another size is empty.
    cloth.clear();
    draw(source.shownAt());
  });
  return (
    <>
      <canvas ref={clothCanvas} className="weave-canvas" aria-hidden="true" />
      <canvas ref={movesCanvas} className="weave-canvas" aria-hidden="true" />
    </>
  );
}

/** A message that comes before the Region that it is for. */
function EarlyPlates({ layout, shape }: { layout: WeaveLayout<RegionId>; shape: WeaveShape }) {
  return shape.early.map((early) => {
    const box = placeEarly(early, layout);
    if (box === null) return null;
    return (
      <p
        key={`${early.region} ${early.to}`}
        className="weave-early"
        style={{ left: px(box.x), top: px(box.y), width: px(box.width), height: px(box.height) }}
      >
        <strong>{early.title}</strong>
        <span>{early.text}</span>
      </p>
    );
  });
}

const px = (value: number) => `calc(${value} * var(--px))`;
