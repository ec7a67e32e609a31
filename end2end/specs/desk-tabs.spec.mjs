/** An act at the desk is bound to what its tab shows: two look-ups, two calls, and screens that are out of date. */
import { expectAccessible } from '../support/axe.mjs';
import { desk } from '../support/demo.mjs';
import { ask, lookUp } from '../support/desk.mjs';
import { expect } from '../support/test.mjs';

const [ANNA, DAAN, FARID] = ['Anna de Vries', 'Daan Bakker', 'Farid Haddad'];

const heading = (page, name) => page.getByRole('heading', { name, exact: true });

/** What is pressed is answered with 409, and that nothing was recorded. */
async function isNotRecorded(page, press) {
  const [answer] = await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST'), press()]);
  expect(answer.status()).toBe(409);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dit is niet vastgelegd');
  await expect(page.getByRole('alert')).toContainText('Er is niets vastgelegd');
}

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();

/** The random number of the person whom a page shows. */
const shown = (page) => page.locator('form[action*="/desk/person/"] input[name=subject]').first().inputValue();

/** Two tabs of one session, each with somebody else looked up in it. */
async function twoTabs(first) {
  const second = await first.context().newPage();
  await ask(first, 'K-1001');
  await expect(heading(first, ANNA)).toBeVisible();
  await ask(second, 'K-1006');
  await expect(heading(second, FARID)).toBeVisible();
  return second;
}

/** What happened to a person, as their page shows it now. */
async function happened(page, customer) {
  await ask(page, customer, 'Nakijken wat er is vastgelegd');
  return page.locator('h3:text-is("Geschiedenis") + table').first().textContent();
}

/** Presses an objection to one channel, as it came by letter; the answer is there when it resolves. */
async function objects(page, channel) {
  await page.getByLabel('Hoe kwam dit binnen').selectOption('Brief');
  await page.locator(`button[value="object:${channel}"]`).click();
}

async function erases(page) {
  await page.getByText('Gegevens wissen', { exact: true }).click();
  await page.getByLabel('Hoe weet u dat').fill('Belde vanaf het bekende nummer');
  await page.getByLabel('De persoon vroeg zelf om wissen').check();
  await page.getByRole('button', { name: 'Alles wissen' }).click();
}

async function opens(page, reference, who) {
  await page.goto('/keuze/desk/call?lang=nl');
  await page.getByLabel('Kenmerk').fill(reference);
  await page.getByLabel('Wie is aan de lijn').fill(who);
  await page.getByRole('button', { name: 'Gesprek openen' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Gesprek ${reference}`);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? '' : ', without a script';

  desk(`an objection is that of whom its tab shows${how}`, async ({ atWork }) => {
    const first = await atWork({ javaScriptEnabled });
    const second = await twoTabs(first);
    const [anna, farid] = [await shown(first), await shown(second)];
    await objects(first, 'email');
    await expect(heading(first, ANNA)).toBeVisible();
    const read = await number(first);
    await objects(second, 'post');
    await expect(heading(second, FARID)).toBeVisible();
    const other = await number(second);
    expect(await lookUp(first, read)).toMatchObject({ kind: 'bezwaar gemaakt', route: 'brief van de klant', person: anna });
    expect(await lookUp(first, other)).toMatchObject({ kind: 'bezwaar gemaakt', route: 'brief van de klant', person: farid });
  });

  desk(`“Alles wissen” erases whom its tab shows, and nobody on a page that is out of date${how}`, async ({ atWork }) => {
    const first = await atWork({ javaScriptEnabled });
    const second = await twoTabs(first);
    await erases(first);
    await expect(first.getByRole('status')).toContainText('De gegevens zijn gewist.');
    expect(await happened(first, 'K-1006')).toContain('klantrelatie vastgelegd');
    await ask(first, 'K-1001', 'Is er nog iets van deze klant');
    await expect(first.locator('main')).toContainText('Hieronder kennen wij niemand.');
    // Something is entered for the other one beside their page.
    await ask(first, 'K-1006');
    await objects(first, 'post');
    await expect(first.locator('.receipt-number')).toBeVisible();
    await isNotRecorded(second, () => erases(second));
    if (javaScriptEnabled) await expectAccessible(second);
    expect(await happened(first, 'K-1006')).toContain('bezwaar gemaakt');
  });

  desk(`a screen of the call before records nothing for the next caller${how}`, async ({ atWork }) => {
    const now = await atWork({ javaScriptEnabled });
    await opens(now, 'T-1', 'K-1001');
    await now.getByRole('button', { name: 'Recht genoemd' }).click();
    const stale = {};
    for (const press of ['object:all', 'object:newsletter', 'close']) {
      stale[press] = await now.context().newPage();
      await stale[press].goto(now.url());
    }
    await now.getByRole('button', { name: 'Gesprek sluiten' }).click();
    await expect(now.getByRole('status')).toHaveText('Gesprek T-1 is gesloten.');
    await opens(now, 'T-2', 'K-1004');
    await expect(now.locator('main')).toContainText(DAAN);
    for (const press of ['object:all', 'object:newsletter']) {
      await isNotRecorded(stale[press], () => stale[press].locator(`button[value="${press}"]`).click());
    }
    if (javaScriptEnabled) await expectAccessible(stale['object:all']);
    // A press on what is done already finds it done, and leaves the next call alone.
    const other = stale.close;
    await other.getByRole('button', { name: 'Gesprek sluiten' }).click();
    await expect(other.getByRole('status').filter({ hasText: 'Gesprek T-1 is gesloten.' })).toBeVisible();
    await expect(other.getByRole('status').filter({ hasText: 'Gesprek T-2 is nog open.' })).toBeVisible();
    for (const customer of ['K-1001', 'K-1004']) expect(await happened(other, customer)).not.toContain('telefoon, de klant belde');
    // The call that is open is still to be answered, and its own objection is the next caller's.
    await now.getByRole('button', { name: 'Gesprek sluiten' }).click();
    await expect(now.getByRole('alert')).toContainText('Zeg eerst of het recht van bezwaar is genoemd.');
    await now.getByRole('button', { name: 'Recht genoemd' }).click();
    await now.locator('button[value="object:newsletter"]').click();
    const read = await number(now);
    await ask(other, 'K-1004');
    const daan = await shown(other);
    expect(await lookUp(other, read)).toMatchObject({ kind: 'bezwaar gemaakt', call: 'T-2', person: daan });
  });
}
