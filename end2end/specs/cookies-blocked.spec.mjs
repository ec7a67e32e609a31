import { banner, expect, said, test } from '../support/test.mjs';

const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } };
const LINE = 'Uw browser bewaart geen cookies. Daarom vragen wij niets en gebruiken wij alleen wat nodig is.';

test('where cookies are blocked one line says so, and nothing is asked', async ({ profile }) => {
  const visitor = await profile(BLOCKED);
  const page = await visitor.open('/ingehouden');
  await expect(said(page)).toContainText(LINE);
  await expect(banner(page)).toHaveCount(0);
  const lines = await said(page).evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element.firstChild);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  });
  expect(lines).toBe(1);
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(() => [window.ran, document.cookie, keuze.allowed('statistics')])).toEqual([undefined, '', false]);
  expect(await visitor.count('POST')).toBe(0);
  await page.getByRole('link', { name: 'Tarieven' }).click();
  await expect(said(page)).toContainText(LINE);
  await page.waitForLoadState('networkidle');
  expect(await visitor.count('POST')).toBe(0);
});

test('the preference page works all the same, and says what it means', async ({ profile, ledger }) => {
  const visitor = await profile(BLOCKED);
  const page = await visitor.context.newPage();
  const response = await page.goto('/keuze/voorkeuren');
  expect(response.status()).toBe(200);
  await expect(page.getByRole('heading', { name: 'Als uw browser geen cookies bewaart' })).toBeVisible();
  await page.getByRole('button', { name: 'Weigeren' }).click();
  await expect(page.getByText('Uw browser bewaart geen cookies van deze website.')).toBeVisible();
  const number = (await page.locator('.receipt-number .code').textContent()).trim();
  expect((await ledger(number)).answers.Marketing).toBe('aangeboden, geweigerd');
});

test('a browser that keeps cookies is not told such a thing', async ({ profile }) => {
  const page = await (await profile({})).open();
  await expect(banner(page)).toBeVisible();
  await expect(said(page)).toBeEmpty();
});
