// What becomes of a cluster when the browser's storage is refused, full, damaged, newer than the page, or held by another
// tab: never a blank page, and nothing lost that was there.

import { expect, test, type Frame, type Page } from 'playwright/test';
import type { Recording } from '../src/sim/recording.ts';
import { complete, openLoom, reload, run, waitForPhase } from './live-page.ts';
import { inNode } from './recordings.ts';

const VALUE = { status: 'ok', result: { type: 'get', value: '43' } };
const MISSING = { status: 'ok', result: { type: 'get', value: null } };

/** Time stands still, and `ann` is written. */
async function written(page: Page, query = '?seed=21'): Promise<string> {
  const { cluster } = await openLoom(page, query);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'put ann 43')).toMatchObject({ status: 'ok' });
  return cluster?.id ?? '';
}

interface Tampering {
  readonly name: string;
  readonly change: { store?: string; key?: IDBValidKey; value?: unknown; version?: number };
}

/** Puts a row into a database of Loom's while no Loom is open on the page, or opens it at a version. */
async function tamper(page: Page, name: string, change: Tampering['change']): Promise<void> {
  await page.goto('/favicon.svg');
  await page.evaluate(
    (asked) =>
      new Promise<void>((done, failed) => {
        const { name: database, change: what } = asked as Tampering;
        const opening = indexedDB.open(database, what.version);
        opening.addEventListener('error', () => failed(opening.error));
        opening.addEventListener('success', () => {
          const { result } = opening;
          const finish = () => (result.close(), done());
          if (what.store === undefined) return finish();
          const transaction = result.transaction(what.store, 'readwrite');
          transaction.objectStore(what.store).put(what.value, what.key);
          transaction.addEventListener('complete', finish);
        });
      }),
    { name, change } as unknown,
  );
}

const freshStart = async (page: Page): Promise<void> => {
  const done = await page.evaluate(() => window.lab.clusters.freshStart());
  expect(done).toEqual({ ok: true });
  await waitForPhase(page, 'running');
};

const clusterNames = (page: Page): Promise<string[]> =>
  page.evaluate(async () => (await window.lab.clusters.list()).clusters.map(({ name }) => name));

test('in memory everything works, and a reload starts anew', async ({ page }) => {
  await written(page, '?storage=memory&seed=21');
  expect(await complete(page, 'get ann')).toEqual(VALUE);
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
  expect((await reload(page)).storage.kind).toBe('memory');
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(MISSING);
});

test('a frame that may neither store nor start workers runs in memory and says so', async ({
  page,
  baseURL,
}) => {
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.pathname !== '/framed') {
      const response = await route.fetch();
      const headers = { ...response.headers(), 'access-control-allow-origin': '*' };
      return route.fulfill({ response, headers });
    }
    const body = `<iframe sandbox="allow-scripts" src="${baseURL}/?seed=21" width="900" height="600"></iframe>`;
    return route.fulfill({ contentType: 'text/html', body });
  });
  await page.goto('/framed');
  const frame = page.frames().find((each) => each.parentFrame() !== null) as Frame;
  await frame.waitForFunction(() => window.lab?.status().phase.name === 'running', null, {
    polling: 50,
  });
  const { storage, host } = await frame.evaluate(() => window.lab.status());
  expect([storage.kind, host]).toEqual(['memory', 'one']);
  await frame.evaluate(() => window.lab.stop());
  const ended = await frame.evaluate(async () => {
    await window.lab.run('put ann 43');
    return window.lab.until('op(1).ended', { within: '20s' });
  });
  expect(ended).toMatchObject({ met: true });
});

test('a damaged disk is told with its place, dumped, and left alone by a fresh start', async ({
  page,
}) => {
  const id = await written(page);
  const disk = `loom/${id}/1/s2`;
  await tamper(page, disk, { store: 'raft_state', key: 1, value: new Date(0) });
  const { phase } = await openLoom(page, '', 'damaged');
  expect(phase).toMatchObject({
    damage: { where: expect.stringContaining(`${disk}, raft_state`), later: false },
  });
  const dump = await page.evaluate(() => window.lab.clusters.dump());
  const { databases } = JSON.parse(dump) as { databases: { name: string }[] };
  expect(databases.map(({ name }) => name)).toContain(disk);
  expect(dump).toContain('[object Date]');
  await freshStart(page);
  expect(await clusterNames(page)).toEqual(['Cluster 1', 'Cluster 1, afresh']);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(MISSING);
  // The damaged one is as it was.
  expect(await page.evaluate((name) => window.lab.clusters.open(name), id)).toEqual({ ok: true });
  await waitForPhase(page, 'damaged');
});

