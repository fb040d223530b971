// Somebody who listens follows an election: by the sentences that are announced, and by the lists that say what is.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';
import { axeFindings } from './screen-page.ts';

/** Everything that is announced from now on. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.getByRole('status', { name: 'Latest events' }).evaluate((status) => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver(() => heard.push(status.textContent ?? '')).observe(status, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

test('an election is heard: the time-out, the question, the votes, the leader', async ({
  page,
}) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  const status = page.getByRole('status', { name: 'Latest events' });
  await expect(status).toHaveAttribute('aria-live', 'polite');
  const heard = await listen(page);
  await page.evaluate(() => window.lab.play(40));
  await expect(status).toContainText('leads term', { timeout: 30_000 });
  await page.evaluate(() => window.lab.stop());
  const all = (await heard()).join(' ');
  const order = [
    /S3 waited 1\.6\ss, starts a pre-vote/,
    /S3 asks S1 and S2 for votes/,
    /S[12] votes for S3 in term 6/,
    /S3 leads term 6/,
  ].map((sentence) => all.search(sentence));
  expect(
    order.every((place) => place >= 0),
    all,
  ).toBe(true);
  expect(order).toEqual(order.toSorted((a, b) => a - b));

  // What is now can be read at any time, thing by thing.
  const twin = page.getByRole('region', { name: 'The cluster in words' });
  const stores = twin.getByRole('list', { name: 'Stores' }).getByRole('listitem');
  await expect(stores).toHaveCount(3);
  await expect(stores.filter({ hasText: /^S3, leader.*term 6/ })).toHaveCount(1);
  await expect(stores.filter({ hasText: /^S[12], follower/ })).toHaveCount(2);
  await expect(twin.getByRole('list', { name: 'Messages in flight' })).toBeAttached();

  // The leader dies, and is heard to; at full speed nobody is flooded.
  await page.evaluate(() => window.lab.run('kill s3'));
  await expect(status).toContainText('killed S3');
  const before = (await heard()).length;
  await page.evaluate(() => window.lab.play(5000));
  await expect(status).toContainText(/leads term [78]/, { timeout: 30_000 });
  await page.evaluate(() => window.lab.stop());
  const fast = (await heard()).slice(before);
  for (const words of fast) expect(words.split('. ').length).toBeLessThanOrEqual(8);
  expect(fast.length).toBeLessThan(20);
});

test('looking back is heard, and the log is read row by row', async ({ page }) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await page.keyboard.press('Shift+ArrowLeft');
  const status = page.getByRole('status', { name: 'Latest events' });
  await expect(status).toContainText(/You look back at 0\.9\d\d seconds.*Nobody leads/);
  await page.keyboard.press('End');
  await expect(status).toContainText('newest moment again');

  await page.keyboard.press('l');
  const log = page.getByRole('grid', { name: /^Events, oldest first/ });
  await log.focus();
  const active = () =>
    log.evaluate((grid) => {
      const id = grid.getAttribute('aria-activedescendant');
      return id === null ? null : (document.getElementById(id)?.textContent ?? null);
    });
  await page.keyboard.press('End');
  expect(await active()).toContain('S3 sends 6 to S1 and S2');
  await page.keyboard.press('ArrowLeft');
  expect(await active()).toContain('S3 leads term 6');
  await page.keyboard.press('ArrowLeft');
  expect(await active()).toContain('votes for S3');
  await page.keyboard.press('ArrowRight');
  expect(await active()).toContain('S3 leads term 6');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Looking back' })).toBeVisible();
  expect(await axeFindings(page)).toEqual([]);

  // Filters: a node by the head of its column, words.
  await page.getByRole('button', { name: 'Only S1' }).click();
  await expect(log.getByRole('row', { name: /S2 votes for S3/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Only S1' }).click();
  await page.getByRole('searchbox', { name: /Only lines/ }).fill('votes for');
  await expect(log.getByRole('row')).toHaveCount(2);
});

test('a long log keeps few rows in the page', async ({ page }) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  for (let i = 0; i < 40; i++) await page.evaluate((key) => window.lab.run(`put k${key} 1`), i);
  await page.evaluate(() => window.lab.run('wait 8s'));
  await page.keyboard.press('l');
  const log = page.getByRole('grid', { name: /^Events, oldest first/ });
  await expect(log).toBeVisible();
  const total = Number(await log.getAttribute('aria-rowcount'));
  expect(total).toBeGreaterThan(100);
  expect(await log.getByRole('row').count()).toBeLessThan(60);
});
