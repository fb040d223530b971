// Without motion nothing glides: messages are arrows with a stroke at their progress, and changes are at once.

import { expect, test } from 'playwright/test';
import { ringStory } from '../src/testing/ring-story.ts';
import { showStill, textsInTheWay } from './screen-page.ts';

const still = { records: ringStory().records, at: 13_705_000 };

test('messages are arrows, and nothing takes time', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await showStill(page, still);
  const message = page.locator('[data-kind="vote-answer"]');
  await expect(message).toBeAttached();
  await expect(message.locator('circle:not(.message-focus)')).toHaveCount(0);
  await expect(message.locator('path')).toHaveCount(1);
  const lasting = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return (
          animationName !== 'none' ||
          transitionDuration.split(',').some((t) => Number.parseFloat(t) > 0)
        );
      })
      .map((element) => `${element.tagName} ${element.getAttribute('class')}`),
  );
  expect(lasting).toEqual([]);
  expect(await textsInTheWay(page)).toEqual([]);
});

test('with motion, nothing loops', async ({ page }) => {
  await showStill(page, still);
  const looping = await page.evaluate(
    () =>
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getTiming().iterations === Infinity).length,
  );
  expect(looping).toBe(0);
});
