// The first picture of the design, drawn from its journal, at every size: complete, readable, without a scrollbar.

import { expect, test } from 'playwright/test';
import { ringStory } from '../src/testing/ring-story.ts';
import { scrolls, showStill, smallTexts, textsInTheWay } from './screen-page.ts';
import { shootThemes } from './shots.ts';

const still = { records: ringStory().records, at: 13_705_000 };

const SIZES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'projector', width: 1280, height: 720 },
  { name: 'drawer', width: 1100, height: 700 },
  { name: 'phone', width: 390, height: 844 },
];

for (const { name, width, height } of SIZES)
  test(`the picture fits: ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await showStill(page, still);
    expect(await scrolls(page)).toBe(false);
    expect(await smallTexts(page)).toEqual([]);
    expect(await textsInTheWay(page)).toEqual([]);
    await shootThemes(page, `ring ${name}`);
  });

test('the picture shows what the journal says', async ({ page }) => {
  await showStill(page, still);
  await expect(page.getByRole('button', { name: /^S1, down/ })).toBeVisible();
  await expect(
    page.getByRole('button', { name: /^S2, candidate, term 7.*1 of 3 votes/ }),
  ).toBeVisible();
  await expect(page.getByText('vote request, term 7').first()).toBeVisible();
  await expect(page.getByText('will be lost: S1 is down').first()).toBeVisible();
  await expect(page.getByText('arrives in 19', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'You killed S1' })).toBeVisible();
  await expect(page.locator('[data-log=s2] [data-state=disk]')).toHaveCount(1);
});

test('a chosen store is inspected, and the inspector closes', async ({ page }) => {
  await showStill(page, still);
  await page.getByRole('button', { name: /^S3, follower/ }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { name: 'Store 3, Region 1' })).toBeVisible();
  await expect(inspector.getByText('persisted')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(inspector).toBeHidden();
});

test('those who listen hear the same picture', async ({ page }) => {
  await showStill(page, still);
  const words = page.getByRole('region', { name: 'The cluster in words' });
  await expect(words.getByRole('list', { name: 'Stores' }).getByRole('listitem')).toHaveText([
    /^S1, down/,
    /^S2, candidate/,
    /^S3, follower/,
  ]);
  await expect(
    words.getByRole('list', { name: 'Messages in flight' }).getByRole('listitem'),
  ).toContainText(['vote request, term 7, S2 to S1']);
  await expect(words.getByRole('status', { name: 'Latest events' })).toHaveAttribute(
    'aria-live',
    'polite',
  );
});
