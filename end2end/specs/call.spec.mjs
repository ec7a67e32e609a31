import { expectAccessible } from '../support/axe.mjs';
import { desk } from '../support/demo.mjs';
import { ask, lookUp } from '../support/desk.mjs';
import { contrast, focusSeen, overflow } from '../support/measure.mjs';
import { expect } from '../support/test.mjs';

const WITHOUT = { javaScriptEnabled: false };
const ANNA = '06 12345671';
const SHARED = 'thuis@example.nl';

const number = async (page) => (await page.locator('.receipt-number .code').textContent()).trim();
const focus = (page) => page.locator(':focus');
const heading = (page) => page.getByRole('heading', { level: 1 });

/** Presses keys, each on the page that the one before led to, once it has the focus; `Alt+1` is an access key. */
async function press(page, ...keys) {
  for (const key of keys) {
    await expect(focus(page)).toHaveCount(1);
    const digit = key.match(/^Alt\+(\d)$/)?.[1];
    await Promise.all([page.waitForEvent('load'), digit ? pressAccessKey(page, digit) : page.keyboard.press(key)]);
  }
}

/** Playwright's own key events lack the text without Alt, by which Chromium finds what has an access key. */
async function pressAccessKey(page, digit) {
  const session = await page.context().newCDPSession(page);
  const key = { key: digit, code: `Digit${digit}`, windowsVirtualKeyCode: digit.charCodeAt(0), modifiers: 1 };
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', text: digit, unmodifiedText: digit, ...key });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
}

/** Opens a call by its keyboard alone. */
async function open(page, reference, who) {
  await page.goto('/keuze/desk/call?lang=nl');
  await expect(focus(page)).toHaveAttribute('name', 'reference');
  await page.keyboard.insertText(reference);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(who);
  await press(page, 'Enter');
}

/** Whether a channel is allowed at the first contact point of its row. */
const holds = (page, channel) => page.getByRole('row', { name: channel }).locator('.points strong').first();

desk('a call by the keyboard alone: two keys for the right and the objection, one more to close', async ({ atWork }) => {
  const page = await atWork(WITHOUT);
  await open(page, 'T-4711', ANNA);
  await expect(heading(page)).toHaveText('Gesprek T-4711');
  await expect(page.locator('main')).toContainText('Anna de Vries');
  await press(page, 'Enter', 'Enter');
  await expect(page.locator('main')).toContainText('Bezwaar vastgelegd tegen telefoontjes met aanbiedingen.');
  await expect(holds(page, 'telefoontjes')).toHaveText('nee');
  const read = await number(page);
  await press(page, 'Enter');
  await expect(page.getByRole('status')).toHaveText('Gesprek T-4711 is gesloten.');
  expect(await lookUp(page, read)).toMatchObject({
    kind: 'bezwaar gemaakt',
    route: 'telefoon, de klant belde',
    actor: 'medewerker demo',
    call: 'T-4711',
  });
});

desk('another channel takes one key more, and all of them one', async ({ atWork }) => {
  const page = await atWork(WITHOUT);
  await open(page, 'T-1', ANNA);
  await press(page, 'Alt+1', 'Alt+2', 'Alt+4');
  await expect(page.locator('main')).toContainText('Bezwaar vastgelegd tegen andere reclame per e-mail.');
  await expect(holds(page, 'nieuwsbrief')).toHaveText('ja');
  await press(page, 'Alt+9');
  await expect(holds(page, 'nieuwsbrief')).toHaveText('nee');
  const read = await number(page);
  await press(page, 'Alt+8');
  expect(await lookUp(page, read)).toMatchObject({ kind: 'bezwaar gemaakt', call: 'T-1' });
});

desk('a call is not closed before the question is answered, wherever one goes', async ({ atWork }) => {
  const page = await atWork(WITHOUT);
  await open(page, 'T-1', '020 788 4000');
  await expect(page.locator('main')).toContainText('Wij kennen hier niemand.');
  await press(page, 'Alt+8');
  await expect(page.getByRole('alert')).toContainText('Zeg eerst of het recht van bezwaar is genoemd.');
  await page.goto('/keuze/desk?lang=nl');
  await page.getByRole('link', { name: 'Naar het gesprek' }).focus();
  await press(page, 'Enter');
  await press(page, 'Alt+0');
  await expect(page.locator('main')).toContainText('Het recht is niet genoemd.');
  await press(page, 'Alt+8');
  await expect(page.getByRole('status')).toHaveText('Gesprek T-1 is gesloten.');
});

