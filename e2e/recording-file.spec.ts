// A recording leaves the page as a file and comes back as a cluster of its own; a damaged file changes nothing.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';

async function choose(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: /^Cluster/ }).click();
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Open a recording' }).click();
  const file = {
    name: 'session.loom.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  };
  await (await chosen).setFiles(file);
}

test('a saved recording opens with the same journal; a damaged one says where it is wrong', async ({
  page,
}) => {
  await openLoom(page);
  await page.evaluate(() => window.lab.stop());
  for (const line of ['wait 3s', 'put a 1', 'wait 1s', 'kill s1', 'wait 2s'])
    expect(await page.evaluate((l) => window.lab.run(l), line)).toMatchObject({ ok: true });
  const recording = await page.evaluate(() => window.lab.export());
  const hash = await page.evaluate(() => window.lab.hash());

  await choose(page, recording.replace('"kill"', '"kil"'));
  await expect(page.getByText(/commands\[1\]|command 2/i).first()).toBeVisible();
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);

  await choose(page, recording);
  await expect(page.getByText('It runs in a cluster of its own.').first()).toBeVisible();
  await page.evaluate(() => window.lab.stop());
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);
});
