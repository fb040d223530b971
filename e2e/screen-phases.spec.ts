// What stands in place of the picture, or beside it, when something is not as usual: always a page, always a way on.

import { expect, test, type Page } from 'playwright/test';
import { ringStory } from '../src/testing/ring-story.ts';
import { axeFindings, showStill, smallTexts } from './screen-page.ts';

const { records } = ringStory();
const at = 13_705_000;

/** Opens a still in another state of the session. */
async function open(page: Page, state: Record<string, unknown>): Promise<void> {
  await page.goto('/?still');
  await page.waitForFunction(() => 'loomStill' in window);
  await page.evaluate(
    (still) => (window as unknown as { loomStill: (s: unknown) => void }).loomStill(still),
    { records, at, state } as unknown,
  );
}

const PHASES = [
  {
    phase: { name: 'elsewhere' },
    says: 'This cluster is open in another tab',
    way: 'New cluster in this tab',
  },
  {
    phase: {
      name: 'damaged',
      damage: { where: 'loom/c1/1/s2, raft_log', what: 'A row has no term.', later: false },
    },
    says: 'This cluster’s database cannot be read',
    way: 'Start fresh',
  },
  {
    phase: {
      name: 'damaged',
      damage: { where: 'loom/c1/session', what: 'Its format is 9.', later: true },
    },
    says: 'A newer Loom wrote this cluster',
    way: 'Save everything as a file',
  },
  {
    phase: { name: 'failed', reason: 'This browser has no Web Locks.' },
    says: 'Loom cannot go on',
    way: 'Load the page again',
  },
];

for (const { phase, says, way } of PHASES)
  test(`a page, not a blank: ${says}`, async ({ page }) => {
    await open(page, { phase });
    await expect(page.getByRole('heading', { name: says })).toBeVisible();
    await expect(page.getByRole('button', { name: way })).toBeVisible();
    expect(await smallTexts(page)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
  });

test('notices stand beside the picture and hide none of it', async ({ page }) => {
  await open(page, {
    phase: { name: 'rerunning', done: 3_000_000, of: 9_000_000 },
    storage: { kind: 'memory', reason: 'A private window.' },
    playing: true,
    behind: 4,
    notices: [{ id: 1, kind: 'node-died', node: 's2', reason: 'gone' }],
  });
  await expect(page.getByText('Nothing is kept: this cluster is in memory.')).toBeVisible();
  await expect(page.getByText('this machine is behind: 4×')).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Run again' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restart Store 2' })).toBeVisible();
  const stage = await page.locator('.stage').boundingBox();
  const notices = await page.locator('.notices').boundingBox();
  expect((stage?.y ?? 0) + (stage?.height ?? 0)).toBeLessThanOrEqual((notices?.y ?? 0) + 1);
  expect(await axeFindings(page)).toEqual([]);
});

test('records that cannot be folded end in a page that says so', async ({ page }) => {
  await page.goto('/?still');
  await page.waitForFunction(() => 'loomStill' in window);
  await page.evaluate(
    (still) => (window as unknown as { loomStill: (s: unknown) => void }).loomStill(still),
    { records: records.slice(3), at } as unknown,
  );
  await expect(page.getByRole('heading', { name: 'Loom cannot go on' })).toBeVisible();
  await expect(page.getByText(/record \d+ is folded where/)).toBeVisible();
});

test('a picture is drawn in a still only once records have come', async ({ page }) => {
  await showStill(page, { records, at });
  await expect(page.locator('.ring .card')).toHaveCount(3);
});
