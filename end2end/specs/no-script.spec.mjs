import { banner, CHOICE, CONSENT_ID, control, expect, test } from '../support/test.mjs';

const WITHOUT = { javaScriptEnabled: false };

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();

for (const query of ['', '?referrer=none']) {
  test(`the included banner posts a refusal and comes back to the page${query && ', also without a referrer'}`, async ({ arrive }) => {
    const visitor = await arrive(WITHOUT);
    const page = await visitor.open(`/zonder-script${query}`);
    await expect(banner(page)).toBeVisible();
    await control(page, 'refuse').click();
    await expect(page).toHaveURL(`/zonder-script${query}`);
    expect((await visitor.cookie(CHOICE)).value).toMatch(/^statistics\.1\.o~marketing\.1\.r\.\d+~profiling\.1\.r\.\d+~third_party_embeds\.1\.r\.\d+$/);
    expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
    // Another browser with the same cookies is told the same.
    const other = await arrive({ storageState: await visitor.context.storageState() });
    const preferences = await other.open('/keuze/voorkeuren');
    await expect(preferences.getByRole('group', { name: 'Marketing' })).toContainText('U weigerde dit.');
    await expect(preferences.getByRole('group', { name: 'Statistieken' })).toContainText('U maakte bezwaar.');
  });

  test(`the included banner is empty for whoever answered${query}`, async ({ arrive }) => {
    const visitor = await arrive(WITHOUT);
    const page = await visitor.open(`/zonder-script${query}`);
    await control(page, 'refuse').click();
    await expect(page.getByRole('heading', { name: 'Zonder script' })).toBeVisible();
    await expect(banner(page)).toHaveCount(0);
  });
}

test('accepting in the included banner, and refusing in one that was still open, stand in the ledger', async ({ arrive, ledger }) => {
  const visitor = await arrive(WITHOUT);
  const [one, other] = [await visitor.open('/zonder-script'), await visitor.open('/zonder-script')];
  await control(one, 'accept').click();
  await expect(one).toHaveURL('/zonder-script');
  const id = (await visitor.cookie(CONSENT_ID)).value;
  expect(await ledger(id)).toMatchObject({ route: 'melding', control: 'alles accepteren' });
  await control(other, 'refuse').click();
  await expect(other).toHaveURL('/zonder-script');
  expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
  const recorded = await ledger(id);
  expect(recorded).toMatchObject({ kind: 'toestemming ingetrokken', route: 'melding', control: 'alles weigeren' });
  expect(recorded.answers.Marketing).toBe('aangeboden, geweigerd');
});

test('withdrawing by the host’s footer form is one press', async ({ arrive, ledger }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/zonder-script');
  await control(page, 'accept').click();
  const id = (await visitor.cookie(CONSENT_ID)).value;
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await expect(page).toHaveURL('/zonder-script');
  expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
  expect((await ledger(id)).kind).toBe('toestemming ingetrokken');
});

test('the preference page takes a choice and shows its receipt', async ({ arrive, ledger }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/voorkeuren');
  await expect(page.getByText('U hebt op dit apparaat nog niets gekozen.')).toBeVisible();
  for (const one of await page.getByRole('switch').all()) await expect(one).not.toBeChecked();
  await expect(page.getByRole('switch')).toHaveCount(4);
  await page.getByRole('switch', { name: 'Marketing' }).check();
  await page.getByRole('button', { name: 'Deze keuze bewaren' }).click();
  await expect(page).toHaveURL(/\/keuze\/bewijs\//);
  const recorded = await ledger(await number(page));
  expect(recorded).toMatchObject({ route: 'voorkeurenpagina', control: 'eigen keuze bewaren' });
  expect(recorded.answers).toMatchObject({
    Statistieken: 'aangeboden, bezwaar gemaakt',
    Marketing: 'aangeboden, toestemming gegeven',
    Profilering: 'aangeboden, geweigerd',
  });

  const fresh = await (await arrive()).open(page.url());
  await expect(fresh.getByRole('row', { name: /Marketing/ })).toContainText('U gaf toestemming');
  // A reload repeats nothing.
  await page.reload();
  expect(await visitor.count('POST')).toBe(1);

  await page.goto('/keuze/voorkeuren');
  await expect(page.getByRole('switch', { name: 'Marketing' })).toBeChecked();
  await expect(page.locator('.timeline')).toContainText('keuze gemaakt');
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  expect((await ledger(await number(page))).kind).toBe('toestemming ingetrokken');
  await page.goto('/keuze/voorkeuren');
  await expect(page.getByText('Alle cookies die u kunt weigeren, staan uit.')).toBeVisible();
});

test('the settings link of the included banner leads to the preference page, in English where the page is', async ({ arrive }) => {
  const visitor = await arrive({ ...WITHOUT, locale: 'en-GB' });
  const page = await visitor.open('/zonder-script');
  await control(page, 'settings').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Uw cookiekeuze op voipro.nl' })).toBeVisible();
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your cookie choice on voipro.nl' })).toBeVisible();
});

test('a form that another site posts is refused, with a page that says so', async ({ arrive }) => {
  const visitor = await arrive({ ...WITHOUT, tolerates: /403/ });
  const page = await visitor.context.newPage();
  await page.setContent('<form method="post" action="https://www.voipro.nl/keuze/choices"><button name="control" value="accept_all">Win</button></form>');
  await page.getByRole('button').click();
  await expect(page).toHaveURL('/keuze/choices');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await visitor.context.cookies()).toEqual([]);
});

test('on the preference page, saving with nothing switched on is a refusal with its objection', async ({ arrive, ledger }) => {
  const carried = [];
  for (const button of ['Weigeren', 'Deze keuze bewaren']) {
    const visitor = await arrive(WITHOUT);
    const page = await visitor.open('/keuze/voorkeuren');
    await page.getByRole('button', { name: button }).click();
    expect((await ledger(await number(page))).answers).toMatchObject({
      Statistieken: 'aangeboden, bezwaar gemaakt',
      Marketing: 'aangeboden, geweigerd',
    });
    carried.push((await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`));
  }
  expect(carried[1]).toEqual(carried[0]);
});
