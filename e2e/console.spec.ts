// The console in the page: completion by keyboard, lines typed before, answers that come later, errors with their place,
// help whose lines can be clicked.

import fc from 'fast-check';
import { expect, test, type Page } from 'playwright/test';
import { mutated } from '../src/testing/mutated.ts';
import { SAME_LINES } from '../src/testing/same-line.ts';
import { openLoom, reload } from './live-page.ts';
import { axeFindings, scrolls, smallTexts } from './screen-page.ts';
import { shoot } from './shots.ts';

const command = (page: Page) => page.getByRole('textbox', { name: 'Command' });
const answers = (page: Page) => page.getByRole('log', { name: 'Answers' });

async function openConsole(page: Page): Promise<void> {
  await page.keyboard.press('/');
  await expect(page.locator('.console-editor')).toBeVisible();
}

/** What may come next. The legend is a list with options too. */
const offered = (page: Page) => page.locator('.cm-tooltip-autocomplete');

async function enter(page: Page, line: string): Promise<void> {
  await command(page).fill(line);
  await page.keyboard.press('Enter');
}

test('what may come next, taken by keyboard', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await page.evaluate(() => window.lab.stop());
  await openConsole(page);
  await page.keyboard.type('kil');
  await expect(offered(page).getByRole('option', { name: /^kill ?Power loss/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(command(page)).toHaveText(/^kill\s$/);
  await expect(offered(page).getByRole('option')).toHaveText([/^s1/, /^s2/, /^s3/, /^pd1/, /^c1/]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(command(page)).toHaveText(/^kill s2\s$/);
  await page.keyboard.press('Enter');
  await expect(answers(page)).toContainText('kill s2');
  await page.keyboard.type('restart ');
  await expect(offered(page).getByRole('option')).toHaveText([/^s2/]);
  await page.keyboard.press('Escape');
  await expect(offered(page).getByRole('option')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(command(page)).toBeHidden();
});

test('the next line may be typed before the answer to this one', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await openConsole(page);
  await page.keyboard.type('put ann 43');
  await page.keyboard.press('Enter');
  await page.keyboard.type('get ann');
  await expect(command(page)).toHaveText('get ann');
  await expect(answers(page)).toContainText('c1 is told:');
  await expect(command(page)).toHaveText('get ann');
  await page.keyboard.press('Enter');
  await expect(answers(page)).toContainText('c1 is told: ann = 43');
});

test('answers come when they come; & does not wait; lines come back after a reload', async ({
  page,
}) => {
  await openLoom(page, '?seed=7&clients=2');
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await openConsole(page);
  await enter(page, 'put ann 43');
  await expect(answers(page)).toContainText('c1 is told:');
  await enter(page, 'c2: get ann');
  await expect(answers(page)).toContainText('c2 is told: ann = 43');
  await enter(page, 'get ann &');
  await page.evaluate(() => window.lab.until('op(3).ended'));
  await expect(answers(page).locator('.console-entry').last()).toContainText('Begun at');
  await reload(page);
  await openConsole(page);
  await page.keyboard.press('ArrowUp');
  await expect(command(page)).toHaveText('get ann &');
  await page.keyboard.press('ArrowUp');
  await expect(command(page)).toHaveText('c2: get ann');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.cm-placeholder')).toBeVisible();
});

test('beside a command stands what it caused first, and no more; in another history it stays', async ({
  page,
}, info) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await page.evaluate(() => window.lab.run('wait 3s'));
  await openConsole(page);
  await enter(page, 'campaign s2');
  const entry = answers(page).locator('.console-entry').first();
  const told = entry.locator('.console-words');
  await expect(told).toHaveText([/You told S2 to campaign$/, /S2 starts a pre-vote$/]);
  await page.evaluate(() => window.lab.run('wait 1s'));
  const ignores = /S\d ignores S2: it heard its leader \d ticks? ago$/;
  await expect(told).toHaveText([/campaign$/, /pre-vote$/, ignores, ignores]);
  await enter(page, 'kill s1');
  await expect(answers(page).locator('.console-entry').last()).toContainText('You killed S1');
  await enter(page, 'put ann 43');
  await page.evaluate(() => window.lab.until('op(1).ended'));
  const put = answers(page).locator('.console-entry').last().locator('.console-words');
  await expect(put).toHaveText([
    'c1 is told: ann = 43 is written.',
    /takes c1's command as entry 7/,
    /sends 7 to/,
    /lost, S3 to S1: entry 7 \(S1 is down\)/,
  ]);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((to) => (document.documentElement.dataset['theme'] = to), theme);
    await page.screenshot({ path: info.outputPath(`caused-${theme}.png`) });
    expect(await axeFindings(page)).toEqual([]);
  }
  expect(await smallTexts(page)).toEqual([]);
  // Operation 1 of another history is another one.
  const before = await answers(page).innerText();
  await page.evaluate(() => window.lab.clusters.startOver());
  await page.evaluate(() => window.lab.stop());
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await page.evaluate(() => window.lab.run('get bob'));
  await page.evaluate(() => window.lab.until('op(1).ended'));
  await expect(page.getByRole('button', { name: /^S1, (follower|leader)/ })).toBeVisible();
  expect(await answers(page).innerText()).toBe(before);
});

test('an error is marked where it is', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await openConsole(page);
  await enter(page, 'partition s1|s9');
  await expect(page.locator('.console-wrong')).toHaveText('s9');
  await expect(answers(page)).toContainText('There is no store s9. Stores: s1 to s3.');
  await enter(page, 'put a');
  await expect(page.locator('.console-missing')).toBeVisible();
  await page.keyboard.type(' 1');
  await expect(page.locator('.console-missing')).toBeHidden();
});

