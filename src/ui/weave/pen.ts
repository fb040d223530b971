// What the canvases are drawn with: the tokens of the theme as colours, the patterns, the fonts, and a surface that is as
// fine as the screen.

const TOKENS = [
  'paper',
  'panel',
  'line',
  'line2',
  'cloth',
  'ink',
  'ink2',
  'muted',
  'el',
  'el-text',
  're',
  're-text',
  'lo',
  'lo-text',
  'co',
  'fa',
  'fa-text',
  'fa-soft',
  'inv',
  'inv-text',
  'inv-muted',
  'inv-cloth',
  'inv-line',
  'inv-re',
] as const;

export type Token = (typeof TOKENS)[number];
export type Ink = Readonly<Record<Token, string>>;

export interface Pen {
  readonly ctx: CanvasRenderingContext2D;
  readonly ink: Ink;
  readonly hatch: CanvasPattern | string;
}

export const FONT = '"Inter Variable", system-ui, sans-serif';

/** The colours of the theme as it is now. */
export function readInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const read = TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()] as const);
  return Object.fromEntries(read) as Ink;
}

/** A pattern is made once for each theme and fineness. */
const hatches = new WeakMap<
  CanvasRenderingContext2D,
  { readonly ink: Ink; readonly fine: number; readonly pen: Pen }
>();

/** A canvas of this many CSS pixels, drawn in units of `scale` pixels. */
export function penFor(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number; readonly scale: number },
  ink: Ink,
): Pen | null {
  const ctx = canvas.getContext('2d');
  if (ctx === null) return null;
  const fine = Math.min(2, devicePixelRatio || 1) * size.scale;
  const width = Math.round(size.width * fine);
  const height = Math.round(size.height * fine);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  ctx.setTransform(fine, 0, 0, fine, 0, 0);
  ctx.textBaseline = 'alphabetic';
  const kept = hatches.get(ctx);
  if (kept?.ink === ink && kept.fine === fine) return kept.pen;
  const pen = { ctx, ink, hatch: hatchOf(ctx, ink, fine) };
  hatches.set(ctx, { ink, fine, pen });
  return pen;
}

/** 45°, pitch 6, stroke 1.6: the pattern of what is down. */
function hatchOf(ctx: CanvasRenderingContext2D, ink: Ink, fine: number): CanvasPattern | string {
  const side = Math.max(6, Math.round(8.485 * fine));
  const tile = new OffscreenCanvas(side, side);
  const draw = tile.getContext('2d');
  if (draw === null) return ink.cloth;
  draw.strokeStyle = ink.line2;
  draw.lineWidth = (1.6 * side) / 8.485;
  draw.beginPath();
  for (const shift of [-1, 0, 1]) {
    draw.moveTo(shift * side - 1, side + 1);
    draw.lineTo((shift + 1) * side + 1, -1);
  }
  draw.stroke();
  const pattern = ctx.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / fine));
  return pattern ?? ink.cloth;
}

export function roundedBox(
  ctx: CanvasRenderingContext2D,
  box: { x: number; y: number; width: number; height: number },
  radius: number,
): void {
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.width, box.height, radius);
}

export interface Writing {
  readonly color: string;
  readonly weight?: 400 | 500 | 600 | 700;
  readonly size?: number;
  readonly align?: CanvasTextAlign;
}

export function write(
  { ctx }: Pen,
  text: string,
  at: { readonly x: number; readonly y: number },
  { color, weight = 400, size = 12, align = 'left' }: Writing,
): void {
  ctx.font = `${weight} ${size}px ${FONT}`;
  ctx.fillStyle = color;
  ctx.textAlign = align;
  ctx.fillText(text, at.x, at.y);
}

/** A diagonal cross, the mark of what is lost. */
export function cross({ ctx, ink }: Pen, x: number, y: number, arm: number): void {
  ctx.strokeStyle = ink.fa;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x + arm, y - arm);
  ctx.lineTo(x - arm, y + arm);
  ctx.stroke();
}
