// The Weave on a phone: stores across, Regions down, and what is out of sight is not drawn. A touch of a cell looks inside,
// a touch of a Region's name opens its ring.

import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { mapped, mapRegions } from '../../projections/region-map.ts';
import type { World } from '../../projections/world.ts';
import type { NodeId, RegionId } from '../../tikv/ids.ts';
import { typeScale } from '../chart/use-size.ts';
import { useFrame, useLive, useModel, useSessionState } from '../session/live.ts';
import { select, setViewer, useViewer } from '../session/viewer-store.ts';
import { endOf } from '../ring/message-path.ts';
import { cellModel, cellSays, sightOf } from './cell-model.ts';
import { paintCell } from './paint-cells.ts';
import { paintEnd, paintMessage, paintThread } from './paint-messages.ts';
import { penFor, type Pen } from './pen.ts';
import { layoutPhone, phoneCell, phoneWay, ROW, type PhoneLayout } from './phone-layout.ts';
import { laneModel, trafficOf } from './traffic.ts';
import { useInk } from './use-ink.ts';
import { weaveShape } from './weave-shape.ts';
import './weave-phone.css';

const HEAD = 36;
const px = (value: number) => `calc(${value} * var(--px))`;

export const WeavePhone = memo(function WeavePhone({
  width,
  height,
}: {
  width: number;
  height: number;
}) {
  const shape = useModel(weaveShape);
  const [scrolled, setScrolled] = useState(0);
  const stores = shape.stores.map(({ node }) => node);
  const layout = layoutPhone({
    width,
    height: height - HEAD,
    scrolled,
    stores,
    regions: shape.regions.length,
  });
  const inSight = shape.regions.slice(layout.first, layout.end);
  const alarmed = new Map(shape.flags.map((flag) => [flag.region, flag.title]));
  return (
    <div className="weave-phone">
      <div className="weave-phone-heads" style={{ height: px(HEAD) }}>
        {shape.stores.map(({ node, name, out }, i) => (
          <button
            key={node}
            type="button"
            className={out === null ? 'weave-phone-store' : 'weave-phone-store weave-phone-out'}
            style={{ left: px((layout.columns[i]?.x ?? 0) - 22) }}
            aria-label={out === null ? name : `${name}, ${out.join(' ')}`}
            onClick={() => select({ type: 'node', node })}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        className="weave-phone-scroll"
        style={{ top: px(HEAD) }}
        // It scrolls: keys can scroll it.
        tabIndex={0}
        role="region"
        aria-label="Regions, in the order of their keys"
        onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop / typeScale())}
      >
        <div className="weave-phone-all" style={{ height: px(layout.height) }}>
          <PhoneCanvas width={width} height={height - HEAD} scrolled={scrolled} layout={layout} />
          {inSight.map((head, i) => (
            <div
              key={head.id}
              className="weave-phone-row"
              style={{ top: px((layout.first + i) * ROW) }}
            >
              <button
                type="button"
                className="weave-phone-region"
                data-alarmed={alarmed.has(head.id)}
                aria-label={`Region ${head.id}, from ${head.from ?? 'the first key'}${alarmed.has(head.id) ? `: ${alarmed.get(head.id)}` : ''}. Open its ring`}
                onClick={() => setViewer({ region: head.id, view: 'ring', selection: null })}
              >
                <strong>R{head.id}</strong>
                <span>
                  <bdi>{head.from ?? '−∞'}</bdi>
                </span>
              </button>
              <PhoneCells region={head.id} index={layout.first + i} layout={layout} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
});

/** A name and a touch for each replica of a Region. */
function PhoneCells({
  region,
  index,
  layout,
}: {
  region: RegionId;
  index: number;
  layout: PhoneLayout;
}) {
  const stores = layout.columns.map(({ store }) => store).join(' ');
  const says = useModel(
    useCallback(
      (world: World): (string | null)[] => {
        const state = world.regions[region];
        if (state === undefined) return [];
        const sight = sightOf(world, mapped(state.region));
        return stores.split(' ').map((store) => cellSays(world, sight, store));
      },
      [region, stores],
    ),
  );
  return layout.columns.map(({ store, x }, i) => {
    const words = says[i];
    if (words === null || words === undefined) return null;
    const box = phoneCell(layout, index, x);
    return (
      <button
        key={store}
        type="button"
        className="weave-phone-cell"
        data-cell={`${store} ${region}`}
        aria-label={words}
        style={{
          left: px(box.x),
          top: px(box.y - index * ROW),
          width: px(box.width),
          height: px(box.height),
        }}
        onClick={() => {
          setViewer({ region });
          select({ type: 'node', node: store });
        }}
      />
    );
  });
}

interface PhoneCanvasProps {
  readonly width: number;
  readonly height: number;
  readonly scrolled: number;
  readonly layout: PhoneLayout;
}

const TOO_FAST = 2_000_000;
const HEARTBEATS_FROM = 40_000;

function PhoneCanvas({ width, height, scrolled, layout }: PhoneCanvasProps) {
  const { source } = useLive();
  const { playing, speed } = useSessionState();
  const ink = useInk();
  const canvas = useRef<HTMLCanvasElement>(null);
  const chosen = useViewer((viewer) => viewer.region);
  const rate = speed === 'max' ? Number.POSITIVE_INFINITY : speed;
  const draw = (now: number) => {
    if (canvas.current === null) return;
    const pen = penFor(canvas.current, { width, height, scale: typeScale() }, ink);
    if (pen === null) return;
    pen.ctx.clearRect(0, 0, width, height);
    pen.ctx.save();
    pen.ctx.translate(0, -scrolled);
    paintRows(pen, source.world, now, {
      layout,
      width,
      chosen,
      heartbeats: !playing || rate <= HEARTBEATS_FROM,
      hidden: playing && rate > TOO_FAST,
    });
    pen.ctx.restore();
  };
  useFrame((now) => draw(now));
  useLayoutEffect(() => draw(source.shownAt()));
  return (
    <canvas
      ref={canvas}
      className="weave-phone-canvas"
      aria-hidden="true"
      style={{ top: px(scrolled), width: px(width), height: px(height) }}
    />
  );
}

interface RowsInput {
  readonly layout: PhoneLayout;
  readonly width: number;
  readonly chosen: RegionId | null;
  readonly heartbeats: boolean;
  readonly hidden: boolean;
}

function paintRows(pen: Pen, world: World, now: number, input: RowsInput): void {
  const { layout, width } = input;
  const places = new Map<NodeId, number>(layout.columns.map(({ store, x }) => [store, x]));
  for (const [i, region] of mapRegions(world).slice(layout.first, layout.end).entries()) {
    const index = layout.first + i;
    const sight = sightOf(world, region);
    pen.ctx.fillStyle = pen.ink.line;
    pen.ctx.fillRect(12, (index + 1) * ROW - 1, width - 24, 1);
    for (const { store, x } of layout.columns) {
      const cell = cellModel(world, sight, store, 0);
      if (cell !== null) paintCell(pen, phoneCell(layout, index, x), cell, 0);
    }
    const lane = laneModel({
      world,
      now,
      sight,
      flights: input.hidden ? [] : trafficOf(world, region.id, now),
      heartbeats: input.heartbeats,
      radius: 6,
      wayOf: (from, to) => {
        const [a, b] = [places.get(from), places.get(to)];
        return a === undefined || b === undefined ? null : phoneWay(index, a, b);
      },
    });
    for (const thread of lane.threads) paintThread(pen, thread);
    for (const message of lane.messages) {
      if (message.look.doomed) paintEnd(pen, message.way, Math.min(0.9, endOf(message.flight)));
      paintMessage(pen, message);
    }
  }
}