test('help groups the words, and its lines can be clicked', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await openConsole(page);
  await enter(page, 'help');
  await expect(answers(page).getByRole('heading', { name: 'Network' })).toBeAttached();
  await answers(page).getByRole('button', { name: 'partition', exact: true }).click();
  await expect(command(page)).toHaveText('partition s1|s2,s3');
  await page.keyboard.press('Enter');
  await expect(answers(page)).toContainText('You tore the network: S1 | S2 and S3');
  await enter(page, 'help partition');
  await expect(answers(page)).toContainText('with --oneway only those from the first side');
  await enter(page, 'help');
  for (const theme of ['light', 'dark']) {
    await page.evaluate((to) => (document.documentElement.dataset['theme'] = to), theme);
    expect(await axeFindings(page)).toEqual([]);
    await shoot(page, `console-help-${theme}`);
  }
  expect(await smallTexts(page)).toEqual([]);
  expect(await scrolls(page)).toBe(false);
  await command(page).fill('get ann --');
  await expect(offered(page).getByRole('option').first()).toBeVisible();
  await shoot(page, 'console-options');
  expect(await axeFindings(page)).toEqual([]);
});

test('on a phone it stands in the sheet of the client', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLoom(page, '?seed=7');
  await page.getByRole('button', { name: 'Client', exact: true }).click();
  await page.getByRole('button', { name: 'Type a command' }).click();
  await enter(page, 'help put');
  await expect(answers(page).getByRole('button', { name: 'put ann 43' })).toBeVisible();
  await command(page).fill('ki');
  await expect(offered(page).getByRole('option', { name: /^kill/ })).toBeVisible();
  await shoot(page, 'console-phone');
  expect(await scrolls(page)).toBe(false);
  expect(await axeFindings(page)).toEqual([]);
});

test('why is asked of the chosen thing, by key and by button', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.until("leader('r1') != null"));
  await page.evaluate(() => window.lab.stop());
  const leader = await page.evaluate(
    async () =>
      Object.values((await window.lab.state()).replicas).find((of) => of[1]?.role === 'leader')?.[1]
        ?.store,
  );
  await page.keyboard.press(`${leader}`.slice(1));
  await page.keyboard.press('y');
  await expect(answers(page)).toContainText(/S\d leads term \d+ since .* and needed 2 of 3/);
  await expect(answers(page)).toContainText('rule raft/vote-count-once');
  await page.keyboard.press('Escape');
  await page
    .getByRole('region', { name: 'Inspector' })
    .getByRole('button', { name: 'Why?' })
    .click();
  await expect(answers(page).locator('.console-entry')).toHaveCount(2);
  await shoot(page, 'console-why');
  expect(await axeFindings(page)).toEqual([]);
});

test('time is moved from the console', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await openConsole(page);
  await enter(page, 'stop');
  await expect(page.getByRole('button', { name: 'Run time' })).toBeVisible();
  await enter(page, 'speed 500ms');
  await expect(answers(page)).toContainText('Time runs at 1 s = 500 ms');
  await enter(page, 'run');
  await expect(page.getByRole('button', { name: 'Stop time' })).toBeVisible();
});

test('damaged lines and links: the page stays, and says what is wrong', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  await openConsole(page);
  const lines = SAME_LINES.map(({ line }) => line.replace('MESSAGE', 's1#42'));
  for (const line of fc.sample(mutated(lines), { numRuns: 20, seed: 5 })) {
    const typed = line.replaceAll(/\p{Cc}|\p{Cs}/gu, ' ').trim();
    if (typed === '') continue;
    await enter(page, typed);
    await expect(answers(page).locator('.console-entry').last()).not.toContainText('…');
  }
  const made = await page.evaluate(() => window.lab.run('share'));
  if (!made.ok || made.kind !== 'link') throw new Error('a link');
  const before = await page.evaluate(() => window.lab.hash());
  for (const link of fc.sample(mutated([made.fragment]), { numRuns: 10, seed: 5 })) {
    await page.evaluate((to) => (location.hash = to), link);
    await expect(page.locator('.ring .card').first()).toBeVisible();
  }
  expect(await page.evaluate(() => window.lab.hash())).toBe(before);
  expect(await page.evaluate(() => window.lab.status().phase.name)).toBe('running');
});
