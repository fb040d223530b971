// Cells on the canvas, by level of detail: with words, without words, as a tone, as a stripe.

import type { Box } from '../chart/geometry.ts';
import { textWidth } from '../chart/text-width.ts';
import { ROLE_WORDS, type CellModel, type StripState, type VoteDot } from './cell-model.ts';
import { LAG_THAT_EMPTIES, type Level } from './levels.ts';
import { roundedBox, write, type Pen } from './pen.ts';

export function paintCell(pen: Pen, whole: Box, cell: CellModel, level: Level): void {
  const box = cell.look === 'learner' ? lowered(whole) : whole;
  if (level === 3) return paintStripe(pen, box, cell);
  if (level === 2) return paintTone(pen, box, cell);
  paintGround(pen, box, cell);
  if (cell.look === 'down') return paintDown(pen, box, cell, level);
  const wide = box.width >= 34;
  if (level === 0) paintWords(pen, box, cell);
  else if (wide) write(pen, `T${cell.term}`, { x: box.x + 5, y: box.y + 16 }, headInk(pen, cell));
  paintStrip(pen, box, cell, level);
}

/** A learner has no vote: its cell is lower, around the same middle. */
const lowered = (box: Box): Box => ({
  ...box,
  y: box.y + box.height * 0.125,
  height: box.height * 0.75,
});

const isLead = (cell: CellModel): boolean => cell.look === 'lead';
const asks = (cell: CellModel): boolean =>
  cell.look === 'candidate' || cell.look === 'pre-candidate';

function paintGround({ ctx, ink, hatch }: Pen, box: Box, cell: CellModel): void {
  const inner = { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 };
  roundedBox(ctx, inner, 4);
  ctx.fillStyle = isLead(cell) ? ink.inv : cell.look === 'down' ? hatch : ink.paper;
  ctx.fill();
  if (isLead(cell)) return paintBars({ ctx, ink, hatch }, box, cell);
  ctx.lineWidth = asks(cell) ? 2 : 1;
  ctx.strokeStyle = asks(cell) ? ink.el : cell.look === 'down' ? ink.line2 : ink.muted;
  if (asks(cell)) ctx.setLineDash([6, 4]);
  if (cell.look === 'down') ctx.setLineDash([2, 3]);
  if (cell.look === 'learner' || cell.look === 'empty') ctx.setLineDash([1.5, 3]);
  ctx.stroke();
  ctx.setLineDash([]);
  return paintBars({ ctx, ink, hatch }, box, cell);
}

/** Two bars in the corner of a store that stands still. */
function paintBars({ ctx, ink }: Pen, box: Box, cell: CellModel): void {
  if (!cell.paused) return;
  ctx.fillStyle = ink.lo;
  for (const x of [box.x + box.width / 2 - 4, box.x + box.width / 2 + 2])
    ctx.fillRect(x, box.y + 5, 3, 10);
}

const headInk = ({ ink }: Pen, cell: CellModel) =>
  ({ color: isLead(cell) ? ink['inv-text'] : ink.ink, weight: 600 }) as const;

/** Lower than this, there are two lines; lower than the other, one. */
const LOW = 56;
const FLAT = 34;
/** Lower than this, the lines stand closer. */
const SHORT = 72;

/** Narrower than this, the term takes the last line. */
const WIDE = 72;

