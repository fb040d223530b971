// Everything without a mouse: time, a write, a kill, a restart, a cut, a heal, the console, help. The focus can always be seen.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';

const until = (page: Page, expression: string) =>
  page.evaluate((text) => window.lab.until(text, { within: '20s' }), expression);

const line = (page: Page) => page.getByTestId('console-line');

test('a run by keyboard alone', async ({ page }) => {
  await openLoom(page, '?seed=7');
  // Time: stop, one step, slower, faster.
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Run time' })).toBeVisible();
  const before = await page.evaluate(() => window.lab.now());
  await page.keyboard.press('.');
  await expect.poll(() => page.evaluate(() => window.lab.now())).toBeGreaterThan(before);
  const slider = page.getByRole('slider', { name: 'Speed' });
  await expect(slider).toHaveAttribute('aria-valuetext', /250/);
  await page.keyboard.press('-');
  await expect(slider).toHaveAttribute('aria-valuetext', /100/);
  await page.keyboard.press('+');

  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });

  // A write: W goes to the key, Enter sends.
  await page.keyboard.press('w');
  await expect(page.getByRole('textbox', { name: 'Key', exact: true })).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('bob');
  await page.keyboard.press('Enter');
  await expect(line(page)).toContainText('put bob 1');
  expect(await until(page, 'op(1).ended')).toMatchObject({ met: true });
  await page.keyboard.press('Escape');
  await page.locator('body').press('Tab');

  // A store is chosen by its number; K kills it, R brings it back.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('2');
  await expect(page.getByRole('heading', { name: 'Store 2, Region 1' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: /^S2, down/ })).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: /^S2, (follower|leader|starting)/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Store 2, Region 1' })).toBeHidden();

  // A tool in hand is pointed at a number; Esc would put it down.
  await page.keyboard.press('x');
  await expect(line(page)).toContainText('Cut.');
  await page.keyboard.press('3');
  await expect(line(page)).toContainText('isolate s3');
  await page.keyboard.press('h');
  await expect(line(page)).toContainText('heal');
  await page.keyboard.press('f');
  await expect(line(page)).toContainText('Pause or resume');
  await page.keyboard.press('Escape');
  await expect(line(page)).not.toContainText('Pause or resume');

  // The console, then help.
  await page.keyboard.press('/');
  await page.keyboard.type('pause s1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^S1, .*paused/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('keys are not taken from a field', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.getByRole('textbox', { name: 'Value' }).fill('');
  await page.keyboard.type('k. h/');
  await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue('k. h/');
  await expect(page.getByRole('button', { name: 'Stop time' })).toBeVisible();
});

test('every stop of the Tab key can be seen', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  const seen = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const style = getComputedStyle(element);
      const ring = element.querySelector(':scope > .card-focus, :scope > .message-focus');
      const visible =
        (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2) ||
        style.boxShadow !== 'none' ||
        (ring !== null && getComputedStyle(ring).stroke !== 'none');
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
      return { name: `${element.tagName} ${name.slice(0, 40)}`, visible };
    });
    if (stop === null) break;
    expect(stop, stop.name).toMatchObject({ visible: true });
    seen.add(stop.name);
  }
  expect(seen.size).toBeGreaterThan(15);
  expect([...seen].some((name) => name.includes('S1'))).toBe(true);
});
