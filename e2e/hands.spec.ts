// Each thing that a hand can do to a message, a link or a node: the line that it leaves in the recording, what the journal
// says of it, and how it looks. Pictures of each go to the output folder, in both themes.

import { expect, test, type Page } from 'playwright/test';
import type { LoomEvent } from '../src/sim/record.ts';
import {
  card,
  choose,
  commands,
  lane,
  linesSince,
  messageInList,
  openStand,
  press,
  records,
  rowOf,
  square,
  takeTool,
} from './hands.ts';
import { run } from './live-page.ts';
import { axeFindings } from './screen-page.ts';
import { shootThemes } from './shots.ts';

interface Deed {
  readonly name: string;
  readonly before?: readonly string[];
  /** By hand. Gets the message, where the deed is about one. */
  readonly act: (page: Page, message: string) => Promise<void>;
  /** `MESSAGE` stands for it. */
  readonly lines: readonly string[];
  /** How long time goes on afterwards. */
  readonly wait?: string;
  /** A part of an event that the journal then holds; `MESSAGE` as `sent`. */
  readonly event: Partial<Record<string, unknown>> & { readonly type: LoomEvent['type'] };
  /** What can then be seen. */
  readonly look: (page: Page, message: string) => ReturnType<Page['locator']>;
}

const strip = (page: Page, words: string) => page.getByTestId('broken').getByText(words).first();

/** Chooses the message in the list, and presses a button beside its fields. */
const toMessage = (button: string | RegExp) => async (page: Page, message: string) => {
  await rowOf(page, message).click();
  await page
    .getByRole('group', { name: 'What to do with the message' })
    .getByRole('button', { name: button })
    .first()
    .click();
};

const MESSAGES: readonly Deed[] = [
  {
    name: 'drop',
    act: async (page, message) => {
      await takeTool(page, 'Drop');
      await rowOf(page, message).click();
    },
    lines: ['drop MESSAGE'],
    event: { type: 'network/lost', sent: 'MESSAGE', reason: 'dropped' },
    look: (page, message) =>
      page.locator(`[data-message="${message}"][data-state=lost]`).getByText('you dropped it'),
  },
  {
    name: 'duplicate',
    act: toMessage('Duplicate'),
    lines: ['duplicate MESSAGE'],
    event: { type: 'network/duplicated', sent: 'MESSAGE' },
    look: (page, message) => page.locator(`.message-row[data-message="${message}/2"]`),
  },
  {
    name: 'delay',
    act: toMessage(/^Delay/),
    lines: ['delay MESSAGE 50ms'],
    event: { type: 'network/rescheduled', sent: 'MESSAGE' },
    look: (page, message) => rowOf(page, message).getByText('delayed: arrives in'),
  },
  {
    name: 'deliver now',
    act: toMessage('Deliver now'),
    lines: ['deliver MESSAGE'],
    wait: '1ms',
    event: { type: 'network/delivered', sent: 'MESSAGE' },
    look: (page) => page.getByText('It is not under way at this moment.'),
  },
  {
    name: 'hold',
    act: toMessage('Hold'),
    lines: ['hold MESSAGE'],
    wait: '100ms',
    event: { type: 'network/held', sent: 'MESSAGE' },
    look: (page, message) => page.locator(`.ring [data-message="${message}"][data-mark=held]`),
  },
  {
    name: 'release',
    before: ['hold MESSAGE'],
    act: toMessage('Release'),
    lines: ['release MESSAGE'],
    event: { type: 'network/rescheduled', sent: 'MESSAGE' },
    look: (page, message) => rowOf(page, message).getByText('released: arrives in'),
  },
  {
    name: 'hold a kind',
    act: toMessage('Hold every MsgHeartbeat'),
    lines: ['hold MsgHeartbeat'],
    wait: '1s',
    event: { type: 'network/held' },
    look: (page) => strip(page, 'hold: MsgHeartbeat'),
  },
  {
    name: 'release a kind',
    before: ['hold MsgHeartbeat', 'wait 1s'],
    act: (page) => page.getByRole('button', { name: /^hold: MsgHeartbeat/ }).click(),
    lines: ['release MsgHeartbeat'],
    event: { type: 'network/rescheduled' },
    look: (page) => strip(page, 'Nothing is broken.'),
  },
];

const withTool = (word: string, node: string) => async (page: Page) => {
  await takeTool(page, word);
  await card(page, node).click();
};
const onLane = (word: string, pair: string) => async (page: Page) => {
  await takeTool(page, word);
  await lane(page, pair).dispatchEvent('click');
};

