import { expectAccessible } from '../support/axe.mjs';
import { answer, banner, control, expect, panel, said, test } from '../support/test.mjs';

test('the banner', async ({ visitor }) => {
  const page = await visitor.open();
  await expect(banner(page)).toBeVisible();
  await expectAccessible(page);
});

test('the banner on a long page with a skip link and a frame', async ({ visitor }) => {
  const page = await visitor.open('/leesbaar');
  await expect(banner(page)).toBeVisible();
  await expectAccessible(page);
});

test('what is said after an answer', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'refuse');
  await expect(said(page).getByRole('link')).toBeVisible();
  await expectAccessible(page);
});

test('the small control that is left of a notice', async ({ visitor }) => {
  const page = await visitor.open();
  for (const name of ['Tarieven', 'Start']) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await page.waitForLoadState('networkidle');
  }
  await expect(page.locator('keuze-banner [part=control]')).toBeVisible();
  await expectAccessible(page);
});

for (const [width, height] of [[1280, 800], [390, 844]]) {
  test(`the panel, opened at ${width}x${height}`, async ({ arrive }) => {
    const visitor = await arrive({ viewport: { width, height } });
    const page = await visitor.open();
    await control(page, 'settings').click();
    await expect(panel(page)).toBeVisible();
    await expectAccessible(page);
    for (const summary of await panel(page).locator('summary').all()) await summary.click();
    for (const one of await panel(page).getByRole('switch').all()) await one.check();
    await expectAccessible(page);
  });
}

test('the placeholder of a withheld frame', async ({ visitor }) => {
  const page = await visitor.open('/ingehouden');
  await expect(page.locator('keuze-placeholder')).toBeVisible();
  await expectAccessible(page);
});

test('the banner in the flow of a page', async ({ visitor }) => {
  const page = await visitor.open('/zonder-script');
  await expect(banner(page)).toBeVisible();
  await expectAccessible(page);
});

for (const [name, path] of [
  ['the preference page', '/keuze/voorkeuren'],
  ['the preference page in English', '/keuze/voorkeuren?lang=en'],
  ['the register', '/keuze/cookies'],
  ['saying no with nothing in hand', '/keuze/afmelden'],
  ['saying no in English', '/keuze/afmelden?lang=en'],
  ['the code of a letter', '/keuze/brief'],
  ['a problem that is explained', '/keuze/problems/notice-changed'],
  ['the desk’s sign-in', '/keuze/desk'],
]) {
  test(name, async ({ visitor }) => {
    const page = await visitor.open(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expectAccessible(page);
  });
}

test('a link that is not known', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /404/ });
  await expectAccessible(await visitor.open('/keuze/afmelden/onbekend'));
});

test('a page that does not exist', async ({ arrive }) => {
  const visitor = await arrive({ tolerates: /404/ });
  await expectAccessible(await visitor.open('/keuze/bestaat-niet'));
});

test('the preference page of whoever accepted, and their receipt', async ({ visitor }) => {
  const page = await visitor.open();
  await answer(page, 'accept');
  await said(page).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Bewijs van uw keuze' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('/keuze/voorkeuren');
  await expect(page.locator('.timeline')).toBeVisible();
  await expectAccessible(page);
});