function paintWords(pen: Pen, box: Box, cell: CellModel): void {
  const { ink } = pen;
  const lead = isLead(cell);
  const left = box.x + 9;
  const right = box.x + box.width - 9;
  const flat = box.height < FLAT;
  const top = box.y + (flat ? box.height / 2 + 4.5 : box.height < LOW ? 16 : 19);
  const foot = box.y + box.height - (box.height < SHORT ? 9 : 13);
  const role = {
    color: lead ? ink['inv-text'] : asks(cell) ? ink['el-text'] : ink.muted,
    weight: asks(cell) ? 600 : lead ? 500 : 400,
  } as const;
  write(pen, ROLE_WORDS[cell.look], { x: left, y: top }, role);
  const wide = box.width >= WIDE;
  const term = `T${cell.term}`;
  if (wide) write(pen, term, { x: right, y: top }, { ...headInk(pen, cell), align: 'right' });
  if (box.height < LOW) {
    // The term takes the second line, beside the entries or the votes.
    if (!wide && !flat)
      write(pen, term, { x: left, y: box.y + box.height - 9 }, headInk(pen, cell));
    if (cell.votes !== null && !flat)
      paintVotes(pen, cell.votes, { x: right + 4, y: box.y + box.height - 13.5 }, box.width);
    return;
  }
  if (cell.votes !== null) {
    if (wide) write(pen, 'votes', { x: left, y: foot }, { color: ink.muted });
    return paintVotes(pen, cell.votes, { x: right, y: foot - 4 }, box.width);
  }
  const muted = { color: lead ? ink['inv-muted'] : ink.muted };
  if (!wide) return write(pen, term, { x: left, y: foot }, muted);
  const lag = cell.lag > LAG_WORTH_A_WORD ? `−${cell.lag}` : '';
  const room = right - left - (lag === '' ? 0 : textWidth(lag, 12, true) + 4);
  if (textWidth(cell.note, 12) <= room) write(pen, cell.note, { x: left, y: foot }, muted);
  if (lag !== '')
    write(pen, lag, { x: right, y: foot }, { color: ink['fa-text'], weight: 600, align: 'right' });
}

const LAG_WORTH_A_WORD = 4;

function paintVotes(
  { ctx, ink }: Pen,
  votes: readonly VoteDot[],
  end: { x: number; y: number },
  width: number,
): void {
  const roomy = width >= 90;
  const tight = width < 60;
  const r = roomy ? 4.5 : tight ? 3 : 3.3;
  const pitch = roomy ? 13 : tight ? 8 : 9;
  for (const [i, vote] of votes.entries()) {
    const x = end.x - (votes.length - 1 - i) * pitch - r;
    ctx.beginPath();
    ctx.arc(x, end.y, r, 0, 2 * Math.PI);
    ctx.fillStyle = vote === 'has' ? ink.el : ink.paper;
    ctx.fill();
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = ink.el;
    ctx.stroke();
    if (vote === 'coming') {
      ctx.beginPath();
      ctx.arc(x, end.y, r, -Math.PI / 2, Math.PI / 2);
      ctx.fillStyle = ink.el;
      ctx.fill();
    }
    if (vote === 'refused') {
      ctx.beginPath();
      ctx.moveTo(x - r * 0.5, end.y);
      ctx.lineTo(x + r * 0.5, end.y);
      ctx.stroke();
    }
  }
}

/** The last entries: ground, border, and a foot for what is applied. */
function paintStrip(pen: Pen, box: Box, cell: CellModel, level: Level): void {
  if (level === 0 && box.height < LOW) return paintLowStrip(pen, box, cell);
  const pad = level === 0 ? 9 : 4;
  const gap = level === 0 ? 1.5 : 1;
  const width = (box.width - 2 * pad - gap * (cell.strip.length - 1)) / cell.strip.length;
  const tall = box.height >= LOW;
  const top =
    level === 0 && tall
      ? box.y + (box.height < SHORT ? 25 : 28)
      : box.y + Math.min(22, box.height / 2 - 7);
  const height = box.height < SHORT ? 12 : 15;
  if (width < 1.5 || top + height > box.y + box.height - 2) return;
  for (const [i, state] of cell.strip.entries()) {
    const place = { x: box.x + pad + i * (width + gap), y: top, width, height };
    paintEntry(pen, place, state, isLead(cell));
  }
}

/** In a low cell: in the second line, behind the term where that stands there. */
function paintLowStrip(pen: Pen, box: Box, cell: CellModel): void {
  if (cell.votes !== null) return;
  const room = box.width >= WIDE ? box.width - 18 : box.width - 42;
  const width = (room - 4) / cell.strip.length;
  const left = box.x + box.width - 9 - room;
  if (width < 2 || box.height < FLAT) return;
  for (const [i, state] of cell.strip.entries()) {
    const place = { x: left + i * (width + 1), y: box.y + box.height - 19, width, height: 11 };
    paintEntry(pen, place, state, isLead(cell));
  }
}

