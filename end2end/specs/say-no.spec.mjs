import { expectAccessible } from '../support/axe.mjs';
import { expect, test } from '../support/test.mjs';

const WITHOUT = { javaScriptEnabled: false, tolerates: /422/ };

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();
const focus = (page) => page.locator(':focus');

test('a phone number alone is enough to say no, in one form without a script', async ({ arrive, ledger }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/afmelden');
  await page.getByLabel('Telefoonnummer').fill('020 788 4000');
  await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
  await expect(page.getByRole('status')).toContainText('Opgeslagen.');
  await expect(page.locator('main')).toContainText('telefoontjes met aanbiedingen');
  await expect(focus(page)).toHaveAttribute('id', 'outcome');
  expect(await ledger(await number(page))).toMatchObject({ kind: 'bezwaar gemaakt', route: 'formulier Reclame stoppen' });
});

test('what is wrong has the focus, leads to its field, and loses nothing that was typed', async ({ arrive }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/afmelden?lang=en');
  await page.getByLabel('Phone number').fill('12');
  await page.getByLabel('E-mail address').fill('nobody@');
  await page.keyboard.press('Enter');
  await expect(focus(page)).toHaveAttribute('role', 'alert');
  await page.keyboard.press('Tab');
  await expect(focus(page)).toHaveText(/^This is no phone number/);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Phone number')).toHaveValue('12');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('E-mail address')).toHaveValue('nobody@');
  await expect(page.getByLabel('E-mail address')).toHaveAccessibleDescription(/looks like name@example.com/);
});

test('Enter on what is ticked stops that and no more', async ({ arrive }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/afmelden');
  await page.getByLabel('E-mailadres').fill('niemand@example.nl');
  await page.getByLabel('nieuwsbrief').check();
  await page.getByLabel('nieuwsbrief').press('Enter');
  await expect(page.getByRole('status')).toContainText('Opgeslagen.');
  await expect(page.locator('main li')).toHaveText([/nieuwsbrief/i]);
});

test('somebody in another country opens the fields for it without a script', async ({ arrive }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/afmelden');
  await page.getByText('Ik woon niet in Nederland').click();
  await page.getByLabel('Adres in een ander land').fill('Wetstraat 16\n1000 Brussel');
  await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
  await expect(page.getByLabel('Land', { exact: true })).toHaveAccessibleDescription(/zoals België/);
  await expect(page.getByLabel('Adres in een ander land')).toHaveValue('Wetstraat 16\n1000 Brussel');
  await page.getByLabel('Land', { exact: true }).fill('België');
  await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
  await expect(page.getByRole('status')).toContainText('Opgeslagen.');
  await expect(page.locator('main')).toContainText('reclame per post');
});

test('the answer to a form, right or wrong', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /422/ });
  const page = await visitor.open('/keuze/afmelden');
  await page.getByText('Ik woon niet in Nederland').click();
  await expectAccessible(page);
  await expectAccessible(await visitor.open('/keuze/brief?code=0000-0000-0000'));
  await page.goto('/keuze/afmelden');
  await page.getByRole('button', { name: 'Stoppen wat ik aankruis' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('E-mailadres').fill('niemand@example.nl');
  await page.getByLabel('nieuwsbrief').check();
  await page.getByRole('button', { name: 'Stoppen wat ik aankruis' }).click();
  await expect(page.getByRole('status')).toBeVisible();
  await expectAccessible(page);
});

test('a scanned code stands in the form, and its page tells no other site of it', async ({ arrive }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/brief?code=0000-0000-0000');
  await expect(page.getByLabel('Code uit de brief')).toHaveValue('0000-0000-0000');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByLabel('Code from the letter')).toHaveValue('0000-0000-0000');
  expect(page.url()).not.toContain('0000');
  await page.getByRole('button', { name: 'Nederlands' }).click();
  await expect(page.getByLabel('Code uit de brief')).toHaveValue('0000-0000-0000');
  const posted = page.waitForRequest((request) => request.method() === 'POST');
  await page.getByRole('button', { name: 'Reclame stoppen' }).click();
  const headers = await (await posted).allHeaders();
  expect(headers.referer).toBeUndefined();
  expect(headers.origin).toBe('null');
  await expect(page.getByRole('alert')).toContainText('Deze code kennen wij niet.');
});
