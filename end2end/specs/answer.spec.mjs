import { answer, banner, CHOICE, CONSENT_ID, control, expect, said, test } from '../support/test.mjs';

const ALL_REFUSED = {
  Statistieken: 'aangeboden, bezwaar gemaakt',
  Marketing: 'aangeboden, geweigerd',
  Profilering: 'aangeboden, geweigerd',
  'Externe inhoud': 'aangeboden, geweigerd',
};

const ALL_ACCEPTED = {
  Statistieken: 'aangeboden, geen bezwaar',
  Marketing: 'aangeboden, toestemming gegeven',
  Profilering: 'aangeboden, toestemming gegeven',
  'Externe inhoud': 'aangeboden, toestemming gegeven',
};

test('a refusal is saved, said, and shown on a receipt that can be printed', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  const number = await answer(page, 'refuse');
  await expect(banner(page)).toHaveCount(0);
  await expect(said(page)).toHaveText('Geweigerd. Alleen noodzakelijke cookies staan aan. BewijsSluiten');
  await said(page).getByRole('link', { name: 'Bewijs' }).click();
  await expect(page).toHaveURL(/\/keuze\/bewijs\//);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bewijs van uw keuze');
  await expect(page.locator('.receipt-number')).toContainText(number);
  await expect(page.getByRole('row', { name: /Marketing/ })).toContainText('U weigerde');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('row', { name: /Marketing/ })).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();

  const recorded = await ledger(number);
  expect(recorded.answers).toEqual(ALL_REFUSED);
  expect(recorded).toMatchObject({ kind: 'keuze gemaakt', route: 'melding', control: 'alles weigeren' });
  expect(recorded.consentId).toBe('geen: er is niets toegestaan');
  expect(recorded.proof).toMatch(/^Klopt\./);
});

test('an acceptance is saved under a consent id that no page can read', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  const number = await answer(page, 'accept');
  const id = await visitor.cookie(CONSENT_ID);
  expect(id).toMatchObject({ path: '/keuze/', httpOnly: true, secure: true, sameSite: 'Lax' });
  expect(await visitor.cookie(CHOICE)).toMatchObject({ path: '/', httpOnly: false, secure: true, sameSite: 'Lax' });
  expect(await page.evaluate(() => document.cookie)).not.toContain(id.value);
  const recorded = await ledger(id.value);
  expect(recorded).toMatchObject({ control: 'alles accepteren', answers: ALL_ACCEPTED, consentId: id.value });
  expect(recorded.history.map(({ number }) => number)).toEqual([number]);
});

for (const part of ['refuse', 'accept']) {
  test(`after ${part} a returning visitor sees nothing and pays nothing new`, async ({ visitor }) => {
    const page = await visitor.open();
    await answer(page, part);
    await page.reload();
    await page.waitForLoadState('networkidle');
    await expect(page.locator('keuze-banner')).toHaveCount(0);
    const [, ...later] = await visitor.asked();
    const loads = later.filter((line) => line.startsWith('GET'));
    // What tells the outcome comes with the press. The rest from the cache, or at most asked whether it is still the same.
    expect(loads.filter((line) => line !== 'GET /keuze/embed.js 304')).toEqual(['GET /keuze/later.js 200']);
    expect(later.filter((line) => line.startsWith('POST'))).toEqual(['POST /keuze/api/v1/choices 201']);
  });
}

test('two people who refuse carry the same bytes, and got the same answer but for their receipt', async ({ arrive }) => {
  const refuse = async () => {
    const visitor = await arrive();
    const page = await visitor.open();
    const response = page.waitForResponse(/\/keuze\/api\/v1\/choices$/);
    await control(page, 'refuse').click();
    const [headers, body] = [await (await response).headersArray(), await (await response).json()];
    const cookies = await visitor.context.cookies();
    const { receipt, receipt_url, index, ...rest } = body;
    expect(receipt_url).toContain(receipt);
    expect(Number.isInteger(index)).toBe(true);
    const always = headers.filter(({ name }) => !/^(date|content-length|keep-alive)$/i.test(name));
    return { always, rest, cookies: cookies.map(({ expires: _, ...cookie }) => cookie) };
  };
  const [first, second] = [await refuse(), await refuse()];
  expect(first.cookies.map(({ name }) => name)).toEqual([CHOICE]);
  expect(second).toEqual(first);
});

test('what is said stays until it is closed, and the focus goes on to the page', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'refuse');
  await page.clock.install();
  await page.clock.runFor('30:00');
  await expect(said(page)).toContainText('Geweigerd.');
  await said(page).getByRole('button').click();
  await expect(said(page)).toBeEmpty();
  expect(await page.evaluate(() => document.activeElement.localName)).toBe('main');
});

test('a choice in one tab is known in the other', async ({ visitor }) => {
  const [one, other] = [await visitor.open(), await visitor.open('/ingehouden')];
  await expect(banner(other)).toBeVisible();
  await answer(one, 'accept');
  await expect(banner(other)).toHaveCount(0);
  await expect.poll(() => other.evaluate(() => window.ran)).toContain('vendor');
});

test('nothing is granted before an answer, and scripts of the page are told of one', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  const allowed = () => page.evaluate(() => ['necessary', 'statistics', 'marketing', 'unknown'].map((id) => keuze.allowed(id)));
  expect(await allowed()).toEqual([true, false, false, false]);
  await page.evaluate(() => {
    window.told = [];
    keuze.on('choice', (detail) => told.push(['choice', detail.marketing]));
    keuze.on('change', (detail) => told.push(['change', detail.marketing]));
    keuze.on('withdraw', (detail) => told.push(['withdraw', detail.marketing]));
    for (const name of ['keuze:choice', 'keuze:change']) {
      document.addEventListener(name, (event) => told.push([event.type, event.detail.marketing]));
    }
  });
  const told = async () => (await page.evaluate(() => told.splice(0))).map((one) => one.join(' ')).sort();
  await answer(page, 'accept');
  expect(await allowed()).toEqual([true, true, true, false]);
  await expect.poll(told).toEqual(['change true', 'choice true', 'keuze:change true', 'keuze:choice true']);
  await page.evaluate(() => keuze.withdraw());
  await expect.poll(() => page.evaluate(() => told.length)).toBe(5);
  expect(await told()).toEqual(['change false', 'choice false', 'keuze:change false', 'keuze:choice false', 'withdraw false']);
  expect(await allowed()).toEqual([true, false, false, false]);
});
