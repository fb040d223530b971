// The same cluster live in Chromium, a worker and an IndexedDB database for each node, as fast as it goes; beside it what
// IndexedDB itself can do in the same page at the same time of day.

import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, chromium as Chromium } from 'playwright';
import type { BrowserLab } from '../browser/page-lab.ts';
import { median } from './bench-cluster.ts';

export interface PageSpeed {
  /** Virtual seconds in a second of the wall. */
  readonly idle: number;
  readonly loaded: number;
  /** Transactions a second, one put each, one after the other, durability relaxed. */
  readonly transactions: number;
  /** What the browser calls itself. */
  readonly browser: string;
}

export const PORT = 4197;
const SECONDS = 5;
const PUTS = 500;

/** Null where there is no Chromium, or no page to serve. */
export async function measurePage(rounds: number): Promise<PageSpeed | null> {
  const found = await findChromium();
  if (found === null) return null;
  const server = await serve();
  if (server === null) return null;
  // By a name that the bundler does not follow: Playwright does not live in a bundle.
  const name = 'playwright';
  const { chromium } = (await import(/* @vite-ignore */ name)) as { chromium: typeof Chromium };
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  const browser = await chromium.launch({ executablePath: found, args });
  try {
    return await measure(browser, rounds);
  } finally {
    await browser.close();
    server.kill();
  }
}

export async function findChromium(): Promise<string | null> {
  const path = pathToFileURL(resolve('.ci/chromium.mjs')).href;
  const found = (await import(/* @vite-ignore */ path)) as {
    findChromium(): Promise<string | null>;
  };
  return found.findChromium();
}

/** The page as `npm start` serves it, built first where the sources have changed. */
export async function serve(): Promise<ChildProcess | null> {
  const args = ['.ci/start.mjs', '--port', `${PORT}`, '--host', '127.0.0.1', '--exact'];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await new Promise<boolean>((settle) => {
    server.on('close', () => settle(false));
    server.stdout.on('data', (text: Buffer) => {
      if (text.toString().includes('Loom is at')) settle(true);
    });
  });
  return ready ? server : null;
}

type Measured = { readonly speed: number; readonly loaded: number; readonly transactions: number };

async function measure(browser: Browser, rounds: number): Promise<PageSpeed> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction(() => 'lab' in window, undefined, { polling: 50 });
  await page.evaluate(async () => {
    const { lab } = window as unknown as { lab: BrowserLab };
    await lab.clusters.create({ stores: 5, clients: 1, seed: 7, settings: {} });
    await lab.stop();
    await lab.until("leader('r1')");
  });
  const runs: Measured[] = [];
  for (let round = 0; round <= rounds; round++)
    runs.push(await page.evaluate(measureInPage, { seconds: SECONDS, puts: PUTS }));
  const warm = runs.slice(1);
  const { speed: idle } = median(warm);
  const { speed: loaded } = median(warm.map((run) => ({ speed: run.loaded })));
  const { speed: transactions } = median(warm.map((run) => ({ speed: run.transactions })));
  return { idle, loaded, transactions, browser: `Chromium ${browser.version()}` };
}

/** Runs in the page, and knows nothing but it. */
async function measureInPage(of: { seconds: number; puts: number }): Promise<Measured> {
  const { lab } = window as unknown as { lab: BrowserLab };
  const wall = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
  };
  const idle = await wall(() => lab.run(`wait ${of.seconds}s`));
  const loaded = await wall(async () => {
    for (let i = 0; i < of.seconds * 10; i++) {
      await lab.run(`put k${i} v`);
      await lab.run('wait 100ms');
    }
  });
  const database = await new Promise<IDBDatabase>((settle, refuse) => {
    const request = indexedDB.open('bench', 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore('rows'));
    request.addEventListener('success', () => settle(request.result));
    request.addEventListener('error', () => refuse(new Error('no database for the bench')));
  });
  const put = (i: number) =>
    new Promise<void>((settle, refuse) => {
      const transaction = database.transaction('rows', 'readwrite', { durability: 'relaxed' });
      transaction.objectStore('rows').put({ value: `v${i}` }, i % 100);
      transaction.addEventListener('complete', () => settle());
      transaction.addEventListener('error', () => refuse(new Error('a put of the bench failed')));
    });
  const raw = await wall(async () => {
    for (let i = 0; i < of.puts; i++) await put(i);
  });
  database.close();
  return { speed: of.seconds / idle, loaded: of.seconds / loaded, transactions: of.puts / raw };
}
