import { banner, control, expect, panel, receipt, said, test } from '../support/test.mjs';
import { focused, overflow, style } from '../support/measure.mjs';

test('a banner that the server included is taken over, and stays the only one', async ({ visitor, ledger }) => {
  const page = await visitor.open('/met-fragment');
  await expect(page.locator('keuze-banner')).toBeAttached();
  await page.waitForLoadState('networkidle');
  await expect(banner(page)).toHaveCount(1);
  await expect(page.locator('keuze-banner [part=banner]')).toHaveCount(0);
  let navigated = false;
  page.on('framenavigated', () => (navigated = true));
  await control(page, 'refuse').click();
  const number = await receipt(page);
  await expect(banner(page)).toHaveCount(0);
  expect(navigated).toBe(false);
  expect((await ledger(number)).control).toBe('alles weigeren');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(banner(page)).toHaveCount(0);
  await expect(said(page)).toHaveCount(0);
});

test('its settings open in place', async ({ visitor }) => {
  const page = await visitor.open('/met-fragment');
  await expect(page.locator('keuze-banner')).toBeAttached();
  await control(page, 'settings').click();
  await expect(panel(page)).toBeVisible();
  await expect(page).toHaveURL('/met-fragment');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  expect(await focused(page)).toBe('settings');
});

test('it stands in the flow of the page, and its answers look alike', async ({ arrive }) => {
  const visitor = await arrive({ javaScriptEnabled: false, viewport: { width: 320, height: 568 } });
  const page = await visitor.open('/zonder-script');
  expect(await banner(page).evaluate((element) => getComputedStyle(element).position)).toBe('static');
  const [no, yes] = [await control(page, 'refuse').boundingBox(), await control(page, 'accept').boundingBox()];
  expect(Math.abs(no.width - yes.width)).toBeLessThanOrEqual(1);
  expect(no.y).toBe(yes.y);
  expect(await style(control(page, 'refuse'))).toEqual(await style(control(page, 'accept')));
  expect(await overflow(banner(page))).toEqual([]);
});
