// A link to a moment: made, followed in another browser and in the same tab, damaged, of another format, of another history.

import { expect, test, type Page } from 'playwright/test';
import { readLink, writeLink } from '../src/lab/moment-link.ts';
import { Journal } from '../src/sim/journal.ts';
import { resum } from '../src/testing/resum-link.ts';
import { closeClipboard } from './hands.ts';
import { openLoom, run, waitForNotice, waitForPhase } from './live-page.ts';
import { axeFindings, scrolls } from './screen-page.ts';
import { shoot } from './shots.ts';

/** A link to a moment after a write and a kill, with the hash there. */
async function makeMoment(page: Page): Promise<{ link: string; hash: string; now: number }> {
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await run(page, 'put ann 43');
  await page.evaluate(() => window.lab.until('op(1).ended'));
  await run(page, 'kill s2');
  await page.evaluate(() => window.lab.run('wait 777ms'));
  const answer = await page.evaluate(() => window.lab.run('share'));
  if (!answer.ok || answer.kind !== 'link') throw new Error(JSON.stringify(answer));
  const hash = await page.evaluate(() => window.lab.hash());
  const now = await page.evaluate(() => window.lab.now());
  return { link: answer.fragment, hash, now };
}

const place = (page: Page) =>
  page.evaluate(async () => ({
    hash: await window.lab.hash(),
    now: await window.lab.now(),
    name: window.lab.status().cluster?.name,
    playing: window.lab.status().playing,
    clusters: (await window.lab.clusters.list()).clusters.map(({ name }) => name),
  }));

test('a link is followed to the same moment, in a cluster of its own', async ({
  page,
  browser,
}) => {
  await openLoom(page, '?seed=7');
  const { link, hash, now } = await makeMoment(page);

  const other = await (await browser.newContext()).newPage();
  await other.goto(`/${link}`);
  await waitForPhase(other, 'running');
  expect(await place(other)).toEqual({
    hash,
    now,
    name: 'From a link',
    playing: false,
    clusters: ['From a link'],
  });
  await expect(other.getByRole('button', { name: /^S2, .*down/ })).toBeVisible();
  expect(new URL(other.url()).hash).toBe('');
  await other.close();

  // Where somebody has clusters already, they stay as they are: the link's stands beside them.
  const before = await place(page);
  await page.evaluate((to) => (location.hash = to), link);
  await expect(page.getByRole('button', { name: 'From a link' })).toBeVisible();
  await waitForPhase(page, 'running');
  expect(await place(page)).toMatchObject({ hash, now, playing: false });
  expect((await place(page)).clusters).toEqual([before.name, 'From a link']);
  await page.evaluate(async () => {
    const { clusters } = await window.lab.clusters.list();
    await window.lab.clusters.open(clusters[0]?.id ?? '');
  });
  expect((await place(page)).name).toBe(before.name);
});

test('whoever looks back shares the moment that is looked at', async ({ page, browser }, info) => {
  await closeClipboard(page);
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await run(page, 'kill s2');
  await page.evaluate(() => window.lab.run('wait 2s'));
  await run(page, 'restart s2');
  await page.evaluate(() => window.lab.run('wait 1s'));
  const records = (await page.evaluate(() => window.lab.events())).records;
  const upTo = (count: number) => {
    const journal = new Journal();
    for (const { at, id, cause, event } of records.slice(0, count))
      journal.append(at, id, cause, event);
    return journal.digits();
  };
  const past = page.getByRole('region', { name: 'Looking back' });
  for (const key of ['Shift+ArrowLeft', 'Shift+ArrowLeft', ',']) {
    await page.keyboard.press(key);
    await expect(past).toBeVisible();
  }
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: /^A link to \d/ });
  const address = await dialog.getByRole('textbox', { name: 'The link' }).inputValue();
  const shown = await page.getByTestId('shown-at').textContent();
  await expect(dialog).toContainText(`stands at ${shown} of this history`);
  await page.screenshot({ path: info.outputPath('share-past.png') });
  const read = readLink(address);
  if (!read.ok) throw new Error(read.reason);
  const { at } = read.moment.recording.end ?? { at: 0 };
  expect(read.moment.recording.commands.map(({ command }) => command.type)).toEqual(['kill']);
  const count = records.filter((record) => record.at <= at).length;
  expect(at).toBeLessThan((await place(page)).now * 1000 - 1_900_000);
  expect([upTo(count), upTo(count - 1), upTo(count - 2)]).toContain(read.moment.hash);

  // The console says the same, while acting there is refused.
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  const line = page.locator('.console-editor').getByRole('textbox', { name: 'Command' });
  await line.fill('share');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log')).toContainText(`Leads to ${shown}, and stands there.`);
  await expect(page.locator('.console-address')).toHaveText(address);

  const other = await (await browser.newContext()).newPage();
  await other.goto(`/${new URL(address).hash}`);
  await waitForPhase(other, 'running');
  expect(await place(other)).toMatchObject({
    hash: read.moment.hash,
    now: at / 1000,
    playing: false,
  });
  await expect(other.getByRole('button', { name: /^S2, .*down/ })).toBeVisible();
  await other.close();
});

