// No serious finding of axe, in both themes, on every part of the screen that opens.

import { expect, test, type Page } from 'playwright/test';
import { ringStory } from '../src/testing/ring-story.ts';
import { axeFindings, showStill } from './screen-page.ts';

const still = { records: ringStory().records, at: 13_705_000 };

const STATES: readonly { readonly name: string; readonly open: (page: Page) => Promise<void> }[] = [
  { name: 'at rest', open: async () => {} },
  {
    name: 'a store inspected',
    open: async (page) => {
      await page.getByRole('button', { name: /^S3, follower/ }).click();
    },
  },
  {
    name: 'an entry inspected',
    open: async (page) => {
      await page.locator('[data-log=s2] [data-state=disk]').click();
    },
  },
  {
    name: 'help',
    open: async (page) => {
      await page.getByRole('button', { name: 'Help' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'where Loom is not as TiKV',
    open: async (page) => {
      await page.getByRole('button', { name: 'Help' }).click();
      await page.getByRole('tab', { name: 'Beside TiKV' }).click();
      await page.getByRole('table', { name: 'Raft and Regions' }).waitFor();
    },
  },
  {
    name: 'new cluster',
    open: async (page) => {
      await page.getByRole('button', { name: 'First steps' }).click();
      await page.getByRole('menuitem', { name: 'New cluster' }).click();
      await page.getByRole('dialog', { name: 'New cluster' }).waitFor();
    },
  },
  {
    name: 'the whole log',
    open: async (page) => {
      await page.getByRole('button', { name: /^Logs:/ }).click();
      await page.getByRole('table').waitFor();
    },
  },
  {
    name: 'the settings',
    open: async (page) => {
      await page.getByRole('button', { name: 'First steps' }).click();
      await page.getByRole('menuitem', { name: 'Settings' }).click();
      await page.getByRole('dialog', { name: 'Settings of this cluster' }).waitFor();
    },
  },
  {
    name: 'the rules',
    open: async (page) => {
      await page.locator('.rules-chip').click();
      await page.getByRole('dialog', { name: 'Rules that are watched' }).waitFor();
    },
  },
  {
    name: 'the console',
    open: async (page) => {
      await page.keyboard.press('/');
      await page.getByRole('textbox', { name: 'Command' }).waitFor();
    },
  },
];

for (const theme of ['light', 'dark'] as const)
  for (const { name, open } of STATES)
    test(`axe: ${name}, ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await showStill(page, still);
      await open(page);
      expect(await axeFindings(page)).toEqual([]);
    });

test('axe: the phone, with a sheet', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await showStill(page, still);
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Faults' }).click();
  expect(await axeFindings(page)).toEqual([]);
});
