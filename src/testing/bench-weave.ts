// What a frame of the Weave costs in Chromium: 300 Regions on five stores, 2,000 messages always under way, 1440 × 900,
// folded and drawn as they come. Once with nothing chosen, once with a Region under the fisheye.
//
// The script of a frame is what its animation callbacks take, to the end of the microtasks that they leave: there React
// draws again what has changed. It is measured twice, each time in a page of its own: on the clock of the wall, which also
// counts what other programs of the machine take meanwhile, and as the processor time of the page's own thread. That comes
// from Chromium's trace, and tracing has a price of its own.

import type { chromium as Chromium, Page } from 'playwright';
import { findChromium, PORT, serve } from './bench-page.ts';
import { busyStory } from './weave-stories.ts';

interface WeaveFigures {
  readonly state: string;
  readonly frames: number;
  /** p95, milliseconds: on the wall, and of the thread alone. */
  readonly script: number;
  readonly thread: number;
  /** The share of frames that took longer than 34 ms. */
  readonly late: number;
  readonly nodes: number;
  readonly messages: number;
}

const MESSAGES = 2000;
const FRAMES = 300;
const WARM = 60;
const LATE_MS = 34;
/** Microseconds of virtual time for a second of the wall. */
const SPEED = 20_000;
/** A machine that draws fewer frames in this time is measured by those: then the story is told. */
const WALL_SECONDS = 24;
const WALL_MS = 20_000;

/** Null where there is no Chromium, or no page to serve. */
export async function measureWeave(): Promise<WeaveFigures[] | null> {
  const found = await findChromium();
  if (found === null) return null;
  const server = await serve();
  if (server === null) return null;
  const name = 'playwright';
  const { chromium } = (await import(/* @vite-ignore */ name)) as { chromium: typeof Chromium };
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  const browser = await chromium.launch({ executablePath: found, args });
  const story = busyStory(MESSAGES, (WALL_SECONDS * SPEED) / 1_000_000);
  const still = {
    records: story.records,
    at: 44_200_000,
    runs: true,
    state: { playing: true, speed: SPEED, autoPace: false },
  };
  try {
    const figures: WeaveFigures[] = [];
    for (const state of ['nothing chosen', 'a Region chosen']) {
      const open = async () => {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await showStill(page, still);
        const cell = page.locator('[role=gridcell]').nth(40);
        if (state === 'a Region chosen') await cell.dispatchEvent('click');
        return page;
      };
      const page = await open();
      const measured = await measure(page);
      await page.close();
      const traced = await open();
      await browser.startTracing(traced, { categories: ['devtools.timeline'] });
      await measure(traced);
      const thread = threadTimes(await browser.stopTracing());
      await traced.close();
      figures.push({ state, ...measured, thread });
    }
    return figures;
  } finally {
    await browser.close();
    server.kill();
  }
}

async function showStill(page: Page, still: unknown): Promise<void> {
  await page.addInitScript(watchFrames);
  await page.goto(`http://127.0.0.1:${PORT}/?still`);
  await page.waitForFunction(() => 'loomStill' in window);
  await page.evaluate((picture) => {
    (window as unknown as { loomStill(still: unknown): void }).loomStill(picture);
  }, still);
  await page.locator('[role=gridcell]').first().waitFor({ state: 'attached' });
}

interface Watched {
  readonly scripts: number[];
  readonly gaps: number[];
}

/** Runs in the page before its own scripts: times every animation callback. */
function watchFrames(): void {
  const watched: Watched = { scripts: [], gaps: [] };
  Object.assign(window, { watched });
  const request = window.requestAnimationFrame.bind(window);
  let frame = -1;
  let spent = 0;
  window.requestAnimationFrame = (callback) =>
    request((wall) => {
      if (wall !== frame) {
        if (frame >= 0) {
          watched.scripts.push(spent);
          watched.gaps.push(wall - frame);
        }
        frame = wall;
        spent = 0;
      }
      const began = performance.now();
      callback(wall);
      queueMicrotask(() => (spent += performance.now() - began));
    });
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** p95 of what the animation callbacks of a frame took of the processor, milliseconds; the first frames warm up. */
function threadTimes(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const frames = traceEvents
    .filter(({ name, ph }) => name === 'FireAnimationFrame' && ph === 'X')
    .map(({ tdur }) => (tdur ?? 0) / 1000)
    .slice(WARM)
    .toSorted((a, b) => a - b);
  return frames[Math.floor(frames.length * 0.95)] ?? 0;
}

async function measure(page: Page): Promise<Omit<WeaveFigures, 'state' | 'thread'>> {
  const count = () =>
    page.evaluate(() => (window as unknown as { watched: Watched }).watched.scripts.length);
  const started = performance.now();
  const begin = (await count()) + WARM;
  let nodes = 0;
  let messages = 0;
  for (;;) {
    nodes = Math.max(nodes, await page.evaluate(() => document.querySelectorAll('*').length));
    const words = await page.locator('.weave-caption').textContent();
    messages = Number(/([\d,]+) messages under way/.exec(words ?? '')?.[1]?.replace(',', '') ?? 0);
    if ((await count()) >= begin + FRAMES || performance.now() - started > WALL_MS) break;
    await new Promise((settle) => setTimeout(settle, 250));
  }
  const { scripts, gaps } = await page.evaluate(
    () => (window as unknown as { watched: Watched }).watched,
  );
  const measured = scripts.slice(begin, begin + FRAMES).toSorted((a, b) => a - b);
  const late = gaps.slice(begin, begin + FRAMES).filter((gap) => gap > LATE_MS).length;
  return {
    frames: measured.length,
    script: measured[Math.floor(measured.length * 0.95)] ?? 0,
    late: late / Math.max(1, measured.length),
    nodes,
    messages,
  };
}
