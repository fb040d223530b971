// Everything under way, and what was lost a moment ago. Which messages there are is React's; where each one is, is set
// once an animation frame, a pure function of the instant shown. Without motion a message is an arrow along its lane,
// with a stroke across it that tells how far it is.

import { memo, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { flightsOf } from '../../projections/flights.ts';
import type { Flight, Loss } from '../../projections/messages.ts';
import { isHeartbeat } from '../../projections/message-kind.ts';
import type { World } from '../../projections/world.ts';
import type { Micros } from '../../tikv/ids.ts';
import type { Box, Point } from '../chart/geometry.ts';
import { textWidth } from '../chart/text-width.ts';
import { useReducedMotion } from '../chart/use-size.ts';
import { useFrame, useLive } from '../session/live.ts';
import { chooseMessage, touch } from '../faults/touch.ts';
import { useViewer } from '../session/viewer-store.ts';
import { placeLabels, type LabelWish } from './label-layout.ts';
import { Cross, pathOf } from './lanes-view.tsx';
import type { Lane, Lanes } from './lane-route.ts';
import { lookOf } from './message-look.ts';
import { MessageMark } from './message-mark.tsx';
import { ChosenWay, drawTwins, TwinLine } from './moved-messages.tsx';
import { aside, parkedParts } from './parked.ts';
import { endOf, lostPart, progressOf, spotOn } from './message-path.ts';
import { fateLine, fullLabel, shortLabel } from './message-words.ts';
import './messages.css';

export interface MessageLayerProps {
  readonly lanes: Lanes;
  readonly radius: number;
  readonly area: Box;
  /** Words keep off these. */
  readonly obstacles: readonly Box[];
  /** Two lines in full, or one short one. */
  readonly words: 'full' | 'short' | 'none';
  readonly heartbeats: boolean;
  /** Nothing is drawn: time runs too fast to see. */
  readonly hidden: boolean;
  /** How long a lost message's cross stays, in virtual time. */
  readonly crossFor: Micros;
  /** Time stands still: messages can be chosen by keyboard. */
  readonly still: boolean;
}

/** More are counted, not drawn. */
const MOST = 120;
/** Without motion, arrows are moved this seldom. */
const CALM_MS = 250;

interface Drawn {
  readonly flights: readonly Flight[];
  readonly losses: readonly Loss[];
  readonly key: string;
}

const NOTHING: Drawn = { flights: [], losses: [], key: '' };

export const MessageLayer = memo(function MessageLayer(props: MessageLayerProps) {
  const { lanes, radius, still } = props;
  const live = useLive();
  const { source } = live;
  const calm = useReducedMotion();
  const onChoose = useCallback(
    (id: string, keep: boolean) => {
      if (!touch(live, { type: 'message', id }, keep)) chooseMessage(live, id);
    },
    [live],
  );
  const chosen = useViewer((viewer) =>
    viewer.selection?.type === 'message' ? viewer.selection.id : null,
  );
  const [drawn, setDrawn] = useState(NOTHING);
  const [marks] = useState(() => new Map<string, SVGGElement>());
  const [labels] = useState(() => new Map<string, SVGGElement>());
  const [twins] = useState(() => new Map<string, SVGLineElement>());
  const [sides] = useState(() => new Map<string, 1 | -1>());
  const lastCalm = useRef(0);

  const draw = (now: Micros) => {
    const spots = new Map<string, WordSpot>();
    const parked = parkedParts(drawn.flights, lanes);
    for (const flight of drawn.flights) {
      const stands = parked.get(flight.id);
      const part = flight.heldAt === null ? progressOf(flight, now) : (stands?.part ?? null);
      const lane = lanes.get(`${flight.from}>${flight.to}`);
      const mark = marks.get(flight.id);
      if (lane === undefined || mark === undefined) continue;
      mark.style.display = part === null ? 'none' : '';
      if (part === null) continue;
      const on = spotOn(lane, part);
      const turn = (on.heading * Math.PI) / 180;
      const right = { x: -Math.sin(turn), y: Math.cos(turn) };
      const spot = flight.heldAt === null ? on : aside(on, right);
      mark.setAttribute('transform', `translate(${spot.x.toFixed(1)} ${spot.y.toFixed(1)})`);
      if (lane.length > 2)
        for (const part of mark.getElementsByClassName('turns'))
          part.setAttribute('transform', `rotate(${spot.heading.toFixed(1)})`);
      spots.set(flight.id, { ...spot, right, behind: stands?.behind });
    }
    drawTwins(drawn.flights, spots, twins);
    drawWords(props, drawn.flights, spots, { now, labels, sides });
  };

  useFrame((now, wallMs) => {
    const next = visibleNow(source.world, now, props);
    if (next.key !== drawn.key) setDrawn(next);
    if (calm && wallMs - lastCalm.current < CALM_MS) return;
    lastCalm.current = wallMs;
    draw(now);
  });
  // What has just appeared stands at its place before it is seen.
  useLayoutEffect(() => draw(source.shownAt()));

  return (
    <g>
      <g aria-hidden="true">
        {drawn.losses.map((loss) => (
          <LossMark key={loss.flight.id} loss={loss} lanes={lanes} radius={radius} />
        ))}
        <ChosenWay id={chosen} lanes={lanes} />
        {drawn.flights.map((flight) => (
          <TwinLine key={flight.id} flight={flight} keep={twins} />
        ))}
        {drawn.flights.map((flight) => (
          <WayMark key={flight.id} flight={flight} lanes={lanes} calm={calm} />
        ))}
      </g>
      {drawn.flights.map((flight) => (
        <FlyingMark
          key={flight.id}
          flight={flight}
          lane={lanes.get(`${flight.from}>${flight.to}`)}
          radius={sizeOf(flight, radius)}
          chosen={flight.id === chosen}
          still={still}
          calm={calm}
          onChoose={onChoose}
          keep={marks}
        />
      ))}
      <g aria-hidden="true">
        {drawn.flights.map((flight) => (
          <Words key={flight.id} flight={flight} words={props.words} still={still} keep={labels} />
        ))}
      </g>
    </g>
  );
});

/** What is to be seen now; the key changes when a mark comes, goes or is doomed. */
function visibleNow(world: World, now: Micros, props: MessageLayerProps): Drawn {
  if (props.hidden) return NOTHING;
  const flights = flightsOf(world)
    .filter(
      (flight) =>
        (props.heartbeats || !isHeartbeat(flight.kind)) &&
        props.lanes.has(`${flight.from}>${flight.to}`) &&
        progressOf(flight, now) !== null,
    )
    // What stands still does not crowd out what moves.
    .toSorted((a, b) => Number(a.heldAt !== null) - Number(b.heldAt !== null))
    .slice(0, MOST);
  const losses = world.losses.filter(
    (loss) =>
      loss.at <= now &&
      now - loss.at < props.crossFor &&
      !isHeartbeat(loss.flight.kind) &&
      props.lanes.has(`${loss.flight.from}>${loss.flight.to}`),
  );
  const key = [
    ...flights.map(
      (flight) =>
        `${flight.id}${flight.doomed?.reason ?? ''}${flight.heldAt ?? ''}${flight.moved ?? ''}`,
    ),
    ...losses.map((loss) => `!${loss.flight.id}`),
  ].join(' ');
  return { flights, losses, key };
}

interface WordSpot extends Point {
  readonly right: Point;
  /** Of a held message; null: its words stand beside another one. */
  readonly behind: number | null | undefined;
}

interface WordsAt {
  readonly now: Micros;
  readonly labels: ReadonlyMap<string, SVGGElement>;
  readonly sides: Map<string, 1 | -1>;
}

const fateText = (fate: { readonly text: string }, spot: WordSpot | undefined): string =>
  (spot?.behind ?? 0) === 0 ? fate.text : `${fate.text}, ${spot?.behind} more behind it`;

function drawWords(
  props: MessageLayerProps,
  flights: readonly Flight[],
  spots: ReadonlyMap<string, WordSpot>,
  { now, labels, sides }: WordsAt,
): void {
  const wishes: LabelWish[] = [];
  for (const flight of flights) {
    const spot = spots.get(flight.id);
    const [head, fate] = wordsFor(flight, props, now);
    if (spot === undefined || spot.behind === null || head === null) continue;
    wishes.push({
      id: flight.id,
      at: spot,
      radius: props.radius,
      width: Math.max(
        textWidth(head, 12, true),
        fate === null ? 0 : textWidth(fateText(fate, spot), 12),
      ),
      height: fate === null ? 14 : 30,
      ...(fate === null ? {} : { least: 14 }),
      right: spot.right,
    });
  }
  const placed = placeLabels(wishes, props.obstacles, props.area, sides);
  for (const [id, element] of labels) {
    const place = placed.get(id);
    element.style.display = place === undefined ? 'none' : '';
    if (place === undefined) continue;
    sides.set(id, place.side);
    const { box, align } = place;
    const x =
      align === 'start' ? box.x : align === 'end' ? box.x + box.width : box.x + box.width / 2;
    element.setAttribute('transform', `translate(${x.toFixed(1)} ${(box.y + 11).toFixed(1)})`);
    element.setAttribute('text-anchor', align);
    const flight = flights.find((one) => one.id === id);
    const second = element.children[1];
    if (flight === undefined || second === undefined) continue;
    const text = box.height < 30 ? '' : fateText(fateLine(flight, now), spots.get(id));
    if (second.textContent !== text) second.textContent = text;
  }
  for (const id of sides.keys()) if (!labels.has(id)) sides.delete(id);
}

function wordsFor(
  flight: Flight,
  { words, still }: Pick<MessageLayerProps, 'words' | 'still'>,
  now: Micros,
): [string | null, { text: string } | null] {
  const routine =
    (isHeartbeat(flight.kind) && flight.heldAt === null) || (isPdReport(flight) && !still);
  if (words === 'none' || routine) return [null, null];
  if (words === 'full') return [fullLabel(flight), fateLine(flight, now)];
  if (flight.heldAt !== null) return [shortLabel(flight) ?? '', fateLine(flight, now)];
  return [shortLabel(flight), flight.doomed === null ? null : fateLine(flight, now)];
}

interface WordsProps extends Pick<MessageLayerProps, 'words' | 'still'> {
  readonly flight: Flight;
  readonly keep: Map<string, SVGGElement>;
}

function Words({ flight, words, still, keep }: WordsProps) {
  const [head, fate] = wordsFor(flight, { words, still }, flight.sentAt);
  if (head === null) return null;
  return (
    <g
      ref={(element) => {
        if (element === null) return undefined;
        keep.set(flight.id, element);
        return () => {
          keep.delete(flight.id);
        };
      }}
      style={{ display: 'none' }}
    >
      <text className={`message-label tone-${lookOf(flight).tone}`}>{head}</text>
      {fate !== null && (
        <text
          className={`message-fate ${flight.doomed === null ? '' : 'message-fate-doomed'}`}
          y="16"
        />
      )}
    </g>
  );
}

interface FlyingMarkProps {
  readonly flight: Flight;
  readonly lane: Lane | undefined;
  readonly radius: number;
  readonly chosen: boolean;
  readonly still: boolean;
  readonly calm: boolean;
  readonly onChoose: (id: string, keep: boolean) => void;
  readonly keep: Map<string, SVGGElement>;
}

function FlyingMark(props: FlyingMarkProps) {
  const { flight, lane, radius, chosen, still, calm, onChoose, keep } = props;
  if (lane === undefined) return null;
  const heading = spotOn(lane, 0).heading;
  return (
    <g
      ref={(element) => {
        if (element === null) return undefined;
        keep.set(flight.id, element);
        return () => {
          keep.delete(flight.id);
        };
      }}
      className="message"
      data-message={flight.id}
      data-kind={flight.kind}
      data-mark={markOf(flight)}
      style={{ display: 'none' }}
      {...(still
        ? {
            role: 'button',
            tabIndex: 0,
            'aria-label': `${flight.label}, ${flight.from} to ${flight.to}${flight.heldAt === null ? '' : ', held'}`,
          }
        : { 'aria-hidden': true })}
      onClick={({ shiftKey }) => onChoose(flight.id, shiftKey)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        onChoose(flight.id, event.shiftKey);
      }}
    >
      <circle className="message-focus" r={radius + 8} />
      {chosen && <circle className="message-ring" r={radius + 6} />}
      {flight.heldAt !== null && <circle className="message-held" r={radius + 3.5} />}
      {isDelayed(flight) && <circle className="message-delayed" r={radius + 3.5} />}
      {calm ? (
        <path
          className="turns"
          d="M0 -8V8"
          transform={`rotate(${heading})`}
          stroke={`var(--${lookOf(flight).tone})`}
          strokeWidth="3"
        />
      ) : (
        <MessageMark look={lookOf(flight)} radius={radius} heading={heading} />
      )}
    </g>
  );
}

