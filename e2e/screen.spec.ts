// The first visit, as the page promises it: a leader, a write, the leader's death, a read from the next one, a reload, and
// the read again. And a message that is seen under way can still be lost.

import { expect, test, type Page } from 'playwright/test';
import { frames, openLoom, reload } from './live-page.ts';
import { scrolls, smallTexts } from './screen-page.ts';

const until = (page: Page, expression: string, within = '20s') =>
  page.evaluate(
    ([text, time]) => window.lab.until(text ?? '', { within: time ?? '20s' }),
    [expression, within],
  );

/** What client c1 asks for, through the form. */
async function ask(
  page: Page,
  verb: string,
  words: Readonly<Record<string, string>>,
): Promise<void> {
  const form = page.getByRole('form', { name: 'Client c1' });
  await form.getByRole('combobox').click();
  await page.getByRole('option', { name: verb }).click();
  for (const [label, text] of Object.entries(words))
    await form.getByLabel(label, { exact: true }).fill(text);
  await form.getByRole('button', { name: 'Send', exact: true }).click();
}

const leader = (page: Page) => page.getByRole('button', { name: /^S\d, leader/ });

test('a visitor sees a leader, writes, kills it, reads from the next, reloads, and still reads', async ({
  page,
}) => {
  await openLoom(page, '?seed=7');
  const elected = await until(page, 'leader() != null', '5s');
  expect(elected, 'a leader within 5 s of virtual time').toMatchObject({ met: true });
  await expect(leader(page)).toBeVisible();

  await ask(page, 'put', { Key: 'ann', Value: '43' });
  expect(await until(page, 'op(1).ended')).toMatchObject({ met: true });
  await expect(page.getByRole('button', { name: /^Client c1, put ann 43, ok/ })).toBeVisible();
  await expect(page.getByTestId('console-line')).toContainText('put ann 43');

  await leader(page).click();
  const name =
    (await page.getByRole('heading', { name: /^Store \d, Region 1$/ }).textContent()) ?? '';
  const dead = `s${name.replace(/\D*(\d).*/, '$1')}`;
  await page.keyboard.press('k');
  await expect(
    page.getByRole('button', { name: new RegExp(`^${dead.toUpperCase()}, down`) }),
  ).toBeVisible();
  await expect(page.getByTestId('console-line')).toContainText(`kill ${dead}`);

  expect(await until(page, `count('raft/became-leader') > 1`)).toMatchObject({ met: true });
  await expect(leader(page)).not.toHaveAccessibleName(new RegExp(dead.toUpperCase()));
  await ask(page, 'get', { Key: 'ann' });
  expect(await until(page, 'op(2).ended')).toMatchObject({ met: true });
  await expect(page.getByRole('button', { name: /^Client c1, get ann, ok: 43/ })).toBeVisible();

  await reload(page);
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  await ask(page, 'get', { Key: 'ann' });
  expect(await until(page, 'op(3).ended')).toMatchObject({ met: true });
  await expect(page.getByRole('button', { name: /^Client c1, get ann, ok: 43/ })).toBeVisible();
});

test('a message that is under way can still be lost: its link is cut, and it never arrives', async ({
  page,
}) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  expect(await until(page, 'quiet()')).toMatchObject({ met: true });
  await page.evaluate(() => window.lab.run('put a 1'));
  const flight = await page.evaluate(async () => {
    for (let i = 0; i < 400; i++) {
      const { flights, at } = await window.lab.state();
      const found = Object.values(flights).find((each) => each.kind === 'append' && each.beads > 0);
      if (found && at > found.sentAt + 3000) return found;
      await window.lab.step();
    }
    return null;
  });
  expect(flight, 'an append with entries is under way').not.toBeNull();
  if (flight === null) return;
  const mark = page.locator(`[data-message="${flight.id}"]`);
  await expect(mark).toBeVisible();

  const pair = [flight.from, flight.to].toSorted().join('-');
  await page.keyboard.press('x');
  await page.locator(`[data-link="${pair}"] .lane-hit`).dispatchEvent('click');
  await expect(page.getByTestId('console-line')).toContainText(/Cut at/);
  await expect(page.locator(`[data-link="${pair}"] .lane-cut`).first()).toBeVisible();

  await page.evaluate(() => window.lab.run('wait 2s'));
  const { sent } = flight;
  const fates = await page.evaluate(async (id) => {
    const { records } = await window.lab.events(0);
    return records
      .filter(
        ({ event }) => 'sent' in event && event.sent.node === id.node && event.sent.n === id.n,
      )
      .map(({ event }) => event.type);
  }, sent);
  expect(fates).toEqual(['network/lost']);
  await expect(mark).toBeHidden();
});

