// Threads and messages on the canvas. A thread is a hairline that takes the colour of what travels on it; a message is
// the same mark as in the ring, smaller.

import type { MessageLook, Tone } from '../ring/message-look.ts';
import { cross, type Pen, type Token } from './pen.ts';
import { spotOnWay, type Way, type WaySpot } from './threads.ts';

export type ThreadLook = 'idle' | 'down' | 'cut' | Tone;

export interface ThreadModel {
  readonly way: Way;
  readonly look: ThreadLook;
}

const PLAIN: Partial<Record<ThreadLook, { color: Token; width: number; dash: number[] }>> = {
  idle: { color: 'line2', width: 1, dash: [] },
  down: { color: 'line2', width: 1, dash: [2, 4] },
  cut: { color: 'fa', width: 1.5, dash: [4, 4] },
};

export function paintThread({ ctx, ink }: Pen, { way, look }: ThreadModel): void {
  const { color, width, dash } = PLAIN[look] ?? { color: look as Tone, width: 1.5, dash: [] };
  const [start, turn, back, end] = way;
  if (start === undefined || turn === undefined || back === undefined || end === undefined) return;
  ctx.strokeStyle = ink[color];
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(start.x, start.y + 0.5);
  ctx.arcTo(turn.x + 0.5, turn.y + 0.5, back.x + 0.5, back.y + 0.5, 3);
  ctx.arcTo(back.x + 0.5, back.y + 0.5, end.x, end.y + 0.5, 3);
  ctx.lineTo(end.x, end.y + 0.5);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Where a thread that crossed the tear ends, on both edges: four hairs. */
export function paintFray({ ctx, ink }: Pen, x: number, y: number, down: 1 | -1): void {
  ctx.strokeStyle = ink.fa;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, y - 10 * down);
  ctx.lineTo(x, y);
  ctx.stroke();
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const [dx, dy] of HAIRS) {
    ctx.moveTo(x, y);
    ctx.quadraticCurveTo(x + dx * 0.2, y + dy * 0.6 * down, x + dx, y + dy * down);
  }
  ctx.stroke();
}

const HAIRS: readonly (readonly [number, number])[] = [
  [-5, 13],
  [-1.5, 17],
  [2, 15],
  [5.5, 12],
];

export interface FlyingModel {
  readonly way: Way;
  /** 0 to 1 of its way. */
  readonly part: number;
  readonly look: MessageLook;
  readonly radius: number;
}

export function paintMessage(pen: Pen, { way, part, look, radius }: FlyingModel): WaySpot {
  const spot = spotOnWay(way, part);
  if (look.body === 'tick') paintTick(pen, spot, look);
  else {
    const r = look.filled && look.beads === 0 && look.tone === 're' ? radius * 0.8 : radius;
    if (radius >= 4) {
      paintHalo(pen, spot, r);
      paintHead(pen, spot, look, r);
    }
    paintBody(pen, spot, look, r);
  }
  return spot;
}

/** Around a message that somebody holds, or (dotted) has made later. */
export function paintRing({ ctx, ink }: Pen, { x, y }: WaySpot, r: number, dotted: boolean): void {
  ctx.strokeStyle = ink.ink;
  ctx.lineWidth = dotted ? 1.6 : 2;
  if (dotted) ctx.setLineDash([1.5, 3]);
  ctx.beginPath();
  ctx.arc(x, y, r + 3.5, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintTick({ ctx, ink }: Pen, { x, y, dy }: WaySpot, look: MessageLook): void {
  const long = look.filled ? 8 : 5;
  ctx.fillStyle = ink.muted;
  if (dy === 0) ctx.fillRect(x - 1, y - long / 2, 2, long);
  else ctx.fillRect(x - long / 2, y - 1, long, 2);
}

function colours({ ink }: Pen, look: MessageLook) {
  const tone = ink[look.doomed ? 'fa' : look.tone];
  return { tone, fill: look.filled && !look.doomed ? tone : ink.paper };
}

/** Ground around the mark, so that the thread ends before it. */
function paintHalo({ ctx, ink }: Pen, { x, y }: WaySpot, r: number): void {
  ctx.beginPath();
  ctx.arc(x, y, r + 2.5, 0, 2 * Math.PI);
  ctx.fillStyle = ink.paper;
  ctx.fill();
}

/** The arrowhead in the direction of travel, touching the disc. */
function paintHead(pen: Pen, { x, y, dx, dy }: WaySpot, look: MessageLook, r: number): void {
  const { ctx } = pen;
  const { tone, fill } = colours(pen, look);
  const tip = r + 6;
  const at = r * 0.5;
  const half = r * 0.86;
  ctx.beginPath();
  ctx.moveTo(x + dx * tip, y + dy * tip);
  ctx.lineTo(x + dx * at - dy * half, y + dy * at + dx * half);
  ctx.lineTo(x + dx * at + dy * half, y + dy * at - dx * half);
  ctx.closePath();
  ctx.fillStyle = look.filled ? tone : fill;
  ctx.fill();
  if (look.filled) return;
  ctx.strokeStyle = tone;
  ctx.lineWidth = 1.4;
  ctx.stroke();
}

function paintBody(pen: Pen, spot: WaySpot, look: MessageLook, r: number): void {
  const { x, y } = spot;
  const { ctx } = pen;
  const { tone, fill } = colours(pen, look);
  ctx.beginPath();
  if (look.body === 'box') ctx.roundRect(x - 8, y - 4, 16, 8, 3);
  else if (look.body === 'square') ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  if (!look.filled || look.doomed) {
    ctx.strokeStyle = tone;
    ctx.lineWidth = r < 4 ? 1.2 : 1.8;
    if (look.doomed) ctx.setLineDash([3, 2.6]);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (r >= 4) paintSign(pen, spot, look, r);
}

function paintSign(pen: Pen, { x, y }: WaySpot, look: MessageLook, r: number): void {
  const { ctx, ink } = pen;
  if (look.doomed) return;
  const arm = r * 0.45;
  if (look.beads > 0 && look.filled) {
    ctx.fillStyle = ink.paper;
    const shown = Math.min(look.beads, 3);
    for (let i = 0; i < shown; i++) ctx.fillRect(x + (i - (shown - 1) / 2) * 2.8 - 1, y - 2, 2, 4);
    return;
  }
  if (look.sign !== '+' && look.sign !== '−') return;
  ctx.strokeStyle = look.filled ? ink.paper : ink[look.tone];
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  ctx.moveTo(x - arm, y);
  ctx.lineTo(x + arm, y);
  if (look.sign === '+') {
    ctx.moveTo(x, y - arm);
    ctx.lineTo(x, y + arm);
  }
  ctx.stroke();
}

/** The place where a doomed message will end. */
export function paintEnd(pen: Pen, way: Way, part: number): void {
  const { x, y } = spotOnWay(way, part);
  cross(pen, x, y, 5);
}
