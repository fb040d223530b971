import { expect, test } from './scene-page.ts';

test('the leader loses its power', async ({ scene }) => {
  await scene.open('lose-the-leader');
  await scene.next();
  await scene.next();
  await expect(scene.sentence).toContainText('S1 loses its power');
  await expect(scene.page.getByRole('button', { name: /^S1, down/ })).toBeVisible();
  await scene.toTheEnd();
  await expect(scene.page.getByRole('button', { name: /^S2, leader/ })).toBeVisible();
  expect(await scene.hash()).toBe(scene.golden.hash);
});
