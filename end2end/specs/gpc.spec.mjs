import { expectAccessible } from '../support/axe.mjs';
import { answer, banner, control, expect, panel, ran, test } from '../support/test.mjs';

/** A visitor whose browser asks not to be tracked: by the header, and in the page. */
async function asking(arrive, options) {
  const visitor = await arrive(options);
  await visitor.meet(undefined, { 'sec-gpc': '1' });
  await visitor.context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
  return visitor;
}

const SENTENCE =
  'Uw browser vraagt websites om u niet te volgen. Daar houden wij ons aan. Zet u hieronder toch iets aan, dan geldt die keuze.';

test('panel and preference page say the same about a browser that asks not to be tracked', async ({ arrive }) => {
  for (const [visitor, said] of [[await asking(arrive), 1], [await arrive(), 0]]) {
    const page = await visitor.open();
    await control(page, 'settings').click();
    await expect(panel(page)).toBeVisible();
    await expect(panel(page).getByText(SENTENCE)).toHaveCount(said);
    await page.goto('/keuze/voorkeuren');
    await expect(page.getByText(SENTENCE)).toHaveCount(said);
  }
});

const TOLD =
  'Uw browser vraagt websites om u niet te volgen. Daar houden wij ons aan. Zonder toestemming kan nog aangaan: Statistieken. Met ‘Sluiten en weigeren’ blijft ook dat uit.';

test('who said no through their browser is told, and not asked', async ({ arrive, ledger }) => {
  for (const options of [{}, { javaScriptEnabled: false }]) {
    const visitor = await asking(arrive, options);
    const page = await visitor.open(options.javaScriptEnabled === false ? '/zonder-script' : '/met-fragment');
    await expect(banner(page)).toHaveCount(1);
    await expect(banner(page).getByText(TOLD)).toBeVisible();
    await expect(control(page, 'accept')).toHaveCount(0);
    await expect(control(page, 'settings')).toBeVisible();
  }
  const visitor = await asking(arrive);
  const page = await visitor.open();
  await expect(banner(page).getByText(TOLD)).toBeVisible();
  await expect(control(page, 'accept')).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sluiten en weigeren' }).click();
  const link = page.locator('keuze-banner').getByRole('link', { name: 'Bewijs' });
  const number = (await link.getAttribute('href')).match(/[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/)[0];
  const { answers } = await ledger(number);
  expect(answers).toMatchObject({ Statistieken: 'aangeboden, bezwaar gemaakt', Marketing: 'aangeboden, geweigerd' });
  // "Met ‘Sluiten en weigeren’ blijft ook dat uit."
  for (const path of ['/tweede', '/']) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await expect(page.locator('[part=banner],[part=control]')).toHaveCount(0);
    expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
  }
});

test('what may still come on does so by a visit to a second page, and can be refused from the small control', async ({ arrive }) => {
  const visitor = await asking(arrive);
  const page = await visitor.open();
  for (const name of ['Tarieven', 'Start']) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await page.waitForLoadState('networkidle');
  }
  expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(true);
  await page.locator('keuze-banner [part=open]').click();
  await expect(banner(page).getByText(TOLD)).toBeVisible();
  await control(page, 'refuse').click();
  await expect.poll(() => page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
});

// "Daar houden wij ons aan." / "Zet u hieronder toch iets aan, dan geldt die keuze."
test('what the signal denies stays off until it is switched on here, and then that counts and is on record', async ({ arrive, ledger }) => {
  const visitor = await asking(arrive);
  const page = await visitor.open('/ingehouden');
  await expect(banner(page)).toBeVisible();
  const allowed = () => page.evaluate(() => ['marketing', 'profiling', 'third_party_embeds'].map(keuze.allowed));
  expect(await allowed()).toEqual([false, false, false]);
  await control(page, 'settings').click();
  for (const one of await panel(page).getByRole('switch').all()) await expect(one).not.toBeChecked();
  await panel(page).getByRole('switch', { name: 'Marketing' }).check();
  await panel(page).locator('[part=save]').click();
  await expect.poll(allowed).toEqual([true, false, false]);
  await expect.poll(() => ran(page)).toContain('vendor');
  await page.goto('/keuze/voorkeuren');
  await expect(page.getByRole('group', { name: 'Marketing' })).toContainText('U gaf toestemming.');
  await expect(page.getByRole('group', { name: 'Profilering' })).toContainText('U weigerde dit.');
  const number = await page.locator('.timeline .code').first().textContent();
  expect((await ledger(number.trim())).answers.Marketing).toBe('aangeboden, toestemming gegeven');
});

test('a refusal under the signal costs what it costs without', async ({ arrive, ledger }) => {
  const visitor = await asking(arrive);
  const page = await visitor.open();
  const recorded = await ledger(await answer(page, 'refuse'));
  expect(recorded.answers.Statistieken).toBe('aangeboden, bezwaar gemaakt');
});