/** An append without entries only carries a commit index, and reports to PD are routine: smaller marks. */
const sizeOf = (flight: Flight, radius: number): number =>
  (flight.kind === 'append' && flight.beads === 0) || isPdReport(flight) ? radius * 0.7 : radius;

/** What stores and PD tell each other all the time. */
const isPdReport = (flight: Flight): boolean =>
  flight.kind.startsWith('pd') && !flight.from.startsWith('c') && !flight.to.startsWith('c');

/** Somebody has made it later. */
const isDelayed = ({ moved, heldAt }: Flight): boolean => moved === 'delayed' && heldAt === null;

const markOf = (flight: Flight): string => {
  if (flight.heldAt !== null) return 'held';
  if (flight.doomed !== null) return 'doomed';
  if (flight.twinOf !== null) return 'twin';
  if (isDelayed(flight)) return 'delayed';
  if (isHeartbeat(flight.kind)) return 'heartbeat';
  if (flight.kind.startsWith('client')) return 'client';
  if (flight.kind.startsWith('pd')) return 'pd';
  return lookOf(flight).filled ? 'request' : 'answer';
};

/** The cross where a doomed message will end; without motion, the whole arrow too. */
function WayMark({ flight, lanes, calm }: { flight: Flight; lanes: Lanes; calm: boolean }) {
  const lane = lanes.get(`${flight.from}>${flight.to}`);
  if (lane === undefined) return null;
  const look = lookOf(flight);
  const end = spotOn(lane, endOf(flight));
  const tip = spotOn(lane, endOf(flight) * 0.97);
  return (
    <>
      {calm && (
        <g stroke={`var(--${look.tone})`} fill={`var(--${look.tone})`}>
          <path
            d={pathOf([...lane.slice(0, -1), end])}
            fill="none"
            strokeWidth="1.5"
            strokeDasharray={look.doomed ? '3 2.6' : undefined}
          />
          <path
            d="M-8 -4L1 0L-8 4Z"
            transform={`translate(${tip.x} ${tip.y}) rotate(${tip.heading})`}
          />
        </g>
      )}
      {flight.doomed !== null && <Cross x={end.x} y={end.y} arm={5} />}
    </>
  );
}

function LossMark({ loss, lanes, radius }: { loss: Loss; lanes: Lanes; radius: number }) {
  const lane = lanes.get(`${loss.flight.from}>${loss.flight.to}`);
  if (lane === undefined) return null;
  const spot = spotOn(lane, lostPart(loss.flight, loss.at));
  return (
    <g opacity="0.75">
      <circle
        cx={spot.x}
        cy={spot.y}
        r={radius - 1}
        fill="none"
        stroke={`var(--${lookOf(loss.flight).tone})`}
        strokeWidth="1.5"
        strokeDasharray="3 2.6"
      />
      <Cross x={spot.x} y={spot.y} arm={5} />
    </g>
  );
}