function paintEntry({ ctx, ink, hatch }: Pen, box: Box, state: StripState, lead: boolean): void {
  const inner = { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 };
  const safe = state === 'committed' || state === 'applied';
  roundedBox(ctx, safe ? box : inner, 2);
  if (safe) {
    ctx.fillStyle = lead ? ink['inv-cloth'] : ink.cloth;
    ctx.fill();
  } else {
    if (state === 'compacted') {
      ctx.fillStyle = hatch;
      ctx.fill();
    }
    const active = state === 'disk' || state === 'memory';
    ctx.lineWidth = active ? 1.5 : 1;
    ctx.strokeStyle = active
      ? lead
        ? ink['inv-re']
        : ink.re
      : lead
        ? ink['inv-line']
        : state === 'compacted'
          ? ink.line2
          : ink.line;
    if (active) ctx.setLineDash(state === 'disk' ? [4, 2.5] : [1.5, 2.5]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (state !== 'applied') return;
  ctx.fillStyle = lead ? ink['inv-text'] : ink.ink2;
  ctx.fillRect(box.x, box.y + box.height - 3, box.width, 3);
}

function paintDown(pen: Pen, box: Box, cell: CellModel, level: Level): void {
  if (level > 0) return;
  const { ctx, ink } = pen;
  const led = cell.led !== null && box.height >= 60;
  const height = led ? 40 : 24;
  const width = Math.min(box.width - 8, 48);
  const plate = {
    x: box.x + (box.width - width) / 2,
    y: box.y + (box.height - height) / 2,
    width,
    height,
  };
  ctx.fillStyle = ink.paper;
  ctx.fillRect(plate.x, plate.y, plate.width, plate.height);
  const middle = box.x + box.width / 2;
  const words = { color: ink.muted, align: 'center' } as const;
  write(pen, 'down', { x: middle, y: plate.y + 16 }, words);
  if (led) write(pen, `led T${cell.led}`, { x: middle, y: plate.y + 33 }, words);
}

/** A tone; a follower that lags loses ground from above, in proportion. */
function paintTone({ ctx, ink, hatch }: Pen, box: Box, cell: CellModel): void {
  roundedBox(ctx, box, Math.min(3, box.width / 4));
  ctx.fillStyle = isLead(cell) ? ink.inv : cell.look === 'down' ? hatch : ink.cloth;
  if (asks(cell) || cell.look === 'empty') ctx.fillStyle = ink.paper;
  ctx.fill();
  const lacks = Math.min(0.9, cell.lag / LAG_THAT_EMPTIES);
  if (lacks > 0.08 && !isLead(cell)) {
    ctx.fillStyle = ink.paper;
    ctx.fillRect(box.x, box.y, box.width, box.height * lacks);
    roundedBox(
      ctx,
      {
        ...box,
        x: box.x + 0.75,
        y: box.y + 0.75,
        width: box.width - 1.5,
        height: box.height - 1.5,
      },
      3,
    );
    ctx.strokeStyle = ink.fa;
    ctx.lineWidth = 1.5;
    ctx.stroke();
  }
  if (!asks(cell)) return;
  ctx.strokeStyle = ink.el;
  ctx.lineWidth = 2;
  ctx.setLineDash([4, 3]);
  ctx.strokeRect(box.x + 1, box.y + 1, box.width - 2, box.height - 2);
  ctx.setLineDash([]);
}

function paintStripe({ ctx, ink }: Pen, box: Box, cell: CellModel): void {
  ctx.fillStyle = isLead(cell) ? ink.inv : asks(cell) ? ink.el : ink.cloth;
  // What is down stays visible under the hatch of its row.
  ctx.fillRect(box.x, box.y, box.width, box.height);
}

/** Neighbours that share a stripe: ink as high as their share of leaders, cloth as that of replicas. */
export function paintBucket(
  { ctx, ink }: Pen,
  box: Box,
  { leads, holds }: { readonly leads: number; readonly holds: number },
): void {
  const tall = box.height * holds;
  ctx.fillStyle = ink.cloth;
  ctx.fillRect(box.x, box.y + box.height - tall, box.width, tall);
  ctx.fillStyle = ink.inv;
  const dark = box.height * leads;
  ctx.fillRect(box.x, box.y + box.height - dark, box.width, dark);
}