test('damaged, cut short, older: what is so is said, and nothing is touched', async ({ page }) => {
  await openLoom(page, '?seed=7');
  const { link } = await makeMoment(page);
  const before = await place(page);
  const bad: [string, RegExp][] = [
    [`${link.slice(0, 50)}~${link.slice(51)}`, /checksum does not match\. Copy it again/],
    [link.slice(0, 80), /cut short: its end is missing/],
    [resum(link.replace('#m=1.', '#m=0.')), /format 0 of an older Loom/],
    [resum(link.replace('#m=1.', '#m=7.')), /Open it with a newer Loom/],
    [`#m=${'a'.repeat(250_000)}`, /250000 characters/],
  ];
  for (const [text, reason] of bad) {
    await page.evaluate((to) => (location.hash = to), text);
    await waitForNotice(page, 'link-refused');
    await expect(page.locator('.notices')).toContainText(reason);
    expect(await place(page)).toMatchObject({ name: before.name, clusters: before.clusters });
    await page.getByRole('button', { name: 'Close this notice' }).click();
    await expect(page.locator('.notices')).not.toContainText('The link cannot be followed');
  }
  // Loaded with the page, too: what was open last is opened.
  await page.goto(`/?seed=7&again=1${link.slice(0, 80)}`);
  await waitForPhase(page, 'running');
  await waitForNotice(page, 'link-refused');
  expect((await place(page)).clusters).toEqual(before.clusters);
  expect(await axeFindings(page)).toEqual([]);
  expect(await scrolls(page)).toBe(false);
});

test('a link whose history is another one here says so', async ({ page }) => {
  await openLoom(page, '?seed=7');
  const { link } = await makeMoment(page);
  const read = readLink(link);
  if (!read.ok) throw new Error(read.reason);
  const made = writeLink({ ...read.moment, hash: '0123456789abcdef', build: 'another' });
  if (!made.ok) throw new Error(made.reason);
  await page.evaluate((to) => (location.hash = to), made.fragment);
  await waitForNotice(page, 'link-differs');
  await expect(page.locator('.notices')).toContainText('Another build of Loom made it');
});

test('Share copies the link; where the clipboard is closed it stands in a dialog', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const copied: string[] = [];
    Object.assign(globalThis, { copied, shut: false });
    Object.defineProperty(navigator, 'clipboard', {
      value: {
        writeText: (text: string) =>
          (globalThis as unknown as { shut: boolean }).shut
            ? Promise.reject(new Error('closed'))
            : Promise.resolve(void copied.push(text)),
      },
    });
  });
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await page.getByRole('button', { name: 'Copy a link to this moment' }).click();
  await expect(page.getByTestId('console-line')).toContainText(/The link to [\d.]+\ss is copied/);
  const copied = await page.evaluate(() => (globalThis as unknown as { copied: string[] }).copied);
  expect(readLink(copied[0] ?? '')).toMatchObject({ ok: true });
  await page.evaluate(() => Object.assign(globalThis, { shut: true }));
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: /^A link to \d/ });
  await expect(dialog.getByRole('textbox', { name: 'The link' })).toHaveValue(/#m=1\./);
  expect(await axeFindings(page)).toEqual([]);
  await shoot(page, 'link-share');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});
