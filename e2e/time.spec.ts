// Time in the hand: looking back by drag, by key and by event, running on to what comes next, taking back.

import { expect, test, type Page } from 'playwright/test';
import { openLoom } from './live-page.ts';
import { axeFindings } from './screen-page.ts';
import { shoot } from './shots.ts';

const until = (page: Page, expression: string) =>
  page.evaluate((text) => window.lab.until(text, { within: '30s' }), expression);
const clockOf = async (page: Page): Promise<number> =>
  Number((await page.getByTestId('clock').textContent())?.replace(/[^\d.]/g, ''));
const line = (page: Page) => page.getByTestId('console-line');

/** A leader, a write, the leader's death, the next leader; time stands. */
async function story(page: Page): Promise<number> {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await until(page, "leader('r1') != null");
  await page.evaluate(() => window.lab.run('put a 1'));
  await until(page, 'op(1).ended');
  await page.evaluate(() => window.lab.run("kill {leader('r1')}"));
  await until(page, "leader('r1') != null");
  return page.evaluate(() => window.lab.now());
}

test('dragging the tape shows any past instant as it was; nothing acts there; End leads back', async ({
  page,
}) => {
  const now = await story(page);
  const hash = await page.evaluate(() => window.lab.hash());
  await expect(page.getByRole('button', { name: /^S3, down/ })).toBeVisible();
  const tape = await page.getByTestId('tape').boundingBox();
  const handle = await page.getByRole('slider', { name: 'Playhead' }).boundingBox();
  if (tape === null || handle === null) throw new Error('a tape');
  const y = tape.y + tape.height / 2;
  await page.mouse.move(handle.x + handle.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(tape.x + 180, y, { steps: 12 });
  await page.mouse.up();
  const banner = page.getByRole('region', { name: 'Looking back' });
  await expect(banner).toBeVisible();
  expect(await clockOf(page)).toBeLessThan(1.2);
  await expect(page.getByRole('button', { name: /^S3, follower/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^S\d, leader/ })).toHaveCount(0);
  await expect(banner).toContainText('the cluster is at');
  await shoot(page, 'time-past');
  expect(await axeFindings(page)).toEqual([]);

  // Whatever acts is refused with the reason: keys, and the guide's own suggestions.
  await page.keyboard.press('k');
  await expect(line(page)).toContainText('Acting there comes later');
  await page.locator('.try-button').first().click();
  await expect(line(page)).toContainText('Acting there comes later');
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);

  await page.keyboard.press('End');
  await expect(banner).toBeHidden();
  expect(await clockOf(page)).toBeCloseTo(now / 1000, 2);
  await expect(page.getByRole('button', { name: /^S3, down/ })).toBeVisible();
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);
});

test('keys move through time: by 100 ms, by a second, by an event, to the beginning', async ({
  page,
}) => {
  const now = (await story(page)) / 1000;
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => clockOf(page)).toBeCloseTo(now - 0.1, 2);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(() => clockOf(page)).toBeCloseTo(now - 1.1, 2);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => clockOf(page)).toBeCloseTo(now - 1, 2);
  const before = await page.locator('.clock-event').textContent();
  await page.keyboard.press(',');
  await expect(page.locator('.clock-event')).not.toHaveText(before ?? '');
  await page.keyboard.press('.');
  await expect(page.locator('.clock-event')).toHaveText(before ?? '');
  const slider = page.getByRole('slider', { name: 'Playhead' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => clockOf(page)).toBe(0);
  await expect(slider).toHaveAttribute('aria-valuetext', /ago/);
  await page.keyboard.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', /now/);
});

