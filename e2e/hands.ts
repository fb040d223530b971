// What a person does with the hands: picks up a tool, opens a menu, presses keys, types; and what the recording says of it.

import { expect, type Page } from 'playwright/test';
import { printCommand } from '../src/lab/print-command.ts';
import { STAND } from '../src/testing/same-line.ts';
import type { Command } from '../src/sim/command.ts';
import type { JournalRecord } from '../src/sim/record.ts';
import { openLoom, run } from './live-page.ts';

/** The cluster of the table of lines, with a leader, standing still. */
export async function openStand(page: Page): Promise<void> {
  await openLoom(page, `?seed=${STAND.seed}`);
  await page.evaluate(() => window.lab.stop());
  for (const line of STAND.lines) await run(page, line);
  await drawn(page);
}

/** Every record is on the screen. */
export const drawn = (page: Page): Promise<unknown> =>
  page.waitForFunction(async () => (await window.lab.idle()).idle || window.lab.status().playing);

export async function commands(page: Page): Promise<readonly Command[]> {
  const text = await page.evaluate(() => window.lab.export());
  return (JSON.parse(text) as { commands: { command: Command }[] }).commands.map(
    ({ command }) => command,
  );
}

/** What was recorded since there were `before` commands, as lines. */
export async function linesSince(page: Page, before: number): Promise<string[]> {
  await expect.poll(async () => (await commands(page)).length).toBeGreaterThan(before);
  return (await commands(page)).slice(before).map(printCommand);
}

export const records = (page: Page): Promise<readonly JournalRecord[]> =>
  page.evaluate(async () => (await window.lab.events()).records);

/** Opens the list of messages and gives the id of a heartbeat; time goes on until there is one. */
export async function messageInList(
  page: Page,
  state: 'flying' | 'held' = 'flying',
): Promise<string> {
  await page.evaluate(() =>
    window.lab.until("messages().some(m => m.kind == 'heartbeat')", { within: '5s' }),
  );
  await drawn(page);
  const list = page.getByRole('list', { name: 'Messages under way' });
  if (!(await list.isVisible())) await page.keyboard.press('v');
  const row = list.locator(`[data-state=${state}]`).filter({ hasText: 'MsgHeartbeat' }).first();
  await expect(row).toBeVisible();
  return (await row.getAttribute('data-message')) ?? '';
}

export const rowOf = (page: Page, message: string) =>
  page.locator(`.message-row[data-message="${message}"]`);

/** Presses a key where no field has the focus. */
export async function press(page: Page, keys: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (const key of keys.split(' ')) await page.keyboard.press(key);
}

/** A tool from the bar or from its menu. */
export async function takeTool(page: Page, word: string): Promise<void> {
  const button = page.getByRole('group', { name: 'Faults' }).getByRole('button', { name: word });
  if ((await button.count()) > 0) return button.first().click();
  await page.getByRole('button', { name: 'More tools' }).click();
  await page.getByRole('menuitem', { name: word }).click();
}

export const card = (page: Page, node: string) =>
  page.locator(`.card[data-node=${node}], .side-card[data-node=${node}]`);
export const lane = (page: Page, pair: string) => page.locator(`[data-link="${pair}"] .lane-hit`);
export const square = (page: Page, way: string) => page.locator(`.link-square[data-way="${way}"]`);

/** An entry of the menu of something on the page. */
export async function choose(
  page: Page,
  target: ReturnType<Page['locator']>,
  entry: RegExp | string,
): Promise<void> {
  await target.first().dispatchEvent('contextmenu', { clientX: 500, clientY: 300, bubbles: true });
  await page.getByRole('menuitem', { name: entry, exact: typeof entry === 'string' }).click();
}

/** The same by keyboard alone: the menu of what has the focus, arrows, Enter. */
export async function chooseByKey(
  page: Page,
  target: ReturnType<Page['locator']>,
  entry: string,
): Promise<void> {
  await target.first().focus();
  await page.keyboard.press('Shift+F10');
  const wanted = page.getByRole('menuitem', { name: entry, exact: true });
  await expect(wanted).toBeVisible();
  for (let i = 0; i < 40; i++) {
    if (await wanted.evaluate((item) => item === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}

/** Types a line into the console and sends it. */
export async function type(page: Page, line: string): Promise<void> {
  await press(page, '/');
  await page.locator('.console-editor').getByRole('textbox', { name: 'Command' }).fill(line);
  await page.keyboard.press('Enter');
}

/** A browser that keeps its clipboard from pages. */
export const closeClipboard = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const writeText = () => Promise.reject(new Error('closed'));
    Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
  });
