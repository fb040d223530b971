import { expect, test } from './scene-page.ts';

test('the network tears in two', async ({ scene }) => {
  await scene.open('partition');
  for (let i = 0; i < 3; i++) await scene.next();
  await expect(scene.sentence).toContainText('Two stores believe that they lead');
  await expect(scene.page.getByRole('button', { name: /^S\d, leader/ })).toHaveCount(2);
  await scene.toTheEnd();
  await expect(scene.page.getByRole('button', { name: /^S3, leader/ })).toBeVisible();
  expect(await scene.hash()).toBe(scene.golden.hash);
});