test('a damaged recording, and a damaged list, are told too, and the page goes on', async ({
  page,
}) => {
  const id = await written(page);
  await tamper(page, `loom/${id}/session`, { store: 'clocks', key: 1, value: 'noon' });
  expect((await openLoom(page, '', 'damaged')).phase).toMatchObject({
    damage: { where: expect.stringContaining('clocks') },
  });
  await tamper(page, `loom/${id}/session`, {
    store: 'commands',
    key: [1, 0],
    value: { at: 5, after: null, command: { type: 'kill', node: 's9' } },
  });
  await tamper(page, `loom/${id}/session`, {
    store: 'clocks',
    key: 1,
    value: { at: 9, after: null },
  });
  expect((await openLoom(page, '', 'damaged')).phase).toMatchObject({
    damage: { what: expect.stringContaining('s9') },
  });
  await tamper(page, 'loom/clusters', { store: 'clusters', key: 'x', value: 7 });
  expect((await openLoom(page, '', 'damaged')).phase).toMatchObject({
    damage: { where: 'loom/clusters, clusters' },
  });
  const done = await page.evaluate(() => window.lab.clusters.freshStart());
  expect(done).toEqual({ ok: true });
  expect(await page.evaluate(() => window.lab.status().phase.name)).toBe('damaged');
  await freshStart(page);
});

test('a history that cannot be run again is left behind, and every write stays', async ({
  page,
}) => {
  const id = await written(page);
  expect(await complete(page, 'put bob 1')).toMatchObject({ status: 'ok' });
  const recording = { seed: 21, cluster: { stores: 3, clients: 1, settings: {} } };
  const head = { recording: { format: 'loom-recording/1', ...recording }, build: 'of yesterday' };
  await tamper(page, `loom/${id}/session`, { store: 'heads', key: 1, value: head });
  const { notices } = await openLoom(page);
  expect(notices).toMatchObject([{ kind: 'history-begins-anew', why: 'other-build' }]);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(VALUE);

  // The recording that began from the disks is one like any other: it goes on over a reload, and runs in Node.
  expect((await reload(page)).notices).toEqual([]);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get bob')).toMatchObject({ result: { value: '1' } });
  const exported = JSON.parse(await page.evaluate(() => window.lab.export())) as Recording;
  expect((await inNode(exported)).hash).toBe(await page.evaluate(() => window.lab.hash()));

  const name = `loom/${id}/2/s1`;
  await tamper(page, name, { store: 'meta', key: 'strange', value: 1 });
  expect((await openLoom(page)).notices).toMatchObject([
    { kind: 'history-begins-anew', why: 'disks-differ' },
  ]);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(VALUE);
});

test('data of a newer Loom is not touched; a fresh start goes on beside it', async ({ page }) => {
  const id = await written(page);
  await tamper(page, `loom/${id}/1/s1`, { version: 99 });
  expect((await openLoom(page, '', 'damaged')).phase).toMatchObject({ damage: { later: true } });
  await freshStart(page);
  expect(await clusterNames(page)).toHaveLength(2);
  await tamper(page, 'loom/clusters', { version: 99 });
  expect((await openLoom(page, '', 'damaged')).phase).toMatchObject({
    damage: { later: true, where: 'loom/clusters' },
  });
  await freshStart(page);
  expect((await page.evaluate(() => window.lab.status())).storage.kind).toBe('memory');
});

test('a full storage is the crash of the store whose commit was refused; with room again, it goes on', async ({
  page,
  baseURL,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(baseURL ?? '');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 150_000 });
  await written(page);
  await page.evaluate(() => window.lab.play('max'));
  let writes = 0;
  const kinds = async () => {
    await run(page, `put big${writes++} ${'x'.repeat(1000)}`);
    const { notices } = await page.evaluate(() => window.lab.status());
    return notices.map(({ kind }) => kind);
  };
  await expect.poll(kinds, { intervals: [50], timeout: 45_000 }).toContain('storage-full');
  await page.evaluate(() => window.lab.stop());
  expect((await page.evaluate(() => window.lab.status())).phase).toEqual({ name: 'running' });
  const plan = { stores: 3, clients: 1, seed: 24, settings: {} };
  const more = await page.evaluate((what) => window.lab.clusters.create(what), plan);
  expect(more).toMatchObject({ ok: false, reason: expect.stringContaining('full') });

  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  const hosts = await page.evaluate(() => window.lab.hosts());
  const down = hosts.filter(({ status }) => status === 'down');
  for (const { node } of down) await run(page, `restart ${node}`);
  expect(await complete(page, 'get ann')).toEqual(VALUE);
  expect(await complete(page, 'put bob 1')).toMatchObject({ status: 'ok' });
  await reload(page);
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(VALUE);
});

