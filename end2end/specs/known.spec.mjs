import { randomUUID } from 'node:crypto';

import { expectAccessible } from '../support/axe.mjs';
import { newestMail } from '../support/outbox.mjs';
import { expect, test } from '../support/test.mjs';

const WITHOUT = { javaScriptEnabled: false, tolerates: /422|409/ };

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();
const focus = (page) => page.locator(':focus');
const somebody = () => `${randomUUID()}@example.nl`;

const mailTo = (address, mark) => newestMail(process.env.KEUZE_E2E_SERVER, address, mark);

const LINK = /href="https:\/\/[^/"]+(\/keuze\/nieuwsbrief\/[^"]+)"/;
const CODE = />(\d{6})</;

/** Signs up for the newsletter and confirms it. */
async function subscribe(page, address) {
  await page.goto('/keuze/nieuwsbrief');
  await page.getByLabel('Uw e-mailadres').fill(address);
  await page.getByLabel('Uw naam').fill('Noor Vos');
  await page.getByRole('button', { name: 'Aanmelden' }).click();
  await expect(page.getByRole('status')).toContainText(address);
  await page.goto(await mailTo(address, LINK));
  await page.getByRole('button', { name: 'Ja, stuur mij de nieuwsbrief' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Uw toestemming is vastgelegd');
}

/** Proves an address by its code. */
async function prove(page, address) {
  await page.goto('/keuze/voorkeuren');
  await page.getByRole('link', { name: 'Zien en veranderen wat u van ons krijgt' }).click();
  await page.getByLabel('Uw e-mailadres').fill(address);
  await page.getByRole('button', { name: 'Stuur mij een code' }).click();
  await expect(page.getByRole('status')).toContainText(address);
  await page.getByLabel('Code').fill(` ${await mailTo(address, CODE)} `);
  await page.getByRole('button', { name: 'Verder' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Uw keuzes bij');
}

test('the newsletter, a code, stopping, undoing and erasing, all without a script', async ({ arrive, ledger }) => {
  const visitor = await arrive(WITHOUT);
  const page = await visitor.open('/keuze/nieuwsbrief');
  const address = somebody();
  await subscribe(page, address);
  const confirmed = await number(page);
  expect(await ledger(confirmed)).toMatchObject({ kind: 'aanmelding bevestigd', route: 'link in een mail' });

  await prove(page, address);
  const newsletter = page.getByRole('article', { name: 'Nieuwsbrief' });
  await expect(newsletter).toContainText('U krijgt onze nieuwsbrief.');
  // A second tab is open while the first one stops everything: it cannot undo that.
  const second = await visitor.open('/keuze/voorkeuren');
  await page.getByRole('button', { name: 'Alles stoppen' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Uw bezwaar is vastgelegd');
  await expect(focus(page)).toHaveAttribute('role', 'status');
  expect(await ledger(await number(page))).toMatchObject({ kind: 'bezwaar gemaakt', route: 'voorkeurenpagina' });
  await second.getByRole('article', { name: 'social media' }).getByRole('button', { name: 'Ja, dat mag' }).click();
  await expect(second.getByRole('heading', { level: 1 })).toHaveText('Er is intussen iets veranderd');

  await page.getByRole('button', { name: 'Ongedaan maken' }).click();
  await expect(page.locator('main li')).toHaveText(['Nieuwsbrief']);
  await page.getByRole('link', { name: 'Terug naar uw keuzes' }).click();
  await page.getByRole('link', { name: 'Wat wij van u bewaren' }).click();
  await expect(page.locator('main')).toContainText('Noor Vos');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Alles downloaden' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('keuze.json');
  await page.getByRole('link', { name: 'Naar wissen' }).click();
  await page.getByRole('button', { name: 'Wissen' }).click();
  await expect(focus(page)).toHaveAttribute('role', 'alert');
  await page.getByLabel('Ja, wis mijn gegevens').check();
  await page.getByRole('button', { name: 'Wissen' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Uw gegevens zijn gewist');
  await page.goto('/keuze/inzage');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bevestig uw e-mailadres');
});

test('the pages for somebody known are accessible, and so are their faults', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /422/ });
  const page = await visitor.open('/keuze/voorkeuren/code');
  await page.getByRole('button', { name: 'Stuur mij een code' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  const address = somebody();
  await subscribe(page, address);
  await expectAccessible(page);
  await prove(page, address);
  await expectAccessible(page);
  for (const path of ['/keuze/nieuwsbrief', '/keuze/inzage', '/keuze/inzage/wissen', '/keuze/voorkeuren?lang=en']) {
    await page.goto(path);
    await expectAccessible(page);
  }
});

test('a code by text message proves a number, which shows calls alone', async ({ arrive, ledger }) => {
  const visitor = await arrive();
  // Not every number after 06 is a mobile one; those that begin with a 1 are.
  const mobile = `06 1${String(Math.random()).slice(2, 9)}`;
  const gateway = `316${mobile.slice(3)}@sms.example`;
  const page = await visitor.open('/keuze/voorkeuren/code');
  await page.getByLabel('Uw e-mailadres of mobiele nummer').fill(mobile);
  await page.getByRole('button', { name: 'Stuur mij een code' }).click();
  await page.getByLabel('Code').fill(await mailTo(gateway, /(\d{6}) is uw code/));
  await page.getByRole('button', { name: 'Verder' }).click();
  await expect(page.getByRole('article', { name: 'Telefoontjes met aanbiedingen' })).toBeVisible();
  await expect(page.getByRole('article', { name: 'Nieuwsbrief' })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Nee, ook later niet' }).click();
  expect(await ledger(await number(page))).toMatchObject({ kind: 'bezwaar gemaakt', route: 'voorkeurenpagina' });
});

test('a pasted code that is wrong is told at its field, and its page works with the keyboard alone', async ({ arrive }) => {
  const visitor = await arrive({ ...WITHOUT });
  const page = await visitor.open('/keuze/voorkeuren/code');
  await page.getByLabel('Uw e-mailadres').fill(somebody());
  await page.keyboard.press('Enter');
  const code = page.getByLabel('Code');
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await code.focus();
  await page.keyboard.insertText('12 34');
  await page.keyboard.press('Enter');
  await expect(focus(page)).toHaveAttribute('role', 'alert');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(code).toHaveValue('12 34');
  await expect(code).toHaveAccessibleDescription(/U kunt het nog 4 keer proberen/);
});
