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
