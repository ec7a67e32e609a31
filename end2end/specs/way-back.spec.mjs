import { answer, banner, expect, panel, test } from '../support/test.mjs';

const tab = (page) => page.locator('keuze-banner').getByRole('link', { name: 'Cookie-instellingen' });

test('a page without a link to the settings gets a small tab at its lower edge, once there is an answer', async ({ visitor }) => {
  const page = await visitor.open('/zonder-link');
  await expect(banner(page)).toContainText('onderaan');
  await expect(tab(page)).toHaveCount(0);
  await answer(page, 'refuse');
  await page.locator('keuze-banner [role=status]').getByRole('button', { name: 'Sluiten' }).click();
  await expect(tab(page)).toBeVisible();
  await page.reload();
  await expect(tab(page)).toBeVisible();
  const { y, height } = await tab(page).boundingBox();
  expect(y + height).toBeGreaterThan(page.viewportSize().height - 20);
  expect(height).toBeGreaterThanOrEqual(24);
  await tab(page).click();
  await expect(panel(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  // A link that the page brings later takes its place.
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: '/keuze/voorkeuren?lang=nl', textContent: 'Instellingen' });
    document.querySelector('main').append(link);
  });
  await expect(tab(page)).toHaveCount(0);
});

test('a page that has its own link gets none', async ({ visitor }) => {
  const page = await visitor.open('/');
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('a page in a language that we do not have is asked in one that we have', async ({ visitor }) => {
  const page = await visitor.open('/anderstalig');
  await expect(banner(page)).toHaveAttribute('lang', 'nl');
  await answer(page, 'refuse');
});
