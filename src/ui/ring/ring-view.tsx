// One Region as a ring: title and chip, cards, lanes, messages, and the sentence of the moment in the middle. The drawing
// has its own units, which grow with --type as a whole.

import { memo, useCallback, useMemo } from 'react';
import { flightsOf } from '../../projections/flights.ts';
import { mapped } from '../../projections/region-map.ts';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import type { Box } from '../chart/geometry.ts';
import { Patterns } from '../chart/patterns.tsx';
import { plural } from '../../projections/words/format.ts';
import { momentOf, type Moment, type MomentTone } from '../../projections/words/moment.ts';
import { textWidth, wrapped } from '../chart/text-width.ts';
import { useModel, useSessionState, useStageModel } from '../session/live.ts';
import { firstRegion } from '../session/readings.ts';
import { useViewer } from '../session/viewer-store.ts';
import { toolKind } from '../faults/tool-work.ts';
import { useTouch } from '../faults/use-touch.ts';
import { layoutCluster, type ClusterLayout } from './cluster-layout.ts';
import { JointSets } from './joint-sets.tsx';
import { LanesView } from './lanes-view.tsx';
import { MessageLayer } from './message-layer.tsx';
import { ringModel, type RingModel } from './ring-model.ts';
import { ClientCard, PdCard } from './side-cards.tsx';
import { StoreCard } from './store-card.tsx';
import './members.css';
import './ring.css';

export interface RingViewProps {
  /** In the units of the drawing. Title and chip take all of the width, the ring its left part. */
  readonly width: number;
  readonly ringWidth: number;
  readonly height: number;
}

const makeRing = (world: World): RingModel => ringModel(world, firstRegion(world));
const makeMoment = (world: World, now: Micros): Moment => momentOf(world, firstRegion(world), now);

/** Between the title and the highest card; the corner cards begin a little higher. */
const HEAD = 74;
/** Below the lowest card: the caption, where there is room for one. */
const FOOT = { roomy: 32, tight: 10 };
const TIGHT = 340;

export const RingView = memo(function RingView({ width, ringWidth, height }: RingViewProps) {
  const model = useStageModel(makeRing);
  const layout = useRingLayout(model, ringWidth, height);
  const tool = useViewer((viewer) => viewer.tool);
  const pointed = useViewer((viewer) => viewer.pointedMark);
  return (
    <svg
      className={`ring ${tool === null ? '' : `tool-in-hand tool-on-${toolKind(tool).on.replaceAll(' ', '-')}`}`}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label={`Region ${model.region}: ${plural(model.stores.length, 'store')} in a ring`}
      data-pointed={pointed ?? undefined}
    >
      <Patterns prefix="ring" />
      <RingTitle model={model} width={width} />
      <RingScene
        model={model}
        layout={layout}
        area={{ x: 0, y: 40, width: ringWidth, height: height - 40 }}
      />
      {height >= TIGHT && <RingCaption y={height - 10} />}
    </svg>
  );
});

/** Where everything stands; new only when the size or the set of nodes changes. */
function useRingLayout(model: RingModel, width: number, height: number): ClusterLayout {
  const stores = model.stores.map((card) => card.node).join(' ');
  const clients = model.clients.map((card) => card.node).join(' ');
  const pd = model.pd?.node ?? null;
  const learners = model.stores
    .filter(({ learner }) => learner)
    .map((card) => card.node)
    .join(' ');
  return useMemo(() => {
    const side = width < 500 ? 12 : 24;
    const foot = height < TIGHT ? FOOT.tight : FOOT.roomy;
    const area = { x: side, y: HEAD, width: width - 2 * side, height: height - HEAD - foot };
    const list = (names: string) => (names === '' ? [] : names.split(' '));
    const nodes = { stores: list(stores), clients: list(clients), pd, learners: list(learners) };
    return layoutCluster(nodes, area);
  }, [stores, clients, pd, learners, width, height]);
}