const NODES: readonly Deed[] = [
  {
    name: 'kill',
    act: withTool('Kill', 's2'),
    lines: ['kill s2'],
    event: { type: 'node/killed', node: 's2', why: 'command' },
    look: (page) => page.getByRole('button', { name: /^S2, down/ }),
  },
  {
    name: 'restart',
    before: ['kill s2'],
    act: withTool('Restart', 's2'),
    lines: ['restart s2'],
    event: { type: 'node/booted', node: 's2', incarnation: 2 },
    look: (page) => page.getByRole('button', { name: /^S2, follower/ }),
  },
  {
    name: 'pause',
    act: withTool('Pause', 's2'),
    lines: ['pause s2'],
    event: { type: 'node/paused', node: 's2' },
    look: (page) => page.locator('.card[data-node=s2] [data-mark=paused]'),
  },
  {
    name: 'resume',
    before: ['pause s2', 'wait 500ms'],
    act: (page) => choose(page, card(page, 's2'), /^Resume/),
    lines: ['resume s2'],
    event: { type: 'node/resumed', node: 's2' },
    look: (page) => page.getByRole('button', { name: /^S2, follower/ }),
  },
  {
    name: 'destroy',
    act: (page) => choose(page, card(page, 's2'), /^Destroy/),
    lines: ['destroy s2'],
    event: { type: 'node/destroyed', node: 's2' },
    look: (page) => strip(page, 'S2 lost its disk'),
  },
  {
    name: 'slow disk',
    act: withTool('Slow disk', 's2'),
    lines: ['disk s2 slow 200ms'],
    event: { type: 'disk/fault-set', node: 's2' },
    look: (page) => strip(page, 'disk of S2 200'),
  },
  {
    name: 'full disk',
    act: withTool('Full disk', 's2'),
    lines: ['disk s2 full'],
    event: { type: 'disk/fault-set', fault: { type: 'full' } },
    look: (page) => strip(page, 'disk of S2 full'),
  },
  {
    name: 'stuck disk',
    act: withTool('Stuck disk', 's2'),
    lines: ['disk s2 stuck'],
    event: { type: 'disk/fault-set', fault: { type: 'stuck' } },
    look: (page) => strip(page, 'disk of S2 stuck'),
  },
  {
    name: 'lying disk',
    act: withTool('Lying disk', 's2'),
    lines: ['disk s2 lying'],
    event: { type: 'disk/fault-set', fault: { type: 'lying' } },
    look: (page) => strip(page, 'disk of S2 lying'),
  },
  {
    name: 'skewed clock',
    act: withTool('Skew clock', 's2'),
    lines: ['skew s2 250ms'],
    event: { type: 'node/clock-set', node: 's2', offset: 250_000 },
    look: (page) => strip(page, 'clock of S2'),
  },
];

const LINKS: readonly Deed[] = [
  {
    name: 'cut off',
    act: withTool('Cut', 's2'),
    lines: ['isolate s2'],
    event: { type: 'network/cut', from: 's2', to: 's1' },
    look: (page) => strip(page, 'S2 is cut off'),
  },
  {
    name: 'cut a lane',
    act: onLane('Cut', 's1-s2'),
    lines: ['partition s1|s2'],
    event: { type: 'network/cut', from: 's2', to: 's1' },
    look: (page) => page.getByRole('gridcell', { name: 'S1 to S2, cut' }),
  },
  {
    name: 'cut one way',
    act: (page) => square(page, 's1>s2').click(),
    lines: ['cut s1 s2'],
    event: { type: 'network/cut', from: 's1', to: 's2' },
    look: (page) => page.getByRole('gridcell', { name: 'S1 to S2, cut' }),
  },
  {
    name: 'mend one way',
    before: ['cut s1 s2'],
    act: (page) => square(page, 's1>s2').click(),
    lines: ['mend s1 s2'],
    event: { type: 'network/healed', from: 's1', to: 's2' },
    look: (page) => page.getByRole('gridcell', { name: /^S1 to S2, .*a second/ }),
  },
  {
    name: 'tear by drawing across squares',
    act: async (page) => {
      await square(page, 's1>s2').hover();
      await page.mouse.down();
      await square(page, 's1>s3').hover();
      await page.mouse.up();
    },
    lines: ['cut s1 s2', 'cut s1 s3'],
    event: { type: 'network/cut', from: 's1', to: 's3' },
    look: (page) => page.getByRole('gridcell', { name: 'S1 to S3, cut' }),
  },
  {
    name: 'slow link',
    act: onLane('Slow link', 's1-s2'),
    lines: ['latency s1 s2 400ms jitter 10ms'],
    event: { type: 'network/link-set', from: 's1', to: 's2', latency: 400_000 },
    look: (page) => page.locator('.link-square[data-way="s1>s2"][data-slow=true]'),
  },
  {
    name: 'lossy link',
    act: onLane('Lossy link', 's1-s2'),
    lines: ['loss s1 s2 20%'],
    event: { type: 'network/link-set', from: 's2', to: 's1', lossPerMillion: 200_000 },
    look: (page) => page.locator('.link-square[data-way="s1>s2"][data-lossy=true]'),
  },
  {
    name: 'everything about a link',
    act: async (page) => {
      await page.getByRole('button', { name: 'Set S1 to S2' }).click();
      await page.getByRole('button', { name: /^Lossy Wi-Fi/ }).click();
      await page.getByRole('spinbutton', { name: 'Latency, ms' }).fill('40');
      await page.getByRole('button', { name: 'both ways' }).click();
      await page.getByRole('button', { name: 'Set', exact: true }).click();
    },
    lines: [
      'link s1 s2 40ms jitter 10ms loss 5% duplicate 1% reorder 2%',
      'link s2 s1 40ms jitter 10ms loss 5% duplicate 1% reorder 2%',
    ],
    event: { type: 'network/link-set', from: 's2', to: 's1', duplicatePerMillion: 10_000 },
    look: (page) => strip(page, 'S1–S2 40'),
  },
  {
    name: 'heal the network',
    before: ['isolate s2'],
    act: (page) => press(page, 'h'),
    lines: ['heal'],
    event: { type: 'network/healed', from: 's2', to: 's1' },
    look: (page) => strip(page, 'Nothing is broken.'),
  },
];

