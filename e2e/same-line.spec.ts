// Button, menu, key, console and `lab.run` leave the same line in the recording: the table of lines, done by hand.

import { expect, test, type Page } from 'playwright/test';
import { SAME_LINES } from '../src/testing/same-line.ts';
import {
  card,
  choose,
  chooseByKey,
  commands,
  lane,
  linesSince,
  messageInList,
  openStand,
  press,
  rowOf,
  square,
  takeTool,
  type,
} from './hands.ts';
import { run } from './live-page.ts';

type Way = (page: Page, message: string) => Promise<void>;

/** By the name of a row of the table: each way but typing, which is the same for all. */
const BY_HAND: Readonly<Record<string, Ways>> = {
  'kill a store': {
    button: tool('Kill', 's2'),
    menu: entry('s2', /^Kill/),
    key: (page) => press(page, 'k 2'),
  },
  restart: {
    button: tool('Restart', 's2'),
    menu: entry('s2', /^Restart/),
    key: (page) => press(page, '2 r'),
  },
  pause: {
    button: tool('Pause', 's2'),
    menu: entry('s2', /^Pause/),
    key: (page) => press(page, 'f 2'),
  },
  resume: {
    button: tool('Pause', 's2'),
    menu: entry('s2', /^Resume/),
    key: (page) => press(page, 'f 2'),
  },
  destroy: { menu: entry('s2', /^Destroy/) },
  campaign: { menu: entry('s2', /^Start an election/), key: (page) => press(page, '2 e') },
  'slow disk': {
    button: tool('Slow disk', 's2'),
    menu: entry('s2', /^Slow disk/),
    key: (page) => press(page, 'u 2'),
  },
  'full disk': { button: tool('Full disk', 's2'), menu: entry('s2', /^Full disk/) },
  'stuck disk': { button: tool('Stuck disk', 's2'), menu: entry('s2', /^Stuck disk/) },
  'lying disk': { button: tool('Lying disk', 's2'), menu: entry('s2', /^Lying disk/) },
  'mend a disk': {
    button: (page) => page.getByRole('button', { name: /^disk of S2 stuck/ }).click(),
    menu: entry('s2', /^Mend the disk/),
    key: (page) => press(page, 'Shift+H'),
  },
  'clock that drifts': { menu: entry('s3', /^Clock gains 10 ms/) },
  'clock ahead': {
    button: tool('Skew clock', 's3'),
    menu: entry('s3', /ahead/),
    key: (page) => press(page, 'j 3'),
  },
  'cut a link, both ways': {
    button: async (page) => {
      await takeTool(page, 'Cut');
      await lane(page, 's1-s2').dispatchEvent('click');
    },
    menu: (page) => choose(page, lane(page, 's1-s2'), /^Cut both ways/),
    key: async (page) => {
      await square(page, 's1>s2').focus();
      await page.keyboard.press('Shift+Enter');
    },
  },
  'cut a link, one way': {
    button: (page) => square(page, 's1>s2').click(),
    menu: (page) => choose(page, square(page, 's1>s2'), /^Cut S1 to S2/),
    key: async (page) => {
      await square(page, 's1>s2').focus();
      await page.keyboard.press('Enter');
    },
  },
  'open a link, one way': {
    button: (page) => page.getByRole('button', { name: /^S1 to S2 cut/ }).click(),
    menu: (page) => choose(page, square(page, 's1>s2'), /^Mend S1 to S2/),
    key: async (page) => {
      await square(page, 's1>s2').focus();
      await page.keyboard.press('Enter');
    },
  },
  isolate: {
    button: tool('Cut', 's1'),
    menu: entry('s1', /^Cut off/),
    key: (page) => press(page, 'x 1'),
  },
  'slow link': onLink('Slow link', 's', /^Slow: 400 ms/),
  'as quick as before': onLink('Slow link', 's', /^As quick as before/),
  'lossy link': onLink('Lossy link', 'o', /^Lossy: 20%/),
  'lose nothing': onLink('Lossy link', 'o', /^Lose nothing/),
  'everything about a link': {
    button: async (page) => {
      await page.getByRole('button', { name: 'Set S1 to S2' }).click();
      await setLink(page);
    },
    menu: async (page) => {
      await choose(page, square(page, 's1>s2'), 'Latency, jitter, loss …');
      await setLink(page);
    },
    key: async (page) => {
      await chooseByKey(page, square(page, 's1>s2'), 'Latency, jitter, loss …');
      await setLink(page);
    },
  },
  'heal all': {
    button: (page) => page.getByRole('button', { name: 'Heal everything' }).click(),
    key: (page) => press(page, 'h'),
  },
  'heal one': {
    button: (page) => page.getByRole('button', { name: /^S1 is cut off/ }).click(),
    menu: entry('s1', /^Heal its links/),
    key: (page) => press(page, 'x 1'),
  },
  drop: {
    button: async (page, message) => {
      await takeTool(page, 'Drop');
      await rowOf(page, message).click();
    },
    menu: (page, message) => choose(page, rowOf(page, message), /^Drop/),
    key: async (page, message) => {
      await rowOf(page, message).click();
      await press(page, 'd');
    },
  },
  duplicate: {
    button: beside('Duplicate'),
    menu: (page, message) => choose(page, rowOf(page, message), 'Duplicate'),
  },
  delay: {
    button: beside(/^Delay/),
    menu: (page, message) => choose(page, rowOf(page, message), /^Delay/),
  },
  'deliver now': {
    button: beside('Deliver now'),
    menu: (page, message) => choose(page, rowOf(page, message), 'Deliver now'),
  },
  hold: {
    button: beside('Hold'),
    menu: (page, message) => choose(page, rowOf(page, message), 'Hold'),
  },
  release: {
    button: beside('Release'),
    menu: (page, message) => choose(page, rowOf(page, message), 'Release'),
  },
  'hold a kind': ofAKind('Hold every MsgHeartbeat'),
  'hold a kind of one store': ofAKind('Hold MsgHeartbeat from S3'),
  'hold a kind to one store': ofAKind('Hold MsgHeartbeat to S1', false),
  'release a kind': {
    ...ofAKind('Release MsgHeartbeat from S3'),
    key: (page) => press(page, 'Control+z'),
  },
  'hold all': {
    button: async (page) => {
      await messageInList(page);
      await page.getByRole('button', { name: 'Hold all' }).click();
    },
    key: async (page) => {
      await messageInList(page);
      await page.getByRole('button', { name: 'Hold all' }).focus();
      await page.keyboard.press('Enter');
    },
  },
  'release all': {
    button: (page) => page.getByRole('button', { name: /^hold: every message/ }).click(),
    key: (page) => press(page, 'Shift+H'),
  },
  put: {
    button: async (page) => {
      await page.getByRole('textbox', { name: 'Key', exact: true }).fill('ann');
      await page.getByRole('textbox', { name: 'Value' }).fill('43');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    },
    key: async (page) => {
      await press(page, 'w');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('ann');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('43');
      await page.keyboard.press('Enter');
    },
  },
};