function RingScene({
  model,
  layout,
  area,
}: {
  model: RingModel;
  layout: ClusterLayout;
  area: Box;
}) {
  const chosen = useViewer((viewer) =>
    viewer.selection?.type === 'node' ? viewer.selection.node : null,
  );
  const tool = useViewer((viewer) => viewer.tool);
  const { chooseNode, chooseLink, isNodeTarget } = useTouch(tool);
  const busy = useStageModel(useCallback((world: World) => busySides(world, model), [model]));
  const cards = new Map(model.stores.map((card) => [card.node, card]));
  const clients = new Map(model.clients.map((card) => [card.node, card]));
  return (
    <>
      <JointSets sets={model.sets} stores={layout.stores} />
      <LanesView lanes={layout.lanes} links={model.links} busy={busy} onChoose={chooseLink} />
      {layout.centre !== null && <Centre layout={layout} />}
      {layout.pd !== null && model.pd !== null && (
        <PdCard
          card={model.pd}
          box={layout.pd.box}
          selected={chosen === model.pd.node}
          onChoose={chooseNode}
        />
      )}
      {layout.clients.map(({ node, box }) => {
        const card = clients.get(node);
        return (
          card && (
            <ClientCard
              key={node}
              card={card}
              box={box}
              selected={chosen === node}
              onChoose={chooseNode}
            />
          )
        );
      })}
      {layout.stores.map(({ node, box }) => {
        const card = cards.get(node);
        return (
          card && (
            <StoreCard
              key={node}
              card={card}
              box={box}
              size={layout.size}
              selected={chosen === node}
              target={isNodeTarget}
              onChoose={chooseNode}
            />
          )
        );
      })}
      <Messages layout={layout} area={area} />
    </>
  );
}

/** One lane for each pair with a client or PD in it that has something under way. */
function busySides(world: World, model: RingModel): string[] {
  const sides = new Set([...model.clients.map((card) => card.node), model.pd?.node ?? '']);
  const pairs = flightsOf(world)
    .filter((flight) => sides.has(flight.from) || sides.has(flight.to))
    .map((flight) => `${flight.from}>${flight.to}`);
  return [...new Set(pairs)].toSorted();
}

const TOO_FAST: Micros = 2_000_000;
const HEARTBEATS_FROM: Micros = 40_000;

function Messages({ layout, area }: { layout: ClusterLayout; area: Box }) {
  const { playing, speed } = useSessionState();
  const electing = useStageModel(makeMoment).tone === 'election';
  const obstacles = useMemo(() => {
    const cards = [...layout.stores, ...layout.clients, ...(layout.pd ? [layout.pd] : [])];
    return [...cards.map((place) => place.box), ...centreBox(layout, electing)];
  }, [layout, electing]);
  const rate = speed === 'max' ? Number.POSITIVE_INFINITY : speed;
  return (
    <MessageLayer
      lanes={layout.lanes}
      radius={layout.radius}
      area={area}
      obstacles={obstacles}
      words={playing && rate > 500_000 ? 'none' : layout.size === 'large' ? 'full' : 'short'}
      heartbeats={!playing || rate <= HEARTBEATS_FROM}
      hidden={playing && rate > TOO_FAST}
      crossFor={Math.max(120_000, Math.min(rate, TOO_FAST) * 1.2)}
      still={!playing}
    />
  );
}

/** Where the words of the moment stand; a larger ring has them while it elects, and only their head for certain. */
function centreBox({ centre, stores }: ClusterLayout, electing: boolean): Box[] {
  if (centre === null || (stores.length > 3 && !electing)) return [];
  return stores.length > 3
    ? [{ x: centre.x - 44, y: centre.y - 12, width: 88, height: 28 }]
    : [{ x: centre.x - 96, y: centre.y - 40, width: 192, height: 80 }];
}

function Centre({ layout }: { layout: ClusterLayout }) {
  const moment = useStageModel(makeMoment);
  const { centre, stores } = layout;
  // A larger ring has its lanes in the middle: there the words come only when something is decided.
  if (centre === null || (stores.length > 3 && moment.tone !== 'election')) return null;
  const roomy = layout.size === 'large' || layout.size === 'middle';
  const lines = roomy ? moment.lines.flatMap((line) => wrapped(line, 14, centre.width - 20)) : [];
  const shown = lines.slice(0, 3);
  return (
    <g
      textAnchor="middle"
      transform={`translate(${centre.x} ${centre.y - 10 * shown.length + 20})`}
      aria-hidden="true"
    >
      <text className="centre-head" y="-8">
        {moment.title}
      </text>
      {shown.map((line, i) => (
        <text key={i} className="centre-line" y={16 + i * 20}>
          {line}
        </text>
      ))}
    </g>
  );
}

