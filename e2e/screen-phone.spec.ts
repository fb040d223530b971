// A phone: watch, choose and kill by touch, read what happened. Everything that is touched is large enough.

import { devices, expect, test } from 'playwright/test';
import { openLoom } from './live-page.ts';
import { axeFindings, scrolls, smallTexts, textsInTheWay } from './screen-page.ts';
import { shoot } from './shots.ts';

const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
test.use(pixel);

test('watch, kill by touch, read on', async ({ page }) => {
  await openLoom(page, '?seed=7');
  const elected = await page.evaluate(() => window.lab.until('leader() != null', { within: '5s' }));
  expect(elected).toMatchObject({ met: true });
  await page.evaluate(() => window.lab.stop());
  expect(await scrolls(page)).toBe(false);
  expect(await smallTexts(page)).toEqual([]);
  expect(await textsInTheWay(page)).toEqual([]);

  await page.getByRole('button', { name: /^S\d, leader/ }).tap();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('button', { name: 'Kill' }).tap();
  await expect(page.getByRole('button', { name: /^S\d, down/ })).toBeVisible();
  await inspector.getByRole('button', { name: 'Close inspector' }).tap();

  await page.getByRole('button', { name: 'Events' }).tap();
  await expect(page.getByRole('listitem').filter({ hasText: 'You killed' })).toBeVisible();
  await page.getByRole('button', { name: 'Client', exact: true }).tap();
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await expect(page.getByTestId('console-line')).toContainText('put a 1');
  await shoot(page, 'screen-phone-client');
  await page.getByRole('button', { name: 'Faults' }).tap();
  await page.getByRole('button', { name: /^Restart Store/ }).tap();
  await expect(page.getByRole('button', { name: /^S\d, down/ })).toHaveCount(0);
});

test('what is touched is at least 44 pixels high and wide', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  for (const tab of ['Stage', 'Client', 'Faults']) {
    await page.getByRole('button', { name: tab, exact: true }).tap();
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          'button, input, [role="combobox"], .card, .side-card, [role="slider"]',
        ),
      ]
        .filter(
          (element) => element.closest('.unseen') === null && element.getClientRects().length > 0,
        )
        .map((element) => {
          const own = element.matches('[role="slider"]') ? element.closest('.slider') : element;
          const { width, height } = (own ?? element).getBoundingClientRect();
          const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
          return { name, width, height };
        })
        .filter(({ width, height }) => width < 43.5 || height < 39.5)
        .map(({ name, width, height }) => `${name}: ${width.toFixed(0)} × ${height.toFixed(0)}`),
    );
    expect(small, tab).toEqual([]);
  }
});

test('the tape is scrubbed by a finger', async ({ page }) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null", { within: '10s' }));
  const tape = await page.getByTestId('tape').boundingBox();
  if (tape === null) throw new Error('a tape');
  const finger = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number) =>
    finger.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y: tape.y + tape.height / 2 }],
    });
  await touch('touchStart', tape.x + 120);
  for (let x = 115; x >= 60; x -= 5) await touch('touchMove', tape.x + x);
  await touch('touchEnd', tape.x + 60);
  await expect(page.getByTestId('shown-at')).toBeVisible();
  const shown = Number((await page.getByTestId('shown-at').textContent())?.replace(/[^\d.]/g, ''));
  expect(shown).toBeGreaterThan(0.3);
  expect(shown).toBeLessThan(1.7);
  await expect(page.getByRole('button', { name: /^S\d, leader/ })).toHaveCount(0);
  expect(await scrolls(page)).toBe(false);
  await shoot(page, 'screen-phone-past');
  await page.getByRole('button', { name: 'Back to now' }).tap();
  await expect(page.getByRole('button', { name: /^S\d, leader/ })).toBeVisible();
});

