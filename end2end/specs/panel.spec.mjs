import { answer, banner, CHOICE, control, expect, panel, receipt, test } from '../support/test.mjs';
import { focused, style } from '../support/measure.mjs';

const WIDE = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 844 };

const posts = (visitor) => visitor.count('POST');
const switches = (page) => panel(page).getByRole('switch');
const reopen = (page) => page.getByRole('link', { name: 'Cookie-instellingen' });

async function openPanel(page) {
  await control(page, 'settings').click();
  await expect(panel(page)).toBeVisible();
}

test('the second layer is fetched when the pointer nears its button, not before', async ({ visitor }) => {
  const page = await visitor.open();
  await page.waitForLoadState('networkidle');
  expect(await visitor.count('GET /keuze/panel')).toBe(0);
  await control(page, 'settings').hover();
  await expect.poll(() => visitor.count('GET /keuze/panel_bg.wasm 200')).toBe(1);
  await expect(panel(page)).toHaveCount(0);
});

test('on a first visit every switch is off, statistics like the rest', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  await expect(switches(page)).toHaveCount(4);
  for (const one of await switches(page).all()) await expect(one).not.toBeChecked();
  const statistics = panel(page).getByRole('group', { name: 'Statistieken' });
  await expect(statistics).toContainText('Dat mag zonder toestemming. Zet u het uit, dan maakt u bezwaar.');
  await expect(statistics.locator('label')).toContainText('uit');
  await expect(panel(page)).not.toContainText('Dit loopt nu');
  for (const group of ['Noodzakelijk', 'Statistieken', 'Marketing', 'Profilering', 'Externe inhoud']) {
    await expect(panel(page).getByRole('group', { name: group })).toBeVisible();
  }
  // What is necessary is a sentence, not a locked switch.
  await expect(panel(page).getByRole('group', { name: 'Noodzakelijk' }).getByRole('checkbox')).toHaveCount(0);
  await expect(panel(page)).toContainText('Staat alles uit, dan is bewaren hetzelfde als weigeren.');
});

test('Escape closes, grants nothing, and the focus is where it came from', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  await switches(page).first().check();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(banner(page)).toBeVisible();
  expect(await focused(page)).toBe('settings');
  expect(await posts(visitor)).toBe(0);
  expect(await visitor.context.cookies()).toEqual([]);
  // What was switched on and not saved is forgotten.
  await openPanel(page);
  for (const one of await switches(page).all()) await expect(one).not.toBeChecked();
});

test('its own button closes it too', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  await panel(page).getByRole('button', { name: 'Sluiten zonder keuze' }).click();
  await expect(panel(page)).toHaveCount(0);
  expect(await focused(page)).toBe('settings');
  expect(await posts(visitor)).toBe(0);
});

test('saving with one switch on grants that one and nothing else', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await openPanel(page);
  const marketing = panel(page).getByRole('switch', { name: 'Marketing' });
  const state = panel(page).getByRole('group', { name: 'Marketing' }).locator('label');
  await expect(state).toContainText('uit');
  await marketing.check();
  await expect(state).toContainText('aan');
  await panel(page).locator('[part=save]').click();
  const recorded = await ledger(await receipt(page));
  expect(recorded.answers).toEqual({
    Statistieken: 'aangeboden, bezwaar gemaakt',
    Marketing: 'aangeboden, toestemming gegeven',
    Profilering: 'aangeboden, geweigerd',
    'Externe inhoud': 'aangeboden, geweigerd',
  });
  expect(recorded).toMatchObject({ route: 'instellingen', control: 'eigen keuze bewaren' });
  await expect(panel(page)).toHaveCount(0);
  expect(await page.evaluate(() => ['marketing', 'profiling'].map(keuze.allowed))).toEqual([true, false]);
});

test('the panel shows the words of the very policy that its answer is posted under', async ({ visitor }) => {
  const page = await visitor.open();
  const words = page.waitForRequest((request) => request.url().includes('/keuze/notice.json'));
  const choice = page.waitForRequest((request) => request.method() === 'POST');
  await openPanel(page);
  await panel(page).locator('[part=save]').click();
  const shown = new URL((await words).url()).searchParams.get('policy');
  expect(shown).toMatch(/^[0-9a-f]{20}$/);
  expect((await choice).postDataJSON().policy).toBe(shown);
});

