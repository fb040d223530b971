// The page as these tests drive it: through `window.lab` alone. What is on the disks is read from IndexedDB itself.

import { expect, type Page } from 'playwright/test';
import type { BrowserLab } from '../src/browser/page-lab.ts';
import type { SessionState } from '../src/browser/session-types.ts';
import { imageDigest } from '../src/sim/memory-disk.ts';
import type { DiskImage } from '../src/tikv/node/node.ts';

declare global {
  interface Window {
    readonly lab: BrowserLab;
  }
}

/** Opens the page and waits until it shows `phase`. */
export async function openLoom(page: Page, query = '', phase = 'running'): Promise<SessionState> {
  await page.goto(`/${query}`);
  return waitForPhase(page, phase);
}

export async function waitForPhase(page: Page, phase: string): Promise<SessionState> {
  await page.waitForFunction(
    () => ['running', 'elsewhere', 'damaged', 'failed'].includes(window.lab?.status().phase.name),
    null,
    { polling: 50 },
  );
  const status = await page.evaluate(() => window.lab.status());
  expect(status.phase, JSON.stringify(status.phase)).toMatchObject({ name: phase });
  return status;
}

export async function reload(page: Page): Promise<SessionState> {
  await page.reload();
  return waitForPhase(page, 'running');
}

/** Waits so many animation frames of the page: an arbitrary moment, without a clock. */
export function frames(page: Page, count: number): Promise<void> {
  return page.evaluate(
    (left) =>
      new Promise<void>((done) => {
        const frame = () => (left-- > 0 ? void requestAnimationFrame(frame) : done());
        frame();
      }),
    count,
  );
}

/** Waits for a notice of this kind. */
export async function waitForNotice(page: Page, kind: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => window.lab.status().notices.some((notice) => notice.kind === wanted),
    kind,
    { polling: 50 },
  );
}

/** Runs one line and expects it to be taken. */
export async function run(page: Page, line: string): Promise<number | null> {
  const answer = await page.evaluate((text) => window.lab.run(text), line);
  expect(answer, `${line}: ${JSON.stringify(answer)}`).toMatchObject({ ok: true });
  return answer.ok && answer.kind === 'command' ? answer.op : null;
}

/** Gives an operation and lets time pass until it has ended; how it ended. */
export async function complete(page: Page, line: string): Promise<unknown> {
  const op = await run(page, line);
  const met = await page.evaluate(
    (number) => window.lab.until(`op(${number}).ended`, { within: '60s' }),
    op,
  );
  expect(met, line).toMatchObject({ met: true });
  return page.evaluate(async (number) => {
    const { clients } = await window.lab.state();
    const ended = Object.values(clients).flatMap((client) => client.ended);
    return ended.find((operation) => operation.op === number)?.outcome;
  }, op);
}

/** The fingerprint of every node's disk, by the database's name, as IndexedDB holds it. */
export async function diskDigests(page: Page): Promise<Record<string, string>> {
  const cluster = await page.evaluate(() => window.lab.status().cluster?.id);
  const stored = await page.evaluate(async (id) => {
    const text = (value: unknown): unknown =>
      value instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(value)) : value;
    const wait = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, failed) => {
        request.addEventListener('success', () => done(request.result));
        request.addEventListener('error', () => failed(request.error));
      });
    const images: [string, Record<string, [unknown, unknown][]>][] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.startsWith(`loom/${id}/`) || name.endsWith('/session')) continue;
      const database = await wait(indexedDB.open(name));
      const stores = [...database.objectStoreNames].filter((store) => store !== 'loom');
      const transaction = database.transaction(stores, 'readonly');
      const image: Record<string, [unknown, unknown][]> = {};
      for (const store of stores) {
        const rows = transaction.objectStore(store);
        const [keys, values] = await Promise.all([wait(rows.getAllKeys()), wait(rows.getAll())]);
        if (keys.length > 0) image[store] = keys.map((key, i) => [text(key), values[i]]);
      }
      database.close();
      images.push([name, image]);
    }
    return images;
  }, cluster);
  return Object.fromEntries(
    stored.map(([name, image]) => [name, imageDigest(image as unknown as DiskImage)]),
  );
}