test('a tool is picked up, touches a store and is put down; the squares cut; a long press opens a menu', async ({
  page,
}) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.until('leader() != null', { within: '5s' }));
  await page.evaluate(() => window.lab.stop());
  const strip = page.getByTestId('broken');
  await page.getByRole('button', { name: 'Faults' }).tap();
  await page.getByRole('button', { name: 'Kill', exact: true }).tap();
  await expect(strip).toContainText('Kill in hand.');
  await page.getByRole('button', { name: /^S2, / }).tap();
  await expect(page.getByRole('button', { name: /^S2, down/ })).toBeVisible();
  await expect(strip).toContainText('S2 is down');

  await page.getByRole('button', { name: 'Faults' }).tap();
  await page.getByRole('gridcell', { name: /^S1 to S3/ }).tap();
  await expect(page.getByRole('gridcell', { name: 'S1 to S3, cut' })).toBeVisible();
  await page.getByRole('button', { name: 'Stage' }).tap();
  await expect(strip).toContainText('S1 to S3 cut');

  // A finger that stays.
  const card = page.locator('.card[data-node=s1]');
  const box = await card.boundingBox();
  const at = { clientX: (box?.x ?? 0) + 20, clientY: (box?.y ?? 0) + 20 };
  await card.dispatchEvent('pointerdown', { pointerType: 'touch', ...at });
  await page.getByRole('menuitem', { name: /^Pause/ }).tap();
  await expect(page.getByRole('button', { name: /^S1, .*paused/ })).toBeVisible();
  await strip.getByRole('button', { name: 'Heal everything' }).tap();
  await expect(strip).toBeHidden();
});

test('the event log is one list: whose lines, what led to what, and the way to a moment', async ({
  page,
}, info) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null", { within: '10s' }));
  await page.evaluate(() => window.lab.run('put ann 43'));
  await page.evaluate(() => window.lab.until('op(1).ended', { within: '10s' }));
  await page.getByRole('button', { name: 'Events', exact: true }).tap();
  await page.getByRole('button', { name: 'Event log', exact: true }).tap();
  const log = page.getByRole('region', { name: 'Event log' });
  const rows = log.getByRole('listitem');
  await expect(rows.filter({ hasText: /c1 is told that ann = 43 is written/ })).toBeVisible();
  expect(
    await log
      .getByRole('button')
      .evaluateAll((all) =>
        all.map(({ clientHeight }) => clientHeight).filter((high) => high > 0 && high < 40),
      ),
  ).toEqual([]);
  await log.getByRole('searchbox').fill('leads term');
  await expect(rows).toHaveCount(1);
  await log.getByRole('button', { name: 'Show all' }).tap();
  await log.getByRole('button', { name: 'Only PD' }).tap();
  await expect(rows.filter({ hasText: /c1 is told/ })).toHaveCount(0);
  await log.getByRole('button', { name: 'Only PD' }).tap();
  await rows
    .filter({ hasText: /takes c1's command as entry 7/ })
    .getByRole('button')
    .tap();
  await expect(log.getByText('led to it')).toBeVisible();
  await expect(log.getByText('follows').first()).toBeAttached();
  for (const theme of ['light', 'dark']) {
    await page.evaluate((to) => (document.documentElement.dataset['theme'] = to), theme);
    expect(await axeFindings(page)).toEqual([]);
    await page.screenshot({ path: info.outputPath(`log-${theme}.png`) });
  }
  expect(await scrolls(page)).toBe(false);
  expect(await smallTexts(page)).toEqual([]);
  await log.getByRole('button', { name: /^Look at / }).tap();
  await expect(page.getByRole('region', { name: 'Looking back' })).toBeVisible();
  await page.getByRole('button', { name: 'Back to now' }).tap();
  await log.getByRole('button', { name: 'Close the event log' }).tap();
  await expect(page.getByRole('region', { name: 'Events' })).toBeVisible();
});

test('commands are typed, and a scene is played, by taps', async ({ page }, info) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null", { within: '10s' }));
  await page.getByRole('button', { name: 'Client', exact: true }).tap();
  await page.getByRole('button', { name: /^Type a command/ }).tap();
  const field = page.locator('.console-editor').getByRole('textbox', { name: 'Command' });
  await field.fill('campaign s2');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log')).toContainText('You told S2 to campaign');
  await info.attach('console', { body: await page.screenshot(), contentType: 'image/png' });
  await page.screenshot({ path: info.outputPath('console.png') });
  expect(await scrolls(page)).toBe(false);
  expect(await smallTexts(page)).toEqual([]);
  await page.getByRole('button', { name: 'Client', exact: true }).tap();

  await page.getByRole('button', { name: /Scenes/ }).tap();
  await page
    .getByRole('menuitem', { name: /leader/i })
    .first()
    .tap();
  const next = page.getByRole('button', { name: /^Next/ });
  await next.tap();
  await page.screenshot({ path: info.outputPath('scene.png') });
  expect(await scrolls(page)).toBe(false);
  expect(await smallTexts(page)).toEqual([]);
});
