// Pictures to be looked at. They are taken where LOOM_SHOTS names a folder for them; a test asserts the same without.

import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';

const folder = process.env['LOOM_SHOTS'];

/** A picture of the page, or of a part of it, as it stands. */
export async function shoot(of: Page | Locator, name: string): Promise<void> {
  if (folder !== undefined) await of.screenshot({ path: join(folder, `${name}.png`) });
}

/** A picture in each theme, once nothing moves. */
export async function shootThemes(page: Page, name: string): Promise<void> {
  if (folder === undefined) return;
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate((t) => (document.documentElement.dataset['theme'] = t), theme);
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished)),
    );
    await shoot(page, `${name}-${theme}`);
  }
}
