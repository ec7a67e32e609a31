import assert from 'node:assert/strict';

/** What staff chose after the one-time password. */
const OWN_PASSWORD = 'zeven groene fietsen naast de sluis';

/** Signs in at the desk. */
export async function signIn(page, { name, password }) {
  await page.goto('/keuze/desk?lang=nl');
  await page.getByLabel('Naam').fill(name);
  await page.getByLabel('Wachtwoord').fill(password);
  await page.getByRole('button', { name: 'Aanmelden' }).click();
}

/** Answers the demand for an own password, which follows the first sign-in. */
export async function chooseOwnPassword(page) {
  await page.getByLabel('Nieuw wachtwoord').fill(OWN_PASSWORD);
  await page.getByLabel('Nog een keer').fill(OWN_PASSWORD);
  await page.getByRole('button', { name: 'Wachtwoord bewaren' }).click();
}

/** Exchanges the one-time password by plain requests; resolves with what to sign in with from now on. */
export async function changeFirstPassword(origin, { name, password }) {
  const post = (path, fields, cookie = '') =>
    fetch(origin + path, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(fields) });
  const signedIn = await post('/keuze/desk/sign-in', { name, password });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0];
  assert.ok(cookie, `the first password was not taken: ${signedIn.status}`);
  const changed = await post('/keuze/desk/password', { name, password: OWN_PASSWORD, again: OWN_PASSWORD }, cookie);
  assert.equal(changed.status, 303);
  return { name, password: OWN_PASSWORD };
}

/** Fills in and sends the look-up form. */
export async function ask(page, query, reason = 'Klant belt over deze keuze') {
  await page.goto('/keuze/desk?lang=nl');
  await page.getByLabel('Nummer, consent-id of persoon').fill(query);
  await page.getByLabel('Reden').fill(reason);
  await page.getByRole('button', { name: 'Opzoeken' }).click();
}

/** Rows of the table that follows a heading, as arrays of cell texts. */
const table = (page, heading) =>
  page.locator(`h2:text-is("${heading}") + table tbody tr`).evaluateAll((rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
  );

/** What stands behind a name in a list of facts; a record shows only those that it has. */
async function fact(page, name) {
  const value = page.locator(`.facts dt:text-is("${name}") + dd`);
  return (await value.count()) > 0 ? value.textContent() : undefined;
}

/** What the ledger holds under a receipt's number or a consent id, as the desk shows it. */
export async function lookUp(page, query) {
  await ask(page, query);
  await page.getByRole('heading', { name: /^Vastlegging / }).waitFor();
  return {
    kind: await fact(page, 'Wat'),
    route: await fact(page, 'Waar'),
    actor: await fact(page, 'Wie'),
    call: await fact(page, 'Kenmerk van het gesprek'),
    reason: await fact(page, 'Reden'),
    control: await fact(page, 'Knop'),
    consentId: await fact(page, 'Consent-id'),
    person: await fact(page, 'Persoon (willekeurig nummer)'),
    answers: Object.fromEntries((await table(page, 'Antwoord')).map(([purpose, answer]) => [purpose, answer])),
    history: (await table(page, 'Geschiedenis')).map(([, kind, route, , , number]) => ({ kind, route, number })),
    proof: await page.locator('h2:text-is("Bewijs") + p').textContent(),
  };
}
