import { expectAccessible } from '../support/axe.mjs';
import { desk } from '../support/demo.mjs';
import { ask, chooseOwnPassword, lookUp, signIn } from '../support/desk.mjs';
import { answer, expect } from '../support/test.mjs';

desk('from a refusal on the demo’s page to its look-up by staff with the first password', async ({ demo, tab }) => {
  const visitor = await tab();
  await visitor.goto('/');
  const number = await answer(visitor, 'refuse');

  const staff = await tab();
  const first = await demo.firstStaff();
  await signIn(staff, first);
  await expect(staff.getByRole('heading', { name: 'Kies uw eigen wachtwoord' })).toBeVisible();
  await expectAccessible(staff);
  // Nothing can be looked up with a one-time password.
  await staff.goto('/keuze/desk/look-up');
  await expect(staff.getByRole('heading', { name: 'Kies uw eigen wachtwoord' })).toBeVisible();
  await staff.getByLabel('Nieuw wachtwoord').fill('te kort');
  await staff.getByLabel('Nog een keer').fill('te kort');
  await staff.getByRole('button', { name: 'Wachtwoord bewaren' }).click();
  await expect(staff.getByRole('alert')).toContainText('Dit wachtwoord is te kort.');
  await chooseOwnPassword(staff);
  await expect(staff.getByRole('heading', { name: 'Een keuze of persoon opzoeken' })).toBeVisible();
  await expectAccessible(staff);

  const recorded = await lookUp(staff, number);
  expect(recorded).toMatchObject({ kind: 'keuze gemaakt', route: 'melding', control: 'alles weigeren' });
  expect(recorded.answers).toMatchObject({ Statistieken: 'aangeboden, bezwaar gemaakt', Marketing: 'aangeboden, geweigerd' });
  expect(recorded.proof).toMatch(/^Klopt\. Het blad, het pad en de handtekening zijn opnieuw berekend\./);
  await expect(staff.getByText(/^Dit opzoeken is vastgelegd als /)).toBeVisible();
  const shown = staff.frameLocator('iframe[title="De melding zoals bewaard"]');
  await expect(shown.getByRole('heading', { name: 'Cookies op voipro.nl' })).toBeVisible();
  for (const name of ['Weigeren', 'Accepteren', 'Zelf instellen']) await expect(shown.getByRole('button', { name })).toBeVisible();
  await expect(staff.getByText('Uit de bewaarde versie, niet uit de instellingen van vandaag.')).toBeVisible();
  for (const summary of await staff.locator('summary').all()) await summary.click();
  await expectAccessible(staff);
});

desk('the first password works once', async ({ demo, tab }) => {
  const first = await demo.firstStaff();
  const staff = await tab();
  await signIn(staff, first);
  await chooseOwnPassword(staff);
  await expect(staff.getByRole('heading', { name: 'Een keuze of persoon opzoeken' })).toBeVisible();
  const other = await tab();
  await signIn(other, first);
  await expect(other.getByRole('alert')).toContainText('Deze naam en dit wachtwoord horen niet bij elkaar.');
  await other.goto('/keuze/desk');
  await expect(other.getByRole('heading', { name: 'Aanmelden bij de balie' })).toBeVisible();
});

desk('a look-up needs a reason and a number that can be right, and says what is wrong', async ({ demo, tab }) => {
  const staff = await tab();
  await signIn(staff, await demo.firstStaff());
  await chooseOwnPassword(staff);
  await ask(staff, '00000-00000-00000', 'x');
  await expect(staff.getByRole('alert')).toContainText('Zonder reden zoeken wij niets op.');
  await ask(staff, 'dit is onzin!');
  await expect(staff.getByRole('alert')).toContainText('Dit is geen nummer, geen consent-id en geen adres.');
  await ask(staff, '00000-00000-00001');
  await expect(staff.getByRole('alert')).toContainText('In dit nummer zit een typefout.');
  await expect(staff.getByLabel('Nummer, consent-id of persoon')).toHaveValue('00000-00000-00001');
  await expectAccessible(staff);
  await ask(staff, 'f'.repeat(32));
  await expect(staff.getByRole('status')).toContainText('Hieronder staat niets in het logboek.');
  await staff.getByRole('button', { name: 'Afmelden' }).click();
  await expect(staff.getByRole('heading', { name: 'Aanmelden bij de balie' })).toBeVisible();
});