test('a new cluster of five stores stands beside its logs, and the old one can be opened again', async ({
  page,
}) => {
  await openLoom(page, '?seed=7');
  await page.getByRole('button', { name: /Cluster 1/ }).click();
  await page.getByRole('menuitem', { name: 'New cluster' }).click();
  const dialog = page.getByRole('dialog', { name: 'New cluster' });
  await dialog.getByRole('radio', { name: '5' }).check({ force: true });
  await dialog.getByLabel(/^Seed/).fill('11');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: /^S5/ })).toBeVisible();
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  await expect(page.getByText('Highest entry on each disk', { exact: false })).toBeVisible();
  expect(await scrolls(page)).toBe(false);

  await page.getByRole('button', { name: /Cluster 2/ }).click();
  await page.getByRole('menuitem', { name: 'All clusters' }).click();
  const list = page.getByRole('dialog', { name: 'Clusters in this browser' });
  await expect(list.getByText(/5 stores, seed 11/)).toBeVisible();
  await list
    .getByRole('listitem')
    .filter({ hasText: 'Cluster 1' })
    .getByRole('button', { name: 'Open', exact: true })
    .click();
  await expect(list).toBeHidden();
  await expect(page.getByRole('button', { name: /^S4/ })).toBeHidden();
  await expect(page.getByRole('button', { name: /^S3/ })).toBeVisible();
});

test('starting over can be undone', async ({ page }) => {
  await openLoom(page, '?seed=7');
  expect(await until(page, 'leader() != null')).toMatchObject({ met: true });
  const before = await page.evaluate(() => window.lab.now());
  await page.getByRole('button', { name: /Cluster 1/ }).click();
  await page.getByRole('menuitem', { name: 'Start over', exact: true }).click();
  await expect(page.getByTestId('console-line')).toContainText('start over');
  await page.getByRole('button', { name: /Cluster 1/ }).click();
  await page.getByRole('menuitem', { name: 'Undo start over' }).click();
  await expect(page.getByTestId('console-line')).toContainText('is back');
  expect(await page.evaluate(() => window.lab.now())).toBeGreaterThanOrEqual(before);
});

test('a bad line teaches, and changes nothing', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  const hash = await page.evaluate(() => window.lab.hash());
  await page.keyboard.press('/');
  await page.getByRole('textbox', { name: 'Command' }).fill('kil s1');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('console-line')).toContainText('Did you mean `kill`');
  await page.getByRole('textbox', { name: 'Command' }).fill('kill s9');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('console-line')).toContainText('s9');
  expect(await page.evaluate(() => window.lab.hash())).toBe(hash);
});

test('a message’s place is a function of the instant shown', async ({ page }) => {
  await openLoom(page, '?seed=7');
  await page.evaluate(() => window.lab.stop());
  expect(await until(page, `messages().length > 0`)).toMatchObject({ met: true });
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<SVGGElement>('[data-message]')]
        .filter((mark) => mark.style.display !== 'none')
        .map((mark) => `${mark.dataset['message']} ${mark.getAttribute('transform')}`)
        .toSorted(),
    );
  await frames(page, 3);
  const first = await places();
  await frames(page, 10);
  expect(await places()).toEqual(first);
  await page.evaluate(() => window.lab.run('wait 4ms'));
  await frames(page, 3);
  expect(await places()).not.toEqual(first);
  expect(await smallTexts(page)).toEqual([]);
});