/** What stays of an answer that was given in the panel of a fresh visitor: its record, and the cookies. */
async function answered(arrive, ledger, part) {
  const visitor = await arrive();
  const page = await visitor.open();
  await openPanel(page);
  await panel(page).locator(`[part=${part}]`).click();
  const { answers, consentId } = await ledger(await receipt(page));
  const cookies = (await visitor.context.cookies()).map(({ name, value }) => [name, value]);
  const allowed = await page.evaluate(() => ['statistics', 'marketing', 'profiling'].map(keuze.allowed));
  return { answers, consentId, cookies, allowed };
}

// "Staat alles uit, dan is bewaren hetzelfde als weigeren."
test('saving with everything off is the same as refusing, its objection included', async ({ arrive, ledger }) => {
  const [saved, refused] = [await answered(arrive, ledger, 'save'), await answered(arrive, ledger, 'refuse')];
  expect(saved).toEqual(refused);
  expect(saved.answers.Statistieken).toBe('aangeboden, bezwaar gemaakt');
  expect(saved.answers.Marketing).toBe('aangeboden, geweigerd');
  expect(saved.consentId).toBe('geen: er is niets toegestaan');
  expect(saved.allowed).toEqual([false, false, false]);
  expect(saved.cookies).toEqual([[CHOICE, expect.stringMatching(/^statistics\.1\.o~/)]]);
});

test('statistics that were switched on run, and switched off again they do not', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await openPanel(page);
  const statistics = () => panel(page).getByRole('switch', { name: 'Statistieken' });
  await statistics().check();
  await panel(page).locator('[part=save]').click();
  expect((await ledger(await receipt(page))).answers.Statistieken).toBe('aangeboden, geen bezwaar');
  expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(true);
  await page.reload();
  await reopen(page).click();
  await expect(statistics()).toBeChecked();
  await statistics().uncheck();
  await panel(page).locator('[part=save]').click();
  expect((await ledger(await receipt(page))).answers.Statistieken).toBe('aangeboden, bezwaar gemaakt');
  await expect.poll(() => page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
});

// "Dit loopt nu, omdat u verder ging; bewaren zet het uit."
test('after continued use the switch is off, says what runs, and saving stops it', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await page.getByRole('navigation').getByRole('link', { name: 'Tarieven' }).click();
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(() => keuze.allowed('statistics'))).toBe(true);
  await reopen(page).click();
  const statistics = panel(page).getByRole('group', { name: 'Statistieken' });
  await expect(statistics.getByRole('switch')).not.toBeChecked();
  await expect(statistics).toContainText('Dit loopt nu, omdat u verder ging; bewaren zet het uit.');
  await expect(panel(page).getByRole('group', { name: 'Marketing' })).not.toContainText('Dit loopt nu');
  await panel(page).locator('[part=save]').click();
  expect((await ledger(await receipt(page))).answers.Statistieken).toBe('aangeboden, bezwaar gemaakt');
  await expect.poll(() => page.evaluate(() => keuze.allowed('statistics'))).toBe(false);
  await page.goto('/ingehouden');
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(() => window.ran ?? [])).toEqual([]);
});

test('the three answers of the panel look and measure the same', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  const buttons = ['refuse', 'accept', 'save'].map((part) => panel(page).locator(`[part=${part}]`));
  const boxes = await Promise.all(buttons.map((button) => button.boundingBox()));
  const looks = await Promise.all(buttons.map(style));
  for (const at of [1, 2]) {
    expect(Math.abs(boxes[at].width - boxes[0].width)).toBeLessThanOrEqual(1);
    expect(Math.abs(boxes[at].height - boxes[0].height)).toBeLessThanOrEqual(1);
    expect(looks[at]).toEqual(looks[0]);
  }
  for (const one of await switches(page).all()) {
    const { width, height } = await one.boundingBox();
    expect(width).toBeGreaterThanOrEqual(44);
    expect(height).toBeGreaterThanOrEqual(24);
  }
});

test('every link to the preference page opens it in place, with what was answered', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'accept');
  await page.reload();
  await reopen(page).click();
  await expect(panel(page)).toBeVisible();
  await expect(page).toHaveURL('/');
  for (const one of await switches(page).all()) await expect(one).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  expect(await focused(page)).toBe('preferences');
  // With a key held, the link stays a link.
  const other = visitor.context.waitForEvent('page');
  await reopen(page).click({ modifiers: ['Control'] });
  await expect(await other).toHaveURL(/\/keuze\/voorkeuren/);
});