const CHIP_LOOK: Record<MomentTone, { readonly ground: string; readonly text: string }> = {
  calm: { ground: 'var(--cloth)', text: 'var(--ink)' },
  replication: { ground: 'var(--cloth)', text: 'var(--ink)' },
  election: { ground: 'var(--el-soft)', text: 'var(--el-text)' },
  fault: { ground: 'var(--fa-soft)', text: 'var(--fa-text)' },
};

/** Which keys the Region in focus holds. */
function keysOfRegion(world: World): string {
  const state = world.regions[firstRegion(world)];
  if (state === undefined) return 'all keys';
  const { from, to } = mapped(state.region);
  if (from === null && to === null) return 'all keys';
  return `keys ${from === null ? '' : `from ${from} `}${to === null ? 'on' : `to ${to}`}`;
}

function RingTitle({ model, width }: { model: RingModel; width: number }) {
  const { chip, tone } = useStageModel(makeMoment);
  const look = CHIP_LOOK[tone];
  const side = width < 500 ? 12 : 24;
  const name = `Region ${model.region}`;
  const chipWidth = textWidth(chip, 12, true) + 40;
  const keys = useStageModel(keysOfRegion);
  const under = `${keys}, ${model.replicas}`;
  const x = side + textWidth(name, 20, true) + 10;
  const underFits = x + textWidth(under, 13) + chipWidth + side + 12 < width;
  return (
    <g>
      <text className="ring-title" x={side} y="34">
        {name}
      </text>
      {underFits && model.sets.length === 0 && (
        <text className="ring-under" x={x} y="34">
          {under}
        </text>
      )}
      {model.sets.length > 0 && <JointWords sets={model.sets} x={x} />}
      <g transform={`translate(${width - side - chipWidth} 14)`}>
        <rect width={chipWidth} height="28" rx="14" fill={look.ground} />
        <ChipMark tone={tone} />
        <text className="chip-text" x="29" y="18.5" fill={look.text}>
          {chip}
        </text>
      </g>
    </g>
  );
}

/** Beside the title: which line is which set, and how many of each decide. */
function JointWords({ sets, x }: { sets: RingModel['sets']; x: number }) {
  const first = x + textWidth('joint', 13, true) + 12;
  return (
    <g>
      <text className="ring-under ring-joint" x={x} y="34">
        joint
      </text>
      {sets.map(({ side, words }, i) => (
        <g key={side} transform={`translate(${first + i * 108} 34)`}>
          <rect className={`voters-${side}`} y="-10" width="18" height="12" rx="3" />
          <text className="ring-under" x="24">
            {words}
          </text>
        </g>
      ))}
    </g>
  );
}

function ChipMark({ tone }: { tone: MomentTone }) {
  if (tone === 'election') return <circle cx="18" cy="14" r="4.5" fill="var(--el)" />;
  if (tone === 'fault') return <path className="cross" d="M14.5 10.5l7 7M21.5 10.5l-7 7" />;
  return <rect x="13" y="9" width="10" height="10" fill="var(--inv)" />;
}

const makeBeats = (world: World) => world.heartbeats;

/** What the picture leaves out at this speed. */
function RingCaption({ y }: { y: number }) {
  const { playing, speed } = useSessionState();
  const beats = useModel(makeBeats);
  const rate = speed === 'max' ? Number.POSITIVE_INFINITY : speed;
  if (!playing || rate <= HEARTBEATS_FROM) return null;
  const lost = beats.lost === 0 ? 'none lost' : `${beats.lost} lost`;
  const words =
    rate > TOO_FAST
      ? 'Messages are too quick to draw at this speed.'
      : `Heartbeats are hidden at this speed: ${beats.sent} sent, ${lost}.`;
  return (
    <text className="ring-caption" x="24" y={y}>
      {words}
    </text>
  );
}
