// Nothing that was acknowledged is lost: over reloads at random moments under load, over workers that end unasked, over
// kills and restarts. And each time the exported recording, run again in Node, ends with the disks that IndexedDB holds.
// LOOM_RELOADS, LOOM_TERMINATIONS and LOOM_KILLS say how many.

import { expect, test, type Page } from 'playwright/test';
import { equalPlain } from '../src/base/plain.ts';
import { below, between, newChance, pick } from '../src/base/chance.ts';
import type { Recording } from '../src/sim/recording.ts';
import {
  complete,
  diskDigests,
  frames,
  openLoom,
  reload,
  run,
  waitForNotice,
} from './live-page.ts';
import { countOf, inNode } from './recordings.ts';

const RELOADS = countOf('LOOM_RELOADS', 3);
const TERMINATIONS = countOf('LOOM_TERMINATIONS', 3);
const KILLS = countOf('LOOM_KILLS', 5);

test.describe.configure({ timeout: 180_000 + 30_000 * Math.max(RELOADS, TERMINATIONS, KILLS) });

/** A client that writes without pause, and notes what was acknowledged where a reload does not reach. */
function startLoad(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const acknowledged = JSON.parse(localStorage.getItem('acknowledged') ?? '[]') as number[];
    let { next: since } = await window.lab.events(0);
    let written = Number(localStorage.getItem('written') ?? 0);
    const load = { ending: false, ended: Promise.resolve() };
    const frame = async () => {
      const { records, next } = await window.lab.events(since);
      since = next;
      for (const { event } of records) {
        if (event.type !== 'client/op-ended' || event.outcome.status !== 'ok') continue;
        if (event.request.type === 'put') acknowledged.push(Number(event.request.value));
      }
      localStorage.setItem('acknowledged', JSON.stringify(acknowledged));
      const { clients } = await window.lab.state();
      if (Object.values(clients).flatMap(({ open }) => open).length >= 3) return;
      written += 1;
      localStorage.setItem('written', String(written));
      await window.lab.run(`put k${written} ${written}`);
    };
    const run = async () => {
      while (!load.ending) {
        await frame();
        await new Promise(requestAnimationFrame);
      }
    };
    load.ended = run();
    Object.assign(window, { load });
  });
}

/** The client writes no more; time stands still. */
async function stopLoad(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { load } = window as unknown as { load?: { ending: boolean; ended: Promise<void> } };
    if (load !== undefined) load.ending = true;
    await load?.ended;
    await window.lab.stop();
  });
}

const acknowledged = (page: Page): Promise<number[]> =>
  page.evaluate(() => JSON.parse(localStorage.getItem('acknowledged') ?? '[]') as number[]);

/** The recording, run again in Node, gives the same journal and the disks that IndexedDB holds. */
async function checkAll(page: Page): Promise<void> {
  await stopLoad(page);
  const status = await page.evaluate(() => window.lab.status());
  expect(status.notices.map(({ kind }) => kind)).not.toContain('history-begins-anew');
  const recording = JSON.parse(await page.evaluate(() => window.lab.export())) as Recording;
  const { hash, disks, records } = await inNode(recording);
  if ((await page.evaluate(() => window.lab.hash())) !== hash) {
    const { first, records: lived } = await page.evaluate(() => window.lab.events(0));
    const n = lived.findIndex((record, i) => !equalPlain(record, records[first + i]));
    expect(lived.slice(n, n + 2), 'the first record that differs').toEqual(
      records.slice(first + n, first + n + 2),
    );
  }
  const stored = await diskDigests(page);
  const empty = (await inNode({ ...recording, commands: [], end: null })).disks;
  for (const [node, digest] of Object.entries(disks)) {
    const name = Object.keys(stored).find((each) => each.endsWith(`/${node}`));
    expect([node, name === undefined ? empty[node] : stored[name]]).toEqual([node, digest]);
  }
}

async function readBack(page: Page, values: readonly number[]): Promise<void> {
  const outcome = (await complete(page, 'scan k l limit 10000')) as {
    result: { pairs: [string, string][] };
  };
  const found = new Set(outcome.result.pairs.map(([, value]) => Number(value)));
  expect(values.filter((value) => !found.has(value))).toEqual([]);
}

test('reloads at random moments under load lose nothing that was acknowledged', async ({
  page,
}) => {
  const chance = newChance(Number(process.env['LOOM_SEED'] ?? 1), 'reloads');
  await openLoom(page, '?seed=11');
  for (let i = 0; i < RELOADS; i++) {
    await page.evaluate(
      (speed) => window.lab.play(speed),
      pick(chance, [250, 1000, 4000, 'max'] as const),
    );
    await startLoad(page);
    await frames(page, between(chance, 20, 200));
    const before = await acknowledged(page);
    await reload(page);
    await checkAll(page);
    await readBack(page, before);
  }
  expect((await acknowledged(page)).length).toBeGreaterThan(RELOADS);
});

test('workers that end unasked are power losses of their nodes, and lose nothing', async ({
  page,
}) => {
  const chance = newChance(Number(process.env['LOOM_SEED'] ?? 1), 'terminations');
  await openLoom(page, '?seed=12');
  for (let i = 0; i < TERMINATIONS; i++) {
    const node = pick(chance, ['s1', 's2', 's3', 's1', 's2', 's3', 'pd1', 'c1']);
    await page.evaluate(
      (speed) => window.lab.play(speed),
      pick(chance, [250, 1000, 4000] as const),
    );
    await startLoad(page);
    await frames(page, between(chance, 10, 120));
    expect(await page.evaluate((name) => window.lab.terminateNode(name), node)).toBe(true);
    await waitForNotice(page, 'node-died');
    const status = () =>
      page.evaluate(
        async (name) => (await window.lab.hosts()).find((each) => each.node === name)?.status,
        node,
      );
    await expect.poll(status, { timeout: 60_000 }).toBe('down');
    const before = await acknowledged(page);
    await run(page, `restart ${node}`);
    await dismissAll(page);
    await checkAll(page);
    await readBack(page, before);
    if (below(chance, 2) === 0) await reload(page);
  }
});

test('kills and restarts lose nothing that was acknowledged', async ({ page }) => {
  const chance = newChance(Number(process.env['LOOM_SEED'] ?? 1), 'kills');
  await openLoom(page, '?seed=13');
  await page.evaluate(() => window.lab.play(2000));
  await startLoad(page);
  for (let i = 0; i < KILLS; i++) {
    const node = pick(chance, ['s1', 's2', 's3', 'pd1']);
    await frames(page, between(chance, 5, 60));
    await run(page, `kill ${node}`);
    await frames(page, between(chance, 0, 60));
    await run(page, `restart ${node}`);
  }
  await frames(page, 30);
  const before = await acknowledged(page);
  expect(before.length).toBeGreaterThan(0);
  await checkAll(page);
  await readBack(page, before);
});

const dismissAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const { id } of window.lab.status().notices) window.lab.dismiss(id);
  });
