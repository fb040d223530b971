// What moves over the cloth, drawn anew each frame: threads, messages, the words beside them, and the heat of Regions.

import { mapped } from '../../projections/region-map.ts';
import { isHeartbeat } from '../../projections/message-kind.ts';
import type { World } from '../../projections/world.ts';
import type { Micros, RegionId } from '../../tikv/ids.ts';
import { textWidth } from '../chart/text-width.ts';
import { overlaps, type Box } from '../chart/geometry.ts';
import { endOf } from '../ring/message-path.ts';
import { shortLabel } from '../ring/message-words.ts';
import { doomWords } from '../../projections/words/explain.ts';
import { sightOf } from './cell-model.ts';
import { paintHeat } from './paint-heat.ts';
import { paintEnd, paintFray, paintMessage, paintRing, paintThread } from './paint-messages.ts';
import { write, type Pen, type Token } from './pen.ts';
import { cellsOf, laneModel, trafficOf, waysBeside, type LaneMessage } from './traffic.ts';
import type { WeaveLayout } from './weave-layout.ts';
import type { Way } from './threads.ts';

export interface MovesInput {
  readonly world: World;
  readonly now: Micros;
  readonly layout: WeaveLayout<RegionId>;
  readonly focus: RegionId | null;
  readonly heartbeats: boolean;
  /** Time runs too fast to see: no messages. */
  readonly hidden: boolean;
}

interface Label {
  /** What is lost comes before what is decided, and that before what is carried: place is found in this order. */
  readonly rank: number;
  /** Which column it stands at: there the same words once. */
  readonly lane?: number;
  readonly text: string;
  readonly color: Token;
  readonly x: number;
  readonly y: number;
}

export function paintMoves(pen: Pen, input: MovesInput): void {
  const { ctx } = pen;
  const { world, layout, now } = input;
  ctx.clearRect(0, 0, layout.links.x + 400, layout.cloth.y + layout.cloth.height + 40);
  paintHeat(pen, layout, world);
  const rows = new Map(layout.rows.map((row) => [row.name, row]));
  const labels: Label[] = [];
  const blocks: Box[] = [];
  let left: Parameters<typeof cellsOf>[3] = null;
  for (const column of layout.columns) {
    const [id] = column.ids;
    if (id === undefined || !hasLane(column.level, column.look, column.ids.length)) continue;
    const state = world.regions[id];
    if (state === undefined) continue;
    const sight = sightOf(world, mapped(state.region));
    const flights = input.hidden ? [] : trafficOf(world, id, now);
    const wayOf = waysBeside(column, rows, sight);
    const radius = column.level === 0 ? 5 : 3;
    const lane = laneModel({ ...input, radius, sight, flights, wayOf });
    for (const thread of lane.threads) {
      const torn = tearIn(thread.way, layout);
      if (torn === null) paintThread(pen, thread);
      else paintTorn(pen, thread.way, torn);
    }
    if (column.level === 0) blocks.push(...cellsOf(column, sight, rows, left));
    left = { column, sight };
    for (const message of lane.messages) {
      if (message.look.doomed)
        paintEnd(pen, message.way, Math.min(BEFORE_THE_DOOR, endOf(message.flight)));
      const spot = paintMessage(pen, message);
      if (message.flight.heldAt !== null) paintRing(pen, spot, radius, false);
      else if (message.flight.moved === 'delayed') paintRing(pen, spot, radius, true);
      if (layout.level === 0 && message.look.body !== 'tick')
        blocks.push({ x: spot.x - 6, y: spot.y - 6, width: 12, height: 12 });
      // Between stripes there is no room for words.
      const label =
        layout.level <= 1 && column.level === 0 ? labelOf(message, spot, id === input.focus) : null;
      const told = labels.some(({ text, lane }) => text === label?.text && lane === column.x);
      if (label !== null && !told) labels.push({ ...label, lane: column.x });
    }
  }
  paintLabels(pen, labels, blocks, layout);
}

