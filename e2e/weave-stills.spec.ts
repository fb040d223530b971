// The pictures of the Weave, drawn from their journals: complete, readable, reachable without a mouse, at every size.

import { expect, test, type Page } from 'playwright/test';
import { bigStory, partitionStory, splitStory, weaveStory } from '../src/testing/weave-stories.ts';
import type { WeaveJournal } from '../src/testing/weave-journal.ts';
import { axeFindings, scrolls, showStill, smallTexts, textsInTheWay } from './screen-page.ts';
import { shootThemes } from './shots.ts';

const show = (page: Page, story: WeaveJournal) =>
  showStill(page, { records: story.records, at: story.at });

const STORIES = {
  weave: weaveStory,
  partition: partitionStory,
  split: splitStory,
  '300 Regions': bigStory,
} as const;

const SIZES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'projector', width: 1280, height: 720 },
  { name: 'drawer', width: 1100, height: 700 },
  { name: 'phone', width: 390, height: 844 },
];

for (const [title, story] of Object.entries(STORIES))
  for (const { name, width, height } of SIZES)
    test(`${title} fits: ${name}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await show(page, story());
      await page.locator('[data-cell]').first().waitFor({ state: 'attached' });
      expect(await scrolls(page)).toBe(false);
      expect(await smallTexts(page)).toEqual([]);
      expect(await textsInTheWay(page)).toEqual([]);
      await shootThemes(page, `${title} ${name}`);
    });

for (const theme of ['light', 'dark'] as const)
  for (const title of ['weave', '300 Regions'] as const)
    test(`axe: ${title}, ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await show(page, STORIES[title]());
      expect(await axeFindings(page)).toEqual([]);
      await page.locator('[data-cell]').first().dispatchEvent('click');
      await page.getByRole('region', { name: 'Inspector' }).waitFor();
      expect(await axeFindings(page)).toEqual([]);
    });

test('axe: the Weave on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await show(page, weaveStory());
  expect(await axeFindings(page)).toEqual([]);
});

test('every replica has its name, and the arrows lead from one to the next', async ({ page }) => {
  await show(page, weaveStory());
  const grid = page.getByRole('grid', { name: /^Replicas/ });
  await expect(grid.getByRole('gridcell')).toHaveCount(24);
  const candidate = grid.getByRole('gridcell', { name: /^Store 1, candidate of Region 6, term 8/ });
  await expect(candidate).toHaveAccessibleName(/1 of 3 votes/);
  await expect(
    grid.getByRole('gridcell', { name: /^Store 5, follower of Region 5/ }),
  ).toHaveAccessibleName(/7 behind/);
  await grid.getByRole('gridcell', { name: /^Store 1, leader of Region 8/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(
    grid.getByRole('gridcell', { name: /^Store 1, follower of Region 5/ }),
  ).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(grid.getByRole('gridcell', { name: /^Store 3, leader of Region 5/ })).toBeFocused();
  await page.keyboard.press('Enter');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { name: 'Store 3, Region 5' })).toBeVisible();
});

test('a Region is looked at, opened as its ring, and the way leads back', async ({ page }) => {
  await show(page, weaveStory());
  await page.getByRole('button', { name: 'Region 5', exact: true }).click();
  const card = page.getByRole('region', { name: 'Region 5' });
  await expect(card).toContainText('d to h');
  await expect(card).toContainText('S3 leads term 8');
  await card.getByRole('button', { name: 'Open as Ring' }).click();
  await expect(page.getByRole('group', { name: /^Region 5/ })).toBeVisible();
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('grid', { name: /^Replicas/ })).toBeVisible();
  await page.keyboard.press(']');
  await expect(page.getByRole('region', { name: 'Region 2' })).toBeVisible();
});

test('of 300 Regions those that need attention are named, and one can be chosen', async ({
  page,
}) => {
  await show(page, bigStory());
  await expect(
    page.getByText('297 of 300 Regions are quiet. Three ask for attention.'),
  ).toBeVisible();
  const list = page.getByRole('region', { name: 'Regions that need attention' });
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await list.getByRole('button', { name: /R117 changes leader/ }).click();
  await expect(page.getByRole('region', { name: 'Region 117' })).toContainText('S4 leads term 8');
  await expect(page.getByText('those of the chosen Region drawn one by one')).toBeVisible();
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1500);
});

test('a torn network says which side can write', async ({ page }) => {
  await show(page, partitionStory());
  await expect(page.getByText('S1 and S4 hear each other, and nobody else.')).toBeVisible();
  await expect(page.locator('.weave-writer')).toHaveText([
    'below',
    'below',
    'below',
    'below',
    'above',
    'below',
    'below',
    'above',
  ]);
  await expect(page.getByRole('button', { name: 'S1 to S2: cut' })).toBeVisible();
});

test('a split says who has applied it, and that a vote request comes too early', async ({
  page,
}) => {
  await show(page, splitStory());
  await expect(
    page.getByText('Region 3 is cut at key b: S1 and S2 have applied it, S3 has not yet.'),
  ).toBeVisible();
  await expect(page.getByText('A vote request of R8 comes too early')).toBeVisible();
});

test('clients and PD stand below the cloth, and the tape counts what all Regions do', async ({
  page,
}) => {
  await show(page, weaveStory());
  const sides = page.getByRole('group', { name: 'Clients and the placement driver' });
  await expect(sides.getByRole('button')).toHaveCount(2);
  const tape = page.getByRole('img', { name: /^Tape:/ });
  await expect(tape).toHaveAccessibleName(/all Regions: 9 candidacies/);
  await expect(tape).toContainText('Elections');
  await sides.getByRole('button', { name: /^Placement driver/ }).click();
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('Placement driver');
  await page.keyboard.press(']');
  await expect(tape).toContainText(/Terms, R\d/);
});