test('a change by way of the panel holds', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'refuse');
  await page.reload();
  await reopen(page).click();
  await panel(page).getByRole('switch', { name: 'Externe inhoud' }).check();
  await panel(page).locator('[part=save]').click();
  await receipt(page);
  expect((await visitor.cookie(CHOICE)).value).toMatch(/third_party_embeds\.1\.g\./);
  await page.reload();
  expect(await page.evaluate(() => ['third_party_embeds', 'marketing'].map(keuze.allowed))).toEqual([true, false]);
});

for (const [viewport, modal] of [[WIDE, false], [PHONE, true]]) {
  test(`it is ${modal ? 'modal' : 'not modal'} at ${viewport.width}x${viewport.height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport });
    const page = await visitor.open();
    await openPanel(page);
    expect(await panel(page).evaluate((dialog) => dialog.matches(':modal'))).toBe(modal);
    await expect(page.getByRole('dialog', { name: 'Uw cookiekeuze' })).toBeVisible();
  });
}

/** Answers on what stands there, the panel or the page: one switch on, the rest refused. */
async function marketingAlone(page, visitor) {
  expect(await posts(visitor)).toBe(0);
  expect(await visitor.context.cookies()).toEqual([]);
  await page.getByRole('switch', { name: 'Marketing' }).check();
  await page.getByRole('button', { name: 'Deze keuze bewaren' }).click();
  await expect.poll(async () => (await visitor.cookie(CHOICE))?.value).toMatch(/marketing\.1\.g\.\d+~profiling\.1\.r\./);
}

test('where the page requires Trusted Types and allows no policy the panel itself comes', async ({ visitor }) => {
  const page = await visitor.open('/?csp=trusted');
  await openPanel(page);
  await expect(page).toHaveURL('/?csp=trusted');
  await marketingAlone(page, visitor);
  await expect(page).toHaveURL('/?csp=trusted');
});

test('where WebAssembly is withheld the preference page comes, and nothing is granted meanwhile', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /WebAssembly|wasm/i });
  const page = await visitor.open('/?csp=no-wasm');
  await control(page, 'settings').click();
  await expect(page).toHaveURL(/\/keuze\/voorkeuren/);
  await expect(page.getByRole('heading', { level: 1, name: 'Uw cookiekeuze op voipro.nl' })).toBeVisible();
  await marketingAlone(page, visitor);
});

/** How the panel's three answers are filled: refuse, accept, save. */
const fills = (page) =>
  Promise.all(['refuse', 'accept', 'save'].map((part) => panel(page).locator(`[part=${part}]`).evaluate((button) => getComputedStyle(button).backgroundColor)));

test('its answers say what they do, and once a switch was moved saving is the filled one', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  const labels = ['refuse', 'accept', 'save'].map((part) => panel(page).locator(`[part=${part}]`).textContent());
  expect(await Promise.all(labels)).toEqual(['Alles weigeren', 'Alles accepteren', 'Deze keuze bewaren']);
  const [refuse, accept, save] = await fills(page);
  expect([refuse, accept]).toEqual([save, save]);
  await panel(page).getByRole('switch', { name: 'Marketing' }).check();
  const moved = await fills(page);
  expect(moved[2]).toBe(save);
  expect(moved[0]).toBe(moved[1]);
  expect(moved[0]).not.toBe(save);
  expect(await style(panel(page).locator('[part=refuse]'))).toEqual(await style(panel(page).locator('[part=accept]')));
});

test('“without choosing” is said to whoever has not chosen, and to nobody else', async ({ visitor }) => {
  const page = await visitor.open();
  await openPanel(page);
  await expect(panel(page).locator('[part=close]')).toHaveText('Sluiten zonder keuze');
  await panel(page).locator('[part=close]').click();
  await answer(page, 'refuse');
  await reopen(page).click();
  await expect(panel(page).locator('[part=close]')).toHaveText('Sluiten');
});

test('a toast names what was kept, and the receipt says with which banner', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await openPanel(page);
  await panel(page).getByRole('switch', { name: 'Marketing' }).check();
  await panel(page).getByRole('switch', { name: 'Externe inhoud' }).check();
  const choice = page.waitForRequest((request) => request.method() === 'POST');
  await panel(page).locator('[part=save]').click();
  await expect(page.locator('keuze-banner [role=status]')).toContainText(/^Bewaard\. Naast noodzakelijk staat aan: .*Marketing, Externe inhoud\./);
  const { build, variant } = (await choice).postDataJSON();
  expect(build).toMatch(/^[0-9a-f]{8}$/);
  expect(variant).toBe('fixed');
  expect((await ledger(await receipt(page))).answers.Marketing).toBe('aangeboden, toestemming gegeven');
});