type Ways = Readonly<Partial<Record<'button' | 'menu' | 'key', Way>>>;

/** A tool for links: at the line between two stores, on the link's menu, at their numbers. */
function onLink(word: string, key: string, entry: RegExp): Ways {
  return {
    button: async (page) => {
      await takeTool(page, word);
      await lane(page, 's1-s2').dispatchEvent('click');
    },
    menu: (page) => choose(page, lane(page, 's1-s2'), entry),
    key: (page) => press(page, `${key} 1 2`),
  };
}

/** In the settings of a link that are open. */
async function setLink(page: Page): Promise<void> {
  const numbers = {
    'Latency, ms': '40',
    'Jitter, more or less, ms': '5',
    'Lost, %': '10',
    'Doubled, %': '1',
    'Overtaken, %': '2.5',
  };
  for (const [name, value] of Object.entries(numbers))
    await page.getByRole('spinbutton', { name, exact: true }).fill(value);
  await page.getByRole('button', { name: 'Set', exact: true }).click();
}

/** At a heartbeat from the leader to S1: what holds or releases its kind. */
function ofAKind(word: string, hasButton = true): Ways {
  const row = async (page: Page) => {
    await messageInList(page, word.startsWith('Release') ? 'held' : 'flying');
    return page
      .locator('.message-row')
      .filter({ hasText: /MsgHeartbeat.*S3.*S1/ })
      .first();
  };
  return {
    ...(hasButton && {
      button: async (page) => {
        await (await row(page)).click();
        await page
          .getByRole('group', { name: 'What to do with the message' })
          .getByRole('button', { name: word, exact: true })
          .click();
      },
    }),
    menu: async (page) => choose(page, await row(page), word),
    key: async (page) => chooseByKey(page, await row(page), word),
  };
}

function tool(word: string, node: string): Way {
  return async (page) => {
    await takeTool(page, word);
    await card(page, node).click();
  };
}

function entry(node: string, word: RegExp): Way {
  return (page) => choose(page, card(page, node), word);
}

function beside(word: string | RegExp): Way {
  return async (page, message) => {
    await rowOf(page, message).click();
    await page
      .getByRole('group', { name: 'What to do with the message' })
      .getByRole('button', { name: word, exact: typeof word === 'string' })
      .click();
  };
}

for (const row of SAME_LINES.filter(({ name }) => BY_HAND[name] !== undefined))
  test(`${row.name}: ${row.line}`, async ({ page }) => {
    test.setTimeout(240_000);
    await openStand(page);
    const start = await page.evaluate(() => window.lab.export());
    const here = (line: string, message: string) => line.replace('MESSAGE', message);
    const ways: [string, Way][] = [
      ...Object.entries(BY_HAND[row.name] ?? {}),
      ['console', (to, message) => type(to, here(row.line, message))],
      ['lab.run', (to, message) => run(to, here(row.line, message)).then(() => undefined)],
    ];
    const wantsMessage = row.line.includes('MESSAGE');
    for (const [way, act] of ways) {
      // Each way from the same instant of the same recording.
      expect(await page.evaluate((text) => window.lab.import(text), start)).toMatchObject({
        ok: true,
      });
      await page.evaluate(() => window.lab.stop());
      const message = wantsMessage ? await messageInList(page) : '';
      for (const line of row.before ?? []) await run(page, here(line, message));
      const before = (await commands(page)).length;
      await act(page, message);
      expect(await linesSince(page, before), way).toEqual([
        here(row.recorded ?? row.line, message),
      ]);
    }
  });
