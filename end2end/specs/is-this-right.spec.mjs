/** What a form reads in more than one way, or as something that a spreadsheet made of it. */
import { expectAccessible } from '../support/axe.mjs';
import { desk } from '../support/demo.mjs';
import { lookUp } from '../support/desk.mjs';
import { expect } from '../support/test.mjs';

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();
const focus = (page) => page.locator(':focus');
const ON_DOOR = 'bezwaar op dit adres of nummer';

/** What a call from a door says of letters to it. */
async function lettersTo(staff, door) {
  await staff.goto('/keuze/desk/call?lang=nl');
  await staff.getByLabel('Kenmerk').fill('T-1');
  await staff.getByLabel('Wie is aan de lijn').fill(door);
  await staff.getByRole('button', { name: 'Gesprek openen' }).click();
  const said = await staff.getByRole('row', { name: 'reclame per post' }).locator('.points').textContent();
  await staff.getByRole('button', { name: 'Recht genoemd' }).click();
  await staff.getByRole('button', { name: 'Gesprek sluiten' }).click();
  return said;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? '' : ', without a script';

  desk(`a house number that a spreadsheet printed as a date is asked about, and stops when it is right${how}`, async ({ atWork, tab }) => {
    desk.setTimeout(60_000);
    const page = await tab({ javaScriptEnabled });
    await page.goto('/keuze/afmelden');
    await page.getByLabel('Postcode').fill('3511 CE');
    await page.getByLabel('Huisnummer').fill('12-mrt');
    await page.getByLabel('Telefoonnummer').fill('020 788 4000');
    await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
    await expect(focus(page)).toHaveAttribute('role', 'alert');
    await expect(page.getByRole('alert')).toContainText('Wij lezen dat als huisnummer 12, toevoeging 3.');
    await expect(page.getByLabel('Huisnummer')).toHaveValue('12-mrt');
    await expect(page.getByLabel('Telefoonnummer')).toHaveValue('020 788 4000');
    if (javaScriptEnabled) await expectAccessible(page);
    const staff = await atWork();
    expect(await lettersTo(staff, '3511 CE 12-3'), 'asked, and not yet stopped').not.toContain(ON_DOOR);

    await page.getByRole('button', { name: 'Ja, dit klopt' }).click();
    await expect(page.getByRole('status')).toContainText('Opgeslagen.');
    const read = await number(page);
    if (javaScriptEnabled) await expectAccessible(page);
    expect(await lookUp(staff, read)).toMatchObject({ kind: 'bezwaar gemaakt', route: 'formulier Reclame stoppen' });
    expect(await lettersTo(staff, '3511 CE 12-3')).toContain(ON_DOOR);
    expect(await lettersTo(staff, '3511 CE 14'), 'another door').not.toContain(ON_DOOR);
  });

  desk(`what was asked about can be mended instead, and then counts as mended${how}`, async ({ atWork, tab }) => {
    desk.setTimeout(60_000);
    const page = await tab({ javaScriptEnabled });
    await page.goto('/keuze/afmelden');
    await page.getByLabel('Postcode').fill('3511 CE');
    await page.getByLabel('Huisnummer').fill('14-mrt');
    await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
    await page.getByLabel('Huisnummer').fill('15-apr');
    await page.getByRole('button', { name: 'Ja, dit klopt' }).click();
    await expect(page.getByRole('alert'), 'a yes to something else').toContainText('Wij lezen dat als huisnummer 15, toevoeging 4.');
    await page.getByLabel('Huisnummer').fill('16');
    await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
    await expect(page.getByRole('status')).toContainText('Opgeslagen.');
    const staff = await atWork();
    expect(await lettersTo(staff, '3511 CE 16')).toContain(ON_DOOR);
    for (const door of ['14-3', '15-4']) expect(await lettersTo(staff, `3511 CE ${door}`)).not.toContain(ON_DOOR);
  });

  desk(`an address with more than one reading stops at each of them${how}`, async ({ atWork, tab }) => {
    desk.setTimeout(60_000);
    const page = await tab({ javaScriptEnabled });
    await page.goto('/keuze/afmelden');
    await page.getByText('Ik woon niet in Nederland').click();
    await page.getByLabel('Adres in een ander land').fill('Plein 40-45 12\n3511 CE Utrecht');
    await page.getByLabel('Land', { exact: true }).fill('Nederland');
    await page.getByRole('button', { name: 'Alle reclame stoppen' }).click();
    await expect(page.getByRole('status')).toContainText('Opgeslagen.');
    const read = await number(page);
    const staff = await atWork();
    expect(await lookUp(staff, read)).toMatchObject({ kind: 'bezwaar gemaakt', route: 'formulier Reclame stoppen' });
    expect(await lettersTo(staff, '3511 CE 12')).toContain(ON_DOOR);
    expect(await lettersTo(staff, '3511 CE 16'), 'no reading of it').not.toContain(ON_DOOR);
  });
}