for (const deed of [...MESSAGES, ...NODES, ...LINKS])
  test(deed.name, async ({ page }) => {
    await openStand(page);
    const wantsMessage = JSON.stringify([deed.lines, deed.before]).includes('MESSAGE');
    const message = wantsMessage || deed.name.includes('a kind') ? await messageInList(page) : '';
    const here = (line: string) => line.replace('MESSAGE', message);
    for (const line of deed.before ?? []) await run(page, here(line));
    const before = (await commands(page)).length;
    const known = (await records(page)).length;
    await deed.act(page, message);
    expect(await linesSince(page, before)).toEqual(deed.lines.map(here));
    await expect(page.getByTestId('console-line')).toContainText(here(deed.lines[0] ?? ''));
    if (deed.wait !== undefined) await run(page, `wait ${deed.wait}`);

    const [node = '', n] = message.split('#');
    const wanted =
      deed.event['sent'] === 'MESSAGE'
        ? { ...deed.event, sent: { node, n: Number(n) } }
        : deed.event;
    const told = (await records(page)).slice(known).map(({ event }) => event);
    expect(told).toContainEqual(expect.objectContaining(wanted));

    await expect(deed.look(page, message)).toBeVisible();
    await shootThemes(page, deed.name.replaceAll(' ', '-'));
  });

test('what a slow link takes is what was set, exactly', async ({ page }) => {
  await openStand(page);
  await run(page, 'link s1 s3 80ms');
  await run(page, 'link s3 s1 80ms');
  await run(page, 'wait 2s');
  const set = (await records(page)).findLastIndex(({ event }) => event.type === 'network/link-set');
  const times = (await records(page))
    .slice(set)
    .flatMap(({ at, event }) =>
      event.type === 'network/sent' &&
      event.arrivesAt !== null &&
      [event.from, event.to].toSorted().join() === 's1,s3'
        ? [event.arrivesAt - at]
        : [],
    );
  expect(times.length).toBeGreaterThan(2);
  // The first may wait behind one that was slower: messages of a link arrive in order.
  expect(new Set(times.slice(1))).toEqual(new Set([80_000]));
});

for (const theme of ['light', 'dark'] as const)
  test(`axe: menu, settings of a link, messages, strip, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openStand(page);
    for (const line of ['kill s2', 'cut s1 s3', 'hold MsgAppend', 'put a 1', 'wait 100ms'])
      await run(page, line);
    await press(page, 'v');
    await expect(page.getByRole('list', { name: 'Messages under way' })).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await press(page, 'Escape k');
    expect(await axeFindings(page)).toEqual([]);
    await press(page, 'Escape');
    await card(page, 's1').click({ button: 'right' });
    await expect(page.getByRole('menu', { name: 'Store 1' })).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Set S/ }).click();
    await expect(page.getByRole('slider', { name: 'Latency' })).toBeVisible();
    expect(await axeFindings(page)).toEqual([]);
  });
