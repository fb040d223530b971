import { expect, test } from './scene-page.ts';

test('a vote that nobody wins', async ({ scene }) => {
  await scene.open('split-vote');
  await scene.next();
  await expect(scene.sentence).toContainText('They all ask at once');
  await expect(scene.page.getByRole('button', { name: /^S\d, candidate/ })).toHaveCount(3);
  await scene.toTheEnd();
  await expect(scene.page.getByRole('button', { name: /^S2, leader/ })).toBeVisible();
  expect(await scene.hash()).toBe(scene.golden.hash);
});
