import { expectAccessible } from '../support/axe.mjs';
import { desk } from '../support/demo.mjs';
import { lookUp } from '../support/desk.mjs';
import { overflow } from '../support/measure.mjs';
import { answer, banner, control, expect } from '../support/test.mjs';

desk.use({ changes: [['close_control = "none"', 'close_control = "refuse"']] });

const close = (page) => page.getByRole('button', { name: 'Sluiten en weigeren', exact: true });

/** The cookies without what two people differ in by the second of their answer. */
const kept = async (page) =>
  (await page.context().cookies()).map(({ name, value }) => [name, value.replaceAll(/\d{10}/g, 'until')]).sort();

desk('closing refuses, on the same road as Refuse, and says so', async ({ tab, atWork }) => {
  desk.setTimeout(60_000);
  const staff = await atWork();
  const [refused, closed] = [[], []];
  for (const [part, outcome] of [['refuse', refused], ['close', closed]]) {
    const page = await tab();
    await page.goto('/');
    await expect(close(page)).toBeVisible();
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    const number = await answer(page, part);
    const { route, control: button, answers, kind, actor } = await lookUp(staff, number);
    outcome.push((await sent).url(), (await sent).postData(), { route, button, answers, kind, actor }, await kept(page));
    await page.reload();
    await page.waitForLoadState('networkidle');
    await expect(banner(page)).toHaveCount(0);
  }
  expect(closed).toEqual(refused);
  expect(closed[2]).toMatchObject({ button: 'alles weigeren', answers: { Statistieken: 'aangeboden, bezwaar gemaakt' } });
});

desk('it is reached and pressed with the keys', async ({ tab }) => {
  const page = await tab();
  await page.goto('/');
  await control(page, 'settings').focus();
  await page.keyboard.press('Tab');
  await expect(close(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(banner(page)).toHaveCount(0);
  expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
});

desk('it needs no script', async ({ tab }) => {
  const page = await tab({ javaScriptEnabled: false });
  await page.goto('/zonder-javascript');
  await close(page).click();
  await expect(page).toHaveURL(/zonder-javascript$/);
  await expect(banner(page)).toHaveCount(0);
  expect(await kept(page)).toEqual([['keuze', expect.stringContaining('statistics.1.o~marketing.1.r.until')]]);
  await page.context().clearCookies();
  await page.goto('/keuze/fragment?lang=en');
  await expect(page.getByRole('button', { name: 'Close and refuse', exact: true })).toBeVisible();
});

desk('it takes no height of a phone, leaves the answers alike, and is no obstacle to anybody', async ({ tab }) => {
  desk.setTimeout(90_000);
  const page = await tab({ viewport: { width: 390, height: 844 } });
  await page.goto('/');
  expect((await banner(page).boundingBox()).height).toBeLessThanOrEqual(844 / 3);
  for (const [width, height] of [[320, 568], [320, 256], [390, 844], [768, 1024], [900, 700], [1280, 800]]) {
    await page.setViewportSize({ width, height });
    // The two are measured one after the other, and the page may still be taking its new size between them.
    await expect(async () => {
      const [no, yes] = [await control(page, 'refuse').boundingBox(), await control(page, 'accept').boundingBox()];
      expect([no.width, no.height, no.y]).toEqual([yes.width, yes.height, yes.y]);
    }).toPass();
    expect((await control(page, 'close').boundingBox()).height).toBeGreaterThanOrEqual(44);
    expect(await overflow(banner(page))).toEqual([]);
    await control(page, 'close').click({ trial: true });
  }
  await expectAccessible(page);
  await page.goto('/zonder-javascript');
  await expectAccessible(page);
});
