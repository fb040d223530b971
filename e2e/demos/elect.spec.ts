import { expect, test } from './scene-page.ts';

test('three stores elect a leader', async ({ scene }) => {
  await scene.open('elect');
  await expect(scene.sentence).toContainText('Nobody leads it');
  await scene.next();
  await expect(scene.sentence).toContainText('it acts first');
  await expect(scene.page.getByRole('button', { name: /^S1, pre-candidate/ })).toBeVisible();
  await scene.toTheEnd();
  await expect(scene.page.getByRole('button', { name: /^S1, leader/ })).toBeVisible();
  expect(await scene.hash()).toBe(scene.golden.hash);
});
