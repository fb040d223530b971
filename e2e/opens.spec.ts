import { expect, test } from 'playwright/test';

test('the page opens and says its name', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(/Loom/);
  await expect(page.locator('#root')).not.toBeEmpty();
});
