import { expect, test } from './scene-page.ts';

test('the power fails everywhere', async ({ scene }) => {
  await scene.open('power-cut');
  await scene.next();
  await scene.next();
  await expect(scene.sentence).toContainText('Memory is gone');
  await expect(scene.page.getByRole('button', { name: /^S\d, down/ })).toHaveCount(3);
  await scene.toTheEnd();
  await expect(scene.sentence).toContainText('ann is there');
  expect(await scene.hash()).toBe(scene.golden.hash);
});
