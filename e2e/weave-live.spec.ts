// Many Regions, live: the first split turns the ring into the Weave by itself; a drag asks PD for a leader elsewhere, and
// PD's operator does it; scissors on the ruler split.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';
import { shoot } from './shots.ts';

const run = (page: Page, line: string) => page.evaluate((text) => window.lab.run(text), line);

async function filled(page: Page): Promise<void> {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  expect(
    await page.evaluate(() => window.lab.until('leader() != null', { within: '20s' })),
  ).toMatchObject({ met: true });
  for (const key of ['ann', 'bob', 'joe', 'max', 'zoe']) {
    await run(page, `put ${key} 1`);
    await run(page, 'wait 300ms');
  }
}

const centre = async (page: Page, cell: string) => {
  const box = await page.locator(`[data-cell="${cell}"]`).boundingBox();
  if (box === null) throw new Error(`no cell ${cell}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

test('the first split unrolls the Weave, and a drag moves a leader', async ({ page }) => {
  await filled(page);
  await expect(page.getByRole('grid', { name: /^Replicas/ })).toHaveCount(0);
  await run(page, 'split joe');
  await run(page, 'wait 4s');
  const grid = page.getByRole('grid', { name: /^Replicas/ });
  await expect(grid).toBeVisible();
  await expect(page.locator('.weave-region')).toHaveCount(2);
  const leader = grid.getByRole('gridcell', { name: /leader of Region 1,/ });
  const from = (await leader.getAttribute('data-cell')) ?? '';
  const to = from.startsWith('s1') ? 's2' : 's1';
  const [start, end] = [await centre(page, from), await centre(page, `${to} 1`)];
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 6 });
  const drop = page.locator('.weave-drop');
  await expect(drop).toHaveText(`R1 led by ${to.toUpperCase()}`);
  // Escape takes it back.
  await page.keyboard.press('Escape');
  await expect(drop).toHaveCount(0);
  await page.mouse.up();
  await expect(page.getByTestId('console-line')).not.toContainText('operator');
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 6 });
  await shoot(page, 'weave-drag');
  await page.mouse.up();
  await expect(page.getByTestId('console-line')).toContainText(
    `operator add transfer-leader r1 ${to}`,
  );
  await run(page, 'wait 12s');
  await expect(
    grid.getByRole('gridcell', { name: new RegExp(`^Store ${to.slice(1)}, leader of Region 1,`) }),
  ).toBeVisible();
  // The way to the ring of one Region, and back.
  await page.getByRole('button', { name: 'Region 1', exact: true }).click();
  await page.getByRole('button', { name: 'Open as Ring' }).click();
  await expect(page.getByRole('group', { name: /^Region 1:/ })).toBeVisible();
  await page.getByRole('button', { name: 'Weave', exact: true }).click();
  await expect(grid).toBeVisible();
});

test('scissors on the ruler split a Region between two keys', async ({ page }) => {
  await filled(page);
  await page.getByRole('button', { name: 'Weave', exact: true }).click();
  const strip = page.locator('.weave-strip');
  const box = await strip.boundingBox();
  if (box === null) throw new Error('no ruler');
  await page.mouse.move(box.x + box.width * 0.42, box.y + box.height / 2);
  await expect(page.getByText('before joe')).toBeVisible();
  await page.mouse.click(box.x + box.width * 0.42, box.y + box.height / 2);
  await expect(page.getByTestId('console-line')).toContainText('joe');
  await run(page, 'wait 4s');
  await expect(page.locator('.weave-region')).toHaveCount(2);
});
