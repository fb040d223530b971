// The screen as tests see it: still pictures made from records, the real thing through `window.lab`, and what must hold of
// every picture.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import type { JournalRecord } from '../src/sim/record.ts';

export interface StillPicture {
  readonly records: readonly JournalRecord[];
  /** The instant, microseconds. */
  readonly at: number;
  readonly state?: Record<string, unknown>;
}

/** Draws a still picture. */
export async function showStill(page: Page, still: StillPicture): Promise<void> {
  await page.goto('/?still');
  await page.waitForFunction(() => 'loomStill' in window);
  await page.evaluate((picture) => {
    (window as unknown as { loomStill: (still: unknown) => void }).loomStill(picture);
  }, still as unknown);
  await page.locator('.ring .card, [data-cell]').first().waitFor({ state: 'attached' });
  await page.evaluate(() => document.fonts.ready);
}

/** Texts that are drawn smaller than 12 px, with the size. */
export function smallTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (element === null || text === '' || element.closest('.unseen, script, style') !== null)
        continue;
      if (element.getClientRects().length === 0) continue;
      const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.a ?? 1) : 1;
      const size = Number.parseFloat(getComputedStyle(element).fontSize) * Math.abs(scale);
      if (size < 11.99) found.push(`${text.slice(0, 40)}: ${size.toFixed(1)} px`);
    }
    return found;
  });
}

/** Texts of the stage that stand on one another, and texts of a card that leave it. */
export function textsInTheWay(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const seen = [...document.querySelectorAll<SVGTextElement>('.ring text, .logs text')]
      .filter((text) => text.textContent?.trim() !== '' && text.getClientRects().length > 0)
      .map((text) => ({ text, box: text.getBoundingClientRect() }));
    seen.forEach((a, i) => {
      const card = a.text.closest('.card, .side-card')?.querySelector('.card-ground, .side-ground');
      const edge = card?.getBoundingClientRect();
      if (edge && (a.box.right > edge.right + 0.5 || a.box.left < edge.left - 0.5))
        found.push(`leaves its card: ${a.text.textContent}`);
      for (const b of seen.slice(i + 1)) {
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (wide > 2 && high > 4)
          found.push(`overlap: ${a.text.textContent} / ${b.text.textContent}`);
      }
    });
    return found;
  });
}

/** True where the page as a whole scrolls in either direction. */
export const scrolls = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    return scrollWidth > clientWidth || scrollHeight > clientHeight;
  });

/** Serious and critical findings of axe, with the elements that are meant. */
export async function axeFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}
