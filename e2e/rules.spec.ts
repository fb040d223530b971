// Judges in the page: while all rules hold the chip is green; a rule that is broken on purpose has its banner, and what
// comes of it stops time and shows its witnesses, now and after a reload.

import { expect, test } from 'playwright/test';
import { openLoom, reload, run } from './live-page.ts';
import { axeFindings } from './screen-page.ts';

test('a broken rule turns the chip red, stops time, shows its witnesses, and can be mended', async ({
  page,
}) => {
  await openLoom(page);
  await page.evaluate(async () => {
    await window.lab.stop();
    await window.lab.until("leader('r1')");
  });
  const chip = page.locator('.rules-chip');
  await expect(chip).toHaveText(/^\d+ rules watched, all hold$/);

  await run(page, 'mutate mut:M10 on');
  await run(page, 'put a 1');
  const banner = page.locator('[data-mutation="mut:M10"]');
  await expect(banner).toContainText('M10 is broken on purpose, on every node.');
  await expect(chip).toHaveAttribute('data-broken', '0');
  await page.evaluate(() => window.lab.play('max'));
  await page.waitForFunction(() => window.lab.status().violations.length > 0);
  const { playing, violations } = await page.evaluate(() => window.lab.status());
  const found = violations[0]?.violation;
  expect(found?.judge).toBe('inv:R8');
  expect(playing).toBe(false);
  expect(await page.evaluate(() => window.lab.now())).toBe((found?.at ?? 0) / 1000);
  await expect(chip).toHaveText(/1 broken$/);
  const promise = page.getByRole('region', { name: 'A promise is broken' });
  await expect(promise).toContainText('Quorum durability is broken');
  expect(await axeFindings(page)).toEqual([]);
  await promise.locator('.witness').first().click();
  await expect(page.getByRole('heading', { name: /^Entry \d+$/ })).toBeVisible();
  await expect(page.locator('.event-row[data-witness]').first()).toBeVisible();

  await banner.getByRole('button', { name: 'Mend the rule' }).click();
  await expect(banner).toHaveCount(0);
  await chip.click();
  const list = page.getByRole('dialog', { name: 'Rules that are watched' });
  await expect(list.locator('.rule').first()).toContainText('inv:R8');
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');

  // The recording is run again, and judged again.
  await reload(page);
  await expect(chip).toHaveText(/\d+ broken$/);
  const again = await page.evaluate(() => window.lab.status().violations[0]?.violation);
  expect(again).toEqual(found);
});