test('where the storage is full from the start, the page runs in memory and says so', async ({
  page,
  baseURL,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(baseURL ?? '');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  const { storage } = await openLoom(page);
  expect(storage).toMatchObject({ kind: 'memory', reason: expect.stringContaining('Quota') });
});

test('a cluster has one home: a second tab says so, and makes its own', async ({
  page,
  context,
}) => {
  const id = await written(page);
  const second = await context.newPage();
  const { cluster } = await openLoom(second, '', 'elsewhere');
  expect(cluster?.id).toBe(id);
  const rows = await second.evaluate(async () => (await window.lab.clusters.list()).clusters);
  expect(rows.map(({ open }) => open)).toEqual(['elsewhere']);
  expect(await second.evaluate((name) => window.lab.clusters.remove(name), id)).toMatchObject({
    ok: false,
  });
  const plan = { stores: 5, clients: 1, seed: 22, settings: {} };
  expect(await second.evaluate((what) => window.lab.clusters.create(what), plan)).toEqual({
    ok: true,
  });
  await waitForPhase(second, 'running');
  await second.evaluate(() => window.lab.stop());
  expect(await complete(second, 'put bob 1')).toMatchObject({ status: 'ok' });
  // The first tab has noticed nothing.
  expect(await complete(page, 'get ann')).toEqual(VALUE);
  await page.close();
  expect(await second.evaluate((name) => window.lab.clusters.open(name), id)).toEqual({ ok: true });
  await waitForPhase(second, 'running');
  await second.evaluate(() => window.lab.stop());
  expect(await complete(second, 'get ann')).toEqual(VALUE);
});

test('clusters are listed with their sizes, renamed, started over, taken back and deleted', async ({
  page,
}) => {
  const id = await written(page);
  const plan = { name: 'Second', stores: 1, clients: 2, seed: 23, settings: {} };
  expect(await page.evaluate((what) => window.lab.clusters.create(what), plan)).toEqual({
    ok: true,
  });
  const { clusters, usage } = await page.evaluate(() => window.lab.clusters.list());
  expect(clusters.map(({ name, open, stores }) => [name, open, stores])).toEqual([
    ['Cluster 1', 'no', 3],
    ['Second', 'here', 1],
  ]);
  for (const { bytes } of clusters) expect(bytes).toBeGreaterThan(100);
  expect(usage).toBeGreaterThan(0);
  await page.evaluate((name) => window.lab.clusters.rename(name, 'First'), id);
  await page.evaluate((name) => window.lab.clusters.open(name), id);
  await waitForPhase(page, 'running');
  expect(await clusterNames(page)).toEqual(['First', 'Second']);

  expect(await page.evaluate(() => window.lab.clusters.startOver())).toEqual({ ok: true });
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(MISSING);
  expect((await reload(page)).cluster).toMatchObject({ id, canUndo: true });
  await page.evaluate(() => window.lab.clusters.undoStartOver());
  await waitForPhase(page, 'running');
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(VALUE);

  expect(await page.evaluate((name) => window.lab.clusters.remove(name), id)).toEqual({ ok: true });
  await waitForPhase(page, 'running');
  expect(await clusterNames(page)).toEqual(['Second', 'Cluster 1']);
  // It is kept aside: undo brings it back as it was, whatever was reloaded meanwhile.
  expect((await reload(page)).deleted).toMatchObject({ name: 'First' });
  expect(await page.evaluate(() => window.lab.clusters.undoRemove())).toEqual({ ok: true });
  await waitForPhase(page, 'running');
  await page.evaluate(() => window.lab.stop());
  expect(await complete(page, 'get ann')).toEqual(VALUE);
  expect(await clusterNames(page)).toEqual(['First', 'Second', 'Cluster 1']);

  // Deleted and let go of, nothing of it is left.
  await page.evaluate((name) => window.lab.clusters.remove(name), id);
  await waitForPhase(page, 'running');
  expect(await page.evaluate(() => window.lab.clusters.forgetDeleted())).toEqual({ ok: true });
  const left = await page.evaluate(() => indexedDB.databases());
  expect(left.filter(({ name }) => name?.includes(id))).toEqual([]);
  expect(await clusterNames(page)).not.toContain('First');
  expect(await page.evaluate(() => window.lab.clusters.undoRemove())).toMatchObject({ ok: false });
});
