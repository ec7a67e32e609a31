import { answer, banner, expect, panel, test } from '../support/test.mjs';

const tab = (page) => page.locator('keuze-banner').getByRole('link', { name: 'Cookie-instellingen' });

test('a page without a link to the settings gets a small tab at its lower edge, once there is an answer', async ({ visitor }) => {
  const page = await visitor.open('/zonder-link');
  await expect(banner(page)).toContainText('onderaan');
  await expect(tab(page)).toHaveCount(0);
  await answer(page, 'refuse');
  await page.locator('keuze-banner [role=status]').getByRole('button', { name: 'Sluiten' }).click();
  await expect(tab(page)).toBeVisible();
  await page.reload();
  await expect(tab(page)).toBeVisible();
  const { y, height } = await tab(page).boundingBox();
  expect(y + height).toBeGreaterThan(page.viewportSize().height - 20);
  expect(height).toBeGreaterThanOrEqual(24);
  await tab(page).click();
  await expect(panel(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  // A link that the page brings later takes its place.
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: '/keuze/voorkeuren?lang=nl', textContent: 'Instellingen' });
    document.querySelector('main').append(link);
  });
  await expect(tab(page)).toHaveCount(0);
});

test('a page that has its own link gets none', async ({ visitor }) => {
  const page = await visitor.open('/');
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('keuze-banner')).toHaveCount(0);
});

/** Links that are no way back to the settings of this site, or none that anybody sees. */
const NO_WAYS = {
  'a link that cannot be seen': '<a href="/keuze/voorkeuren" hidden>Cookies</a>',
  'a link in a part that is hidden': '<p hidden><a href="/keuze/voorkeuren">Cookies</a></p>',
  'a link to another page of ours': '<a href="/keuze/voorkeuren/code">Kanalen</a>',
  'a link elsewhere that has the words in it': '<a href="https://voorbeeld.example/?van=/keuze/voorkeuren">Elders</a>',
};

for (const [what, link] of Object.entries(NO_WAYS)) {
  test(`${what} is no way back, so the tab is there`, async ({ visitor }) => {
    const page = await visitor.open('/zonder-link');
    await page.evaluate((html) => document.querySelector('main').append(document.createRange().createContextualFragment(html)), link);
    await answer(page, 'refuse');
    await page.locator('keuze-banner [role=status]').getByRole('button', { name: 'Sluiten' }).click();
    await expect(tab(page)).toBeVisible();
  });
}

test('the tab comes when the page takes its own link away', async ({ visitor }) => {
  const page = await visitor.open('/');
  await answer(page, 'refuse');
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect(tab(page)).toHaveCount(0);
  await page.evaluate(() => document.querySelectorAll('a[href*="/keuze/voorkeuren"]').forEach((link) => link.remove()));
  await expect(tab(page)).toBeVisible();
});

test('only a link to the settings of this site opens them in place', async ({ visitor }) => {
  const page = await visitor.open('/zonder-link');
  for (const [href, target, opens] of [
    ['/keuze/voorkeuren', '', true],
    ['/keuze/voorkeuren?lang=nl#cookies', '', true],
    ['/keuze/voorkeuren', '_blank', false],
    ['/keuze/voorkeuren/code', '', false],
    ['/tweede?van=/keuze/voorkeuren', '', false],
    ['https://voorbeeld.example/keuze/voorkeuren', '', false],
  ]) {
    const taken = await page.evaluate(([href, target]) => {
      const link = Object.assign(document.createElement('a'), { href, target });
      document.querySelector('main').append(link);
      let prevented;
      addEventListener('click', (event) => ((prevented = event.defaultPrevented), event.preventDefault()), { once: true });
      link.click();
      return prevented;
    }, [href, target]);
    expect(taken, `${href} ${target}`).toBe(opens);
  }
  await expect(panel(page)).toBeVisible();
});

test('a page in a language that we do not have is asked in one that we have', async ({ visitor }) => {
  const page = await visitor.open('/anderstalig');
  await expect(banner(page)).toHaveAttribute('lang', 'nl');
  await answer(page, 'refuse');
});