desk('who shares a number or address is chosen, and then it is about them', async ({ atWork }) => {
  const page = await atWork(WITHOUT);
  await open(page, 'T-1', SHARED);
  await expect(page.getByRole('row', { name: 'telefoontjes' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Dit is Carla Jansen' }).press('Enter');
  await expect(page.getByRole('row', { name: 'telefoontjes' })).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Dit is Bert Jansen' })).toBeVisible();
});

desk('a letter is entered for a person by the keyboard alone', async ({ atWork }) => {
  const page = await atWork(WITHOUT);
  await ask(page, '1033 RW 12-A', 'brief van 20 november');
  await expect(page.getByRole('heading', { name: 'Anna de Vries' })).toBeVisible();
  await page.getByLabel('Hoe kwam dit binnen').focus();
  await page.keyboard.press('B');
  for (const channel of ['nieuwsbrief', 'andere reclame per e-mail', 'reclame per post']) {
    await page.keyboard.press('Tab');
    await expect(focus(page)).toHaveAccessibleName(`Bezwaar ${channel}`);
  }
  await press(page, 'Enter');
  await expect(holds(page, 'reclame per post')).toHaveText('nee');
  await expect(holds(page, 'nieuwsbrief')).toHaveText('ja');
  const route = { kind: 'bezwaar gemaakt', route: 'brief van de klant', actor: 'medewerker demo', reason: 'brief van 20 november' };
  expect(await lookUp(page, await number(page))).toMatchObject(route);
});

desk('the call screen in all its states', async ({ atWork }) => {
  desk.setTimeout(90_000);
  const page = await atWork();
  await page.goto('/keuze/desk/call?lang=nl');
  await expectAccessible(page);
  await open(page, 'T-1', 'anna@');
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await open(page, 'T-1', SHARED);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Dit is Carla Jansen' }).focus();
  await press(page, 'Enter');
  await press(page, 'Alt+8');
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
  await press(page, 'Enter');
  await press(page, 'Enter');
  await expect(page.locator('.receipt-number')).toBeVisible();
  await expectAccessible(page);
  await page.goto('/keuze/desk?lang=en');
  await expectAccessible(page);
  await page.goto('/keuze/desk/call?lang=en');
  await press(page, 'Enter');
  await expect(page.getByRole('status')).toContainText('is closed');
  await expectAccessible(page);
});

desk('a person’s page, and nobody’s', async ({ atWork }) => {
  const page = await atWork();
  await ask(page, SHARED);
  await expect(page.getByRole('heading', { name: 'Bert Jansen' })).toBeVisible();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await expectAccessible(page);
  await page.locator('button[value="object:post"]').first().click();
  await page.getByLabel('Hoe kwam dit binnen').first().selectOption('E-mail');
  await page.locator('button[value="object:post"]').first().click();
  await expect(page.locator('.receipt-number')).toBeVisible();
  await expectAccessible(page);
  await ask(page, 'niemand@example.nl');
  await expect(page.getByRole('status')).toContainText('Hieronder kennen wij niemand.');
  await expectAccessible(page);
});

for (const [width, height] of [[320, 568], [1280, 800]]) {
  desk(`what has the focus is seen with a ring around it, and everything fits, at ${width}x${height}`, async ({ atWork }) => {
    const page = await atWork({ viewport: { width, height } });
    await open(page, 'T-1', ANNA);
    expect(await overflow(page.locator('main'))).toEqual([]);
    await expect(focus(page)).toHaveAccessibleName('Recht genoemd 1');
    // The ring is of the links' colour, and lies around the button on the page.
    const link = page.getByRole('link', { name: 'Opzoeken' });
    const accent = await link.evaluate((link) => getComputedStyle(link).color);
    expect(await contrast(link)).toBeGreaterThanOrEqual(3);
    for (let at = 0; at < 9; at++) {
      expect(await focusSeen(page)).toMatchObject({ seen: true });
      expect(await focus(page).evaluate((button) => getComputedStyle(button).outline)).toBe(`${accent} solid 3px`);
      await page.keyboard.press('Tab');
    }
    await expect(focus(page), 'nothing comes after the last button').toHaveCount(0);
    await ask(page, ANNA);
    expect(await overflow(page.locator('main'))).toEqual([]);
  });
}

desk('somebody who asks for it is erased at the desk, by a confirmation and a written reason', async ({ atWork }) => {
  const page = await atWork();
  await ask(page, 'K-1006', 'Belt en vraagt om wissen');
  await page.getByText('Gegevens wissen').click();
  await expectAccessible(page);
  await page.getByLabel('Hoe weet u dat').fill('Belde vanaf het bekende nummer');
  await page.getByLabel('De persoon vroeg zelf om wissen').check();
  await page.getByRole('button', { name: 'Alles wissen' }).click();
  await expect(page.getByRole('status')).toContainText('De gegevens zijn gewist. Lees dit nummer voor: ');
  await expect(page.getByRole('status')).toContainText('tot twee jaar nadat uw bestelling is afgerond');
  await expectAccessible(page);
  await ask(page, 'K-1006', 'Is er nog iets van deze klant');
  await expect(page.locator('main')).toContainText('Hieronder kennen wij niemand.');
});
