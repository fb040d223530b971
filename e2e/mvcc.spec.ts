// The first transaction, typed into the console, and the inspector of its keys: live, and as a still with ten versions, a
// lock and a rollback.

import { expect, test, type Page } from 'playwright/test';
import { mvccStory } from '../src/testing/mvcc-story.ts';
import { openLoom } from './live-page.ts';
import { scrolls, showStill, smallTexts } from './screen-page.ts';
import { shoot } from './shots.ts';

async function type(page: Page, ...lines: string[]): Promise<void> {
  if (!(await page.getByRole('textbox', { name: 'Command' }).isVisible()))
    await page.getByRole('button', { name: 'Type a command' }).click();
  for (const line of lines) {
    const input = page.getByRole('textbox', { name: 'Command' });
    await input.fill(line);
    await input.press('Enter');
    await expect(page.locator('.console-editor .cm-placeholder')).toBeVisible();
  }
}

async function bothThemes(page: Page, take: (theme: string) => Promise<void>): Promise<void> {
  for (const theme of ['light', 'dark']) {
    await page.evaluate((t) => (document.documentElement.dataset['theme'] = t), theme);
    await take(theme);
  }
}

test('begin, put, put, commit: the inspector shows both keys', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await type(page, 'begin', 'put ann 43', 'put bob 57', 'commit');
  await page.evaluate(() => window.lab.until("count('mvcc/lock-removed') == 6"));
  const list = page.getByRole('region', { name: 'Transactions' });
  await expect(list).toContainText('committed at');
  await expect(list).toContainText('bob=57');

  await type(page, 'mvcc ann');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByRole('heading', { name: 'Key ann' })).toBeVisible();
  await expect(inspector.getByText(/^in Region 1, on its leader S\d/)).toBeVisible();
  await expect(
    inspector.getByRole('row', { name: /\d to \d, Put \d = 43, picked/ }),
  ).toBeAttached();
  await expect(inspector.locator('.mvcc-sentence')).toContainText(/A read at \d finds 43\./);
  const slider = inspector.getByRole('slider', { name: 'Read at timestamp' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(inspector.locator('.mvcc-sentence')).toContainText('the key did not exist');
  await expect(slider).toHaveAttribute('aria-valuetext', /did not exist/);
  await page.keyboard.press('End');
  await expect(inspector.locator('.mvcc-sentence')).toContainText('finds 43');
  expect(await scrolls(page)).toBe(false);
  await bothThemes(page, async (theme) => {
    await shoot(page, `mvcc-first-transaction-${theme}`);
  });

  await inspector.getByRole('button', { name: 'Close inspector' }).click();
  await list.getByRole('button', { name: 'Versions of bob' }).click();
  await expect(inspector.getByRole('heading', { name: 'Key bob' })).toBeVisible();
});

test('ten versions, a lock and a rollback', async ({ page }) => {
  await showStill(page, { records: mvccStory().records, at: 13_500_000 });
  await page.getByRole('button', { name: 'Versions of ann, locked' }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  const says = inspector.locator('.mvcc-sentence');
  await expect(says).toHaveText(/^A read at 411 finds 50\./);
  await expect(inspector.getByText('Lock 412 is newer than 411: it does not block.')).toBeVisible();
  expect(await smallTexts(page)).toEqual([]);
  await bothThemes(page, async (theme) => {
    await shoot(page, `mvcc-versions-${theme}`);
  });
  const slider = inspector.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(says).toHaveText(
    'A read at 412 must first settle lock 412. It asks the primary, ann.',
  );
  await bothThemes(page, async (theme) => {
    await shoot(inspector, `mvcc-blocked-${theme}`);
  });
  await inspector.getByRole('button', { name: 'S2' }).click();
  await expect(inspector.getByText('in Region 1, on S2, applied to 5')).toBeVisible();
});
