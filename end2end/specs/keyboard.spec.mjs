import { banner, CHOICE, control, expect, panel, receipt, said, test } from '../support/test.mjs';
import { focused, focusSeen } from '../support/measure.mjs';

/** Presses Tab `count` times; what had the focus each time. */
async function tab(page, count) {
  const seen = [];
  for (let at = 0; at < count; at++) {
    await page.keyboard.press('Tab');
    seen.push(await focused(page));
  }
  return seen;
}

/** Presses Tab until a thing has the focus. */
async function tabTo(page, name) {
  for (let at = 0; at < 80; at++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  throw new Error(`${name} never had the focus`);
}

test('the banner comes first: refuse, accept, settings; then the page’s own skip link', async ({ visitor }) => {
  const page = await visitor.open('/leesbaar');
  await expect(banner(page)).toBeVisible();
  expect(await focused(page)).not.toBe('refuse');
  expect(await tab(page, 4)).toEqual(['refuse', 'accept', 'settings', 'Naar de inhoud']);
});

test('on a low screen the order is the same, after the page', async ({ arrive }) => {
  const visitor = await arrive({ viewport: { width: 844, height: 390 } });
  const page = await visitor.open();
  await expect(banner(page)).toBeAttached();
  await tabTo(page, 'Alles intrekken');
  expect(await tab(page, 3)).toEqual(['refuse', 'accept', 'settings']);
});

test('the focus can be seen on each control', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  for (const part of ['refuse', 'accept', 'settings']) {
    const box = await control(page, part).boundingBox();
    const around = { x: box.x - 6, y: box.y - 6, width: box.width + 12, height: box.height + 12 };
    const [before] = [await page.screenshot({ clip: around })];
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(part);
    expect((await page.screenshot({ clip: around })).equals(before)).toBe(false);
  }
});

for (const [part, key] of [['refuse', 'Enter'], ['accept', 'Space']]) {
  test(`${part} by keyboard counts, and the focus goes somewhere sensible`, async ({ visitor, arrive, ledger }) => {
    const page = await visitor.open();
    await expect(banner(page)).toBeVisible();
    await tabTo(page, part);
    await page.keyboard.press(key);
    const number = await receipt(page);
    expect(await page.evaluate(() => document.activeElement.localName)).toBe('main');
    // What is said comes first, as the question did.
    await tabTo(page, 'Bewijs');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/keuze\/bewijs\//);

    const marketing = part === 'accept' ? 'aangeboden, toestemming gegeven' : 'aangeboden, geweigerd';
    expect((await ledger(number)).answers.Marketing).toBe(marketing);
    const fresh = await (await arrive()).open(page.url());
    await expect(fresh.getByRole('row', { name: /Marketing/ })).toContainText(part === 'accept' ? 'U gaf toestemming' : 'U weigerde');
  });
}

test('settings by keyboard: open, switch on, save; no trap, and the focus comes back', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  await tabTo(page, 'settings');
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeVisible();
  const within = () => page.evaluate(() => document.querySelector('keuze-banner').shadowRoot.activeElement?.closest('dialog') !== null);
  expect(await within()).toBe(true);
  await tabTo(page, 'k-marketing');
  await page.keyboard.press('Space');
  await expect(panel(page).getByRole('switch', { name: 'Marketing' })).toBeChecked();
  expect(await visitor.count('POST')).toBe(0);
  await tabTo(page, 'save');
  await page.keyboard.press('Enter');
  const recorded = await ledger(await receipt(page));
  expect(recorded.answers).toMatchObject({ Marketing: 'aangeboden, toestemming gegeven', Profilering: 'aangeboden, geweigerd' });
  expect(await page.evaluate(() => document.activeElement.localName)).not.toBe('body');
});

test('the panel that is not modal can be left by Tab', async ({ visitor }) => {
  const page = await visitor.open();
  await control(page, 'settings').click();
  await expect(panel(page)).toBeVisible();
  await tabTo(page, 'Start');
  await expect(panel(page)).toBeVisible();
});

test('reopening from the footer by keyboard, and Escape leads back to the link', async ({ visitor }) => {
  const page = await visitor.open();
  await tabTo(page, 'refuse');
  await page.keyboard.press('Enter');
  await receipt(page);
  await page.reload();
  await tabTo(page, 'preferences');
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  expect(await focused(page)).toBe('preferences');
});

test('withdrawing by keyboard is one press, and the focus stays at its button', async ({ visitor, ledger }) => {
  const page = await visitor.open();
  await tabTo(page, 'accept');
  await page.keyboard.press('Enter');
  await receipt(page);
  const id = (await visitor.cookie('__Secure-keuze_id')).value;
  await tabTo(page, 'Alles intrekken');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await visitor.cookie(CHOICE)).value).toMatch(/marketing\.1\.r\./);
  await expect(said(page)).toContainText('Ingetrokken.');
  expect(await focused(page)).toBe('Alles intrekken');
  expect((await ledger(id)).kind).toBe('toestemming ingetrokken');
});

for (const viewport of [{ width: 1280, height: 720 }, { width: 320, height: 256 }, { width: 390, height: 844 }]) {
  test(`nothing with the focus is hidden at ${viewport.width}x${viewport.height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport });
    const page = await visitor.open('/leesbaar');
    await expect(banner(page)).toBeAttached();
    for (const direction of ['Tab', 'Shift+Tab']) {
      const [seen, hidden] = [[], []];
      while (seen.length < 150) {
        await page.keyboard.press(direction);
        const at = await focusSeen(page);
        if (!at) break;
        seen.push(at.name);
        if (!at.seen) hidden.push(at.name);
      }
      // The whole page, the frame's link included.
      expect(seen.length).toBeGreaterThan(40);
      expect(seen.join('\n')).toMatch(/Speel af/);
      expect(hidden).toEqual([]);
    }
  });
}
