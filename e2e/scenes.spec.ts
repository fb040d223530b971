// A scene beside the visitor's cluster: it plays in a cluster of its own, goes back by playing again, notices who touches
// it, follows a remote, comes from a file, and leaves the visitor's cluster as it was.

import { devices, expect, test, type Page } from 'playwright/test';
import { openLoom, run } from './live-page.ts';
import { axeFindings, scrolls, smallTexts } from './screen-page.ts';

/** It stands at this step; Play through leaves time to read before. */
const standing = (page: Page, count: string) =>
  expect(page.locator('.scene-bar:has([data-phase="standing"]) .scene-count')).toHaveText(count, {
    timeout: 60_000,
  });

const asFastAsItGoes = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await window.lab.play('max');
    await window.lab.stop();
  });

const hash = (page: Page): Promise<string> => page.evaluate(() => window.lab.hash());

async function openElect(page: Page, query = ''): Promise<void> {
  await page.goto(`/?scene=elect${query}`);
  await expect(page.locator('.scene-bar')).toBeVisible();
}

test('the visitor’s cluster is as it was when the scene is closed', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await run(page, 'put ann 43');
  const before = await page.evaluate(async () => [
    await window.lab.hash(),
    await window.lab.export(),
  ]);
  await page.getByRole('button', { name: 'Scenes' }).click();
  await page.getByRole('menuitem', { name: 'Three stores elect a leader' }).click();
  await standing(page, '1 of 8');
  expect(await hash(page)).not.toBe(before[0]);
  await asFastAsItGoes(page);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await standing(page, '2 of 8');
  await page.getByRole('button', { name: 'Close the scene' }).click();
  await expect(page.locator('.scene-bar')).toHaveCount(0);
  expect(
    await page.evaluate(async () => [await window.lab.hash(), await window.lab.export()]),
  ).toEqual(before);
  // It goes on, and it is still the stored one.
  const clusters = await page.evaluate(() => window.lab.clusters.list());
  expect(clusters.clusters).toHaveLength(1);
  expect(await page.evaluate(() => window.lab.until('op(1).ended'))).toMatchObject({ met: true });
  await expect(page.locator('.top-bar').getByText('Cluster 1')).toBeVisible();
});

test('Back is the earlier moment exactly, and a remote turns the pages', async ({ page }) => {
  await openElect(page, '&step=3');
  await standing(page, '3 of 8');
  await asFastAsItGoes(page);
  const third = await hash(page);
  await page.keyboard.press('PageDown');
  await standing(page, '4 of 8');
  const fourth = await hash(page);
  await page.keyboard.press('ArrowRight');
  await standing(page, '5 of 8');
  await page.keyboard.press('ArrowLeft');
  await standing(page, '4 of 8');
  expect(await hash(page)).toBe(fourth);
  await page.keyboard.press('PageUp');
  await standing(page, '3 of 8');
  expect(await hash(page)).toBe(third);
});

test('what is pressed while a step runs is haste, and changes nothing of it', async ({ page }) => {
  await openElect(page);
  await standing(page, '1 of 8');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.getByRole('button', { name: 'Hurry' }).click();
  await standing(page, '2 of 8');
  const hurried = await hash(page);
  await openElect(page, '&step=2');
  await standing(page, '2 of 8');
  expect(await hash(page)).toBe(hurried);
});

test('it plays through by itself, to the end', async ({ page }) => {
  await openElect(page, '&step=7');
  await standing(page, '7 of 8');
  await asFastAsItGoes(page);
  await page.getByRole('button', { name: 'Play through' }).click();
  await standing(page, '8 of 8');
  await expect(page.getByRole('button', { name: 'Next scene' })).toBeVisible();
});

test('who touches the cluster is told, and can go back to the step', async ({ page }) => {
  await openElect(page, '&step=6');
  await standing(page, '6 of 8');
  const before = await hash(page);
  await page.getByRole('button', { name: /^S2, follower/ }).click();
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: /^S2, down/ })).toBeVisible();
  await expect(page.locator('.scene-note')).toContainText('You have acted in this cluster');
  await page.keyboard.press('PageDown');
  await standing(page, '6 of 8');
  await page.getByRole('button', { name: 'Back to step 6' }).click();
  await expect(page.locator('.scene-note')).toHaveCount(0);
  await standing(page, '6 of 8');
  expect(await hash(page)).toBe(before);

  // Past the page: noticed at the next step.
  await run(page, 'kill s3');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.locator('.scene-note')).toBeVisible();
  await page.getByRole('button', { name: 'Start again' }).click();
  await standing(page, '1 of 8');
});

const OWN = `format: loom/1
id: own
title: A scene of one’s own
seed: 9
cluster: { stores: 3 }
script:
  - id: leads
    until: leader('r1') != null
    bind: { $leader: leader('r1') }
    hi: ['store:{{$leader}}']
    say: "{{$leader}} leads."
  - id: never
    until: leader('r1') == null
    within: 1s
    say: Nobody leads.
`;

async function chooseFile(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: /^Scenes|A scene of/ }).click();
  const chosen = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Open a scene file' }).click();
  await (
    await chosen
  ).setFiles({
    name: 'own.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from(text),
  });
}

test('a scene from a file: a damaged one changes nothing and says where', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  const before = await hash(page);
  await chooseFile(page, OWN.replace("leader('r1') != null", "leeder('r1') != null"));
  await expect(page.getByTestId('console-line')).toContainText('Line 8, column 12');
  await expect(page.getByTestId('console-line')).toContainText('Did you mean `leader`?');
  expect(await hash(page)).toBe(before);

  await chooseFile(page, OWN);
  await standing(page, '1 of 2');
  await expect(page.locator('.scene-sentence')).toHaveText(/^S\d leads\.$/);
  await asFastAsItGoes(page);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.locator('[data-phase="failed"]')).toContainText(
    "Step never did not come about: until is leader('r1') == null. It did not come about within 1.0",
  );
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await standing(page, '1 of 2');
});

test('a link to a scene that does not exist says which there are', async ({ page }) => {
  await openLoom(page, '?scene=no-such-scene');
  await expect(page.getByTestId('console-line')).toContainText('There are elect, ');
});

test('it can be heard, and nothing is too small or too wide', async ({ page }) => {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await openElect(page, '&step=7');
    await standing(page, '7 of 8');
    await expect(page.getByRole('region', { name: /^Scene: / }).getByRole('status')).toContainText(
      'Its first entry is empty',
    );
    expect(await axeFindings(page)).toEqual([]);
    expect(await smallTexts(page)).toEqual([]);
    expect(await scrolls(page)).toBe(false);
  }
});

test.describe('on a phone', () => {
  const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
  test.use(pixel);

  test('by touch, without scrolling', async ({ page }) => {
    await openElect(page);
    await standing(page, '1 of 8');
    await asFastAsItGoes(page);
    for (const name of ['Next', 'Back', 'Play through']) {
      const box = await page.getByRole('button', { name, exact: true }).boundingBox();
      expect(box?.height, name).toBeGreaterThanOrEqual(43.5);
    }
    await page.getByRole('button', { name: 'Next', exact: true }).tap();
    await standing(page, '2 of 8');
    expect(await scrolls(page)).toBe(false);
    expect(await smallTexts(page)).toEqual([]);
    await page.getByRole('button', { name: 'Close the scene' }).tap();
    await expect(page.locator('.scene-bar')).toHaveCount(0);
  });
});
