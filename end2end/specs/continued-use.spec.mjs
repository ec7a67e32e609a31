import { answer, banner, CHOICE, expect, ran, test } from '../support/test.mjs';

const POST = 'POST /keuze/api/v1/continued-use';
const SEEN = '__Host-keuze_seen';

const follow = async (page, name) => {
  await page.getByRole('navigation').getByRole('link', { name }).click();
  await page.waitForLoadState('networkidle');
};
const small = (page) => page.locator('keuze-banner [part=control]');
const uses = (visitor) => visitor.count(POST);

test('a second page counts once, and then a small control is left of the notice', async ({ visitor }) => {
  const page = await visitor.open();
  await page.waitForLoadState('networkidle');
  expect(await uses(visitor)).toBe(0);
  await follow(page, 'Tarieven');
  expect((await visitor.asked()).filter((line) => line.startsWith('POST'))).toEqual([`${POST} 204`]);
  expect(await visitor.cookie(SEEN)).toMatchObject({ value: '1', path: '/', secure: true });
  for (const name of ['Start', 'Tarieven', 'Video']) await follow(page, name);
  expect(await uses(visitor)).toBe(1);
  await expect(banner(page)).toHaveCount(0);
  await expect(small(page)).toBeVisible();
  const { width, height } = await small(page).boundingBox();
  expect(width * height).toBeLessThan((1280 * 720) / 50);
  await page.getByRole('button', { name: 'Cookies op voipro.nl' }).click();
  await expect(banner(page)).toBeVisible();
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

test('it unlocks what needs no consent, and never anything else', async ({ visitor }) => {
  const page = await visitor.open();
  await follow(page, 'Tarieven');
  await follow(page, 'Video');
  await expect.poll(() => ran(page)).toEqual(['statistics']);
  expect(await page.evaluate(() => ['statistics', 'marketing', 'profiling', 'third_party_embeds'].map(keuze.allowed))).toEqual([true, false, false, false]);
  expect((await visitor.context.cookies()).map(({ name }) => name)).toEqual([SEEN]);
});

test('a reload, the same page again, and an address that was typed do not count', async ({ visitor }) => {
  const page = await visitor.open();
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => location.assign('/?weer=1'));
  await page.waitForURL('/?weer=1');
  await page.waitForLoadState('networkidle');
  await page.goto('/tweede');
  await page.waitForLoadState('networkidle');
  expect(await uses(visitor)).toBe(0);
  // Nor does going back to a page of before.
  await page.goBack();
  await page.waitForLoadState('networkidle');
  expect(await uses(visitor)).toBe(0);
  expect(await visitor.context.cookies()).toEqual([]);
});

test('a page that did not count does not count when it is loaded again, forwards or backwards', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /net::ERR_|Failed to load resource/ });
  await visitor.meet('cut /keuze/api/v1/continued-use');
  const page = await visitor.open();
  await follow(page, 'Tarieven');
  // Chromium itself sends once more what was cut off.
  const cut = await uses(visitor);
  expect(cut).toBeGreaterThan(0);
  await visitor.meet();
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.goto('/keuze/cookies');
  await page.goBack();
  await page.waitForLoadState('networkidle');
  expect(await uses(visitor)).toBe(cut);
});

test('reading the statement or our own pages does not count, in either direction', async ({ visitor }) => {
  const page = await visitor.open();
  await follow(page, 'Privacyverklaring');
  await follow(page, 'Start');
  expect(await uses(visitor)).toBe(0);
  await page.getByRole('link', { name: 'Welke cookies' }).click();
  await page.waitForURL(/\/keuze\/cookies/);
  await page.getByRole('link', { name: 'voipro.nl', exact: true }).click();
  await page.waitForLoadState('networkidle');
  expect(await uses(visitor)).toBe(0);
  await follow(page, 'Tarieven');
  expect(await uses(visitor)).toBe(1);
});

test('whoever answered is never counted', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'refuse');
  for (const name of ['Tarieven', 'Start', 'Video']) await follow(page, name);
  expect(await uses(visitor)).toBe(0);
  expect((await visitor.context.cookies()).map(({ name }) => name)).toEqual([CHOICE]);
});
