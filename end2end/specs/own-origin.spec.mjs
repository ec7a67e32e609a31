import { ORIGIN } from '../support/browser.mjs';
import { control, expect, panel, receipt, said, test } from '../support/test.mjs';

const PAGES = ['/', '/tweede', '/privacy', '/english', '/leesbaar', '/vijandig', '/ingehouden', '/met-fragment', '/zonder-script'];
const OURS = ['/keuze/voorkeuren', '/keuze/voorkeuren?lang=en', '/keuze/cookies', '/keuze/problems/not-found', '/keuze/desk'];

test('no request of a whole visit leaves the site’s own origin', async ({ visitor }) => {
  const origins = new Set();
  visitor.context.on('request', (request) => origins.add(new URL(request.url()).origin));
  const page = await visitor.open();
  for (const path of PAGES) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
  }
  await page.goto('/ingehouden');
  await control(page, 'settings').click();
  await panel(page).getByRole('switch', { name: 'Marketing' }).check();
  await panel(page).locator('[part=save]').click();
  await receipt(page);
  await said(page).getByRole('link').click();
  for (const path of OURS) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
  }
  await page.goto('/tweede');
  await page.getByRole('button', { name: 'Alles intrekken' }).click();
  await receipt(page);
  expect([...origins]).toEqual([ORIGIN]);
  expect(visitor.foreign).toEqual([]);
});

test('a page that asks another origin would be noticed', async ({ browser }) => {
  const context = await browser.newContext();
  const asked = [];
  context.on('request', (request) => asked.push(new URL(request.url()).origin));
  const page = await context.newPage();
  await page.setContent('<img src="https://elders.example/pixel.gif">');
  expect(asked).toContain('https://elders.example');
  await context.close();
});