test('the cluster goes on while one looks back, and the past can be played up to now', async ({
  page,
}) => {
  await story(page);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.getByTestId('shown-at')).toBeVisible();
  const shown = await page.getByTestId('shown-at').textContent();
  const live = await page.getByTestId('live-at').textContent();
  await page.getByRole('button', { name: 'Let the cluster go on' }).click();
  await expect(page.getByTestId('live-at')).not.toHaveText(live ?? '');
  await expect(page.getByTestId('shown-at')).toHaveText(shown ?? '');
  await page.getByRole('button', { name: 'Stop the cluster' }).click();
  await page.evaluate(() => window.lab.play(2000));
  await page.evaluate(() => window.lab.stop());
  await page.getByRole('button', { name: 'Play from here' }).first().click();
  await expect(page.getByRole('region', { name: 'Looking back' })).toBeHidden({ timeout: 30_000 });
});

test('N runs to the next event that is looked for, Shift N looks back at the one before', async ({
  page,
}) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await until(page, "leader('r1') != null");
  await page.evaluate(() => window.lab.run("kill {leader('r1')}"));
  await page.getByRole('button', { name: /^What to look for/ }).click();
  for (const kind of ['commit', 'fault', 'refusal', 'answer', 'change of a Region'])
    await page.getByRole('menuitemcheckbox', { name: kind }).click();
  await page.keyboard.press('Escape');
  const candidate = page.getByRole('button', { name: /^S\d, candidate/ });
  const leader = page.getByRole('button', { name: /^S\d, leader/ });
  await expect(candidate).toHaveCount(0);
  await page.locator('body').press('n');
  await expect(candidate).toHaveCount(1);
  await expect(leader).toHaveCount(0);
  // Somebody wins in the end; each press stands at the next campaign or victory.
  for (let i = 0; i < 6 && (await leader.count()) === 0; i++) {
    const before = await clockOf(page);
    await page.keyboard.press('n');
    await expect.poll(() => clockOf(page)).toBeGreaterThan(before);
  }
  await expect(leader).toHaveCount(1);
  await page.keyboard.press('Shift+N');
  await expect(leader).toHaveCount(0);
  await expect(candidate).toHaveCount(1);
  await page.keyboard.press('n');
  await expect(leader).toHaveCount(1);
});

test('a condition is checked as it is typed, and time stands where it holds', async ({ page }) => {
  await openLoom(page, '?seed=7&storage=memory');
  await page.evaluate(() => window.lab.stop());
  await page.getByRole('button', { name: 'until …' }).click();
  const field = page.getByLabel('Run until this holds');
  await field.fill('leadr() != null');
  await expect(page.getByText(/There is no/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await field.fill("leader('r1') != null");
  await field.press('Enter');
  await expect(line(page)).toContainText('Time stands here');
  expect(
    await page.evaluate(() => window.lab.until("leader('r1') != null", { within: 0 })),
  ).toMatchObject({
    met: true,
  });
  // What never comes about says so.
  await page.getByRole('button', { name: 'until …' }).click();
  await field.fill('region(1).term > 900');
  await field.press('Enter');
  await expect(line(page)).toContainText('did not come about', { timeout: 60_000 });
});

test('a fault is taken back by key and by press; each is an ordinary command', async ({ page }) => {
  await story(page);
  await page.keyboard.press('3');
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: /^S3, (follower|starting)/ })).toBeVisible();
  await page.keyboard.press('x');
  await expect(line(page)).toContainText('isolate s3');
  await expect(page.getByRole('group', { name: 'Undo' })).toContainText('S3 was cut off');
  await page.keyboard.press('Control+z');
  await expect(line(page)).toContainText('heal s3');
  await expect(page.getByRole('group', { name: 'Undo' })).toBeHidden();
  await page.keyboard.press('f');
  await page.getByRole('button', { name: 'Undo', exact: false }).first().click();
  await expect(line(page)).toContainText('resume s3');
  const recording = JSON.parse(await page.evaluate(() => window.lab.export())) as {
    commands: { command: { type: string } }[];
  };
  expect(recording.commands.slice(-4).map(({ command }) => command.type)).toEqual([
    'isolate',
    'heal',
    'pause',
    'resume',
  ]);
});

test('speed and standing time survive a reload', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.keyboard.press('Space');
  await page.keyboard.press('-');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Run time' })).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Speed' })).toHaveAttribute(
    'aria-valuetext',
    /100/,
  );
});