/** A message that finds nobody ends within the lane, where its cross can be seen. */
const BEFORE_THE_DOOR = 0.88;

/** Stripes have no lane; a narrow column has one where somebody looks or should look. */
const hasLane = (level: number, look: string, regions: number): boolean =>
  regions === 1 && (level <= 1 || look === 'chosen');

/** The tear that a way crosses; null where it crosses none. */
function tearIn(way: Way, { tears }: WeaveLayout<RegionId>): Box | null {
  const ys = way.map(({ y }) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  return tears.find(({ y, height }) => low < y && high > y + height) ?? null;
}

/** Two ends that fray at the edges of the band. */
function paintTorn(pen: Pen, way: Way, tear: Box): void {
  const { ctx, ink } = pen;
  const [first, lane] = way;
  const last = way.at(-1);
  if (first === undefined || last === undefined || lane === undefined) return;
  const [above, below] = first.y < last.y ? [first, last] : [last, first];
  for (const [end, edge, down] of [
    [above, tear.y + 4, 1],
    [below, tear.y + tear.height - 4, -1],
  ] as const) {
    ctx.strokeStyle = ink.muted;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(end.x, end.y + 0.5);
    ctx.arcTo(lane.x + 0.5, end.y + 0.5, lane.x + 0.5, edge, 3);
    ctx.lineTo(lane.x + 0.5, edge - 6 * down);
    ctx.stroke();
    paintFray(pen, lane.x + 0.5, edge, down);
  }
}

const TONES: Readonly<Record<string, Token>> = {
  el: 'el-text',
  re: 're-text',
  lo: 'lo-text',
  fa: 'fa-text',
};

/** Words for what is in focus, for elections, and for what will be lost. */
function labelOf(
  { flight, look }: LaneMessage,
  { x, y }: { x: number; y: number },
  focused: boolean,
): Label | null {
  if (isHeartbeat(flight.kind)) return null;
  const doom = flight.doomed === null ? null : doomWords(flight);
  if (!focused && doom === null && look.tone !== 'el' && look.beads === 0) return null;
  const text =
    doom === null ? shortLabel(flight) : flight.doomed?.reason === 'cut' ? 'cut' : 'will be lost';
  if (text === null) return null;
  const words =
    look.tone === 'el' && doom === null
      ? `vote ${text === 'yes' ? 'granted' : text === 'no' ? 'refused' : 'asked'}`
      : look.beads > 0 && doom === null
        ? `append ${text}`
        : text;
  const rank = doom !== null ? 0 : look.tone === 'el' ? 1 : 2;
  const color = doom === null ? (TONES[look.tone] ?? 'muted') : 'fa-text';
  return { rank, text: words, color, x, y };
}

/** Left or right of the lane, where no cell and no other word stands; else not at all. */
function paintLabels(
  pen: Pen,
  labels: readonly Label[],
  blocks: readonly Box[],
  layout: WeaveLayout<RegionId>,
): void {
  const taken = [...blocks];
  for (const { text, color, x, y } of labels.toSorted((a, b) => a.rank - b.rank)) {
    const width = textWidth(text, 12, true);
    const places = [0, -14, 14].flatMap((shift) =>
      [x - 14 - width, x + 14].map((left) => ({ x: left, y: y - 8 + shift, width, height: 16 })),
    );
    const place = places.find(
      (box) =>
        box.x >= layout.cloth.x - 20 &&
        box.x + box.width < layout.links.x &&
        taken.every((other) => !overlaps(box, other)),
    );
    if (place === undefined) continue;
    taken.push(place);
    pen.ctx.fillStyle = pen.ink.paper;
    pen.ctx.fillRect(place.x - 2, place.y, width + 4, 16);
    write(pen, text, { x: place.x, y: place.y + 12 }, { color: pen.ink[color], weight: 600 });
  }
}
