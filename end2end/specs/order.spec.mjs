import { answer, banner, CHOICE, CONSENT_ID, control, expect, panel, ran, receipt, said, test } from '../support/test.mjs';

const CHOICES = '**/keuze/api/v1/choices';
const CUT_OFF = /net::ERR_|Failed to load resource/;

const letters = async (visitor) => ((await visitor.cookie(CHOICE))?.value ?? '').split('~').map((entry) => entry.split('.')[2]).join('');

const withdraw = (page) => page.evaluate(() => keuze.withdraw());

/** Nothing of this tab arrives until it may. */
async function hold(page) {
  let held = true;
  await page.route(CHOICES, (route) => (held ? route.abort() : route.continue()));
  return () => (held = false);
}

/** Two tabs of a visitor; the first answers, and nobody knows what became of that. */
async function pending(arrive, press) {
  const visitor = await arrive({ tolerates: CUT_OFF });
  const [older, newer] = [await visitor.open('/ingehouden'), await visitor.open('/ingehouden')];
  await expect(banner(newer)).toBeVisible();
  const release = await hold(older);
  await press(older);
  await expect(said(older)).toContainText('weten nog niet');
  return { visitor, older, newer, release };
}

/** How the second tab can say no. */
const NOES = {
  'the banner': (page) => answer(page, 'refuse'),
  'a press that withdraws': async (page) => {
    await withdraw(page);
    await receipt(page);
  },
  'the plain form of the preference page': async (page) => {
    await page.goto('/keuze/voorkeuren?lang=nl');
    await page.getByRole('button', { name: 'Weigeren' }).click();
    await page.waitForURL('**/keuze/bewijs/**');
  },
};

for (const [what, refuse] of Object.entries(NOES)) {
  test(`a yes that waits for its next try gives way to a no by ${what} in another tab`, async ({ arrive }) => {
    const { visitor, older, newer, release } = await pending(arrive, (page) => control(page, 'accept').click());
    await refuse(newer);
    expect(await letters(visitor)).toBe('orrr');
    release();
    await expect(said(older)).toContainText('U koos intussen anders. Geweigerd.');
    await older.waitForTimeout(2500);
    expect(await letters(visitor)).toBe('orrr');
    expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
    expect([await ran(older), await ran(newer).catch(() => [])]).toEqual([[], []]);
    await expect(banner(older)).toHaveCount(0);
  });
}

test('a no that waits for its next try gives way to a yes in another tab', async ({ arrive }) => {
  const { visitor, older, newer, release } = await pending(arrive, (page) => control(page, 'refuse').click());
  await answer(newer, 'accept');
  release();
  await expect(said(older)).toContainText('U koos intussen anders. Geaccepteerd.');
  await older.waitForTimeout(2500);
  expect(await letters(visitor)).toBe('nggg');
  await expect.poll(() => ran(older)).toContain('vendor');
});

test('a no that waits is not forgotten where another tab said yes to something else', async ({ arrive }) => {
  const { visitor, older, newer, release } = await pending(arrive, (page) => control(page, 'refuse').click());
  await newer.locator('keuze-placeholder').getByRole('button').click();
  await expect.poll(() => letters(visitor)).toBe('g');
  release();
  await expect.poll(() => letters(visitor), { timeout: 20_000 }).toBe('orrr');
  await expect(said(older)).toContainText('Geweigerd.');
});

test('a yes that is still on its way when another tab says no does not arrive after it', async ({ visitor }) => {
  const [older, newer] = [await visitor.open('/ingehouden'), await visitor.open('/ingehouden')];
  await visitor.meet(`delay ${CHOICES.slice(2)} 2500`);
  await control(older, 'accept').click();
  await visitor.meet();
  await withdraw(newer);
  await receipt(newer);
  await expect.poll(() => visitor.count('POST'), { timeout: 10_000 }).toBeGreaterThan(2);
  await expect.poll(() => letters(visitor), { timeout: 10_000 }).toBe('orrr');
  await older.waitForTimeout(1000);
  expect(await letters(visitor)).toBe('orrr');
  expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
});

test('a yes whose answer was lost does not come back over a later no', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: CUT_OFF });
  const [older, newer] = [await visitor.open('/ingehouden'), await visitor.open('/ingehouden')];
  await visitor.meet(`lose ${CHOICES.slice(2)}`);
  const attempt = older.waitForRequest(CHOICES);
  await control(older, 'accept').click();
  await attempt;
  const release = await hold(older);
  await expect(said(older)).toContainText('weten nog niet');
  await visitor.meet();
  await answer(newer, 'refuse');
  release();
  await expect(said(older)).toContainText('U koos intussen anders.', { timeout: 20_000 });
  await older.waitForTimeout(1000);
  expect(await letters(visitor)).toBe('orrr');
  expect(await visitor.cookie(CONSENT_ID)).toBeUndefined();
});

test('a page whose answer waits is stopped at once where another tab withdraws what runs in it', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: CUT_OFF });
  const older = await visitor.open('/ingehouden');
  await answer(older, 'accept');
  await expect.poll(() => ran(older)).toContain('vendor');
  const newer = await visitor.open('/tweede');
  await hold(older);
  await older.evaluate(() => keuze.open());
  await panel(older).getByRole('switch').nth(2).click({ force: true });
  await panel(older).locator('[part=save]').click();
  await expect(said(older)).toContainText('weten nog niet');
  await withdraw(newer);
  await older.waitForFunction(() => !window.ran);
  expect(await letters(visitor)).toBe('orrr');
});

test('a panel that is open when another tab withdraws shows what holds now', async ({ visitor }) => {
  const older = await visitor.open('/tweede');
  await answer(older, 'accept');
  await older.evaluate(() => keuze.open());
  const on = () => panel(older).getByRole('switch').evaluateAll((all) => all.map((one) => one.checked));
  await expect.poll(on).toEqual([true, true, true, true]);
  const newer = await visitor.open('/tweede');
  await withdraw(newer);
  await receipt(newer);
  await expect.poll(on).toEqual([false, false, false, false]);
  await panel(older).locator('[part=save]').click();
  await receipt(older);
  expect(await letters(visitor)).toBe('orrr');
});

test('what is switched on in a panel that shows what no longer holds is not taken, and the panel comes again', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /409/ });
  const older = await visitor.open('/tweede');
  await older.evaluate(() => keuze.open());
  await panel(older).getByRole('switch').first().click({ force: true });
  const newer = await visitor.open('/tweede');
  await answer(newer, 'refuse');
  await panel(older).locator('[part=save]').click();
  await expect(said(older)).toContainText('U koos intussen anders.');
  await expect(panel(older)).toBeVisible();
  expect(await letters(visitor)).toBe('orrr');
});

test('a preference page that shows what no longer holds turns nothing on', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /409/ });
  const page = await visitor.open('/tweede');
  await answer(page, 'accept');
  const older = await visitor.open('/keuze/voorkeuren?lang=nl');
  await withdraw(page);
  await receipt(page);
  await older.getByRole('button', { name: 'Deze keuze bewaren' }).click();
  await expect(older.getByRole('alert')).toContainText('Er is intussen iets veranderd.');
  expect(await letters(visitor)).toBe('orrr');
});
