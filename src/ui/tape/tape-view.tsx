// The tape: terms, writes and faults along time, with the playhead at the moment shown.

import { memo, useCallback, useEffect, useRef } from 'react';
import type { World } from '../../projections/world.ts';
import { clock, plural } from '../../projections/words/format.ts';
import type { Micros } from '../../tikv/ids.ts';
import { Patterns } from '../chart/patterns.tsx';
import { textWidth } from '../chart/text-width.ts';
import { useFrame, useIsPast, useLive, useLiveModel, useModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { useOfAllRegions } from '../session/use-view.ts';
import {
  layoutTape,
  tapeWindow,
  usualSpan,
  windowAround,
  type TapeLayout,
  type TapeWindow,
} from './tape-layout.ts';
import { tapeModel, type Band, type TapeModel } from './tape-model.ts';
import { Bars } from './tape-bars.tsx';
import { Commands, Cross, Splits } from './tape-commands.tsx';
import type { PartProps, Rows } from './tape-parts.ts';
import { TapeScrub } from './tape-scrub.tsx';
import { setStretch, useStretch } from './tape-stretch.ts';
import './tape.css';

export interface TapeViewProps {
  readonly width: number;
  readonly height: number;
  /** Rows have names at the left. */
  readonly labelled: boolean;
}

const LABELS = 112;
const MARGIN = 20;
const TALL: Rows = { band: 17, bandHeight: 26, writes: 56, axis: 70 };
const LOW: Rows = { band: 15, bandHeight: 22, writes: 48, axis: null };
const TALL_FROM = 84;

export const TapeView = memo(function TapeView({ width, height, labelled }: TapeViewProps) {
  const left = labelled ? LABELS : 16;
  const inner = width - left - MARGIN;
  const window = useTapeWindow(inner);
  const all = useOfAllRegions();
  const model = useLiveModel(
    useCallback((world: World) => tapeModel(world, firstRegion(world), window, all), [window, all]),
  );
  const kept = useLiveModel(useKeptFrom());
  const layout = layoutTape(window, { width, left, rightMargin: MARGIN });
  const rows = height >= TALL_FROM ? TALL : LOW;
  return (
    <>
      <svg
        className="tape-drawing"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={tapeSays(model)}
      >
        <Patterns prefix="tape" />
        {labelled && (
          <g className="tape-label">
            <text x="20" y={rows.band + 18}>
              {all ? 'Elections' : `Terms, R${model.region}`}
            </text>
            <text x="20" y={rows.writes + 4}>
              Writes
            </text>
          </g>
        )}
        <rect
          className="tape-future"
          x={layout.left}
          y={rows.band}
          width={layout.right - layout.left}
          height={rows.bandHeight}
        />
        <Bands model={model} layout={layout} rows={rows} />
        <Bars model={model} layout={layout} rows={rows} />
        {!labelled && all && (
          <text className="tape-inside" x={left + 6} y={rows.band + 14}>
            elections, writes
          </text>
        )}
        <Writes model={model} layout={layout} rows={rows} />
        <Splits model={model} layout={layout} rows={rows} />
        <Campaigns model={model} layout={layout} rows={rows} />
        <Commands model={model} layout={layout} rows={rows} />
        {rows.axis !== null && <Axis layout={layout} y={rows.axis} />}
        <Edges layout={layout} rows={rows} kept={kept} window={window} />
        <Playhead layout={layout} bottom={rows.axis ?? height} />
      </svg>
      <TapeScrub model={model} layout={layout} window={window} />
    </>
  );
});

/** The stretch that is drawn. It moves by steps, and is held while somebody looks back: it changes seldom. */
function useTapeWindow(inner: number): TapeWindow {
  const { span: wanted, from } = useStretch();
  const span = wanted ?? usualSpan(inner);
  const following = useLiveModel(
    useCallback((_: World, now: Micros) => tapeWindow(now, span), [span]),
  );
  const around = useModel(
    useCallback(
      (_: World, now: Micros) => windowAround(now, from ?? following.from, span),
      [from, following, span],
    ),
  );
  const isPast = useIsPast();
  useEffect(() => setStretch({ shown: span }), [span]);
  useEffect(() => setStretch({ from: isPast ? around.from : null }), [isPast, around.from]);
  return isPast || from !== null ? around : following;
}

/** From when on the past can be looked at; 0: from the beginning. */
function useKeptFrom() {
  const { source } = useLive();
  return useCallback(() => source.lookBack.begins(), [source]);
}

function tapeSays(model: TapeModel): string {
  const { bars } = model;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const counts =
    bars === null
      ? []
      : [
          `all Regions: ${plural(sum(bars.elections), 'candidacy', 'candidacies')}`,
          plural(sum(bars.writes), 'write'),
        ];
  const bands = model.bands.map((band) => band.text).slice(-4);
  const splits = model.splits.map((split) => split.text).slice(-4);
  const commands = model.commands.map((command) => command.text).slice(-4);
  return `Tape: ${[...counts, ...bands, ...splits, ...commands].join('; ')}`;
}

function Bands({ model, layout, rows }: PartProps) {
  return model.bands.map((band) => (
    <BandBox key={band.key} band={band} layout={layout} rows={rows} />
  ));
}

/** A band that is still going on ends at the playhead: its width is set once a frame. */
function BandBox({ band, layout, rows }: Omit<PartProps, 'model'> & { band: Band }) {
  const box = useRef<SVGRectElement>(null);
  const words = useRef<SVGGElement>(null);
  const from = layout.x(band.from);
  const textSize = textWidth(band.text, 12) + 20;
  const grow = (now: Micros) => {
    const width = Math.max(0, layout.x(band.to ?? now) - from);
    box.current?.setAttribute('width', width.toFixed(1));
    words.current?.setAttribute('visibility', width > textSize ? 'visible' : 'hidden');
  };
  const { source } = useLive();
  useFrame(() => {
    if (band.to === null) grow(source.liveAt());
  });
  const width = band.to === null ? 0 : Math.max(0, layout.x(band.to) - from);
  const open = band.to === null;
  return (
    <g className={`band band-${band.kind} ${band.odd ? 'band-odd' : ''}`}>
      <rect
        ref={box}
        className="band-box"
        x={from}
        y={rows.band}
        height={rows.bandHeight}
        {...(open ? {} : { width })}
      />
      <g ref={words} visibility={!open && width > textSize ? 'visible' : 'hidden'}>
        {band.kind === 'nobody' && (
          <rect
            className="band-plate"
            x={from + 5}
            y={rows.band + 4}
            width={textSize - 10}
            height={rows.bandHeight - 8}
          />
        )}
        <text
          className={open ? 'band-text band-now' : 'band-text'}
          x={from + 10}
          y={rows.band + rows.bandHeight / 2 + 4.5}
        >
          {band.text}
        </text>
      </g>
    </g>
  );
}

function Writes({ model, layout, rows }: PartProps) {
  return model.writes.map((write) => {
    const x = layout.x(write.at);
    if (write.outcome === 'ok')
      return (
        <circle
          key={write.key}
          data-mark="write-ok"
          className="write-ok"
          cx={x}
          cy={rows.writes}
          r="4"
        />
      );
    if (write.outcome === null)
      return (
        <circle
          key={write.key}
          data-mark="write-open"
          className="write-open"
          cx={x}
          cy={rows.writes}
          r="3.5"
        />
      );
    if (write.outcome === 'failed')
      return <Cross key={write.key} x={x} y={rows.writes} arm={3.5} />;
    return (
      <path
        key={write.key}
        data-mark="write-unsure"
        className="write-unsure"
        d={`M${x} ${rows.writes - 4.5}l4.5 4.5-4.5 4.5-4.5-4.5z`}
      />
    );
  });
}

function Campaigns({ model, layout, rows }: PartProps) {
  return model.campaigns.map((mark) => {
    const half = mark.won ? 6 : 5;
    return (
      <path
        key={mark.key}
        data-mark={mark.won ? 'elected' : 'campaign'}
        className={mark.won ? 'campaign campaign-won' : 'campaign'}
        d={`M${layout.x(mark.at)} ${rows.band - half}l${half} ${half}-${half} ${half}-${half}-${half}z`}
      />
    );
  });
}

function Axis({ layout, y }: { layout: TapeLayout; y: number }) {
  return (
    <g className="axis">
      {layout.ticks.map((tick, i) => (
        <g key={tick.label}>
          <path d={`M${tick.x} ${y - 5}v4`} />
          <text
            x={tick.x}
            y={y + 12}
            textAnchor={i === 0 ? 'start' : tick.x > layout.right - 10 ? 'end' : 'middle'}
          >
            {tick.label}
          </text>
        </g>
      ))}
    </g>
  );
}

/** What is not kept any more, and what lies after the moment that is looked at. */
function Edges({
  layout,
  rows,
  kept,
  window,
}: {
  layout: TapeLayout;
  rows: Rows;
  kept: Micros;
  window: TapeWindow;
}) {
  const later = useRef<SVGRectElement>(null);
  const { source } = useLive();
  useFrame((now) => {
    const x = layout.x(now);
    later.current?.setAttribute('x', x.toFixed(1));
    const width = source.looking === null ? 0 : layout.right - x;
    later.current?.setAttribute('width', width.toFixed(1));
  });
  const end = layout.x(kept);
  const bottom = rows.writes + 9;
  const words = `kept from ${clock(kept)}\u00a0s on`;
  return (
    <>
      <rect ref={later} className="tape-later" y="0" height={bottom} />
      {kept > window.from && (
        <g className="tape-gone">
          <rect x={layout.left} y="0" width={end - layout.left} height={bottom} />
          <path d={`M${end} 2V${bottom}`} />
          {end - layout.left > textWidth(words, 12) + 16 && (
            <text x={end - 8} y={rows.writes + 4} textAnchor="end">
              {words}
            </text>
          )}
        </g>
      )}
    </>
  );
}

function Playhead({ layout, bottom }: { layout: TapeLayout; bottom: number }) {
  const ref = useRef<SVGGElement>(null);
  useFrame((now) => {
    ref.current?.setAttribute('transform', `translate(${layout.x(now).toFixed(1)} 0)`);
  });
  return (
    <g ref={ref} className="playhead" aria-hidden="true">
      <path d={`M0 4V${bottom}`} />
      <path className="playhead-cap" d="M-6 -5H6V2L0 8L-6 2Z" transform="translate(0 4)" />
    </g>
  );
}
