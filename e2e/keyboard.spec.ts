// Everything without a mouse: time, a write, a kill, a restart, a cut, a heal, the console, help. The focus can always be seen.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';

const until = (page: Page, expression: string) =>
  page.evaluate((text) => window.lab.until(text, { within: '20s' }), expression);

const line = (page: Page) => page.getByTestId('console-line');

const strip = (page: Page) => page.getByTestId('broken');

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

  // Without a chosen store R is the whole story: the leader dies, and comes back.
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  await page.keyboard.press('r');
  await expect(line(page)).toContainText(/kill s\d/);
  await expect(page.getByRole('button', { name: /^S\d, down/ })).toHaveCount(1);
  await page.keyboard.press('r');
  await expect(line(page)).toContainText(/restart s\d/);
  await expect(page.getByRole('button', { name: /^S\d, down/ })).toHaveCount(0);

  // E: the time-out of the chosen store is over; L is the event log.
  await page.keyboard.press('1');
  await page.keyboard.press('e');
  await expect(line(page)).toContainText('campaign s1 r1');
  await page.keyboard.press('l');
  await expect(page.getByRole('region', { name: 'Event log' })).toBeVisible();
  await page.keyboard.press('l');
  await expect(page.getByRole('region', { name: 'Event log' })).toBeHidden();
  await page.keyboard.press('Escape');

  // A tool in hand is pointed at a number; Esc would put it down.
  await page.keyboard.press('x');
  await expect(strip(page)).toContainText('Cut in hand.');
  await page.keyboard.press('3');
  await expect(line(page)).toContainText('isolate s3');
  await expect(strip(page)).toContainText('S3 is cut off');
  await page.keyboard.press('h');
  await expect(line(page)).toContainText('heal');
  await page.keyboard.press('f');
  await expect(strip(page)).toContainText('Pause in hand.');
  await page.keyboard.press('Escape');
  await expect(strip(page)).toContainText('Nothing is broken.');

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

test('kill, drop, heal: without a mouse', async ({ page }) => {
  await openLoom(page, '?seed=7');
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  await page.keyboard.press('Space');

  // Kill: the leader by its number, with the tool in hand.
  const leader = await page.evaluate(() => window.lab.run('get a'));
  expect(leader).toMatchObject({ ok: true });
  await page.keyboard.press('k');
  await expect(strip(page)).toContainText('Kill in hand.');
  await page.keyboard.press('1');
  await expect(line(page)).toContainText('kill s1');
  await expect(strip(page)).toContainText('S1 is down');

  // Drop: the list opens with the tool; Enter drops the row in focus.
  await page.keyboard.press('d');
  const list = page.getByRole('list', { name: 'Messages under way' });
  const rows = list.locator('.message-row:not([data-state=lost])');
  if ((await rows.count()) === 0) await until(page, 'messages().length > 0');
  await expect(rows.first()).toBeVisible();
  for (let i = 0; i < 80 && !(await focusIsIn(page, '.message-row')); i++)
    await page.keyboard.press('Tab');
  const dropped = await page.evaluate(
    () => (document.activeElement as HTMLElement).dataset['message'],
  );
  await page.keyboard.press('Enter');
  await expect(line(page)).toContainText(`drop ${dropped}`);
  await expect(list.locator('[data-state=lost]').first()).toContainText('you dropped it');
  await page.keyboard.press('v');
  await expect(list).toBeHidden();

  // The menu of a store, by its dots; the menu key is a key of the browser.
  for (let i = 0; i < 80 && !(await focusIsIn(page, '[aria-label="What to do with S2"]')); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu', { name: 'Store 2' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: /^Kill/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: /^Pause/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(line(page)).toContainText('pause s2');
  await expect(page.getByRole('button', { name: 'What to do with S2' })).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menuitem', { name: /^Resume/ })).toBeVisible();
  await page.keyboard.press('Escape');

  // The squares: arrows move, Enter cuts one way, with Shift both ways.
  for (let i = 0; i < 80 && !(await focusIsIn(page, '[role=gridcell]')); i++)
    await page.keyboard.press('Tab');
  const place = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['way']);
  expect(await place()).toBe('s1>s2');
  await page.keyboard.press('ArrowDown');
  expect(await place()).toBe('s3>s2');
  await page.keyboard.press('Enter');
  await expect(line(page)).toContainText('cut s3 s2');
  await expect(page.getByRole('gridcell', { name: 'S3 to S2, cut' })).toBeFocused();

  // Heal: everything that is broken, by one press.
  await expect(strip(page)).toContainText('S3 to S2 cut');
  await page.keyboard.press('Shift+H');
  await expect(line(page)).toContainText('heal · restart s1 · resume s2');
  await expect(strip(page)).toContainText('Nothing is broken.');

  // Look back, and come back to now.
  const banner = page.getByRole('region', { name: 'Looking back' });
  await page.keyboard.press(',');
  await expect(banner).toContainText('the cluster is at');
  const back = banner.getByRole('button', { name: 'Back to now' });
  for (let i = 0; i < 200; i++) {
    if (await back.evaluate((button) => button === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(banner).toBeHidden();

  // Share: where the clipboard is closed, the link stands in a dialog.
  await page.evaluate(() =>
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: () => Promise.reject(new Error('closed')) },
    }),
  );
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: /^A link to \d/ });
  await expect(dialog.getByRole('textbox', { name: 'The link' })).toHaveValue(/#m=1\./);
});

const focusIsIn = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

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
  for (let i = 0; i < 200; i++) {
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
